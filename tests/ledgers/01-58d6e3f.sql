PRAGMA user_version=1;
BEGIN TRANSACTION;
CREATE TABLE breakers (
    division INTEGER NOT NULL,
    endpoint TEXT NOT NULL,
    failures INTEGER NOT NULL,
    until REAL NOT NULL,
    sentence TEXT NOT NULL,
    PRIMARY KEY (division, endpoint)
) STRICT;
CREATE TABLE calls (
    division INTEGER NOT NULL,
    day TEXT NOT NULL,
    calls INTEGER NOT NULL,
    remaining INTEGER,
    PRIMARY KEY (division, day)
) STRICT;
CREATE TABLE channels (
    name TEXT PRIMARY KEY,
    id TEXT NOT NULL DEFAULT '',
    parked TEXT NOT NULL DEFAULT '',
    checked_at REAL NOT NULL DEFAULT 0
) STRICT;
INSERT INTO "channels" VALUES('#feed','','',0.0);
CREATE TABLE cursors (
    division INTEGER NOT NULL,
    kind TEXT NOT NULL,
    newest INTEGER NOT NULL,        -- highest Modified seen, ms of Exact's wall clock
    floor INTEGER NOT NULL,         -- at or below it: there before the first run
    deep_at REAL NOT NULL DEFAULT 0,
    read_at REAL NOT NULL,
    PRIMARY KEY (division, kind)
) STRICT;
INSERT INTO "cursors" VALUES(123456,'purchase_entry',1795000000000,1794000000000,0.0,1764000000.0);
CREATE TABLE deletions (
    division INTEGER PRIMARY KEY,
    timestamp INTEGER NOT NULL,
    read_at REAL NOT NULL
) STRICT;
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,       -- opaque; in the message's metadata, to find it again
    document INTEGER REFERENCES documents (id),
    subject INTEGER REFERENCES documents (id),
    head INTEGER REFERENCES deliveries (id),
    action TEXT NOT NULL,
    route TEXT NOT NULL,
    channel TEXT NOT NULL,          -- as the config names it
    channel_id TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    plain INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    before TEXT NOT NULL DEFAULT '',  -- replies: the state that the readers know
    ts TEXT NOT NULL DEFAULT '',
    not_before REAL NOT NULL DEFAULT 0,
    owner TEXT NOT NULL DEFAULT '',
    run INTEGER,
    created_at REAL NOT NULL,
    sending_at REAL,
    done_at REAL
) STRICT;
INSERT INTO "deliveries" VALUES(1,'0857e6ee8eb71c5a3c15a67a54949cc0',1,1,NULL,'head','feed','#feed','C1','posted','',0,1,'','1764000000.000100',0.0,'',NULL,1764000000.0,1764000000.0,1764000001.0);
INSERT INTO "deliveries" VALUES(2,'e9dab469b9be709ad7e7cda71c9d5dca',2,2,NULL,'head','feed','#feed','','pending','',0,0,'','',0.0,'',NULL,1764000001.0,NULL,NULL);
CREATE TABLE divisions (
    code INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    allowed INTEGER NOT NULL,
    checked_at REAL NOT NULL
) STRICT;
CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    division INTEGER NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    number TEXT NOT NULL,
    account TEXT NOT NULL,          -- Exact's id of the relation
    reference TEXT NOT NULL,
    file TEXT NOT NULL,             -- Exact's id of the attached document
    settles TEXT NOT NULL,          -- payment terms: key of the entry they belong to
    modified INTEGER NOT NULL,      -- ms of Exact's wall clock
    fingerprint TEXT NOT NULL,
    version INTEGER NOT NULL,       -- counts visible changes
    data TEXT NOT NULL,             -- the latest state
    subject INTEGER REFERENCES documents (id),  -- an entry made from an invoice: the invoice
    deleted_at REAL,
    first_seen REAL NOT NULL,
    changed_at REAL NOT NULL,
    UNIQUE (division, kind, key)
) STRICT;
INSERT INTO "documents" VALUES(1,123456,'purchase_entry','11111111-1111-1111-1111-111111111111','1','33333333-3333-3333-3333-333333333333','INV 1','','',1795000000000,'faf77b3934c9d5a2144e921bc3bc293a',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"11111111-1111-1111-1111-111111111111"},"modified":1795000000000,"number":"1","reference":"INV 1","description":"Boxes","account":{"id":"33333333-3333-3333-3333-333333333333"}}',NULL,NULL,1764000000.0,1764000000.0);
INSERT INTO "documents" VALUES(2,123456,'purchase_entry','22222222-2222-2222-2222-222222222222','2','','','','',1795000000000,'ef829593ea2415b75ac57e9f76d14e42',1,'{"ref":{"division":123456,"kind":"purchase_entry","key":"22222222-2222-2222-2222-222222222222"},"modified":1795000000000,"number":"2","description":"Crates"}',NULL,NULL,1764000000.0,1764000000.0);
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE learnt (
    division INTEGER NOT NULL,
    endpoint TEXT NOT NULL,
    word TEXT NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (division, endpoint, word)
) STRICT;
CREATE TABLE lookups (
    division INTEGER NOT NULL,
    what TEXT NOT NULL,
    id TEXT NOT NULL,
    value TEXT NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (division, what, id)
) STRICT;
CREATE TABLE pace (scope TEXT PRIMARY KEY, next_at REAL NOT NULL) STRICT;
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    command TEXT NOT NULL,
    started_at REAL NOT NULL,
    ended_at REAL,
    exit_code INTEGER,
    summary TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE INDEX documents_number ON documents (division, kind, number);
CREATE INDEX documents_file ON documents (division, file) WHERE file <> '';
CREATE INDEX documents_settles ON documents (division, settles) WHERE settles <> '';
CREATE INDEX documents_reference ON documents (division, account, reference);
CREATE INDEX documents_subject ON documents (subject) WHERE subject IS NOT NULL;
CREATE INDEX documents_modified ON documents (division, kind, modified);
CREATE UNIQUE INDEX one_head ON deliveries (subject, channel)
    WHERE action = 'head' AND state <> 'superseded';
CREATE INDEX open_deliveries ON deliveries (channel, not_before, id)
    WHERE state IN ('pending', 'limited', 'refused');
CREATE INDEX unsettled ON deliveries (state) WHERE state NOT IN ('posted', 'superseded');
CREATE INDEX deliveries_head ON deliveries (head) WHERE head IS NOT NULL;
CREATE INDEX deliveries_document ON deliveries (document);
COMMIT;
