"""The tables, as migrations: one script a version, each run once in its own transaction.

Never change a script that was released; append one. `user_version` counts those that ran."""

MIGRATIONS = (
    """
CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    division INTEGER NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    number TEXT NOT NULL,
    account TEXT NOT NULL,          -- Exact's id of the relation
    reference TEXT NOT NULL,
    file TEXT NOT NULL,             -- Exact's id of the attached document
    settles TEXT NOT NULL,          -- payment terms: key of the entry they belong to
    modified INTEGER NOT NULL,      -- ms of Exact's wall clock
    fingerprint TEXT NOT NULL,
    version INTEGER NOT NULL,       -- counts visible changes
    data TEXT NOT NULL,             -- the latest state
    subject INTEGER REFERENCES documents (id),  -- an entry made from an invoice: the invoice
    deleted_at REAL,
    first_seen REAL NOT NULL,
    changed_at REAL NOT NULL,
    read_at REAL NOT NULL DEFAULT 0, -- when this state was asked for
    UNIQUE (division, kind, key)
) STRICT;
CREATE INDEX documents_number ON documents (division, kind, number);
CREATE INDEX documents_file ON documents (division, file) WHERE file <> '';
CREATE INDEX documents_settles ON documents (division, settles) WHERE settles <> '';
CREATE INDEX documents_reference ON documents (division, account, reference);
CREATE INDEX documents_subject ON documents (subject) WHERE subject IS NOT NULL;
CREATE INDEX documents_modified ON documents (division, kind, modified);

CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,       -- opaque; in the message's metadata, to find it again
    document INTEGER REFERENCES documents (id),
    subject INTEGER REFERENCES documents (id),
    head INTEGER REFERENCES deliveries (id),
    action TEXT NOT NULL,
    route TEXT NOT NULL,
    channel TEXT NOT NULL,          -- as the config names it
    channel_id TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    plain INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    reasons TEXT NOT NULL DEFAULT '', -- heads: the exceptions for which the route took it
    before TEXT NOT NULL DEFAULT '',  -- replies: the state that the readers know
    ts TEXT NOT NULL DEFAULT '',
    after_ts TEXT NOT NULL DEFAULT '',  -- our latest message there when this one was claimed
    not_before REAL NOT NULL DEFAULT 0,
    hold_until REAL NOT NULL DEFAULT 0, -- it waits on purpose (quiet hours, a silence)
    hold_why TEXT NOT NULL DEFAULT '',
    owner TEXT NOT NULL DEFAULT '',
    run INTEGER,
    created_at REAL NOT NULL,
    sending_at REAL,
    done_at REAL
) STRICT;
CREATE UNIQUE INDEX one_head ON deliveries (subject, channel)
    WHERE action = 'head' AND state <> 'superseded';
CREATE INDEX open_deliveries ON deliveries (channel, not_before, id)
    WHERE state IN ('pending', 'limited', 'refused');
CREATE INDEX unsettled ON deliveries (state) WHERE state NOT IN ('posted', 'superseded');
CREATE INDEX deliveries_ts ON deliveries (channel_id, ts) WHERE ts <> '';
CREATE INDEX deliveries_head ON deliveries (head) WHERE head IS NOT NULL;
CREATE INDEX deliveries_document ON deliveries (document);

CREATE TABLE cursors (
    division INTEGER NOT NULL,
    kind TEXT NOT NULL,
    newest INTEGER NOT NULL,        -- highest Modified seen, ms of Exact's wall clock
    floor INTEGER NOT NULL,         -- above it every document is in the ledger
    deep_at REAL NOT NULL DEFAULT 0,
    read_at REAL NOT NULL,
    PRIMARY KEY (division, kind)
) STRICT;
CREATE TABLE deletions (
    division INTEGER PRIMARY KEY,
    timestamp INTEGER NOT NULL,
    read_at REAL NOT NULL
) STRICT;
CREATE TABLE divisions (
    code INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    allowed INTEGER NOT NULL,
    checked_at REAL NOT NULL
) STRICT;
CREATE TABLE channels (
    name TEXT PRIMARY KEY,
    id TEXT NOT NULL DEFAULT '',
    parked TEXT NOT NULL DEFAULT '',
    checked_at REAL NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE learnt (
    division INTEGER NOT NULL,
    endpoint TEXT NOT NULL,
    word TEXT NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (division, endpoint, word)
) STRICT;
CREATE TABLE breakers (
    division INTEGER NOT NULL,
    endpoint TEXT NOT NULL,
    failures INTEGER NOT NULL,
    until REAL NOT NULL,
    sentence TEXT NOT NULL,
    PRIMARY KEY (division, endpoint)
) STRICT;
CREATE TABLE lookups (
    division INTEGER NOT NULL,
    what TEXT NOT NULL,
    id TEXT NOT NULL,
    value TEXT NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (division, what, id)
) STRICT;
CREATE TABLE inbox (
    division INTEGER NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    version INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    not_before REAL NOT NULL DEFAULT 0,
    received_at REAL NOT NULL,
    PRIMARY KEY (division, kind, key)
) STRICT;
CREATE TABLE arrivals (
    division INTEGER NOT NULL,
    kind TEXT NOT NULL,
    by_webhook INTEGER NOT NULL DEFAULT 0,
    by_poll INTEGER NOT NULL DEFAULT 0,
    last_webhook REAL,
    polled_since INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (division, kind)
) STRICT;
CREATE TABLE events (id TEXT PRIMARY KEY, at REAL NOT NULL) STRICT;
CREATE TABLE pace (scope TEXT PRIMARY KEY, next_at REAL NOT NULL) STRICT;
CREATE TABLE calls (
    division INTEGER NOT NULL,
    day TEXT NOT NULL,
    calls INTEGER NOT NULL,
    remaining INTEGER,
    PRIMARY KEY (division, day)
) STRICT;
CREATE TABLE tally (
    day TEXT NOT NULL,
    kind TEXT NOT NULL,
    channel TEXT NOT NULL,
    what TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (day, kind, channel, what)
) STRICT;
CREATE TABLE troubles (
    key TEXT PRIMARY KEY,
    sentence TEXT NOT NULL,
    since REAL NOT NULL
) STRICT;
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    command TEXT NOT NULL,
    started_at REAL NOT NULL,
    ended_at REAL,
    exit_code INTEGER,
    summary TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
""",
    """
-- Slack's own time when the channel was last found: what is sent there later is later by its ts
ALTER TABLE channels ADD COLUMN found_ts TEXT NOT NULL DEFAULT '';
""",
    """
CREATE TABLE searches (             -- heads whose document's files are wanted in the thread
    head INTEGER PRIMARY KEY REFERENCES deliveries (id),
    due_at REAL,                    -- when to look in Exact; NULL: not before the document changes
    tries INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX due_searches ON searches (due_at) WHERE due_at IS NOT NULL;
CREATE TABLE files (                -- what a delivery with the action 'file' brings
    delivery INTEGER PRIMARY KEY REFERENCES deliveries (id) ON DELETE CASCADE,
    source TEXT NOT NULL,           -- Exact's id of the attachment; '' for the list of a digest
    name TEXT NOT NULL,
    url TEXT NOT NULL DEFAULT '',
    upload TEXT NOT NULL DEFAULT '',  -- Slack's id of the file, known before it is shown
    tries INTEGER NOT NULL DEFAULT 0,
    problem TEXT NOT NULL DEFAULT '', -- why a line stands in the thread instead
    detail TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE digests (              -- one that collects has no delivery yet
    id INTEGER PRIMARY KEY,
    route TEXT NOT NULL,
    since REAL NOT NULL,
    due_at REAL NOT NULL DEFAULT 0, -- of a closed one: the time for which it was made
    closed_at REAL,
    held TEXT NOT NULL DEFAULT ''   -- of a closed one: what is not in it, as JSON
) STRICT;
CREATE UNIQUE INDEX collecting ON digests (route) WHERE closed_at IS NULL;
CREATE INDEX closed_digests ON digests (route, due_at) WHERE closed_at IS NOT NULL;
CREATE TABLE collected (
    digest INTEGER NOT NULL REFERENCES digests (id) ON DELETE CASCADE,
    subject INTEGER NOT NULL REFERENCES documents (id),
    line TEXT NOT NULL DEFAULT '',  -- of a closed one: the document as it was then, as JSON
    PRIMARY KEY (digest, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX collected_subject ON collected (subject);
""",
    """
-- edits have a pace of their own: finding the next one must not walk through a backlog of posts
DROP INDEX open_deliveries;
CREATE INDEX open_deliveries ON deliveries (channel, (action='edit'), not_before, id)
    WHERE state IN ('pending', 'limited', 'refused');
""",
    """
-- a relation's earlier documents of a kind, newest last: asked for each purchase that is read
CREATE INDEX documents_account ON documents (division, account, kind);
""",
    """
-- the same reference, as history.py compares it: one relation may have thousands of documents
DROP INDEX documents_reference;
CREATE INDEX documents_reference
    ON documents (division, account, replace(lower(reference), ' ', ''));
""",
    """
-- a send of unknown outcome: when its attempt was over, and the complete look-ups since then that
-- did not find it
ALTER TABLE deliveries ADD COLUMN ended_at REAL NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN looks INTEGER NOT NULL DEFAULT 0;
""",
    """
-- a reading is overtaken by what was saved after it began: counted, because clocks are set back
CREATE TABLE saves (n INTEGER NOT NULL) STRICT;
INSERT INTO saves VALUES (0);
ALTER TABLE documents ADD COLUMN saved INTEGER NOT NULL DEFAULT 0;
""",
    """
-- what was already told of a document, and how often reading it brought nothing
CREATE TABLE notified (
    division INTEGER NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    event TEXT NOT NULL,            -- Exact's time of the latest event, as Exact writes it
    mark TEXT NOT NULL,             -- digest of that notification
    at REAL NOT NULL,
    read_at REAL NOT NULL DEFAULT 0,
    idle INTEGER NOT NULL DEFAULT 0, -- readings in a row that found nothing new
    PRIMARY KEY (division, kind, key)
) STRICT;
ALTER TABLE inbox ADD COLUMN deletes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE arrivals ADD COLUMN idle INTEGER NOT NULL DEFAULT 0;
ALTER TABLE arrivals ADD COLUMN idle_since REAL NOT NULL DEFAULT 0;
""",
    """
-- edits that bring news go before those that bring a step; and what a head surely shows now
ALTER TABLE deliveries ADD COLUMN urgency INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN shown TEXT NOT NULL DEFAULT '';
DROP INDEX open_deliveries;
CREATE INDEX open_deliveries ON deliveries (channel, (action='edit'), urgency, not_before, id)
    WHERE state IN ('pending', 'limited', 'refused');
""",
    """
CREATE TABLE unreadable (           -- rows of Exact that could not be taken in and are still there
    division INTEGER NOT NULL,
    kind TEXT NOT NULL,
    mark TEXT NOT NULL,             -- the key; without one, # and its Modified
    key TEXT NOT NULL,
    modified INTEGER,
    after INTEGER NOT NULL,         -- the span in which it was met, ms of Exact's wall clock
    until INTEGER,
    sentence TEXT NOT NULL,
    since REAL NOT NULL,
    PRIMARY KEY (division, kind, mark)
) STRICT, WITHOUT ROWID;
""",
    """
-- a reply that Slack put into the channel itself, its thread being gone: it is deleted before it is
-- told again; and what the last step of an upload answered
ALTER TABLE deliveries ADD COLUMN loose TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN loose_channel TEXT NOT NULL DEFAULT '';
ALTER TABLE files ADD COLUMN shared TEXT NOT NULL DEFAULT '';
ALTER TABLE files ADD COLUMN unseen INTEGER NOT NULL DEFAULT 0;
""",
    """
-- what an earlier ledger of this customer left in Slack: the keys in its messages' metadata (of
-- files: their names), and which of our deliveries took them over
CREATE TABLE left_behind (
    channel_id TEXT NOT NULL,
    key TEXT NOT NULL,
    ts TEXT NOT NULL,
    delivery INTEGER REFERENCES deliveries (id) ON DELETE SET NULL,
    PRIMARY KEY (channel_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX left_behind_delivery ON left_behind (delivery) WHERE delivery IS NOT NULL;
CREATE TABLE surveyed (             -- channels, and threads by the ts of their heads
    channel_id TEXT NOT NULL,
    thread_ts TEXT NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (channel_id, thread_ts)
) STRICT, WITHOUT ROWID;
""",
    """
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
""",
    """
-- a trouble is one cause, told when it begins (temporary: when it lasts), once a day, and its end
DROP TABLE troubles;
CREATE TABLE troubles (
    cause TEXT PRIMARY KEY,
    part TEXT NOT NULL,             -- the part of a run that meets it, or finds it gone
    weight TEXT NOT NULL,
    sentence TEXT NOT NULL,
    cure TEXT NOT NULL,
    members TEXT NOT NULL,          -- of the cause, as JSON: kinds, channels
    since REAL NOT NULL,
    told_at REAL,
    posted INTEGER NOT NULL DEFAULT 0 -- whether the alerts channel heard of it
) STRICT;
ALTER TABLE breakers ADD COLUMN status INTEGER NOT NULL DEFAULT 0;
ALTER TABLE breakers ADD COLUMN cure TEXT NOT NULL DEFAULT '';
""",
    """
-- reports: what each said, as it was read; the latest of a name is what the next is compared with.
-- One that was asked for by hand was due at no time
CREATE TABLE reports (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    due_at REAL,
    made_at REAL NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX reports_due ON reports (name, due_at) WHERE due_at IS NOT NULL;
CREATE TABLE report_plans (         -- since when the config has a report; when it was tried in vain
    name TEXT PRIMARY KEY,
    since REAL NOT NULL,
    tried_at REAL NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE late_accounts (        -- who was late in any report of a name
    name TEXT NOT NULL,
    division INTEGER NOT NULL,
    side TEXT NOT NULL,
    account TEXT NOT NULL,
    PRIMARY KEY (name, division, side, account)
) STRICT, WITHOUT ROWID;
""",
    """
CREATE TABLE due_told (             -- exceptions that a due date brought, told once in a channel
    subject INTEGER NOT NULL REFERENCES documents (id),
    exception TEXT NOT NULL,
    due TEXT NOT NULL,
    channel TEXT NOT NULL,
    PRIMARY KEY (subject, exception, due, channel)
) STRICT, WITHOUT ROWID;
""",
    """
-- triage: what is somebody's until it is done, and the people that Slack told of
CREATE TABLE items (
    id INTEGER PRIMARY KEY,
    head INTEGER NOT NULL UNIQUE REFERENCES deliveries (id),
    route TEXT NOT NULL,
    exceptions TEXT NOT NULL,
    opened_at REAL NOT NULL,
    since REAL NOT NULL,
    state TEXT NOT NULL,
    person TEXT NOT NULL,
    until REAL NOT NULL,
    settled INTEGER NOT NULL,
    overruled INTEGER NOT NULL,
    standing TEXT NOT NULL,         -- JSON: reactions as they were read last
    stale TEXT NOT NULL,            -- JSON: those that do not count until they were away
    clicked TEXT NOT NULL,          -- JSON: the latest click, or ''
    heard_at REAL NOT NULL,
    read_at REAL NOT NULL,
    asked INTEGER NOT NULL,
    escalated_at REAL NOT NULL,
    marked INTEGER NOT NULL
) STRICT;
CREATE INDEX items_state ON items (state, since);
CREATE TABLE item_steps (           -- who said what of an item, and when that was first known
    id INTEGER PRIMARY KEY,
    item INTEGER NOT NULL REFERENCES items (id),
    at REAL NOT NULL,
    state TEXT NOT NULL,
    person TEXT NOT NULL,
    how TEXT NOT NULL,
    exceptions TEXT NOT NULL
) STRICT;
CREATE INDEX item_steps_item ON item_steps (item, id);
CREATE TABLE people (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,             -- '' where Slack does not say
    is_bot INTEGER NOT NULL,
    asked_at REAL NOT NULL
) STRICT, WITHOUT ROWID;
""",
    """
CREATE TABLE counters (             -- sums for monitors; nothing is ever taken off them
    name TEXT NOT NULL,
    label TEXT NOT NULL,
    n REAL NOT NULL,
    PRIMARY KEY (name, label)
) STRICT, WITHOUT ROWID;
""",
    """
CREATE TABLE log (                  -- what happened, only ever added to; see log.py
    id INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    what TEXT NOT NULL,
    document INTEGER,
    delivery INTEGER,
    body TEXT NOT NULL DEFAULT ''   -- JSON
) STRICT;
CREATE INDEX log_document ON log (document) WHERE document IS NOT NULL;
CREATE INDEX log_delivery ON log (delivery) WHERE document IS NULL AND delivery IS NOT NULL;
CREATE INDEX log_at ON log (at);
INSERT OR IGNORE INTO facts VALUES ('log since', strftime('%s', 'now'));
""",
    """
CREATE TABLE purchases (            -- as later ones are compared with them; see purchases.py
    division INTEGER NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    place INTEGER NOT NULL,         -- of documents, or before all of them: Exact's past
    supplier TEXT NOT NULL,
    number TEXT NOT NULL,
    reference TEXT NOT NULL,
    file TEXT NOT NULL,
    cents INTEGER NOT NULL,
    day TEXT,
    void INTEGER NOT NULL,
    PRIMARY KEY (division, kind, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX purchases_amount ON purchases (division, supplier, cents);
CREATE INDEX purchases_day ON purchases (division, supplier, day);
CREATE INDEX purchases_place ON purchases (place);
""",
    """
-- poll --due: how often each kind changes, by hours of Exact's clock since 1970 and weeks of 168 of
-- them (what the ledger still knows of the last four weeks is a beginning); and readings in vain
CREATE TABLE rhythm (
    division INTEGER NOT NULL,
    kind TEXT NOT NULL,
    hour INTEGER NOT NULL,
    week INTEGER NOT NULL,
    n REAL NOT NULL,                -- changes, as they counted in that week
    PRIMARY KEY (division, kind, hour)
) STRICT, WITHOUT ROWID;
INSERT INTO rhythm
    SELECT division, kind, h % 168, strftime('%s', 'now') / 604800, count(*) * 0.7
    FROM (SELECT DISTINCT division, kind, modified / 3600000 AS h, modified / 60000 FROM documents
        WHERE modified BETWEEN strftime('%s', 'now') * 1000 - 2419200000
        AND strftime('%s', 'now') * 1000)
    GROUP BY division, kind, h % 168;
INSERT OR IGNORE INTO facts
    SELECT 'rhythm since', max(min(floor) / 3600000, strftime('%s', 'now') / 3600 - 672)
    FROM cursors HAVING count(*) > 0;
ALTER TABLE cursors ADD COLUMN tried_at REAL NOT NULL DEFAULT 0;
""",
    """
-- finding a document by what people know of it: who it is with, what it comes to, their reference
CREATE TABLE accounts (
    division INTEGER NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,             -- without capitals and accents
    code TEXT NOT NULL,
    PRIMARY KEY (division, id)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO accounts
    SELECT division, account, max(lower(json_extract(data, '$.account.name'))),
    coalesce(max(json_extract(data, '$.account.code')), '') FROM documents
    WHERE account<>'' AND CASE WHEN json_valid(data)
    THEN json_type(data, '$.account.name')='text' END GROUP BY division, account;
CREATE TABLE amounts (              -- to the cent, without a sign
    document INTEGER NOT NULL REFERENCES documents (id),
    cents INTEGER NOT NULL,
    PRIMARY KEY (document, cents)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO amounts
    SELECT id, CAST(round(abs(json_extract(data, '$.amount')) * 100) AS INTEGER) FROM documents
    WHERE CASE WHEN json_valid(data) THEN json_type(data, '$.amount')='text' END;
INSERT OR IGNORE INTO amounts
    SELECT id, CAST(round(abs(json_extract(data, '$.amount_dc')) * 100) AS INTEGER) FROM documents
    WHERE CASE WHEN json_valid(data) THEN json_type(data, '$.amount_dc')='text' END;
CREATE INDEX amounts_cents ON amounts (cents);
CREATE INDEX documents_their_reference ON documents (replace(lower(reference), ' ', ''))
    WHERE reference<>'';
CREATE INDEX log_listed ON log (delivery) WHERE what='listed';
""",
    """
CREATE TABLE payees (               -- where money to suppliers goes; see payees.py
    division INTEGER NOT NULL,
    kind TEXT NOT NULL,             -- payment or bank_account
    key TEXT NOT NULL,
    supplier TEXT NOT NULL,
    name TEXT NOT NULL,
    mark TEXT NOT NULL,             -- a keyed hash of the number
    shown TEXT NOT NULL,
    day TEXT,
    changed TEXT,
    changed_by TEXT NOT NULL,
    was TEXT NOT NULL,
    PRIMARY KEY (division, kind, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX payees_supplier ON payees (division, supplier);
CREATE INDEX payees_mark ON payees (division, mark);
""",
)
