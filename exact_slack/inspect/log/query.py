"""What a person knows of a document, and which documents that may be."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from heapq import merge
from itertools import groupby
from operator import itemgetter

from exact_slack.ledger.documents.finding import By
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.outgoing.actions import Action
from exact_slack.ledger.outgoing.delivery import Delivery

_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_MESSAGE = re.compile(r"/archives/([A-Z0-9]+)/p(\d{6,})(\d{6})")
_AMOUNT = re.compile(r"[+-]?\d[\d.,' ]*")
_CURRENCY = re.compile(
    r"^(?:[A-Za-z]{3}\s+|[^\w\s+.,-]{1,3}\s*)|(?:\s+[A-Za-z]{3}|\s*[^\w\s.,]{1,3})$"
)
_LONGEST_ID = 18


@dataclass(frozen=True, slots=True)
class Match:
    """A document that a query may mean, and by what."""

    document: int
    by: tuple[By, ...]


def find(ledger: Ledger, query: str) -> Iterator[Match]:
    """The documents, newest first, as they are asked for: there may be very many."""
    found = [_by(by, numbers) for by, numbers in _questions(ledger, query.strip())]
    in_order = merge(*found, key=lambda numbered: -numbered[0])
    for number, same in groupby(in_order, key=itemgetter(0)):
        yield Match(number, tuple(dict.fromkeys(by for _, by in same)))


def _by(by: By, numbers: Iterable[int]) -> Iterator[tuple[int, By]]:
    return ((number, by) for number in numbers)


def _questions(ledger: Ledger, text: str) -> Iterator[tuple[By, Iterable[int]]]:
    """By each of what a text may be: the documents, newest first. A link or a key is nothing else;
    of a word nobody knows what it is."""
    finding = ledger.finding
    if not text:
        return
    if message := _MESSAGE.search(text):
        channel, ts = message[1], f"{message[2]}.{message[3]}"
        yield By.MESSAGE, _told_by(ledger, finding.at(channel, ts))
        return
    if keys := dict.fromkeys(key.lower() for key in _GUID.findall(text)):
        by = By.KEY if _GUID.fullmatch(text) else By.PAGE
        yield by, _newest_first(n for key in keys for n in finding.by_key(key))
        return
    yield By.NUMBER, finding.by_number(text)
    yield By.REFERENCE, finding.by_reference(text)
    yield By.KEY, finding.by_key(text.lower())
    if text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID:
        yield By.DELIVERY, _told_by(ledger, _delivery(ledger, int(text)))
    amount = amount_of(text)
    if amount is not None:
        yield By.AMOUNT, finding.by_amount(amount)
    yield By.ACCOUNT, finding.by_account(text)


def amount_of(text: str) -> Decimal | None:
    """An amount as people write it, in any of the ways: 1,234.56, 1.234,56, EUR 1 234.56."""
    plain = _CURRENCY.sub("", text.strip())
    if not _AMOUNT.fullmatch(plain):
        return None
    digits = re.sub("[ ']", "", plain)
    mark = max(digits.rfind("."), digits.rfind(","))
    decimals = len(digits) - mark - 1 if mark >= 0 else 0
    both = "." in digits and "," in digits
    grouped = mark >= 0 and not both and (decimals == 3 or digits.count(digits[mark]) > 1)
    if grouped or mark < 0:
        whole, part = re.sub("[.,]", "", digits), ""
    else:
        whole, part = re.sub("[.,]", "", digits[:mark]), digits[mark + 1 :]
    try:
        return Decimal(f"{whole}.{part or '0'}")
    except InvalidOperation:
        return None


def _delivery(ledger: Ledger, number: int) -> list[Delivery]:
    delivery = ledger.deliveries.find(number)
    return [delivery] if delivery else []


def _told_by(ledger: Ledger, deliveries: Iterable[Delivery]) -> list[int]:
    """The documents that messages tell of, newest first."""
    return _newest_first(
        number for delivery in deliveries for number in _documents_of(ledger, delivery)
    )


def _newest_first(numbers: Iterable[int]) -> list[int]:
    return sorted(set(numbers), reverse=True)


def _documents_of(ledger: Ledger, delivery: Delivery) -> Iterator[int]:
    """Its own; or all of a digest, a run or a list; or those of the message above it."""
    from exact_slack.ledger.outgoing import payloads

    if delivery.document_id is not None:
        yield delivery.document_id
    elif delivery.action is Action.DIGEST:
        yield from ledger.finding.digested(delivery.payload_of(payloads.Digest).number)
    elif delivery.action is Action.RUN:
        yield from ledger.payment_runs.members(delivery.payload_of(payloads.Run).number)
    elif delivery.action is Action.DUE_LIST:
        yield from (row.document for row in delivery.payload_of(payloads.DueList).rows)
    elif delivery.head_id is not None and (head := ledger.deliveries.find(delivery.head_id)):
        yield from _documents_of(ledger, head)
