"""One of many that cannot be handled never stops the others."""

import logging
import sqlite3
from collections.abc import Callable

from exact_slack.errors import ExactSlackError, Unforeseen
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.schema.trouble import DamagedRecord

log = logging.getLogger("exact_slack.app")


def isolated(ledger: Ledger, work: Callable[[], None]) -> Exception | None:
    """Do this whole or not at all, inside a transaction that goes on either way; returns what
    nobody foresaw. Errors of ours, and of the ledger itself, concern all and are raised."""
    try:
        with ledger.transaction():
            work()
    except DamagedRecord as error:
        return error
    except (ExactSlackError, sqlite3.Error):
        raise
    except Exception as error:
        log.debug("one of many cannot be handled", exc_info=True)
        return error
    return None


def unforeseen(what: str, error: Exception) -> ExactSlackError:
    """The sentence for it. The details are for -vv: they may hold what no mail should."""
    if isinstance(error, DamagedRecord):
        return error
    return Unforeseen(
        f"Unexpected trouble ({type(error).__name__}) with {what}; the rest went on.",
        "This is a mistake in exact-slack: run it once more with -vv for the details, and report"
        " them.",
    )
