"""The sandboxes with a customer on them, and documents of every kind by the thousand."""

import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from exact_slack.documents.kinds import Kind
from exact_slack.exact.catalogue import ENDPOINTS
from exact_slack.sandbox.exact.api import ExactSandbox
from exact_slack.sandbox.slack.api import SlackSandbox
from exact_slack.sandbox.slack.limits import SlackLimits
from exact_slack.sandbox.slack.store import SlackStore
from tests.e2e.rig import DIVISION, TOKEN, Rig

ALL = tuple(Kind)
SIX = (
    Kind.SALES_INVOICE,
    Kind.PURCHASE_INVOICE,
    Kind.PURCHASE_ENTRY,
    Kind.PURCHASE_ORDER,
    Kind.BANK_ENTRY,
    Kind.PAYMENT,
)
RELATIONS = [str(uuid.UUID(int=number)) for number in range(1, 51)]
"""Fifty suppliers, as a wholesaler has them among a thousand invoices."""


@contextmanager
def world(
    kinds: Sequence[Kind] = (Kind.PURCHASE_ENTRY,),
    *,
    divisions: int = 1,
    channels: int = 1,
    limits: bool = False,
    clock: Callable[[], float] = time.time,
) -> Iterator[Rig]:
    """One customer with a login whose kinds go round robin to the channels, by cost center.
    `limits`: those of Slack and of Exact; `clock`: what both go by."""
    codes = tuple(DIVISION + number for number in range(divisions))
    with (
        tempfile.TemporaryDirectory() as folder,
        ExactSandbox(divisions=codes, clock=clock) as exact,
        SlackSandbox(store=SlackStore(TOKEN, clock=clock)) as slack,
    ):
        exact.server.clock = clock
        slack.limits = SlackLimits(limits, clock=clock)
        if not limits:  # without its headers exact-slack itself would keep to 60 a minute
            exact.limits.per_minute = exact.limits.per_day = 10**7
        names = [f"feed-{number}" for number in range(channels)]
        for name in names:
            slack.store.add_channel(name)
        rig = Rig(
            Path(folder), exact, slack, _routes(kinds, names), codes, "flood_limit: 1000000\n"
        )
        rig.write_config()
        rig.log_in()
        yield rig


def _routes(kinds: Sequence[Kind], names: Sequence[str]) -> str:
    wanted = ", ".join(kind.value for kind in kinds)
    if len(names) == 1:
        return f'  - {{name: all, when: {{kind: [{wanted}]}}, channel: "#{names[0]}"}}\n'
    return "".join(
        f"  - {{name: {name}, when: {{kind: [{wanted}], cost_center: C{number}}},"
        f' channel: "#{name}"}}\n'
        for number, name in enumerate(names)
    )


def fill(rig: Rig, kind: Kind, count: int, *, division: int = DIVISION, channels: int = 1) -> None:
    """So many new documents of a kind, each with two lines where the kind has lines."""
    for number in range(count):
        row = document(kind, number, number % channels)
        rig.exact.store.upsert(division, ENDPOINTS[kind].path, row)


def document(kind: Kind, number: int, center: int = 0) -> dict[str, Any]:
    """A new document, with two lines where the kind has lines."""
    endpoint, row = ENDPOINTS[kind], _row(kind, number)
    if endpoint.lines:
        whole = _amount(number)
        row[endpoint.lines] = [_line(kind, center, round(whole * part, 2)) for part in (0.6, 0.4)]
    return row


def _amount(number: int) -> float:
    """An amount of its own for every document."""
    return 100.0 + number * 3.17


def _row(kind: Kind, number: int) -> dict[str, Any]:
    relation = RELATIONS[number % len(RELATIONS)]
    fields = ENDPOINTS[kind].fields
    values = {
        "EntryNumber": 26700000 + number,
        "InvoiceNumber": 26700000 + number,
        "OrderNumber": 26700000 + number,
        "Supplier": relation,
        "SupplierName": f"Supplier {number % len(RELATIONS)}",
        "OrderedBy": relation,
        "OrderedByName": f"Customer {number % len(RELATIONS)}",
        "Customer": relation,
        "CustomerName": f"Customer {number % len(RELATIONS)}",
        "Account": relation,
        "AccountName": f"Relation {number % len(RELATIONS)}",
        "Description": f"Goods of week {number % 52 + 1}",
        "AmountDC": round(1.21 * _amount(number), 2),
        "AmountFC": round(1.21 * _amount(number), 2),
        "Amount": round(1.21 * _amount(number), 2),
        "VATAmountFC": round(0.21 * _amount(number), 2),
        "VATAmount": round(0.21 * _amount(number), 2),
        "Currency": "EUR",
        "YourRef": f"VD-{number}",
        "Journal": "60",
        "JournalCode": "20",
        "Status": 20,
        "Document": str(uuid.UUID(int=10**6 + number)),
    }
    return {name: value for name, value in values.items() if name in fields}


def _line(kind: Kind, center: int, amount: float) -> dict[str, Any]:
    values = {
        "Description": f"Part for {amount:.2f}",
        "AmountDC": amount,
        "AmountFC": amount,
        "Amount": amount,
        "CostCenter": f"C{center}",
    }
    return {name: value for name, value in values.items() if name in ENDPOINTS[kind].line_fields}
