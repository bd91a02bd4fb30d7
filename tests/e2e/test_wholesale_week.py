"""A week of the wholesale company: what its digest and the list of that add up to, and how many
messages the examples of the docs make of it."""

import csv
import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from exact_slack.app.summary import Summary
from exact_slack.config.file.source import _Loader
from exact_slack.config.load import load
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.outgoing.actions import Action
from exact_slack.plan.planner import Planner
from exact_slack.plan.planning import Planning
from exact_slack.rendering.words.locale import Words
from exact_slack.sandbox.company import cash, entries, invoices
from exact_slack.sandbox.company.company import DIVISIONS
from exact_slack.sandbox.exact.shapes import catalogue
from exact_slack.sandbox.exact.store import ExactStore
from tests.e2e.clocked import ClockedRig
from tests.e2e.wholesale import Told, recorded, wholesale, work_a_week

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLE = DOCS.parent / "config.example.yaml"
EXACT = """\
region: nl
client_id: {env: NOT_SET}
client_secret: {env: NOT_SET}
redirect_uri: https://finance.example.com/exact/callback
"""
ROUTE = """\
  - name: week
    when: {kind: "*"}
    channel: "#feed"
    digest: {every: week, on: mon, at: "08:30", csv: true}
"""
ENDPOINTS = {
    "Sales invoice": invoices.SALES_INVOICES,
    "Purchase invoice": invoices.PURCHASE_INVOICES,
    "Sales entry": entries.SALES_ENTRIES,
    "Purchase entry": entries.PURCHASE_ENTRIES,
    "Purchase order": invoices.PURCHASE_ORDERS,
    "Journal entry": cash.JOURNAL_ENTRIES,
    "Bank entry": cash.BANK_ENTRIES,
    "Cash entry": cash.CASH_ENTRIES,
    "Cost transaction": cash.COST_TRANSACTIONS,
    "Receipt": entries.RECEIVABLES,
    "Payment": entries.PAYMENTS,
}
Sums = dict[tuple[str, ...], Decimal]
"""By kind, company and currency; the last is "company" for the company's own."""


def _rows(store: ExactStore) -> Iterator[tuple[str, int, dict[str, Any]]]:
    for kind, endpoint in ENDPOINTS.items():
        for division in DIVISIONS:
            for row in store.rows(division, endpoint):
                yield kind, division, dict(row)


def _identity(kind: str, row: dict[str, Any]) -> tuple[str, str]:
    """What counts once: a document, and a payment term from the day on which it is paid."""
    paid = row["Status"] == 50 if kind in ("Payment", "Receipt") else ""
    return f"{kind} {paid}", str(row[catalogue()[ENDPOINTS[kind]].key])


def _from_rows(store: ExactStore, before: set[tuple[str, str]]) -> Sums:
    """What Exact's rows add up to that were not there before."""
    sums: Sums = defaultdict(Decimal)
    invoiced = {
        row.get("Document") for kind, _, row in _rows(store) if kind.endswith("invoice")
    } - {None}
    for kind, division, row in _rows(store):
        is_open = kind in ("Payment", "Receipt") and row["Status"] != 50
        is_second = kind in ("Sales entry", "Purchase entry") and row.get("Document") in invoiced
        if is_open or is_second or _identity(kind, row) in before:
            continue
        own, company = _amounts(store, kind, division, row)
        sums[(kind, str(division), row["Currency"])] += own
        sums[(kind, str(division), "company")] += company
    return dict(sums)


def _amounts(
    store: ExactStore, kind: str, division: int, row: dict[str, Any]
) -> tuple[Decimal, Decimal]:
    if kind in ("Bank entry", "Cash entry", "Journal entry"):
        endpoint = ENDPOINTS[kind]
        lines = [x for x in store.rows(division, cash.LINES[endpoint])
                 if x["EntryID"] == row["EntryID"]]  # fmt: skip
        if kind == "Journal entry":
            lines = [x for x in lines if x["AmountFC"] > 0]
        return sum(x["AmountFC"] for x in lines), sum(x["AmountDC"] for x in lines)
    if kind in ("Payment", "Receipt"):
        sign = -1 if row["TransactionType"] in (21, 31) else 1
        return sign * abs(row["AmountFC"]), sign * abs(row["AmountDC"])
    if kind == "Cost transaction":
        return row["AmountFC"], row["AmountFC"]
    if kind == "Purchase invoice":
        return row["Amount"], row["Amount"]
    return row["AmountFC"], row["AmountDC"]


