"""Where secrets come from, and where exact-slack keeps its own."""
