"""What time brings is told where the document stands: in its thread, or in a list of the day."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from exact_slack.ledger.ledger import Ledger
from tests.e2e.clocked import ClockedRig, clocked
from tests.e2e.rig import DIVISION, ENTRIES

pytestmark = [pytest.mark.usefixtures("hands"), pytest.mark.sampled(2)]
PAYMENTS = "cashflow/Payments"
ONE_CHANNEL = """\
  - name: all
    when: {kind: [purchase_entry, payment]}
    channel: "#feed"
  - name: late
    when: {kind: purchase_entry, exception: [due_soon, overdue]}
    channel: "#feed"
    mention: UFINANCE
"""
DUE = datetime(2026, 12, 15)  # noqa: DTZ001 - Exact's dates have no zone


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[ClockedRig]:
    with clocked(tmp_path, "2026-11-24 09:00", ONE_CHANNEL) as made:
        yield made


def _open(rig: ClockedRig, *numbers: int, due: datetime = DUE) -> list[str]:
    """Invoices with an open term, told before they are due soon; the terms' keys."""
    terms = []
    for number in numbers:
        entry = rig.entry(number, DueDate=due)["EntryID"]
        row = {"TransactionEntryID": entry, "AmountDC": 121.0, "Status": 20, "DueDate": due}
        terms.append(str(rig.exact.store.upsert(DIVISION, PAYMENTS, row)["ID"]))
    rig.go("2026-11-24 10:00")
    assert len(rig.heads()) == len(numbers)
    return terms


def test_a_document_that_stands_is_edited_and_told_in_its_thread_once_for_each(
    rig: ClockedRig,
) -> None:
    _open(rig, 1)
    rig.go("2026-12-08 09:00")
    (soon,) = rig.replies()
    assert soon.text.startswith("<@UFINANCE> Due soon: Purchase entry 1 · Van Dijk · €121.00\n")
    assert soon.reply_broadcast
    rig.go("2026-12-15 09:00")
    assert len(rig.replies()) == 1  # the day itself is not late
    for _ in range(3):
        rig.go("2026-12-16 09:00", deletions=True)
        rig.go("2026-12-17 09:00")
    (head,) = rig.heads()
    assert "overdue since 15 Dec 2026" in head.text
    late = rig.replies()[1:]
    assert [reply.reply_broadcast for reply in late] == [True]
    assert late[0].thread_ts == head.ts
    assert "<@UFINANCE> Overdue since 15 Dec 2026: Purchase entry 1" in late[0].text


@pytest.mark.parametrize("when", ["before", "while it waits"])
def test_what_is_paid_meanwhile_is_not_told(tmp_path: Path, when: str) -> None:
    quiet = 'quiet: {from: "20:00", to: "08:00"}\n'
    with clocked(tmp_path, "2026-11-24 09:00", ONE_CHANNEL, quiet) as rig:
        (term,) = _open(rig, 1)
        rig.go("2026-12-15 19:00")
        assert len(rig.replies()) == 1  # due soon
        if when == "while it waits":
            rig.go("2026-12-16 00:10")
        rig.exact.store.upsert(DIVISION, PAYMENTS, {"ID": term, "Status": 50})
        rig.go("2026-12-16 09:00")
        assert not any("verdue" in reply.text for reply in rig.replies())
        assert rig.status()["backlog"] == 0


def test_several_of_a_day_are_one_list_with_quiet_replies_and_no_new_heads(
    rig: ClockedRig,
) -> None:
    _open(rig, *range(1, 9))
    rig.go("2026-12-08 09:00")
    rig.go("2026-12-16 09:00")
    lists = [head for head in rig.heads() if "Purchase entry 1 ·" in head.text][-2:]
    assert len(rig.heads()) == 8 + 2
    assert lists[0].text.startswith("<@UFINANCE> 8 due soon, €968.00\n")
    assert lists[1].text.startswith("<@UFINANCE> 8 became overdue today, €968.00\n")
    assert all(f"Purchase entry {number} ·" in lists[1].text for number in range(1, 9))
    assert lists[1].blocks
    shown = lists[1].blocks[-1]
    links = [e for e in shown["elements"][0]["elements"] if e["type"] == "link"]
    assert len(links) == 8
    assert len(rig.replies()) == 16
    assert not any(reply.reply_broadcast or "<@" in reply.text for reply in rig.replies())


def test_a_long_list_names_all_in_its_thread(tmp_path: Path) -> None:
    routes = ONE_CHANNEL.replace("#feed", "#all", 1)
    with clocked(tmp_path, "2026-11-24 09:00", routes) as rig:
        rig.slack.store.add_channel("all")
        for number in range(1, 61):
            entry = rig.entry(number, DueDate=DUE)["EntryID"]
            row = {"TransactionEntryID": entry, "AmountDC": 121.0, "Status": 20}
            rig.exact.store.upsert(DIVISION, PAYMENTS, row)
        rig.go("2026-11-24 10:00")
        rig.go("2026-12-16 09:00")
        (head,) = rig.heads("feed")
        assert "60 became overdue today, €7,260.00" in head.text
        said = "\n".join(message.text for message in rig.messages("feed"))
        assert all(said.count(f"Purchase entry {number} ·") == 1 for number in range(1, 61))


def test_a_moved_due_date_is_told_anew(rig: ClockedRig) -> None:
    _open(rig, 1)
    rig.go("2026-12-16 09:00")
    entry = rig.exact.store.rows(DIVISION, ENTRIES)[0]["EntryID"]
    moved = {"EntryID": entry, "DueDate": datetime(2026, 12, 30)}  # noqa: DTZ001
    rig.exact.store.upsert(DIVISION, ENTRIES, moved)
    rig.go("2026-12-17 09:00")
    assert "overdue" not in rig.heads()[0].text
    rig.go("2026-12-31 09:00")
    assert "overdue since 30 Dec 2026" in rig.heads()[0].text
    assert sum("Overdue since" in reply.text for reply in rig.replies()) == 2


def test_what_cannot_be_told_today_is_told_by_the_next_run(
    rig: ClockedRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    _open(rig, 1)

    def failing(*_: object, **__: object) -> None:
        raise OverflowError

    with monkeypatch.context() as broken:
        broken.setattr("exact_slack.plan.listed.due.DueDates._alone", failing)
        assert "OverflowError" in str(rig.go("2026-12-16 09:00").problems)
    rig.go("2026-12-16 09:05")
    assert sum("Overdue since" in reply.text for reply in rig.replies()) == 1


def test_another_ledger_of_the_customer_knows_what_was_told(rig: ClockedRig) -> None:
    """A backup of the day before finds the replies and the list in Slack."""
    _open(rig, 1, 2, 3)
    rig.go("2026-12-15 09:00")
    copy = rig.state.parent / "copy.sqlite"
    ledger = Ledger(rig.state)
    ledger.back_up(copy, rig.clock.now())
    ledger.close()
    rig.go("2026-12-16 09:00")
    before = [message.text for message in rig.messages()]
    for rest in rig.state.glob("ledger.sqlite*"):
        rest.unlink()
    copy.rename(rig.state / "ledger.sqlite")
    rig.go("2026-12-16 10:00")
    rig.go("2026-12-16 10:10")
    assert [message.text for message in rig.messages()] == before
