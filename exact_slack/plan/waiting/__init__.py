"""What waits, and for what: quiet hours and silences, and a channel that is no more."""
