"""Every statement that runs for each document finds its rows through an index."""

import re
from collections.abc import Callable

import pytest

from exact_slack.app.customer import Customer, customer
from exact_slack.config.load import load
from exact_slack.runs.poll import PollOptions, poll
from exact_slack.runs.replay import ReplayOptions, replay
from tests.e2e.rig import DIVISION, ENTRIES, Rig

LARGE = {
    "documents",
    "deliveries",
    "log",
    "files",
    "collected",
    "lookups",
    "inbox",
    "events",
    "purchases",
    "payees",
    "receivables",
    "order_lines",
    "order_bills",
    "suppliers",
    "credit_lines",
}
"""Tables that grow with the documents; the others have a row a channel, kind or day."""
ROUTES = """\
  - name: feed
    when: {kind: [purchase_entry, sales_invoice, payment, receipt]}
    channel: "#feed"
  - name: odd
    when: {exception: "*"}
    channel: "#odd"
  - name: weekly
    when: {kind: purchase_entry}
    channel: "#weekly"
    digest: {every: week}
"""


def test_no_statement_walks_through_a_large_table(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    from exact_slack.ledger.outgoing import outbox

    for name in ("POST_GAP", "WORKSPACE_GAP", "EDIT_GAP"):
        monkeypatch.setattr(outbox, name, 0.0)
    rig.exact.limits.on = rig.slack.limits.enabled = False
    rig.slack.store.add_channel("odd")
    rig.slack.store.add_channel("weekly")
    rig.routes = ROUTES
    rig.write_config()
    rig.log_in()
    statements: set[str] = set()
    with customer(load(rig.config)) as one:
        poll(one, PollOptions())  # what is done once a day, such as forgetting, is done here
    rows = [rig.entry(number) for number in range(3)]
    rig.exact.store.upsert(
        DIVISION,
        "cashflow/Payments",
        {"EntryNumber": 1, "TransactionEntryID": rows[0]["EntryID"], "Status": 50},
    )
    _traced(rig, statements, lambda c: poll(c, PollOptions()))
    for row in rows[:2]:
        changed = {"EntryID": row["EntryID"], "YourRef": f"{row['YourRef']}-2"}
        rig.exact.store.upsert(DIVISION, ENTRIES, changed)
    rig.slack.faults.add("chat.postMessage", "close", times=1, when="after")
    _traced(rig, statements, lambda c: poll(c, PollOptions(deletions=True)))
    _traced(rig, statements, lambda c: replay(c, ReplayOptions(failed=True, ambiguous=True)))
    assert len(statements) > 60
    with customer(load(rig.config)) as one:
        walks = [
            (plan, statement)
            for statement in sorted(statements)
            for plan in _plans(one, statement)
            if _walks(plan, _partial(one))
        ]
        same = [plan for s in statements if "lower(reference)" in s for plan in _plans(one, s)]
    assert not walks, "\n".join(f"{plan}: {statement}" for plan, statement in walks)
    assert same  # nor through all documents of one relation
    assert all("AND <expr>=?" in plan for plan in same if plan.startswith("SEARCH"))


def _traced(rig: Rig, statements: set[str], work: Callable[[Customer], object]) -> None:
    with customer(load(rig.config)) as one:
        one.ledger.db._connection.set_trace_callback(statements.add)
        work(one)


def _plans(one: Customer, statement: str) -> list[str]:
    if not re.match(r"\s*(SELECT|UPDATE|DELETE|INSERT|WITH)\b", statement):
        return []
    return [str(row["detail"]) for row in one.ledger.db.rows(f"EXPLAIN QUERY PLAN {statement}")]


def _partial(one: Customer) -> set[str]:
    """Indexes that hold only what is open: they stay small however large their table is."""
    rows = one.ledger.db.rows("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE INDEX%WHERE%'")
    return {row["name"] for row in rows if row["name"] in ("unsettled", "open_deliveries")}


def _walks(plan: str, partial: set[str]) -> bool:
    """Whether a step reads a whole large table, or a whole index of one, or all that it has of a
    division: most customers have one."""
    found = re.match(
        r"(SCAN|SEARCH) (\w+)(?: USING (?:(?:COVERING )?INDEX (\w+)|PRIMARY KEY))?"
        r"(?P<by> \(division=\?\))?",
        plan,
    )
    if not found or found[3] in partial or (found[1] == "SEARCH" and not found["by"]):
        return False
    aliases = dict.fromkeys("dehp", "deliveries")
    return aliases.get(found[2], found[2]) in LARGE
