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
