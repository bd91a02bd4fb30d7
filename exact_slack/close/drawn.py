"""A close out of the ledger: its messages and its list. Both come from what was read on a morning,
so they cannot differ, however late they go out."""

from typing import BinaryIO

from exact_slack.close import journal
from exact_slack.close.codec import from_json, journal_from_json
from exact_slack.close.message import (
    changed_message,
    close_message,
    manual_message,
    ready_message,
)
from exact_slack.config.closing import Close
from exact_slack.config.model import Config
from exact_slack.documents.closing import Closing
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.outgoing import payloads
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.recurring.closes import CloseRow, StateRow
from exact_slack.ledger.schema.trouble import record
from exact_slack.rendering.message import Message


def drawn(config: Config, ledger: Ledger, delivery: Delivery) -> Message | None:
    """The message of a delivery about a close, an edit of its head among them; None where nothing
    is left to say."""
    brought = delivery.payload
    if isinstance(brought, payloads.Edit | payloads.Present):
        assert delivery.head_id is not None
        brought = ledger.deliveries.get(delivery.head_id).payload
    match brought:
        case payloads.Close(close=number):
            closing = _read(ledger.closes.latest(number))
            return close_message(closing, config.locale) if closing else None
        case payloads.CloseChanged(close=number, state=state, loud=loud):
            return _changed(config, ledger, number, state, loud=loud)
        case payloads.CloseReady(close=number, state=state):
            closing = _read(ledger.closes.state(state))
            rows = len(journal_from_json(ledger.closes.get(number).journal))
            return ready_message(closing, config.locale, rows) if closing else None
        case payloads.CloseManual(words=words):
            return manual_message(words, config.locale)
    raise AssertionError(f"{delivery.action} tells of no close")


def _changed(
    config: Config, ledger: Ledger, number: int, state: int, *, loud: bool
) -> Message | None:
    after = _read(ledger.closes.state(state))
    before = _read(ledger.closes.latest(number, before=state))
    if after is None or before is None:
        return None
    close = wished(config, ledger.closes.get(number))
    mention = close.mention if close and loud else None
    return changed_message(before, after, config.locale, mention)


def wished(config: Config, row: CloseRow) -> Close | None:
    """What the config says of a close; None where it says nothing any more."""
    for close in config.close:
        if close.channel == row.channel and row.division in (
            close.divisions or config.exact.divisions
        ):
            return close
    return None


def _read(row: StateRow | None) -> Closing | None:
    if row is None:
        return None
    with record("close", row.id):
        return from_json(row.body)


def write_list(config: Config, ledger: Ledger, head: Delivery, into: BinaryIO) -> int:
    """Write the invoice journal that goes under a close that is ready; returns its bytes."""
    number = head.payload_of(payloads.Close).close
    closing, row = _read(ledger.closes.latest(number)), ledger.closes.get(number)
    rows = journal_from_json(row.journal)
    return journal.write(rows, closing.currency if closing else "", config.locale, into)
