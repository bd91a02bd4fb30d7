"""The sums of a week in a digest and in its list: to the cent those that a script computes from the
rows of Exact, which knows nothing of the product."""

import csv
import io
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from exact_slack.rendering.words.locale import Words
from exact_slack.sandbox.company import cash, entries
from exact_slack.sandbox.company.books import Books, Cost
from exact_slack.sandbox.company.data import ANTWERP, VENLO
from exact_slack.sandbox.exact.store import ExactStore
from tests.e2e.clocked import ClockedRig, clocked
from tests.e2e.wholesale import pay_in_part

SITES = (VENLO, ANTWERP)
ROUTE = """\
  - name: week
    when: {kind: [sales_entry, purchase_entry, payment, receipt, bank_entry]}
    channel: "#feed"
    digest: {every: week, on: mon, at: "08:30", csv: true}
"""
Sums = dict[tuple[str, ...], Decimal]
"""By kind, company and currency; the last is "company" for the company's own."""


def _week(store: ExactStore) -> None:
    """Invoices and credit notes, in euros and dollars, some paid, some in part; statements."""
    random = Random(21)
    for site in SITES:
        books = Books(store, site)
        for number in range(24):
            credit = number % 4 == 3
            cents = Decimal(random.randrange(100, 900_000)) / 100
            costs = [Cost("4600", -cents if credit else cents)]
            supplier = site.suppliers[number % len(site.suppliers)]
            bought = entries.purchase_entry(books, supplier, costs, credit=credit)
            costs = [Cost("8000", -cents * 2 if credit else cents * 2, "sales")]
            customer = site.customers[number % len(site.customers)]
            sold = entries.sales_entry(books, customer, costs, credit=credit)
            if number % 3 == 0:
                entries.pay(books, entries.PAYMENTS, bought)
                entries.pay(books, entries.RECEIVABLES, sold)
            if number % 6 == 5:
                pay_in_part(books, sold)
        for _ in range(3):
            amounts = [Decimal(random.randrange(-90_000, 60_000)) / 100 for _ in range(4)]
            postings = [cash.Posting("1300", amount, "Line") for amount in amounts]
            cash.money_entry(books, cash.BANK_ENTRIES, postings)


def _from_rows(store: ExactStore) -> Sums:
    """What Exact's rows add up to."""
    sums: Sums = defaultdict(Decimal)
    for site in SITES:
        for kind, endpoint in (
            ("Purchase entry", entries.PURCHASE_ENTRIES),
            ("Sales entry", entries.SALES_ENTRIES),
            ("Payment", entries.PAYMENTS),
            ("Receipt", entries.RECEIVABLES),
            ("Bank entry", cash.BANK_ENTRIES),
        ):
            for row in store.rows(site.division, endpoint):
                lines = store.rows(site.division, cash.LINES[cash.BANK_ENTRIES])
                amounts = _amounts(kind, row, lines)
                if amounts is not None:
                    place = kind, str(site.division)
                    sums[(*place, row["Currency"])] += amounts[0]
                    sums[(*place, "company")] += amounts[1]
    return dict(sums)


def _amounts(kind: str, row: Any, lines: list[Any]) -> tuple[Decimal, Decimal] | None:
    if kind == "Bank entry":
        own = [line for line in lines if line["EntryID"] == row["EntryID"]]
        return sum(x["AmountFC"] for x in own), sum(x["AmountDC"] for x in own)
    if kind in ("Payment", "Receipt"):
        if row["Status"] != 50:
            return None
        sign = -1 if row["TransactionType"] in (21, 31) else 1
        return sign * abs(row["AmountFC"]), sign * abs(row["AmountDC"])
    return row["AmountFC"], row["AmountDC"]


def _listed(rig: ClockedRig) -> Sums:
    (message,) = [m for m in rig.replies() if m.files]
    file = rig.slack.store.file(message.files[0])
    assert file is not None and file.content is not None
    sums: Sums = defaultdict(Decimal)
    for row in csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))):
        if row["Amount"]:
            place = row["Kind"], row["Company number"]
            sums[(*place, row["Currency"])] += Decimal(row["Amount"])
            sums[(*place, "company")] += Decimal(row["Amount, company currency"])
    return dict(sums)


