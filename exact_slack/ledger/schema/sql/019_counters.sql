CREATE TABLE counters (             -- sums for monitors; nothing is ever taken off them
    name TEXT NOT NULL,
    label TEXT NOT NULL,
    n REAL NOT NULL,
    PRIMARY KEY (name, label)
) STRICT, WITHOUT ROWID;
