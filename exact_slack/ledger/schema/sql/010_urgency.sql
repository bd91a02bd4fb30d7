-- edits that bring news go before those that bring a step; and what a head surely shows now
ALTER TABLE deliveries ADD COLUMN urgency INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN shown TEXT NOT NULL DEFAULT '';
DROP INDEX open_deliveries;
CREATE INDEX open_deliveries ON deliveries (channel, (action='edit'), urgency, not_before, id)
    WHERE state IN ('pending', 'limited', 'refused');