def test_a_week_adds_up_to_what_exact_has(tmp_path: Path) -> None:
    with clocked(tmp_path, "2026-11-23 09:00", ROUTE) as rig:
        rig.divisions = tuple(site.division for site in SITES)
        rig.write_config()
        rig.go()
        rig.clock.set("2026-11-25 12:00")
        _week(rig.exact.store)
        rig.go()
        rig.go("2026-11-30 08:30")
        expected = _from_rows(rig.exact.store)
        assert _listed(rig) == expected
        (message,) = rig.heads()
        words = Words("en_GB")
        for kind in ("Purchase entry", "Sales entry", "Payment", "Receipt", "Bank entry"):
            (line,) = [x for x in message.text.splitlines() if x.startswith(f"{kind}: ")][:1]
            for currency in {place[2] for place in expected if place[0] == kind}:
                own = {p: v for p, v in expected.items() if p[0] == kind and p[2] == currency}
                shown = "EUR" if currency == "company" else currency
                amount = words.amount(sum(own.values(), Decimal(0)), shown)
                assert amount in line, (kind, currency)


def test_an_entry_of_december_that_is_booked_in_january_is_decembers(tmp_path: Path) -> None:
    route = """\
  - name: month
    when: {kind: purchase_entry}
    channel: "#feed"
    digest: {every: month, on: 5, at: "08:30", by: period}
"""
    with clocked(tmp_path, "2026-12-10 12:00", route) as rig:
        rig.entry(1, EntryDate=date(2026, 12, 12))
        rig.go("2026-12-12 12:00")
        rig.clock.set("2027-01-03 12:00")
        rig.entry(2, EntryDate=date(2026, 12, 31), AmountDC=1000, AmountFC=1000)
        rig.entry(3, EntryDate=date(2027, 1, 3), AmountDC=50, AmountFC=50)
        rig.entry(4, EntryDate=date(2027, 1, 2), ReportingYear=2026, ReportingPeriod=12)
        rig.go("2027-01-03 12:00")
        rig.go("2027-01-05 08:30")
        (december,) = rig.heads()
        assert "Counted: what belongs to 1 Dec 2026 – 31 Dec 2026" in december.text
        assert "Purchase entry: 3 documents · €1,242.00" in december.text
        rig.entry(5, EntryDate=date(2026, 12, 30), AmountDC=7, AmountFC=7)
        rig.entry(6, EntryDate=date(2026, 12, 29), AmountDC=5, AmountFC=5)
        rig.entry(7, EntryDate=date(2026, 11, 29), AmountDC=2, AmountFC=2)
        rig.go("2027-01-20 12:00")
        rig.go("2027-02-05 08:30")
        january = rig.heads()[-1]
        assert "Purchase entry: 1 document · €50.00" in january.text
        late = "Of an earlier period, not counted here"
        assert f"{late} (1 Dec 2026 – 31 Dec 2026): €12.00 · 2 · Purchase" in january.text
        assert "Purchase entry 5 (€7.00)" in january.text
        assert f"{late} (1 Nov 2026 – 30 Nov 2026): €2.00 · 1 · Purchase" in january.text


def test_the_first_of_the_month_leaves_no_document_in_no_total(tmp_path: Path) -> None:
    """December's digest is out on the first; an entry of December is booked on the third."""
    route = """\
  - name: month
    when: {kind: purchase_entry}
    channel: "#feed"
    digest: {every: month, on: 1, by: period}
"""
    with clocked(tmp_path, "2026-12-10 12:00", route) as rig:
        rig.go("2026-12-10 12:00")
        rig.entry(1, EntryDate=date(2026, 12, 12))
        rig.go("2026-12-12 12:00")
        rig.go("2027-01-01 08:30")
        rig.entry(2, EntryDate=date(2026, 12, 31), AmountDC=1000, AmountFC=1000)
        rig.go("2027-01-03 12:00")
        rig.go("2027-02-01 08:30")
        december, january = rig.heads()
        assert "Purchase entry: 1 document · €121.00" in december.text
        assert "(1 Dec 2026 – 31 Dec 2026): €1,000.00 · 1 · Purchase entry 2" in january.text
