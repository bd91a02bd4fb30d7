"""Exceptions that are somebody's until they are done: read from Slack, reminded of, told."""