def _listed(rig: ClockedRig) -> Sums:
    file = rig.slack.store.file([m for m in rig.replies() if m.files][-1].files[0])
    assert file is not None and file.content is not None
    sums: Sums = defaultdict(Decimal)
    for row in csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))):
        if row["Amount"]:
            place = row["Kind"], row["Company number"]
            sums[(*place, row["Currency"])] += Decimal(row["Amount"])
            sums[(*place, "company")] += Decimal(row["Amount, company currency"])
    return dict(sums)


def _digest_is_right(rig: ClockedRig, expected: Sums) -> None:
    """Each kind's line has its sum per currency and that in the companies' own."""
    words, text = Words("en_GB"), rig.heads()[-1].text
    for kind in {place[0] for place in expected}:
        line = next(line for line in text.splitlines() if line.startswith(f"{kind}: "))
        for currency in {place[2] for place in expected if place[0] == kind}:
            sums = (v for p, v in expected.items() if (p[0], p[2]) == (kind, currency))
            amount = words.amount(
                sum(sums, Decimal(0)), "EUR" if currency == "company" else currency
            )
            assert amount in line, (kind, currency)


def _examples() -> Iterator[tuple[str, dict[str, Any]]]:
    """The configs of the docs, by the page on which they stand."""
    for path in sorted(DOCS.rglob("*.md")):
        for block in re.findall(r"```yaml\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL):
            if "\nroutes:\n" in f"\n{block}":
                yield path.relative_to(DOCS).as_posix(), yaml.load(block, Loader=_Loader)  # noqa: S506 - a safe loader
    yield "config.example.yaml", yaml.load(EXAMPLE.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506


def _posted(folder: Path, example: dict[str, Any], history: Told, week: Told) -> Counter[str]:
    """How many messages of its own each route posts of what was told in the week."""
    folder.mkdir()
    example["exact"] = {**yaml.safe_load(EXACT), "divisions": list(DIVISIONS)}
    path = folder / "acme.yaml"
    path.write_text(yaml.safe_dump(example), encoding="utf-8")
    config = load(path)
    with closing(Ledger(folder / "state")) as ledger, ledger.transaction():
        for tell in history:
            tell(Planner(Planning.of(config, ledger), Summary()), ledger)
        last = ledger.deliveries.last_id()
        planner = Planner(Planning.of(config, ledger), Summary())
        for tell in week:
            tell(planner, ledger)
        heads = [d for d in ledger.deliveries.since_id(last) if d.action is Action.HEAD]
    return Counter(
        {r.name: 0 for r in config.routes if not r.digest} | Counter(d.route for d in heads)
    )


def _section() -> str:
    text = (DOCS / "routing.md").read_text(encoding="utf-8")
    return text.split("### How much that is\n")[1].split("\n## ")[0]


def _stated() -> list[tuple[str, str, int]]:
    """The table of docs/routing.md."""
    section = _section()
    rows = re.findall(r"^\| \[(.+?)\]\(.+?\) \| (.+?) \| (\d+) \|$", section, re.MULTILINE)
    return [(page, route, int(count)) for page, route, count in rows]


@pytest.mark.whole
def test_a_week_adds_up_and_the_examples_of_the_docs_post_what_they_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: Told = []
    recorded(monkeypatch, told)
    (tmp_path / "rig").mkdir()
    with wholesale(tmp_path / "rig", ROUTE) as rig:
        rig.go("2026-11-23 08:30")
        before = {_identity(kind, row) for kind, _, row in _rows(rig.exact.store)}
        known = len(told)
        work_a_week(rig)
        week = told[known:]
        rig.go("2026-11-30 08:30")
        expected = _from_rows(rig.exact.store, before)
        assert _listed(rig) == expected
        _digest_is_right(rig, expected)
        (count,) = re.findall(r"^Net: (\d+ documents)", rig.heads()[-1].text, re.MULTILINE)
        assert f"({count} in three companies" in _section()
    monkeypatch.undo()
    counted = [
        (page, route, count)
        for number, (page, example) in enumerate(_examples())
        for route, count in _posted(tmp_path / str(number), example, told[:known], week).items()
    ]
    assert counted == _stated()
