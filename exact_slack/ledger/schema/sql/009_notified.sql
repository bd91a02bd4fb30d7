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
