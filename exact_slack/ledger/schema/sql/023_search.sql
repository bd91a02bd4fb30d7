-- finding a document by what people know of it: who it is with, what it comes to, their reference
CREATE TABLE accounts (
    division INTEGER NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,             -- without capitals and accents
    code TEXT NOT NULL,
    PRIMARY KEY (division, id)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO accounts
    SELECT division, account, max(lower(json_extract(data, '$.account.name'))),
    coalesce(max(json_extract(data, '$.account.code')), '') FROM documents
    WHERE account<>'' AND CASE WHEN json_valid(data)
    THEN json_type(data, '$.account.name')='text' END GROUP BY division, account;
CREATE TABLE amounts (              -- to the cent, without a sign
    document INTEGER NOT NULL REFERENCES documents (id),
    cents INTEGER NOT NULL,
    PRIMARY KEY (document, cents)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO amounts
    SELECT id, CAST(round(abs(json_extract(data, '$.amount')) * 100) AS INTEGER) FROM documents
    WHERE CASE WHEN json_valid(data) THEN json_type(data, '$.amount')='text' END;
INSERT OR IGNORE INTO amounts
    SELECT id, CAST(round(abs(json_extract(data, '$.amount_dc')) * 100) AS INTEGER) FROM documents
    WHERE CASE WHEN json_valid(data) THEN json_type(data, '$.amount_dc')='text' END;
CREATE INDEX amounts_cents ON amounts (cents);
CREATE INDEX documents_their_reference ON documents (replace(lower(reference), ' ', ''))
    WHERE reference<>'';
CREATE INDEX log_listed ON log (delivery) WHERE what='listed';
