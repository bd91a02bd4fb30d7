"""What exceptions compare a document with, as values: orders, purchases, payees, periods."""
