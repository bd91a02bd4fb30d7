"""What exceptions compare a document with: Exact's past, and what the ledger has seen since."""
