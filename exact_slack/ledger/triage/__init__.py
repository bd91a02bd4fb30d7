"""Exceptions that are somebody's until they are done: what people and Exact said of each."""
