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
