"""From terms to totals: open, overdue, by days overdue or by days ahead, and whether our sum is
Exact's. Amounts are added as they are and rounded only where they are shown."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from exact_slack.documents.standing import (
    AGES,
    AHEAD,
    Bucket,
    Cash,
    Standing,
    Term,
    Week,
    age,
    ahead,
)
from exact_slack.documents.subjects import Side, Subject
from exact_slack.reports.plan import Plan
from exact_slack.reports.read import Reading

_CENT = Decimal("0.01")
"""What each row may differ by: Exact rounds, too."""
_WEEKS = 4
_NOTHING = Decimal(0)


def total(terms: Iterable[Term]) -> Decimal:
    """The sum of their amounts."""
    return sum((term.amount for term in terms), _NOTHING)


def standings(reading: Reading, plan: Plan, today: dt.date) -> list[Standing]:
    """One for each side and currency that could be read, the company's own currency first."""
    return [
        _standing(reading, plan.subject, side, currency, terms=terms, today=today)
        for side, all_terms in reading.terms.items()
        for currency, terms in _by_currency(reading, side, all_terms).items()
    ]


def _by_currency(reading: Reading, side: Side, terms: Sequence[Term]) -> dict[str, list[Term]]:
    own = reading.division.currency
    by_currency: dict[str, list[Term]] = {}
    for term in terms:
        by_currency.setdefault(term.currency or own, []).append(term)
    for sums in reading.overview or ():
        if sums.of(side):
            by_currency.setdefault(sums.currency, [])
    if not by_currency:
        by_currency[own] = []
    return dict(sorted(by_currency.items(), key=lambda entry: (entry[0] != own, entry[0])))


def _standing(
    reading: Reading,
    subject: Subject,
    side: Side,
    currency: str,
    *,
    terms: list[Term],
    today: dt.date,
) -> Standing:
    ours = total(terms)
    exact = _exact(reading, side, currency)
    difference = None if exact is None else _difference(ours, exact)
    return Standing(
        division=reading.division.code,
        name=reading.division.name,
        side=side,
        currency=currency,
        open=ours,
        overdue=total(term for term in terms if term.late(today)),
        buckets=tuple(_buckets(subject, terms, today).items()),
        count=len(terms),
        exact=exact,
        ties=None if difference is None else abs(difference) <= _CENT * len(terms),
        difference=difference,
    )


def _buckets(subject: Subject, terms: Iterable[Term], today: dt.date) -> dict[Bucket, Decimal]:
    buckets = dict.fromkeys(AHEAD if subject is Subject.DUE else AGES, _NOTHING)
    for term in terms:
        if subject is Subject.DUE:
            for bucket in ahead(term.due, today):
                buckets[bucket] += term.amount
        else:
            buckets[age(term.days(today))] += term.amount
    return buckets


def _exact(reading: Reading, side: Side, currency: str) -> Decimal | None:
    """Exact's own total; a currency that its overview does not have is nothing. None where there
    is no overview, or none that held still."""
    if reading.overview is None or not reading.steady:
        return None
    return sum((o.of(side) for o in reading.overview if o.currency == currency), _NOTHING)


def _difference(ours: Decimal, exact: Decimal) -> Decimal:
    """Ours less Exact's. No source says whether Exact writes what is owed with a minus: the
    reading that is nearer is taken."""
    return min(ours - exact, ours + exact, key=abs)


# -- cash ----------------------------------------------------------------------------------------


def cash(reading: Reading, today: dt.date) -> list[Cash]:
    """One for each currency of the lists; a bank in another one stands with the company's own."""
    own = reading.division.currency
    sides = {side: _by_currency(reading, side, terms) for side, terms in reading.terms.items()}
    currencies = list(dict.fromkeys([c for side in sides.values() for c in side] or [own]))
    home = own if own in currencies else currencies[0]
    standings = []
    for currency in currencies:
        terms = {side: by_currency.get(currency, []) for side, by_currency in sides.items()}
        both = [
            _standing(reading, Subject.CASH, side, currency, terms=some, today=today)
            for side, some in terms.items()
        ]
        differences = [standing.difference for standing in both if standing.difference is not None]
        unknown = any(standing.ties is None for standing in both)
        standings.append(
            Cash(
                division=reading.division.code,
                name=reading.division.name,
                currency=currency,
                journals=tuple(
                    balance
                    for balance in reading.balances
                    if (balance.currency if balance.currency in currencies else home) == currency
                ),
                weeks=tuple(_weeks(terms, today)),
                count=sum(standing.count for standing in both),
                ties=None if unknown else all(standing.ties for standing in both),
                difference=max(differences, key=abs, default=None),
            )
        )
    return standings


def _weeks(terms: Mapping[Side, Sequence[Term]], today: dt.date) -> Iterator[Week]:
    """From today on; what is overdue falls into none."""
    for number in range(_WEEKS):
        begin = today + dt.timedelta(weeks=number)
        end = begin + dt.timedelta(days=6)
        both = {
            side: total(t for t in some if t.due is not None and begin <= t.due <= end)
            for side, some in terms.items()
        }
        yield Week(
            begin, end, both.get(Side.RECEIVABLE, _NOTHING), both.get(Side.PAYABLE, _NOTHING)
        )
