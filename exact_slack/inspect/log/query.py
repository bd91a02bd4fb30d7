"""What a person knows of a document, and which documents that may be."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from exact_slack.ledger.documents.finding import By
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.outgoing import payloads
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


def find(ledger: Ledger, query: str, most: int | None = None) -> list[Match]:
    """The documents, newest first. `most`: of those that only an account's name finds."""
    text = query.strip()
    matches: dict[int, list[By]] = {}
    for by, ask in _questions(ledger, text, most):
        for number in ask():
            matches.setdefault(number, []).append(by)
    return [Match(number, tuple(matches[number])) for number in sorted(matches, reverse=True)]


_Question = tuple[By, Callable[[], Iterable[int]]]


def _questions(ledger: Ledger, text: str, most: int | None) -> list[_Question]:
    """A link or a key is nothing else; of a word nobody knows what it is."""
    finding = ledger.finding
    message = _MESSAGE.search(text)
    if message:
        channel, ts = message[1], f"{message[2]}.{message[3]}"
        return [(By.MESSAGE, lambda: _told_by(ledger, finding.at(channel, ts)))]
    keys = dict.fromkeys(key.lower() for key in _GUID.findall(text))
    if keys:
        by = By.KEY if _GUID.fullmatch(text) else By.PAGE
        return [(by, lambda: [n for key in keys for n in finding.by_key(key)])]
    asked: list[_Question] = [
        (By.NUMBER, lambda: finding.by_number(text)),
        (By.REFERENCE, lambda: finding.by_reference(text)),
        (By.KEY, lambda: finding.by_key(text.lower())),
    ]
    if text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID:
        asked.append((By.DELIVERY, lambda: _told_by(ledger, _delivery(ledger, int(text)))))
    amount = amount_of(text)
    if amount is not None:
        asked.append((By.AMOUNT, lambda: finding.by_amount(amount)))
    if text:
        asked.append((By.ACCOUNT, lambda: finding.by_account(text, most)))
    return asked


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
    """The documents that a message tells of: its own, or all of a digest, a run or a list."""
    documents: list[int] = []
    for delivery in deliveries:
        if delivery.document_id is not None:
            documents.append(delivery.document_id)
        elif delivery.action is Action.DIGEST:
            documents += ledger.finding.digested(delivery.payload_of(payloads.Digest).number)
        elif delivery.action is Action.RUN:
            documents += ledger.payment_runs.members(delivery.payload_of(payloads.Run).number)
        elif delivery.action is Action.DUE_LIST:
            documents += [row.document for row in delivery.payload_of(payloads.DueList).rows]
        elif delivery.head_id is not None:
            head = ledger.deliveries.find(delivery.head_id)
            documents += _told_by(ledger, [head]) if head else []
    return list(dict.fromkeys(documents))
