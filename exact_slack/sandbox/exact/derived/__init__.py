"""Endpoints whose rows come from other rows: sums, composed lists, the order of versions."""
