"""A month's end that nobody ticks: each line asks Exact, and says how it stands."""
