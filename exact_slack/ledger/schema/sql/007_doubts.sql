-- a send of unknown outcome: when its attempt was over, and the complete look-ups since then that
-- did not find it
ALTER TABLE deliveries ADD COLUMN ended_at REAL NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN looks INTEGER NOT NULL DEFAULT 0;
