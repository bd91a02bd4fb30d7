"""docs/json.md: what each `--json` says and what is described there are the same, both ways."""

import re
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.ledger.incoming.unreadable import Unreadable
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.schema.lock import RunLock
from exact_slack.sandbox.slack.store.workspace import APP_TOKEN
from tests.e2e.rig import DIVISION, ENTRIES, Rig

pytestmark = pytest.mark.usefixtures("hands")
DOCUMENT = Path(__file__).parents[2] / "docs" / "json.md"
_SECTION = re.compile(r"^## `(.+)`$")
_SAME = re.compile(r"^The fields of `([^`]+)`")
_ROW = re.compile(r"^\| `([^`]+)` \| ([^|]+) \|")
ROUTES = """\
  - name: later
    when: {kind: purchase_entry, amount: "< 50"}
    channel: "#feed"
    quiet: {days: [mon, tue, wed, thu, fri, sat]}
  - name: feed
    when: {kind: purchase_entry, amount: ">= 50"}
    channel: "#feed"
    triage: true
    mention: {person: creator}
  - name: weekly
    when: {kind: purchase_entry}
    channel: "#feed"
    digest: {every: month, at: "03:00"}
  - name: gone
    when: {kind: sales_invoice}
    channel: "#nowhere"
"""
EXTRA = """\
flood_limit: 1
quiet: {days: [sun]}
serve: {public_url: "http://127.0.0.1:9"}
alerts: "#feed"
people: {creator: {Anna: U0ANNA1}}
reports:
  - {name: owed, report: aging, channel: "#feed", every: month, at: "03:00"}
tests:
  - name: good
    document: {kind: purchase_entry, amount: 100}
    routes: feed
    channels: "#feed"
  - name: bad
    document: {kind: purchase_entry, amount: 100}
    routes: gone
"""


