-- `log --channel` finds what went, or is to go, to a channel
CREATE INDEX deliveries_channel ON deliveries (channel, document);
