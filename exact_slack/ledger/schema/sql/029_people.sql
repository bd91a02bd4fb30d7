CREATE TABLE exact_people (         -- users of Exact that documents name; see exact_people.py
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    folded TEXT NOT NULL            -- without capitals and double spaces
) STRICT, WITHOUT ROWID;
CREATE INDEX exact_people_folded ON exact_people (folded);
ALTER TABLE people ADD COLUMN is_gone INTEGER NOT NULL DEFAULT 0;
