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
