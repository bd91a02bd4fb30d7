"""What is read from Exact: how far, what waits to be read, what cannot be, and what rests."""
