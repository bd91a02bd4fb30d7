"""Deliveries: what is to be sent, in which order, and what became of it."""
