"""The store: stamps, lines, deletions, events."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from exact_slack.sandbox.exact.store import FIRST_VERSION, VERSION, Event, ExactStore

DIVISION = 123456
ENTRIES = "purchaseentry/PurchaseEntries"
LINES = "purchaseentry/PurchaseEntryLines"
NOON = datetime.fromisoformat("2026-11-24T12:00:00")


@pytest.fixture
def store() -> ExactStore:
    return ExactStore([DIVISION], clock=lambda: NOON)


def entry(store: ExactStore, *lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return store.upsert(DIVISION, ENTRIES, {**fields, "PurchaseEntryLines": list(lines)})


def test_a_new_row_gets_key_stamps_and_version(store: ExactStore) -> None:
    row = entry(store, AmountDC="121.10", DueDate=date(2026, 12, 1), Status=20)
    assert len(row["EntryID"]) == 36 and row["EntryID"] == row["EntryID"].lower()
    assert row["Created"] == row["Modified"] == NOON
    assert row["Division"] == DIVISION
    assert row["AmountDC"] == Decimal("121.10")
    assert row["DueDate"] == datetime.fromisoformat("2026-12-01")
    assert row[VERSION] > FIRST_VERSION > 2**32


def test_milliseconds_end_as_on_sql_server(store: ExactStore) -> None:
    for given, kept in ((1, 0), (2, 3), (5, 7), (616, 617), (999, 1000)):
        moment = NOON.replace(microsecond=given * 1000)
        row = store.upsert(DIVISION, ENTRIES, {}, modified=moment)
        assert (row["Modified"] - NOON).total_seconds() * 1000 == kept


def test_a_change_merges_and_keeps_created(store: ExactStore) -> None:
    key = entry(store, {"AmountFC": 5}, Status=20, YourRef="a")["EntryID"]
    later = NOON.replace(hour=13)
    store.clock = lambda: later
    row = store.upsert(DIVISION, ENTRIES, {"EntryID": key.upper(), "Status": 50})
    assert (row["Status"], row["YourRef"]) == (50, "a")
    assert (row["Created"], row["Modified"]) == (NOON, later)
    assert len(store.rows(DIVISION, ENTRIES)) == 1
    assert len(store.lines(DIVISION, ENTRIES, key)) == 1


def test_late_commit_has_older_time_and_newer_version(store: ExactStore) -> None:
    first = entry(store)
    late = store.upsert(DIVISION, ENTRIES, {}, modified=NOON.replace(hour=11))
    assert late["Modified"] < first["Modified"]
    assert late[VERSION] > first[VERSION]


def test_lines_belong_to_their_header(store: ExactStore) -> None:
    key = entry(store, {"AmountFC": 1}, {"AmountFC": 2}, {"AmountFC": 3})["EntryID"]
    entry(store, {"AmountFC": 9})
    lines = store.lines(DIVISION, ENTRIES, key)
    assert [(line["LineNumber"], line["AmountFC"]) for line in lines] == [(1, 1), (2, 2), (3, 3)]
    assert {line["EntryID"] for line in lines} == {key}
    assert "Modified" not in lines[0]


def test_replaced_lines_keep_their_ids(store: ExactStore) -> None:
    key = entry(store, {"AmountFC": 1}, {"AmountFC": 2})["EntryID"]
    before = store.lines(DIVISION, ENTRIES, key)
    entry(store, {"AmountFC": 7}, EntryID=key)
    after = store.lines(DIVISION, ENTRIES, key)
    assert [(line["ID"], line["AmountFC"]) for line in after] == [(before[0]["ID"], 7)]
    assert len(store.rows(DIVISION, LINES)) == 1


def test_a_change_of_the_header_stamps_the_lines_anew(store: ExactStore) -> None:
    key = entry(store, {"AmountFC": 1})["EntryID"]
    before = store.lines(DIVISION, ENTRIES, key)[0][VERSION]
    store.touch(DIVISION, ENTRIES, key)
    assert store.lines(DIVISION, ENTRIES, key)[0][VERSION] > before


def test_rows_handed_out_do_not_change(store: ExactStore) -> None:
    key = entry(store, Status=20)["EntryID"]
    seen = store.get(DIVISION, ENTRIES, key)
    store.upsert(DIVISION, ENTRIES, {"EntryID": key, "Status": 50})
    assert seen is not None and seen["Status"] == 20


def test_deleting_takes_the_lines_and_is_remembered(store: ExactStore) -> None:
    key = entry(store, {"AmountFC": 1}, {"AmountFC": 2})["EntryID"]
    store.delete(DIVISION, ENTRIES, key)
    assert store.get(DIVISION, ENTRIES, key) is None
    assert store.rows(DIVISION, LINES) == []
    deleted = store.rows(DIVISION, "sync/Deleted")
    assert [row["EntityType"] for row in deleted] == [1, 1]  # transaction lines, not the entry
    with pytest.raises(KeyError):
        store.delete(DIVISION, ENTRIES, key)


@pytest.mark.parametrize(
    ("endpoint", "entity_type"),
    [
        ("salesinvoice/SalesInvoices", 13),
        ("purchaseorder/PurchaseOrders", 22),
        ("project/CostTransactions", 14),
        ("cashflow/Receivables", 10),
        ("crm/Accounts", 2),
        ("documents/Documents", 6),
        ("documents/DocumentAttachments", 4),
    ],
)
def test_entity_types(store: ExactStore, endpoint: str, entity_type: int) -> None:
    row = store.upsert(DIVISION, endpoint, {})
    key = next(row[name] for name in ("InvoiceID", "PurchaseOrderID", "ID") if name in row)
    store.delete(DIVISION, endpoint, key)
    deleted = store.rows(DIVISION, "sync/Deleted")[0]
    assert (deleted["EntityType"], deleted["EntityKey"]) == (entity_type, key)
    assert deleted["DeletedDate"] == NOON


def test_codes_are_padded_and_unknown_fields_refused(store: ExactStore) -> None:
    account = store.upsert(DIVISION, "crm/Accounts", {"Code": "50001", "Country": "NL"})
    assert account["Code"] == "             50001"
    assert account["Country"] == "NL "
    center = store.upsert(DIVISION, "hrm/Costcenters", {"Code": "MAG"})
    assert center["Code"] == "MAG"
    with pytest.raises(KeyError):
        entry(store, Amount=1)


def test_listeners_hear_what_happens(store: ExactStore) -> None:
    heard: list[Event] = []
    store.listeners.append(heard.append)
    key = entry(store)["EntryID"]
    store.touch(DIVISION, ENTRIES, key)
    with store.quietly():
        store.touch(DIVISION, ENTRIES, key)
    store.upsert(DIVISION, "purchase/PurchaseInvoices", {})  # no webhook topic
    store.upsert(DIVISION, "cashflow/Payments", {})
    store.delete(DIVISION, ENTRIES, key)
    assert [event.action for event in heard] == ["Create", "Update", "Delete"]
    assert {(event.topic, event.key) for event in heard} == {("PurchaseEntries", key)}


def test_the_wall_clock_is_ahead_of_utc() -> None:
    one, two = ExactStore(utc_offset=0), ExactStore(utc_offset=7200)
    assert 7199 < (two.now() - one.now()).total_seconds() < 7202
