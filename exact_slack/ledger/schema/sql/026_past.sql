-- what exceptions compare with: Exact's past, orders, open receivables, closed periods
ALTER TABLE purchases ADD COLUMN orders INTEGER;    -- an invoice: whether a line names an order
ALTER TABLE payees ADD COLUMN entry TEXT NOT NULL DEFAULT '';   -- what a payment pays
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
