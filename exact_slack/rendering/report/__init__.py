"""What is open, due and in the bank: a message, its charts and tables, its list."""
