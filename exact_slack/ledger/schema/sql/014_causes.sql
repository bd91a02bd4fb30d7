-- why it stands as it does, as a word and a detail: sentences are made where they are shown
ALTER TABLE deliveries RENAME COLUMN reason TO detail;
ALTER TABLE deliveries RENAME COLUMN hold_why TO hold_detail;
ALTER TABLE deliveries ADD COLUMN cause TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN hold_cause TEXT NOT NULL DEFAULT '';
UPDATE deliveries SET cause=CASE detail
    WHEN 'flood' THEN 'flood'
    WHEN 'flood (told)' THEN 'flood told'
    WHEN 'its head message is not posted' THEN 'head missing'
    WHEN 'the sender ended' THEN 'sender ended'
    WHEN 'looked up, it had not arrived' THEN 'not arrived'
    WHEN 'unknown outcome: this ledger is not the first' THEN 'not first ledger'
    WHEN 'nothing left to say' THEN 'nothing to say'
    WHEN 'the head shows it already' THEN 'shown already'
    WHEN 'the head shows it' THEN 'head shows it'
    WHEN 'the new head shows it' THEN 'new head shows it'
    WHEN 'told together with an earlier change' THEN 'told together'
    WHEN 'changed back before it was told' THEN 'changed back'
    WHEN 'no longer paid before it was told' THEN 'no longer paid'
    WHEN 'its channel has this head already' THEN 'head there'
    WHEN 'its channel is no longer in the config' THEN 'channel left'
    WHEN 'its channel was replaced' THEN 'channel replaced'
    WHEN 'deleted in Slack' THEN 'deleted in slack'
    WHEN 'it stood loose in the channel, its thread was gone' THEN 'stood loose'
    WHEN 'the Slack app lacks the scope files:write' THEN 'no file scope'
    WHEN 'Slack took the file; it is not seen in the thread yet' THEN 'file unseen'
    WHEN 'Exact does not give out the file now' THEN 'file later'
    WHEN 'unknown outcome, and no look-up is possible'
        || ' (its history does not show what stands there)' THEN 'history blind'
    WHEN 'unknown outcome, and no look-up is possible'
        || ' (the channel is not known)' THEN 'channel unknown'
    ELSE CASE
    WHEN detail GLOB 'it stands in the channel, outside its thread (*)' THEN 'stands loose'
    WHEN detail GLOB 'unknown outcome, and no look-up is possible (*)' THEN 'no look-up'
    WHEN detail GLOB 'as plain text, Slack refused: *' THEN 'refused as blocks'
    WHEN detail GLOB 'cannot be rendered (*)' THEN 'cannot be rendered'
    WHEN detail GLOB 'unknown outcome*' THEN 'outcome unknown'
    ELSE 'said' END END
    WHERE detail<>'';
UPDATE deliveries SET detail=CASE
    WHEN cause='said' THEN detail
    WHEN cause='stands loose' THEN substr(detail, 47, length(detail)-47)
    WHEN cause='no look-up' THEN substr(detail, 46, length(detail)-46)
    WHEN cause='refused as blocks' THEN substr(detail, 31)
    WHEN cause='cannot be rendered' THEN substr(detail, 21, length(detail)-21)
    WHEN detail GLOB 'unknown outcome (*)' THEN substr(detail, 18, length(detail)-18)
    WHEN cause='outcome unknown' THEN trim(substr(detail, 16), ' :,')
    ELSE '' END
    WHERE detail<>'';
UPDATE deliveries SET hold_cause=CASE
    WHEN hold_detail='quiet hours' THEN 'quiet'
    WHEN hold_detail='Exact does not give out the file now' THEN 'file later'
    WHEN hold_detail GLOB 'silenced: *' THEN 'silenced'
    ELSE 'said' END,
    hold_detail=CASE WHEN hold_detail GLOB 'silenced: *' THEN substr(hold_detail, 11)
    WHEN hold_detail IN ('quiet hours', 'Exact does not give out the file now') THEN ''
    ELSE hold_detail END
    WHERE hold_detail<>'';
