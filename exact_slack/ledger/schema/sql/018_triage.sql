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
