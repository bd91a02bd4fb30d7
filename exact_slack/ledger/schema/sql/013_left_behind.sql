-- what an earlier ledger of this customer left in Slack: the keys in its messages' metadata (of
-- files: their names), and which of our deliveries took them over
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
