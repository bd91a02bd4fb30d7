"""The invoice journal of a period: every line of every processed sales and purchase entry that is
dated in it, as Exact has them when the period is ready."""

import datetime as dt
from collections.abc import Iterator
from typing import BinaryIO

from exact_slack.close.inside import lines_of
from exact_slack.documents.closing import Posting
from exact_slack.documents.compared.period import Period
from exact_slack.documents.kinds import Kind
from exact_slack.exact.catalogue import ENDPOINTS
from exact_slack.exact.values import date, money, number, text
from exact_slack.exact.wire.client import ExactClient
from exact_slack.exact.wire.odata import Row
from exact_slack.exact.wire.paging import follow_all
from exact_slack.foreign import visible
from exact_slack.rendering import spreadsheet
from exact_slack.rendering.spreadsheet import cell
from exact_slack.rendering.words.locale import Words

COLUMNS = (
    "kind", "number", "date", "account", "reference", "description", "gl_account",
    "gl_account_name", "cost_center", "cost_center_name", "cost_unit", "currency", "amount", "vat",
)  # fmt: skip
"""Labels of the columns, in their order."""
_PARTIES = {Kind.SALES_ENTRY: "CustomerName", Kind.PURCHASE_ENTRY: "SupplierName"}
_LINES = {Kind.SALES_ENTRY: "SalesEntryLines", Kind.PURCHASE_ENTRY: "PurchaseEntryLines"}
_HEADER = "EntryNumber,EntryDate,YourRef,Description"
_LINE = (
    "LineNumber,Description,AmountDC,VATAmountDC,GLAccountCode,GLAccountDescription,CostCenter,"
    "CostCenterDescription,CostUnit"
)
_PROCESSED = 50


def read(client: ExactClient, division: int, period: Period) -> tuple[Posting, ...]:
    """All of them, in the order of their numbers. Beyond the calls of a morning: a page for every
    60 entries."""
    rows = [row for kind in _PARTIES for row in _of_kind(client, division, period, kind)]
    return tuple(rows)


def _of_kind(client: ExactClient, division: int, period: Period, kind: Kind) -> Iterator[Posting]:
    lines = _LINES[kind]
    begin, after = _midnight(period.begin), _midnight(period.end + dt.timedelta(days=1))
    shown = ",".join(f"{lines}/{name}" for name in _LINE.split(","))
    params = {
        "$filter": f"EntryDate ge {begin} and EntryDate lt {after} and Status eq {_PROCESSED}",
        "$expand": lines,
        "$select": f"EntryID,{_HEADER},{_PARTIES[kind]},{shown}",
    }

    def rows(path: str, params: dict[str, str]) -> list[Row]:
        answers = follow_all(client, division, client.get(division, path, params))
        return [row for answer in answers for row in answer.rows]

    entries: dict[str, Row] = {}
    for row in rows(ENDPOINTS[kind].path, params):
        # a page that changes while it is read shows one twice
        entries[text(row, "EntryID") or str(len(entries))] = row
    for entry in sorted(entries.values(), key=lambda row: text(row, "EntryNumber").zfill(12)):
        for line in lines_of(entry, ENDPOINTS[kind], _LINE.split(","), rows):
            yield _posting(kind, entry, line)


def _midnight(day: dt.date) -> str:
    return f"datetime'{day.isoformat()}T00:00:00'"


def _posting(kind: Kind, entry: Row, line: Row) -> Posting:
    return Posting(
        kind=kind,
        number=number(entry, "EntryNumber"),
        date=date(entry, "EntryDate"),
        account=visible(text(entry, _PARTIES[kind])),
        reference=visible(text(entry, "YourRef")),
        description=visible(text(line, "Description") or text(entry, "Description")),
        gl_account=text(line, "GLAccountCode"),
        gl_name=visible(text(line, "GLAccountDescription")),
        cost_center=text(line, "CostCenter"),
        cost_center_name=visible(text(line, "CostCenterDescription")),
        cost_unit=text(line, "CostUnit"),
        amount=money(line, "AmountDC"),
        vat=money(line, "VATAmountDC"),
    )


def write(rows: tuple[Posting, ...], currency: str, locale: str, into: BinaryIO) -> int:
    """As a table for a spreadsheet; returns its bytes."""
    return spreadsheet.write(_table(rows, currency, locale), locale, into)


def _table(rows: tuple[Posting, ...], currency: str, locale: str) -> Iterator[list[str]]:
    words = Words(locale)
    yield [words.label(name) for name in COLUMNS]
    for row in rows:
        yield [
            words.label(row.kind),
            cell(row.number),
            row.date.isoformat() if row.date else "",
            *map(cell, (row.account, row.reference, row.description, row.gl_account)),
            *map(cell, (row.gl_name, row.cost_center, row.cost_center_name, row.cost_unit)),
            currency,
            spreadsheet.number(row.amount, locale),
            spreadsheet.number(row.vat, locale),
        ]
