-- whether the same file stands in a channel already
CREATE INDEX files_source ON files (source) WHERE source<>'';
