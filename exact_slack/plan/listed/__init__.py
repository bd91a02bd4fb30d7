"""Messages about many documents: digests, payment runs, and the lists that a due date brings."""
