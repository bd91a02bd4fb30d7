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
