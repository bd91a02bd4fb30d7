"""The runs, a verb a file: poll, replay, verify, status, and what surrounds them."""
