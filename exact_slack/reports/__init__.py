"""What is open, due, overdue and in the bank: read from Exact's own lists, judged, compared."""
