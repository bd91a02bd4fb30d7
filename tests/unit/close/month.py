"""A company at a month's end, on the sandbox's own Exact: what each line is asked of."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from exact_slack.app.customer import Customer
from exact_slack.clock import Clock
from exact_slack.close.books import Ticked, Wishes
from exact_slack.close.make import Asked, close_of
from exact_slack.close.periods import chosen
from exact_slack.config.load import load
from exact_slack.documents.closing import Judged, Light
from exact_slack.documents.compared.period import Period
from exact_slack.exact.lookups import DivisionInfo
from exact_slack.runs.delivered import PeriodDelivered
from exact_slack.sandbox.exact.api import ExactSandbox
from exact_slack.sandbox.slack.api import SlackSandbox
from tests.e2e.rig import DIVISION, Rig

NOW = datetime(2026, 11, 3, 9, tzinfo=UTC)
PERIOD = "2026/10"


class Standing(Clock):
    """A clock that moves where it is told to."""

    def __init__(self, moment: datetime = NOW) -> None:
        self.at = moment.timestamp()

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds

    def today(self) -> date:
        return datetime.fromtimestamp(self.at, UTC).date()


class Month:
    """October 2026 of one company, three days after its end."""

    def __init__(self, rig: Rig, clock: Standing) -> None:
        self.rig = rig
        self.clock = clock
        self.store = rig.exact.store
        self.rules = rig.exact.rules
        self.customer = Customer(load(rig.config), clock)
        self.ticks: dict[str, Ticked] = {}

    @property
    def known(self) -> list[Period]:
        rows = self.store.rows(DIVISION, "financial/FinancialPeriods")
        return [
            Period(r["FinYear"], r["FinPeriod"], r["StartDate"].date(), r["EndDate"].date())
            for r in rows
        ]

    def save(self, endpoint: str, **row: Any) -> dict[str, Any]:
        return self.store.upsert(DIVISION, endpoint, row)

    def line(self, name: str, text: str = PERIOD, **wishes: Any) -> Judged:
        """One line alone."""
        info = DivisionInfo(DIVISION, "", "EUR", "active")
        asked = Asked(Wishes((name,), **wishes), PeriodDelivered(self.customer), self.ticks)
        period = chosen(self.known, text, self.clock.today(), DIVISION)
        closing = close_of(self.customer, info, period, self.known, asked)
        [line] = closing.lines
        assert line.name == name
        return line.judged

    def light(self, name: str, **wishes: Any) -> Light:
        return self.line(name, **wishes).light

    def said(self, name: str, **wishes: Any) -> set[str]:
        return {said.word for said in self.line(name, **wishes).why}

    # -- the books ---------------------------------------------------------------------------

    def periods(self, *years: int) -> None:
        for year in years:
            for month in range(1, 13):
                begin = date(year, month, 1)
                end = (begin + timedelta(days=32)).replace(day=1) - timedelta(days=1)
                self.period(year, month, begin, end)

    def period(self, year: int, number: int, begin: date, end: date) -> None:
        days = {"StartDate": begin, "EndDate": end}
        self.save("financial/FinancialPeriods", FinYear=year, FinPeriod=number, **days)

    def journal(self, code: str, kind: int = 90) -> None:
        self.save("financial/Journals", Code=code, Description=f"Journal {code}", Type=kind)

    def close_journals(self, *codes: str, period: int = 10) -> None:
        self.rules.closed_journals |= {(DIVISION, code, 2026, period) for code in codes}

    def statement(
        self, number: int, day: date, journal: str = "20", status: int = 50, amount: float = 10
    ) -> None:
        place = {"FinancialYear": day.year, "FinancialPeriod": day.month}
        line = {"Date": day, "AmountDC": amount, "GLAccountCode": "1999"}
        self.save(
            "financialtransaction/BankEntries",
            EntryNumber=number,
            JournalCode=journal,
            Status=status,
            BankEntryLines=[line],
            **place,
        )

    def vat_return(self, period: int, status: int = 50, **more: Any) -> dict[str, Any]:
        row = {"Type": 31, "Year": 2026, "Frequency": "M", "Period": period, "Status": status}
        described = {"PeriodDescription": f"2026-{period}", "Amount": 210, "Currency": "EUR"}
        return self.save("read/financial/Returns", **{**row, **described, **more})

    # -- the general ledger ------------------------------------------------------------------

    def account(self, code: str, kind: int) -> None:
        self.save("financial/GLAccounts", Code=code, Description=f"Account {code}", Type=kind)

    def booked(
        self, number: int, *lines: tuple[str, float, str | None], month: int = 10, **more: Any
    ) -> dict[str, Any]:
        """A general journal entry: account, amount and cost center of each line."""
        row = {"FinancialYear": 2026, "FinancialPeriod": month, "Status": 50, "Type": 90}
        entries = [
            {"GLAccountCode": code, "AmountDC": amount, "CostCenter": center}
            for code, amount, center in lines
        ]
        return self.save(
            "generaljournalentry/GeneralJournalEntries",
            **{"EntryNumber": number, **row, "GeneralJournalEntryLines": entries, **more},
        )

    def opening(self, code: str, amount: float, year: int = 2026) -> None:
        back = "CurrentYear" if year == 2026 else "PreviousYear"
        self.save(
            f"openingbalance/{back}/AfterEntry",
            GLAccount=str(uuid.uuid4()),
            GLAccountCode=code,
            Amount=amount,
            ReportingYear=year,
        )

    def order(self, number: int, received: float, billed: float, **more: Any) -> dict[str, Any]:
        """Ten pieces at 5.00 each, of which so many came and so many were billed."""
        line: dict[str, Any] = {
            "Quantity": 10,
            "QuantityInPurchaseUnits": 10,
            "AmountDC": 50,
            "NetPrice": 5,
        }
        line |= {"ReceivedQuantity": received, "InvoicedQuantity": billed, **more}
        status = {"ReceiptStatus": 20, "InvoiceStatus": 20 if billed else 10}
        lines = [line]
        return self.save(
            "purchaseorder/PurchaseOrders", OrderNumber=number, PurchaseOrderLines=lines, **status
        )


@contextmanager
def month(folder: Path) -> Iterator[Month]:
    clock = Standing()
    exact = ExactSandbox(divisions=(DIVISION,), clock=clock.now, limits_on=False)
    with exact, SlackSandbox(token="xoxb-sandbox") as slack:
        rig = Rig(folder, exact, slack, extra="timezone: UTC\n")
        rig.write_config()
        rig.log_in()
        made = Month(rig, clock)
        made.periods(2025, 2026, 2027)
        yield made
        made.customer.close()
