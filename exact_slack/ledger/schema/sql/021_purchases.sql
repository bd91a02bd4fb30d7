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
    void INTEGER NOT NULL,
    PRIMARY KEY (division, kind, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX purchases_amount ON purchases (division, supplier, cents);
CREATE INDEX purchases_day ON purchases (division, supplier, day);
CREATE INDEX purchases_place ON purchases (place);
