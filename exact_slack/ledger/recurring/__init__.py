"""What comes by the calendar, and what was told by it: digests, reports, closes, due dates."""
