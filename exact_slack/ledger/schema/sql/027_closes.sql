-- the end of a period, as one message a company and channel: its head is the delivery with the
-- action `close` that brings its id
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