def described() -> dict[str, dict[str, str]]:
    """Field to type, for each command."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    section = ""
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        if heading := _SECTION.match(line):
            section = heading[1]
        elif same := _SAME.match(line):
            found[section] |= found[same[1]]
        elif row := _ROW.match(line):
            assert row[1] not in found[section], f"{section}: {row[1]} twice"
            found[section][row[1]] = row[2].strip()
    return dict(found)


def _paths(value: Any, known: dict[str, str], at: str = "") -> Iterator[tuple[str, str]]:
    """Every field with its type, "nothing" for an empty list or mapping. A described `object` is
    not looked into; where the names of fields are data, the description has `{}`."""
    if known.get(at) == "object":
        yield at, "object"
    elif isinstance(value, dict | list) and not value:
        yield at, "nothing"
    elif isinstance(value, dict):
        for name, inner in value.items():
            fixed, mapped = f"{at}.{name}".lstrip("."), f"{at}.{{}}".lstrip(".")
            data = _below(mapped, known) and not _below(fixed, known)
            yield from _paths(inner, known, mapped if data else fixed)
    elif isinstance(value, list):
        for inner in value:
            yield from _paths(inner, known, f"{at}[]")
    elif value is None and at not in known and _below(at, known):
        yield at, "nothing"
    else:
        yield at, _type(value)


def _below(at: str, known: dict[str, str]) -> list[str]:
    """The described fields at this place and inside it."""
    return [path for path in known if path == at or path.startswith((f"{at}.", f"{at}[]"))]


def _type(value: Any) -> str:
    if value is None:
        return "null"
    return {bool: "boolean", int: "number", float: "number", str: "text"}[type(value)]


def _books(rig: Rig) -> None:
    """A bank with and one without a statement; a foreign term, and one without a due date."""
    for code in ("20", "21"):
        rig.exact.store.upsert(DIVISION, "financial/Journals", {"Code": code, "Type": 12})
    bank = {"JournalCode": "20", "ClosingBalanceFC": 10.0, "Status": 50, "FinancialYear": 2026}
    lines = {"BankEntryLines": [{"Date": date(2026, 11, 20)}]}
    rig.exact.store.upsert(DIVISION, "financialtransaction/BankEntries", {**bank, **lines})
    for currency, due in (("USD", date(2026, 11, 20)), ("EUR", None)):
        term = {"AmountDC": 5.0, "AmountFC": 6.0, "Currency": currency, "DueDate": due}
        more = {"Status": 20, "TransactionType": 30, "EntryNumber": 7}
        rig.exact.store.upsert(DIVISION, "cashflow/Payments", {**term, **more})
    rig.exact.rules.missing_scopes = {"Financial receivables"}


def _month(rig: Rig) -> None:
    """A financial period, with something left to process in it."""
    days = {"StartDate": date(2020, 1, 1), "EndDate": date(2020, 1, 31)}
    row: dict[str, Any] = {"FinYear": 2026, "FinPeriod": 1, **days}
    rig.exact.store.upsert(DIVISION, "financial/FinancialPeriods", row)
    rig.entry(26700006, EntryDate=date(2020, 1, 15))


def _values(rig: Rig) -> dict[str, list[Any]]:
    """What the commands say, in a life in which something of everything happens."""
    told: dict[str, list[Any]] = defaultdict(list)

    def run(section: str, *words: str) -> None:
        done = rig.run(*words)
        told[section].append(done.json)

    rig.poll()
    run("nothing is due", "poll", "--due", "--json")
    for number, amount in ((26700001, 100.0), (26700002, 200.0), (26700003, 10.0)):
        rig.entry(number, AmountDC=amount, CreatorFullName="Bram")
    rig.exact.store.upsert(DIVISION, "salesinvoice/SalesInvoices", {"AmountDC": 5.0})
    run("poll --dry-run", "poll", "--dry-run", "--json")
    rig.exact.rules.missing_scopes = {"Sales invoices"}
    run("poll", "poll", "--json")
    rig.exact.rules.missing_scopes = set()
    run("poll", "poll", "--json")
    ledger = Ledger(rig.state)
    with ledger.transaction():
        odd = Unreadable(
            DIVISION,
            Kind.PURCHASE_ENTRY,
            "",
            ServerMs(1),
            ServerMs(0),
            ServerMs(2),
            "Exact sent nonsense.",
        )
        ledger.unreadable.note(odd, 0.0)
    ledger.close()
    run("status", "status", "--json")
    run("queue", "queue", "--stats", "--json")
    _books(rig)
    run("config check --online", "config", "check", "--online", "--json")
    row = rig.entry(26700004)
    rig.exact.store.delete(DIVISION, ENTRIES, rig.entry(26700005)["EntryID"])
    run("status --verify", "status", "--verify", "7d", "--json")
    rig.exact.store.delete(DIVISION, ENTRIES, row["EntryID"])
    run("replay --dry-run", "replay", "--held", "--dry-run", "--json")
    run("replay", "replay", "--held", "--json")
    run("route explain", "route", "explain", "26700001", "--json")
    run("route explain", "route", "explain", "--sample", "sales_invoice", "--json")
    run("route test", "route", "test", "--json")
    run("preview", "preview", "26700001", "--json")
    for asked in (("aging",), ("due", "--side", "payable"), ("cash",)):
        run("report", "report", *asked, "--json")
    _month(rig)
    run("close", "close", "2026/1", "--json")
    for section in ("log", "webhooks list", "auth status", "config check"):
        run(section, *section.split(), "--json")
    run("doctor", "doctor", "--json")
    lock = RunLock(rig.state)
    assert lock.take()
    run("another run is at work", "poll", "--json")
    lock.release()
    assert lock.take(time.time() - 3600)
    run("another run holds the lock for long", "poll", "--json")
    lock.release()
    (rig.folder / "broken.yaml").write_text("exact: 1\n", encoding="utf-8")
    several = rig.run("-c", str(rig.folder / "broken.yaml"), "config", "check", "--json").json
    told["a file that cannot be used"].append(several["broken.yaml"])
    return told


@pytest.fixture
def told(rig: Rig) -> dict[str, list[Any]]:
    rig.routes, rig.extra = ROUTES, EXTRA
    rig.write_config()
    text = rig.config.read_text(encoding="utf-8")
    more = f"  webhook_secret: hook\nslack:\n  app_token: {APP_TOKEN}\n"
    rig.config.write_text(text.replace("slack:\n", more, 1))
    rig.slack.sockets.switch_on()
    return _values(rig)


def test_what_is_told_is_described_and_what_is_described_is_told(
    told: dict[str, list[Any]],
) -> None:
    known = described()
    assert set(told) == set(known)
    lacking, never, wrong = [], [], []
    for section, values in told.items():
        fields = known[section]
        found = {pair for value in values for pair in _paths(value, fields)}
        seen: set[str] = set()
        for name, kind in sorted(found):
            described_here = _below(name, fields) if kind == "nothing" else {name} & set(fields)
            seen |= set(described_here)
            if not described_here:
                lacking.append(f"{section}: {name}")
            elif kind != "nothing" and kind not in fields[name].split(" or "):
                wrong.append(f"{section}: {name} is {kind}, not {fields[name]}")
        never += [f"{section}: {name}" for name in fields if name not in seen]
    assert (lacking, never, wrong) == ([], [], [])
