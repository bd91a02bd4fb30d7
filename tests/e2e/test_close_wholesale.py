"""The wholesale company closes a month: from two days before its end, day by day, until every line
is green; what the CSV says at the end is what an independent reading of Exact says."""

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from exact_slack.documents.closing import Judged
from exact_slack.documents.subjects import Side
from exact_slack.runs.close import close
from exact_slack.sandbox.company import cash
from exact_slack.sandbox.company.books import Books
from exact_slack.sandbox.company.company import seed_company
from tests.e2e.clocked import ClockedRig, clocked_as
from tests.e2e.rig import DIVISION

ROUTES = """\
  - name: odd
    when: {kind: purchase_entry, exception: no_cost_center}
    channel: "#ap"
    triage: true
  - name: feed
    when: {kind: [purchase_entry, sales_entry]}
    channel: "#feed"
"""
CLOSE = """\
close:
  - {channel: "#close", suspense: ["1999"], manual: ["Accruals reviewed"], mention: here}
"""
END = date(2026, 10, 31)
DRAFTS = (
    "salesinvoice/SalesInvoices",
    "salesentry/SalesEntries",
    "purchaseentry/PurchaseEntries",
    "purchase/PurchaseInvoices",
    "financialtransaction/BankEntries",
)
NO_CENTER = {"GLAccountCode": "4500", "AmountDC": 70.0, "AmountFC": 70.0, "CostCenter": None}


class Company(ClockedRig):
    """Hollander Groothandel, Venlo, in the last days of October."""

    books: Books
    odd: str

    def morning(self, day: date) -> None:
        self.go(f"{day.isoformat()} 08:05")

    def rows(self, endpoint: str) -> list[Any]:
        return self.exact.store.rows(DIVISION, endpoint)

    def save(self, endpoint: str, **row: Any) -> Any:
        return self.exact.store.upsert(DIVISION, endpoint, row)

    def head(self) -> Any:
        [head] = self.heads("close")
        return head

    def red(self) -> set[str]:
        """The lines of the message that are not green."""
        lines = [line for line in self.head().text.splitlines() if line[:1] in "🔴❔"]
        return {line[2:].partition(":")[0] for line in lines}

    def judged(self, name: str) -> Judged:
        made = self.with_customer(lambda customer: close(customer, "2026/10", (DIVISION,)))
        [line] = [line for line in made.closings[0].lines if line.name == name]
        found: Judged = line.judged
        return found

    # -- what people put right, line by line ---------------------------------------------------

    def bank(self) -> None:
        last = cash.Posting("1100", Decimal("12.10"), "Rente")
        cash.money_entry(
            self.books,
            cash.BANK_ENTRIES,
            [last],
            at=self.exact.store.now().replace(day=31, month=10),
        )
        for row in self.rows("financialtransaction/BankEntries"):
            self.save("financialtransaction/BankEntries", EntryID=row["EntryID"], Status=50)

    def drafts(self) -> None:
        for endpoint, key in zip(
            DRAFTS, ("InvoiceID", "EntryID", "EntryID", "ID", "EntryID"), strict=True
        ):
            for row in self.rows(endpoint):
                if row["Status"] != 50:
                    self.save(endpoint, **{key: row[key]}, Status=50)

    def goods(self) -> None:
        for row in self.rows("purchaseorder/PurchaseOrderLines"):
            received = row.get("ReceivedQuantity")
            self.save("purchaseorder/PurchaseOrderLines", ID=row["ID"], InvoicedQuantity=received)

    def cost_centers(self) -> None:
        for endpoint in ("purchaseentry/PurchaseEntryLines", "salesentry/SalesEntryLines"):
            for row in self.rows(endpoint):
                if not row.get("CostCenter"):
                    self.save(endpoint, ID=row["ID"], CostCenter="ALG")
        self.exact.store.touch(DIVISION, "purchaseentry/PurchaseEntries", self.odd)

    def suspense(self) -> None:
        amount = self.judged("suspense").amount
        assert amount is not None
        self.book(("1999", -amount), ("4500", amount))

    def terms(self) -> None:
        codes = {Side.RECEIVABLE.value: ("1300", 1), Side.PAYABLE.value: ("1600", -1)}
        for said in self.judged("terms").why:
            code, sign = codes[said.word]
            assert said.amount is not None and said.other is not None
            self.book((code, sign * (said.amount - said.other)))

    def book(self, *lines: tuple[str, Decimal]) -> None:
        entries = [
            {"GLAccountCode": code, "AmountDC": amount, "CostCenter": "ALG"}
            for code, amount in lines
        ]
        self.save(
            "generaljournalentry/GeneralJournalEntries",
            EntryNumber=self.books.number("generaljournalentry/GeneralJournalEntries"),
            FinancialYear=2026,
            FinancialPeriod=10,
            Status=50,
            Type=90,
            GeneralJournalEntryLines=entries,
        )

    def vat(self) -> None:
        row = {"Type": 31, "Year": 2026, "Period": 10, "Frequency": "M", "Status": 50}
        self.save("read/financial/Returns", **row, PeriodDescription="oktober 2026", Amount=8123)

    def manual(self) -> None:
        store = self.slack.store
        [reply] = [m for m in self.replies("close") if m.text.startswith("Accruals reviewed")]
        store.react("close", reply.ts, "white_check_mark", store.add_user("Anna"))

    def journals(self) -> None:
        for row in self.rows("financial/Journals"):
            self.exact.rules.closed_journals.add((DIVISION, row["Code"], 2026, 10))


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    with clocked_as(Company, tmp_path, "2026-10-26 10:00", ROUTES, CLOSE) as made:
        for channel in ("ap", "close"):
            made.slack.store.add_channel(channel)
        made.books = seed_company(made.exact.store)[DIVISION]
        made.save("financial/GLAccounts", Code="1999", Description="Vraagposten", Type=90)
        made.book(("1999", Decimal("310.40")), ("4500", Decimal("-310.40")))
        made.clock.set("2026-10-28 11:00")
        lines = [NO_CENTER]
        odd = made.entry(26700999, Status=50, EntryDate=END, PurchaseEntryLines=lines)
        made.odd = odd["EntryID"]
        made.save(
            "purchaseentry/PurchaseEntries",
            EntryID=made.odd,
            ReportingYear=2026,
            ReportingPeriod=10,
        )
        yield made


