"""What exceptions compare a document with, asked of Exact: its past, and how it stands now."""
