"""The shared language of exact-slack: kinds, documents, their fingerprints and differences.

Pure data and pure functions; this package does no I/O and imports nothing else of exact-slack.
"""
