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
