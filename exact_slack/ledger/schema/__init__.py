"""The file: opening it, its tables, locks beside it, and what to do where it is damaged."""
