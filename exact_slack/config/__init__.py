"""The configuration: its model, reading it with errors that name file and line, secrets, paths."""
