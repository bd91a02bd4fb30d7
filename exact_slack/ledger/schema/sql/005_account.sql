-- a relation's earlier documents of a kind, newest last: asked for each purchase that is read
CREATE INDEX documents_account ON documents (division, account, kind);
