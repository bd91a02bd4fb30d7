"""Socket Mode: one connection from the app, over which Slack tells everything."""
