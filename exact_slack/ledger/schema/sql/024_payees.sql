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
    was TEXT NOT NULL,
    PRIMARY KEY (division, kind, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX payees_supplier ON payees (division, supplier);
CREATE INDEX payees_mark ON payees (division, mark);
