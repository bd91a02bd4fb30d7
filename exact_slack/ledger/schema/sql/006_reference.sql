-- the same reference, as history.py compares it: one relation may have thousands of documents
DROP INDEX documents_reference;
CREATE INDEX documents_reference
    ON documents (division, account, replace(lower(reference), ' ', ''));
