"""What Exact is asked for the exceptions of the config, for `config check --online`: with the
queries of `poll`, in vain."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from exact_slack.app.customer import Customer
from exact_slack.app.today import today
from exact_slack.documents.compared.period import Period
from exact_slack.documents.exceptions import Question
from exact_slack.exact.compared.facts import JOURNAL_STATUS, ORDER_LINES, PERIODS, RECEIPTS, Facts
from exact_slack.exact.lookups import ACCOUNTS

NOBODY: Final = "00000000-0000-0000-0000-000000000000"
"""An id that no document has."""


@dataclass(frozen=True, slots=True)
class Look:
    """One endpoint, how it is asked, and what is lost where it is refused."""

    path: str
    read: Callable[[int], object]
    lost: str


def looks(customer: Customer) -> Iterator[Look]:
    """Only what the exceptions in use ask for."""
    questions = customer.config.questions()
    day = today(customer.config, customer.clock)
    return (
        look for what in Question if what in questions for look in _of(what, customer.reader, day)
    )


def _of(what: Question, reader: Facts, day: date) -> tuple[Look, ...]:
    match what:
        case Question.ORDER_LINES:
            lost = "over_order and not_received do not fire"
            return (Look(ORDER_LINES, lambda of: reader.order_lines(of, [NOBODY]), lost),)
        case Question.RECEIPTS:
            lost = "not_received goes by the count of the order line alone"
            return (Look(RECEIPTS, lambda of: reader.received(of, [NOBODY]), lost),)
        case Question.CREDIT_LINES:
            lost = "over_credit does not fire"
            return (Look(ACCOUNTS, lambda of: reader.credit_lines(of, [NOBODY]), lost),)
        case Question.VAT_NUMBERS:
            lost = "duplicate_invoice knows a supplier of two divisions by where it is paid alone"
            return (Look(ACCOUNTS, lambda of: reader.vat_numbers(of, [NOBODY]), lost),)
        case Question.CLOSED_PERIODS:
            lost = "backdated does not know which periods are closed"
            period = Period(day.year, day.month, day, day)
            return (
                Look(PERIODS, lambda of: reader.financial_periods(of, day.year), lost),
                Look(JOURNAL_STATUS, lambda of: reader.closed_periods(of, [period]), lost),
            )
