"""What an exception compares a document with: what came before it, and what was kept of that."""
