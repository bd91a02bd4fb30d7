"""One line of a close a file: its query, its judgement, its words. See CONTRIBUTING."""
