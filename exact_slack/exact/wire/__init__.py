"""How a call to Exact goes: its address, its turn, its budget, the connection, the pages."""
