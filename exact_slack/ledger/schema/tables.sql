-- Made by `make reference` from sql/
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
    read_at REAL NOT NULL DEFAULT 0, saved INTEGER NOT NULL DEFAULT 0, -- when this state was asked for
    UNIQUE (division, kind, key)
) STRICT;
CREATE INDEX documents_number ON documents (division, kind, number);
CREATE INDEX documents_file ON documents (division, file) WHERE file <> '';
CREATE INDEX documents_settles ON documents (division, settles) WHERE settles <> '';
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
    detail TEXT NOT NULL DEFAULT '',
    plain INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    reasons TEXT NOT NULL DEFAULT '', -- heads: the exceptions for which the route took it
    before TEXT NOT NULL DEFAULT '',  -- replies: the state that the readers know
    ts TEXT NOT NULL DEFAULT '',
    after_ts TEXT NOT NULL DEFAULT '',  -- our latest message there when this one was claimed
    not_before REAL NOT NULL DEFAULT 0,
    hold_until REAL NOT NULL DEFAULT 0, -- it waits on purpose (quiet hours, a silence)
    hold_detail TEXT NOT NULL DEFAULT '',
    owner TEXT NOT NULL DEFAULT '',
    run INTEGER,
    created_at REAL NOT NULL,
    sending_at REAL,
    done_at REAL
, ended_at REAL NOT NULL DEFAULT 0, looks INTEGER NOT NULL DEFAULT 0, urgency INTEGER NOT NULL DEFAULT 0, shown TEXT NOT NULL DEFAULT '', loose TEXT NOT NULL DEFAULT '', loose_channel TEXT NOT NULL DEFAULT '', cause TEXT NOT NULL DEFAULT '', hold_cause TEXT NOT NULL DEFAULT '') STRICT;
CREATE UNIQUE INDEX one_head ON deliveries (subject, channel)
    WHERE action = 'head' AND state <> 'superseded';
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
    read_at REAL NOT NULL, tried_at REAL NOT NULL DEFAULT 0,
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
, found_ts TEXT NOT NULL DEFAULT '') STRICT;
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
    sentence TEXT NOT NULL, status INTEGER NOT NULL DEFAULT 0, cure TEXT NOT NULL DEFAULT '',
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
    received_at REAL NOT NULL, deletes INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (division, kind, key)
) STRICT;
CREATE TABLE arrivals (
    division INTEGER NOT NULL,
    kind TEXT NOT NULL,
    by_webhook INTEGER NOT NULL DEFAULT 0,
    by_poll INTEGER NOT NULL DEFAULT 0,
    last_webhook REAL,
    polled_since INTEGER NOT NULL DEFAULT 0, idle INTEGER NOT NULL DEFAULT 0, idle_since REAL NOT NULL DEFAULT 0,
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
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    command TEXT NOT NULL,
    started_at REAL NOT NULL,
    ended_at REAL,
    exit_code INTEGER,
    summary TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
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
, shared TEXT NOT NULL DEFAULT '', unseen INTEGER NOT NULL DEFAULT 0) STRICT;
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
CREATE INDEX documents_account ON documents (division, account, kind);
CREATE INDEX documents_reference
    ON documents (division, account, replace(lower(reference), ' ', ''));
