"""Which routes take a document, and why not the others."""
