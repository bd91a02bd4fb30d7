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
