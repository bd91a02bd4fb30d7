"""A list of what a route collected."""
