"""Whose work a line of the log is about: kept where all who speak can see it, as the thread that
works on one customer does not work on another."""

from contextvars import ContextVar

customer: ContextVar[str | None] = ContextVar("speaking customer", default=None)
"""The config file's name without its ending."""
run: ContextVar[int | None] = ContextVar("speaking run", default=None)
"""The number of the run in that customer's ledger."""
