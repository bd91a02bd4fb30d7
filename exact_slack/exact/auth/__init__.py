"""Exact's login: OAuth, the chain of rotating tokens, and the stores it lives in."""
