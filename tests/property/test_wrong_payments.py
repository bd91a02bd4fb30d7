"""Of what people do wrong with payments, in ways that no table has, nearly all is found; of what
only looks like it, nearly nothing. The figures are printed (`pytest -s`)."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from exact_slack.documents.document import Account, Document
from exact_slack.documents.kinds import Kind
from exact_slack.documents.ref import Ref
from exact_slack.plan.fired import fired_now
from tests.property.years import OTHER_DIVISION, SHAPES, SLIPS, Books, at, innocent
from tests.unit.plan.company import DIVISION, Company, card, number_of

NAMES = ("duplicate_invoice", "payee_changed", "shared_payee", "duplicate_reference")
_FOUND, _FALSE = 0.95, 2 / 1000
_OFTEN = 0.25
"""How often something is planted beside a document; it is taken out again."""
_BILLS = frozenset({Kind.PURCHASE_ENTRY, Kind.PURCHASE_INVOICE})


@dataclass
class Tally:
    planted: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    seen: int = 0
    alarms: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        planted, missed = self.planted.total(), self.missed.total()
        return (
            f"{planted - missed} of {planted} planted found, not {dict(self.missed)}; "
            f"{len(self.alarms)} false alarms in {self.seen} documents {self.alarms[:9]}"
        )


class _Undone(Exception):
    pass


@contextmanager
def _undone(company: Company) -> Iterator[None]:
    try:
        with company.ledger.transaction():
            yield
            raise _Undone
    except _Undone:
        pass


@dataclass
class Play:
    """A company, what it has entered so far, and chance."""

    company: Company
    books: Books
    chance: Random
    tally: Tally
    bills: list[Document] = field(default_factory=list)

    def enter(self, document: Document) -> None:
        self.company.sends(document)
        self.tally.seen += 1
        if wrong := self._wrong(document):
            self.tally.alarms.append(
                f"{sorted(wrong)} {document.account.label} {document.reference}"
            )
        if document.kind in _BILLS:
            self.bills.append(document)

    def _wrong(self, document: Document) -> dict[str, object]:
        stored = self.company.ledger.documents.get(document.ref)
        assert stored is not None
        return dict(fired_now(self.company.config, self.company.ledger, stored, NAMES))

    def plant(self, sort: str, *documents: Document, name: str, told: str = "") -> None:
        """The last of these is wrong."""
        with _undone(self.company):
            for document in documents:
                self.company.sends(document)
            found = self._wrong(documents[-1]).get(name)
        self.tally.planted[sort] += 1
        if found is None or told not in str(found):
            self.tally.missed[sort] += 1

    def recent(self, day: date, days: int) -> Document | None:
        """A bill of the last days that stands, and has a number."""
        since = day - timedelta(days)
        known = [b for b in self.bills[-400:] if b.date and b.date >= since]
        self.chance.shuffle(known)
        return next(filter(self.stands, known), None)

    def stands(self, bill: Document) -> bool:
        numbered = sum(sign.isdigit() for sign in bill.reference) > 2
        if not numbered or bill.status_code != 20 or "Huur" in bill.reference:
            return False
        same = [b for b in self.bills[-400:] if b.reference == bill.reference]
        return not any(b.credit for b in same if b.account == bill.account)


def _again(play: Play, bill: Document, day: date, reference: str) -> Document:
    supplier = next(s for s in play.books.suppliers if s.account == bill.account)
    dated = play.chance.choice((bill.date, bill.date, day))  # most type the date of the invoice
    again = play.books.bill(supplier, day, reference=reference, amount=bill.amount, date=dated)
    kind = play.chance.choice(sorted(_BILLS))
    return replace(again, ref=Ref(again.ref.division, kind, again.ref.guid))


def _shape(play: Play, day: date) -> None:
    bill, sort = play.recent(day, 200), play.chance.choice(list(SHAPES))
    if bill:
        again = _again(play, bill, day, SHAPES[sort](bill.reference, play.chance))
        play.plant(sort, again, name="duplicate_invoice", told=bill.number)


def _slip(play: Play, day: date) -> None:
    bill, sort = play.recent(day, 25), play.chance.choice(list(SLIPS))
    if bill:
        again = _again(play, bill, day, SLIPS[sort](bill.reference, play.chance))
        play.plant(sort, again, name="duplicate_invoice")


def _no_reference(play: Play, day: date) -> None:
    bill = play.recent(day, 6)
    if bill:
        play.plant("no reference", _again(play, bill, day, ""), name="duplicate_invoice")


def _elsewhere(play: Play, day: date) -> None:
    bill = play.recent(day, 60)
    if bill and bill.ref.division == DIVISION:
        shape = SHAPES[play.chance.choice(("same", "zeros", "punctuation", "case"))]
        again = _again(play, bill, day, shape(bill.reference, play.chance))
        there = replace(again, ref=replace(again.ref, division=OTHER_DIVISION))
        play.plant("other division", there, name="duplicate_invoice", told=bill.number)


def _batch(play: Play, day: date) -> None:
    """All of a batch once more."""
    batch = [*{b.reference: b for b in play.bills[-8:] if play.stands(b)}.values()]
    again = [_again(play, bill, day, bill.reference) for bill in batch]
    if again:
        play.plant("batch", *again, name="duplicate_invoice", told=batch[-1].number)


def _about_to_be_paid(play: Play, day: date) -> None:
    bill = play.recent(day, 60)
    if bill and bill.ref.division == DIVISION:
        again = _again(play, bill, day, bill.reference.lower())
        payee = next(s.payee for s in play.books.suppliers if s.account == bill.account)
        paid = play.books.pays(bill, day, 50, payee)
        chosen = play.books.pays(again, day, 30, payee)
        play.plant("about to be paid", paid, again, chosen, name="duplicate_invoice", told="PAID")


def _payee(play: Play, day: date) -> None:
    bill = play.recent(day, 30)
    if not bill or bill.ref.division != DIVISION:
        return
    old = next(s.payee for s in play.books.suppliers if s.account == bill.account)
    new = number_of(f"BE{play.chance.randrange(10**13, 10**14)}")
    before = play.books.pays(
        play.books.bill(play.books.suppliers[0], day, account=bill.account),
        day - timedelta(40),
        50,
        old,
    )
    key = play.books.key()
    was = card(key, old, account=bill.account, modified=at(day - timedelta(300)))
    assert was.bank is not None
    now = replace(
        was, modified=at(day), bank=replace(was.bank, account_number=new), number=new.shown
    )
    plain = play.books.pays(bill, day, play.chance.choice((30, 40)), new)
    sorts: dict[str, tuple[Document, ...]] = {
        "paid elsewhere": (before, plain),
        "card changed": (was, now, plain),
        "card changed later": (was, plain, now, replace(plain, modified=at(day + timedelta(1)))),
        "card added": (was, card(key[::-1], new, account=bill.account, created=at(day)), plain),
        "old number still": (
            was,
            play.books.pays(bill, day, 30, old),
            now,
            play.books.pays(bill, day, 30, old),
        ),
    }
    sort = play.chance.choice(list(sorts))
    play.plant(sort, *sorts[sort], name="payee_changed", told=new.shown)


def _shared(play: Play, day: date) -> None:
    bill, other = play.recent(day, 30), play.recent(day, 60)
    if (
        not (bill and other)
        or bill.account == other.account
        or OTHER_DIVISION in (bill.ref.division, other.ref.division)
    ):
        return
    if bill.account.name.split()[0] == other.account.name.split()[0]:
        other = replace(other, account=Account(play.books.key(), "9", "Jansen B.V."))
    number = number_of(f"DE{play.chance.randrange(10**19, 10**20)}")
    first = play.books.pays(other, day, 50, number)
    play.plant(
        "shared",
        first,
        play.books.pays(bill, day, 30, number),
        name="shared_payee",
        told=number.shown,
    )


PLANTS: tuple[Callable[[Play, date], None], ...] = (
    _shape, _shape, _shape, _slip, _slip, _no_reference, _elsewhere, _batch, _about_to_be_paid,
    _payee, _payee, _shared,
)  # fmt: skip


@pytest.mark.sampled(5)
@pytest.mark.parametrize("seed", range(1, 6))
def test_what_is_planted_by_chance_is_found_and_what_only_looks_like_it_is_not(
    tmp_path: Path, seed: int
) -> None:
    company, chance, tally = Company(tmp_path), Random(seed), Tally()
    with closing(company.ledger):
        company.asks(f"[{', '.join(NAMES)}]")
        books = Books(Random(seed))
        play = Play(company, books, chance, tally)
        documents = sorted(innocent(books), key=lambda d: d.modified)
        with company.ledger.transaction():
            for division in (DIVISION, OTHER_DIVISION):
                numbers = {s.account.id: f"NL{s.account.code}" for s in books.suppliers}
                company.ledger.suppliers.set(division, numbers)
        for document in documents:
            play.enter(document)
            if document.date and chance.random() < _OFTEN:
                day = date(1970, 1, 1) + timedelta(document.modified // 86_400_000)
                chance.choice(PLANTS)(play, day)
    print(f"seed {seed}: {tally}")
    assert tally.seen > 1000
    assert tally.planted.total() > 200
    assert tally.missed.total() <= (1 - _FOUND) * tally.planted.total()
    assert len(tally.alarms) <= _FALSE * tally.seen
