"""What Slack tells by itself: events, clicks, emojis, over HTTP or Socket Mode."""
