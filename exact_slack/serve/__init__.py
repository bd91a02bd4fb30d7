"""The intake of webhooks and events, and the workers that fetch and send at once."""
