-- a reply that Slack put into the channel itself, its thread being gone: it is deleted before it is
-- told again; and what the last step of an upload answered
ALTER TABLE deliveries ADD COLUMN loose TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN loose_channel TEXT NOT NULL DEFAULT '';
ALTER TABLE files ADD COLUMN shared TEXT NOT NULL DEFAULT '';
ALTER TABLE files ADD COLUMN unseen INTEGER NOT NULL DEFAULT 0;