CREATE TABLE saves (n INTEGER NOT NULL) STRICT;
CREATE TABLE notified (
    division INTEGER NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    event TEXT NOT NULL,            -- Exact's time of the latest event, as Exact writes it
    mark TEXT NOT NULL,             -- digest of that notification
    at REAL NOT NULL,
    read_at REAL NOT NULL DEFAULT 0,
    idle INTEGER NOT NULL DEFAULT 0, -- readings in a row that found nothing new
    PRIMARY KEY (division, kind, key)
) STRICT;
CREATE INDEX open_deliveries ON deliveries (channel, (action='edit'), urgency, not_before, id)
    WHERE state IN ('pending', 'limited', 'refused');
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
CREATE TABLE left_behind (
    channel_id TEXT NOT NULL,
    key TEXT NOT NULL,
    ts TEXT NOT NULL,
    delivery INTEGER REFERENCES deliveries (id) ON DELETE SET NULL,
    PRIMARY KEY (channel_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX left_behind_delivery ON left_behind (delivery) WHERE delivery IS NOT NULL;
CREATE TABLE surveyed (             -- channels, and threads by the ts of their heads
    channel_id TEXT NOT NULL,
    thread_ts TEXT NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (channel_id, thread_ts)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE due_told (             -- exceptions that a due date brought, told once in a channel
    subject INTEGER NOT NULL REFERENCES documents (id),
    exception TEXT NOT NULL,
    due TEXT NOT NULL,
    channel TEXT NOT NULL,
    PRIMARY KEY (subject, exception, due, channel)
) STRICT, WITHOUT ROWID;
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
, is_gone INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
CREATE TABLE counters (             -- sums for monitors; nothing is ever taken off them
    name TEXT NOT NULL,
    label TEXT NOT NULL,
    n REAL NOT NULL,
    PRIMARY KEY (name, label)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE purchases (            -- as later ones are compared with them; see purchases.py
    division INTEGER NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    place INTEGER NOT NULL,         -- of documents, or before all of them: Exact's past
    supplier TEXT NOT NULL,
    number TEXT NOT NULL,
    reference TEXT NOT NULL,
    file TEXT NOT NULL,
    cents INTEGER NOT NULL,
    day TEXT,
    void INTEGER NOT NULL, orders INTEGER,
    PRIMARY KEY (division, kind, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX purchases_amount ON purchases (division, supplier, cents);
CREATE INDEX purchases_day ON purchases (division, supplier, day);
CREATE INDEX purchases_place ON purchases (place);
CREATE TABLE rhythm (
    division INTEGER NOT NULL,
    kind TEXT NOT NULL,
    hour INTEGER NOT NULL,
    week INTEGER NOT NULL,
    n REAL NOT NULL,                -- changes, as they counted in that week
    PRIMARY KEY (division, kind, hour)
) STRICT, WITHOUT ROWID;
CREATE TABLE accounts (
    division INTEGER NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,             -- without capitals and accents
    code TEXT NOT NULL,
    PRIMARY KEY (division, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE amounts (              -- to the cent, without a sign
    document INTEGER NOT NULL REFERENCES documents (id),
    cents INTEGER NOT NULL,
    PRIMARY KEY (document, cents)
) STRICT, WITHOUT ROWID;
CREATE INDEX amounts_cents ON amounts (cents);
CREATE INDEX documents_their_reference ON documents (replace(lower(reference), ' ', ''))
    WHERE reference<>'';
CREATE INDEX log_listed ON log (delivery) WHERE what='listed';
CREATE TABLE payees (               -- where money to suppliers goes; see payees.py
    division INTEGER NOT NULL,
    kind TEXT NOT NULL,             -- payment or bank_account
    key TEXT NOT NULL,
    supplier TEXT NOT NULL,
    name TEXT NOT NULL,
    mark TEXT NOT NULL,             -- a keyed hash of the number
    shown TEXT NOT NULL,
    day TEXT,
    changed TEXT,
    changed_by TEXT NOT NULL,
    was TEXT NOT NULL, entry TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (division, kind, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX payees_supplier ON payees (division, supplier);
CREATE INDEX payees_mark ON payees (division, mark);
CREATE TABLE payment_runs (         -- payments that Exact puts into one run; see payment_runs.py
    id INTEGER PRIMARY KEY,
    division INTEGER NOT NULL,
    code TEXT NOT NULL,             -- '' while it is only selected
    account TEXT NOT NULL,
    selector TEXT NOT NULL,
    day TEXT NOT NULL,
    batch TEXT NOT NULL,
    successor INTEGER               -- the run that took its last payment
) STRICT;
CREATE INDEX payment_runs_code ON payment_runs (division, code);
CREATE TABLE payment_run_terms (
    document INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    told TEXT NOT NULL              -- exceptions of it that the run's readers know
) STRICT;
CREATE INDEX payment_run_terms_run ON payment_run_terms (run);
CREATE INDEX deliveries_of_runs ON deliveries (before) WHERE action='run';
CREATE INDEX payees_entry ON payees (division, entry) WHERE entry<>'';
CREATE TABLE past (                 -- how far Exact's past was read, the newest first
    division INTEGER NOT NULL,
    kind TEXT NOT NULL,
    since INTEGER NOT NULL,         -- ms of Exact's wall clock: so far back
    start INTEGER NOT NULL,         -- and from here
    reached INTEGER NOT NULL,
    next TEXT NOT NULL,             -- Exact's address of the next page, '' before the first
    began REAL NOT NULL,
    done REAL,
    PRIMARY KEY (division, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE suppliers (            -- who is one company in several divisions
    division INTEGER NOT NULL,
    id TEXT NOT NULL,
    vat TEXT NOT NULL,
    PRIMARY KEY (division, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX suppliers_vat ON suppliers (vat) WHERE vat<>'';
CREATE TABLE order_lines (          -- of purchase orders, as Exact said last
    division INTEGER NOT NULL,
    key TEXT NOT NULL,
    number TEXT NOT NULL,           -- of the order
    data TEXT NOT NULL,
    PRIMARY KEY (division, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE order_bills (          -- what each purchase invoice bills of an order line
    division INTEGER NOT NULL,
    line TEXT NOT NULL,
    invoice TEXT NOT NULL,
    place INTEGER NOT NULL,
    quantity TEXT NOT NULL,         -- in the units of the item
    PRIMARY KEY (division, line, invoice)
) STRICT, WITHOUT ROWID;
CREATE INDEX order_bills_invoice ON order_bills (division, invoice);
CREATE TABLE receivables (          -- terms that are open
    division INTEGER NOT NULL,
    key TEXT NOT NULL,
    customer TEXT NOT NULL,
    entry TEXT NOT NULL,
    cents INTEGER NOT NULL,
    PRIMARY KEY (division, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX receivables_customer ON receivables (division, customer);
CREATE TABLE credit_lines (
    division INTEGER NOT NULL,
    customer TEXT NOT NULL,
    amount TEXT NOT NULL,           -- '' for none
    day TEXT NOT NULL,              -- when it was asked for
    PRIMARY KEY (division, customer)
) STRICT, WITHOUT ROWID;
CREATE TABLE periods (              -- Exact's own, with the moment at which each was seen closed
    division INTEGER NOT NULL,
    year INTEGER NOT NULL,
    period INTEGER NOT NULL,
    first TEXT NOT NULL,
    last TEXT NOT NULL,
    closed INTEGER,                 -- ms of Exact's wall clock
    PRIMARY KEY (division, year, period)
) STRICT, WITHOUT ROWID;
CREATE INDEX periods_last ON periods (division, last);
CREATE TABLE closes (
    id INTEGER PRIMARY KEY,
    channel TEXT NOT NULL,
    division INTEGER NOT NULL,
    year INTEGER NOT NULL,          -- Exact's financial year and period
    period INTEGER NOT NULL,
    tried_at REAL NOT NULL DEFAULT 0,   -- when it could not be read; 0: it could
    ready_at REAL NOT NULL DEFAULT 0,   -- when it was said that it is ready; 0: not yet
    journal TEXT NOT NULL DEFAULT '',   -- the rows of the invoice journal, from then on
    UNIQUE (channel, division, year, period)
) STRICT;
CREATE TABLE close_states (         -- how it stood each morning
    id INTEGER PRIMARY KEY,
    close INTEGER NOT NULL REFERENCES closes (id),
    due_at REAL,                    -- the morning; NULL: asked for by hand
    made_at REAL NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX close_states_due ON close_states (close, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX deliveries_of_closes ON deliveries (before)
    WHERE action IN ('close', 'close_manual');
CREATE TABLE financial_periods (
    division INTEGER NOT NULL,
    year INTEGER NOT NULL,
    number INTEGER NOT NULL,
    begins TEXT NOT NULL,
    ends TEXT NOT NULL,             -- the last day, which belongs to it
    PRIMARY KEY (division, year, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX purchases_latest ON purchases (division, supplier, kind, place, cents, orders);
CREATE INDEX purchases_reference
    ON purchases (division, supplier, replace(lower(reference), ' ', ''));
CREATE TABLE exact_people (         -- users of Exact that documents name; see exact_people.py
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    folded TEXT NOT NULL            -- without capitals and double spaces
) STRICT, WITHOUT ROWID;
CREATE INDEX exact_people_folded ON exact_people (folded);
CREATE INDEX documents_first_seen ON documents (first_seen);
CREATE INDEX deliveries_posted ON deliveries (done_at) WHERE state='posted';
CREATE INDEX deliveries_superseded ON deliveries (id) WHERE state='superseded';
CREATE INDEX log_exception ON log (document) WHERE what='exception';
CREATE INDEX log_stood ON log (delivery) WHERE what='moved' AND instr(body, '"posted_at":');
CREATE INDEX item_steps_at ON item_steps (at);
CREATE INDEX files_source ON files (source) WHERE source<>'';
CREATE INDEX deliveries_channel ON deliveries (channel, document);
