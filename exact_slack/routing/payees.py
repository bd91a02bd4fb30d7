"""Whether money goes where it went before: what a supplier was paid on, and whose number it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from exact_slack.account_number import AccountNumber
from exact_slack.documents.compared.payee import Payee
from exact_slack.documents.kinds import Kind

_FIRST_WORD = 3
"""Letters of a name's first word by which two cards are seen to be one company's."""


@dataclass(frozen=True, slots=True)
class Changed:
    """An account number that is not the one that a supplier was paid on."""

    number: AccountNumber
    last_paid: Payee | None
    """The latest payment to another number; None where only the card changed."""
    card: Payee | None
    """The supplier's bank account with this number, if it came or changed lately."""


def changed(
    key: str, number: AccountNumber, day: date | None, payees: Sequence[Payee], days: int
) -> Changed | None:
    """Whether a payment of that day goes to a number that is new: none of those that this supplier
    was paid on, or one that its card got within so many days. `key`: the payment's own."""
    if not number:
        return None
    paid = [p for p in payees if p.kind is Kind.PAYMENT and p.day is not None and p.key != key]
    elsewhere = [p for p in paid if not p.number.is_same_as(number)]
    new = bool(paid) and len(elsewhere) == len(paid)
    card = _lately(number, day, payees, days)
    if not new and not (card and (card.was or elsewhere or _others(number, payees))):
        return None
    last = max(elsewhere, key=lambda p: p.day or date.min, default=None)
    return Changed(number, last, card)


def moved(
    number: AccountNumber, day: date | None, payees: Sequence[Payee], days: int
) -> Changed | None:
    """Whether the card that a payment was to go to got another number meanwhile: the payment itself
    may say the old one still."""
    cards = [p for p in payees if p.kind is Kind.BANK_ACCOUNT]
    if not number or any(p.number.is_same_as(number) for p in cards):
        return None
    card = next((p for p in cards if p.was == number.shown and _is_late(p, day, days)), None)
    return Changed(card.number, None, card) if card else None


def _others(number: AccountNumber, payees: Sequence[Payee]) -> bool:
    return any(not p.number.is_same_as(number) for p in payees)


def _lately(
    number: AccountNumber, day: date | None, payees: Sequence[Payee], days: int
) -> Payee | None:
    """The card with this number, if it changed, or came, so many days before at most, or since."""
    cards = (p for p in payees if p.kind is Kind.BANK_ACCOUNT and p.number.is_same_as(number))
    return next((card for card in cards if _is_late(card, day, days)), None)


def _is_late(card: Payee, day: date | None, days: int) -> bool:
    if card.changed is None:
        return False
    return day is None or (day - card.changed).days <= days


def shared_with(name: str, others: Sequence[Payee]) -> Payee | None:
    """Another supplier with the same number; the branches of one company, whose names begin alike,
    are none."""
    return next((o for o in others if not _one_company(name, o.name)), None)


def _one_company(payee: str, other: str) -> bool:
    first, second = ((name.casefold().split() or [""])[0].strip(".,&") for name in (payee, other))
    if payee.casefold().split() == other.casefold().split():
        return True
    return len(first) >= _FIRST_WORD and first == second
