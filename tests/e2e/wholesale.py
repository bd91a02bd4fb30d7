"""The sandbox's wholesale company over a week of work: three companies of which the ledger knows
the last sixty days, and a business day from Monday to Friday."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from exact_slack.documents.document import Document
from exact_slack.ledger.documents.stored import Stored
from exact_slack.ledger.ledger import Ledger
from exact_slack.plan.planner import Planner
from exact_slack.runs.verify import verify
from exact_slack.sandbox.company import entries
from exact_slack.sandbox.company.books import Books, Cost
from exact_slack.sandbox.company.company import DIVISIONS, seed_company
from exact_slack.sandbox.company.data import ANTWERP, VENLO
from exact_slack.sandbox.day import business_day
from exact_slack.sandbox.exact.api import ExactSandbox
from exact_slack.sandbox.exact.shapes import catalogue
from exact_slack.sandbox.exact.store import ExactStore
from exact_slack.sandbox.slack.api import SlackSandbox
from tests.e2e.clocked import ZONE, ClockedRig, SetClock
from tests.e2e.rig import TOKEN

BEFORE = "2026-11-22 20:00"
DAYS = ("2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27")
_HOURS = {"11:00": slice(0, 15), "15:00": slice(15, 23), "17:30": slice(23, None)}
"""What is new; then up to a double that is rejected, which is deleted before the day is over."""
_BACK = "15:00"
Told = list[Callable[[Planner, Ledger], object]]
"""What a planner was told, in its order, to tell another one the same."""


@contextmanager
def wholesale(folder: Path, routes: str) -> Iterator[ClockedRig]:
    """A customer that logged in on Sunday, and read what was there."""
    clock = SetClock(BEFORE)
    with (
        ExactSandbox(clock=lambda: clock.now(), limits_on=False) as exact,
        SlackSandbox(token=TOKEN, limits=False) as slack,
    ):
        seed_company(exact.store)
        slack.store.add_channel("feed")
        made = ClockedRig(folder, exact, slack, routes=routes, extra=ZONE, divisions=DIVISIONS)
        made.clock = clock
        made.write_config()
        made.log_in()
        made.go(since="70d")
        yield made


def work_a_week(rig: ClockedRig) -> None:
    """Each day in three parts, each followed by a poll."""
    for day in DAYS:
        rig.clock.set(f"{day} 08:00")
        steps = list(business_day(rig.exact.store))
        for hour, part in _HOURS.items():
            rig.clock.set(f"{day} {hour}")
            for step in steps[part]:
                step.apply()
            if day == DAYS[2] and hour == _BACK:
                _return_goods(rig.exact.store)
            rig.clock.sleep(300)
            rig.go(deletions=True)
    rig.clock.set(f"{DAYS[-1]} 18:00")  # of most kinds Exact does not list what was deleted
    rig.with_customer(lambda customer: verify(customer, "7d", heal=True))


def _return_goods(store: ExactStore) -> None:
    """A credit note of a supplier, settled; one for a customer, still open; an invoice in dollars
    of which a part is paid."""
    venlo, antwerp = Books(store, VENLO), Books(store, ANTWERP)
    back = [Cost("4600", Decimal("-212.40"), text="Retour pallets")]
    settled = entries.purchase_entry(venlo, VENLO.suppliers[0], back, credit=True, status=50)
    entries.pay(venlo, entries.PAYMENTS, settled)
    broken = [Cost("8000", Decimal("-88.15"), "sales", "Breuk")]
    entries.sales_entry(venlo, VENLO.customers[2], broken, credit=True)
    sold = [Cost("8000", Decimal("1204.99"), "sales", "Racking")]
    dollars = replace(ANTWERP.customers[1], currency="USD")
    pay_in_part(antwerp, entries.sales_entry(antwerp, dollars, sold))


def pay_in_part(books: Books, entry: str) -> None:
    """The term is split: one part of it is paid, the other stays open."""
    whole = next(
        row
        for row in books.store.rows(books.division, entries.RECEIVABLES)
        if row["TransactionEntryID"] == entry
    )
    part = {name: (whole[name] / 4).quantize(Decimal("0.01")) for name in ("AmountFC", "AmountDC")}
    rest = {name: whole[name] - part[name] for name in part}
    books.save(entries.RECEIVABLES, {"ID": whole["ID"], **rest})
    paid = {"ID": books.key("part", entry), "Status": 50, "IsFullyPaid": True}
    fields = catalogue()[entries.RECEIVABLES].fields
    kept = {name: value for name, value in whole.items() if name in fields}
    books.save(entries.RECEIVABLES, {**kept, **part, **paid, "EndDate": books.today(None)})


def recorded(patch: pytest.MonkeyPatch, told: Told) -> None:
    """From now on every planner notes in `told` what it is told."""
    take_in, deleted, fall_due = Planner.take_in, Planner.deleted, Planner.fall_due

    def again(document: Document, named: dict[str, Any], planner: Planner, ledger: Ledger) -> None:
        planner.take_in(document, **{**named, "asked": ledger.saves.count()})

    def gone(stored: Stored, given: Any, planner: Planner, ledger: Ledger) -> None:
        there = ledger.documents.get(stored.document.ref)
        assert there is not None
        planner.deleted(there, *given)

    def noting_take_in(self: Planner, document: Document, **named: Any) -> bool:
        told.append(partial(again, document, named))
        return take_in(self, document, **named)

    def noting_deleted(self: Planner, stored: Stored, *given: Any) -> None:
        told.append(partial(gone, stored, given))
        deleted(self, stored, *given)

    def noting_fall_due(self: Planner, *given: Any) -> None:
        told.append(lambda planner, ledger: planner.fall_due(*given))
        fall_due(self, *given)

    patch.setattr(Planner, "take_in", noting_take_in)
    patch.setattr(Planner, "deleted", noting_deleted)
    patch.setattr(Planner, "fall_due", noting_fall_due)