@pytest.mark.whole
def test_the_wholesale_company_closes_october_day_by_day(company: Company) -> None:
    day = date(2026, 10, 28)
    company.morning(day)
    assert company.heads("close") == []
    day += timedelta(days=1)
    company.morning(day)
    everything = {
        "Journals closed", "Bank", "Everything processed", "VAT return", "Received, not billed",
        "Cost centers", "Suspense accounts", "Open terms and control accounts", "Exceptions",
        "Accruals reviewed",
    }  # fmt: skip
    assert company.red() == everything
    assert [m.text.splitlines()[0] for m in company.replies("close")] == ["Accruals reviewed"]
    steps = (
        ("Bank", company.bank),
        ("Everything processed", company.drafts),
        ("Received, not billed", company.goods),
        ("Cost centers", company.cost_centers),
        ("Suspense accounts", company.suspense),
        ("Open terms and control accounts", company.terms),
        ("VAT return", company.vat),
        ("Accruals reviewed", company.manual),
        ("Journals closed", company.journals),
    )
    left, edits, replies = set(everything), 0, 1
    for title, put_right in steps:
        day += timedelta(days=1)
        company.morning(day)  # nothing happened since
        assert (len(company.head().edits), len(company.replies("close"))) == (edits, replies), title
        put_right()
        day += timedelta(days=1)
        company.morning(day)
        left -= {title, *({"Exceptions"} if title == "Cost centers" else set())}
        assert company.red() == left, (title, company.head().text)
        edits, replies = edits + 1, replies + 1
        assert len(company.head().edits) == edits
        if left:
            assert f"✅ {title}" in company.replies("close")[-1].text
    [listed] = [m for m in company.replies("close") if m.files]
    ready = company.replies("close")[-1]
    assert "ready, every line is green" in ready.text and ready.reply_broadcast
    assert len(company.replies("close")) == replies + 2
    assert _rows_of(company, listed) == _independent(company)


def _rows_of(company: Company, message: Any) -> list[tuple[str, ...]]:
    [shown] = message.files
    file = company.slack.store.file(shown if isinstance(shown, str) else shown.id)
    assert file is not None and file.content is not None
    rows = csv.DictReader(io.StringIO(file.content.decode("utf-8-sig")))
    names = ("Number", "Amount", "VAT", "Cost center")
    return sorted(tuple(row[name].lstrip("'") for name in names) for row in rows)


def _independent(company: Company) -> list[tuple[str, ...]]:
    """Straight from Exact: header by header, and the lines of each."""
    token = company.exact.oauth.issue_chain().access
    root = f"{company.exact.url}/api/v1/{DIVISION}"
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}

    def rows(url: str) -> Iterator[dict[str, Any]]:
        while url:
            data = requests.get(url, headers=headers, timeout=10).json()["d"]
            yield from data["results"] if isinstance(data, dict) else data
            url = data.get("__next", "") if isinstance(data, dict) else ""

    found = []
    for kind, lines in (
        ("salesentry/SalesEntries", "SalesEntryLines"),
        ("purchaseentry/PurchaseEntries", "PurchaseEntryLines"),
    ):
        for entry in rows(f"{root}/{kind}?$select=EntryID,EntryNumber,EntryDate,Status"):
            days = int(entry["EntryDate"][6:-2]) // 86_400_000 if entry["EntryDate"] else 0
            when = date(1970, 1, 1) + timedelta(days=days)
            if entry["Status"] != 50 or (when.year, when.month) != (2026, 10):
                continue
            for line in rows(f"{root}/{kind}(guid'{entry['EntryID']}')/{lines}"):
                vat = line["VATAmountDC"]
                found.append(
                    (
                        str(entry["EntryNumber"]),
                        f"{line['AmountDC']:.2f}",
                        "" if vat is None else f"{vat:.2f}",
                        line["CostCenter"] or "",
                    )
                )
    return sorted(found)
