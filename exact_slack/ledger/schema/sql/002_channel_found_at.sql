-- Slack's own time when the channel was last found: what is sent there later is later by its ts
ALTER TABLE channels ADD COLUMN found_ts TEXT NOT NULL DEFAULT '';
