"""What Exact says, as the ledger has it: documents, how each is found, which belong together."""
