"""The sandbox's Exact Online."""
