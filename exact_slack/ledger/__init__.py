"""The ledger: one SQLite file, the only state of a customer. All SQL of exact-slack is here."""
