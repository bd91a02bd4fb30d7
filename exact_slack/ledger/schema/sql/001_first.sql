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
    read_at REAL NOT NULL DEFAULT 0, -- when this state was asked for
    UNIQUE (division, kind, key)
) STRICT;
CREATE INDEX documents_number ON documents (division, kind, number);
CREATE INDEX documents_file ON documents (division, file) WHERE file <> '';
CREATE INDEX documents_settles ON documents (division, settles) WHERE settles <> '';
CREATE INDEX documents_reference ON documents (division, account, reference);
CREATE INDEX documents_subject ON documents (subject) WHERE subject IS NOT NULL;
CREATE INDEX documents_modified ON documents (division, kind, modified);

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
    reasons TEXT NOT NULL DEFAULT '', -- heads: the exceptions for which the route took it
    before TEXT NOT NULL DEFAULT '',  -- replies: the state that the readers know
    ts TEXT NOT NULL DEFAULT '',
    after_ts TEXT NOT NULL DEFAULT '',  -- our latest message there when this one was claimed
    not_before REAL NOT NULL DEFAULT 0,
    hold_until REAL NOT NULL DEFAULT 0, -- it waits on purpose (quiet hours, a silence)
    hold_why TEXT NOT NULL DEFAULT '',
    owner TEXT NOT NULL DEFAULT '',
    run INTEGER,
    created_at REAL NOT NULL,
    sending_at REAL,
    done_at REAL
) STRICT;
CREATE UNIQUE INDEX one_head ON deliveries (subject, channel)
    WHERE action = 'head' AND state <> 'superseded';
CREATE INDEX open_deliveries ON deliveries (channel, not_before, id)
    WHERE state IN ('pending', 'limited', 'refused');
CREATE INDEX unsettled ON deliveries (state) WHERE state NOT IN ('posted', 'superseded');
CREATE INDEX deliveries_ts ON deliveries (channel_id, ts) WHERE ts <> '';
CREATE INDEX deliveries_head ON deliveries (head) WHERE head IS NOT NULL;
CREATE INDEX deliveries_document ON deliveries (document);

CREATE TABLE cursors (
    division INTEGER NOT NULL,
    kind TEXT NOT NULL,
    newest INTEGER NOT NULL,        -- highest Modified seen, ms of Exact's wall clock
    floor INTEGER NOT NULL,         -- above it every document is in the ledger
    deep_at REAL NOT NULL DEFAULT 0,
    read_at REAL NOT NULL,
    PRIMARY KEY (division, kind)
) STRICT;
CREATE TABLE deletions (
    division INTEGER PRIMARY KEY,
    timestamp INTEGER NOT NULL,
    read_at REAL NOT NULL
) STRICT;
CREATE TABLE divisions (
    code INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    allowed INTEGER NOT NULL,
    checked_at REAL NOT NULL
) STRICT;
CREATE TABLE channels (
    name TEXT PRIMARY KEY,
    id TEXT NOT NULL DEFAULT '',
    parked TEXT NOT NULL DEFAULT '',
    checked_at REAL NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE learnt (
    division INTEGER NOT NULL,
    endpoint TEXT NOT NULL,
    word TEXT NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (division, endpoint, word)
) STRICT;
CREATE TABLE breakers (
    division INTEGER NOT NULL,
    endpoint TEXT NOT NULL,
    failures INTEGER NOT NULL,
    until REAL NOT NULL,
    sentence TEXT NOT NULL,
    PRIMARY KEY (division, endpoint)
) STRICT;
CREATE TABLE lookups (
    division INTEGER NOT NULL,
    what TEXT NOT NULL,
    id TEXT NOT NULL,
    value TEXT NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (division, what, id)
) STRICT;
CREATE TABLE inbox (
    division INTEGER NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    version INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    not_before REAL NOT NULL DEFAULT 0,
    received_at REAL NOT NULL,
    PRIMARY KEY (division, kind, key)
) STRICT;
CREATE TABLE arrivals (
    division INTEGER NOT NULL,
    kind TEXT NOT NULL,
    by_webhook INTEGER NOT NULL DEFAULT 0,
    by_poll INTEGER NOT NULL DEFAULT 0,
    last_webhook REAL,
    polled_since INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (division, kind)
) STRICT;
CREATE TABLE events (id TEXT PRIMARY KEY, at REAL NOT NULL) STRICT;
CREATE TABLE pace (scope TEXT PRIMARY KEY, next_at REAL NOT NULL) STRICT;
CREATE TABLE calls (
    division INTEGER NOT NULL,
    day TEXT NOT NULL,
    calls INTEGER NOT NULL,
    remaining INTEGER,
    PRIMARY KEY (division, day)
) STRICT;
CREATE TABLE tally (
    day TEXT NOT NULL,
    kind TEXT NOT NULL,
    channel TEXT NOT NULL,
    what TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (day, kind, channel, what)
) STRICT;
CREATE TABLE troubles (
    key TEXT PRIMARY KEY,
    sentence TEXT NOT NULL,
    since REAL NOT NULL
) STRICT;
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    command TEXT NOT NULL,
    started_at REAL NOT NULL,
    ended_at REAL,
    exit_code INTEGER,
    summary TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
