"""Routes that collect: one message when it is due, once, complete, and it adds up."""

import csv
import io
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from exact_slack.documents.document import Account
from exact_slack.exact.lookups import Lookups
from exact_slack.failpoints import FILE_POINTS, POINTS
from exact_slack.ledger.ledger import FILE
from exact_slack.rendering.chart import CHART
from exact_slack.sandbox.slack.store.model import Message
from tests.e2e.clocked import AMSTERDAM, ClockedRig, clocked
from tests.e2e.hands import VARIABLE, Hands
from tests.e2e.logged import agree
from tests.e2e.logged import told as told_of
from tests.e2e.rig import DIVISION, ENTRIES, Rig

pytestmark = pytest.mark.sampled(3)

DAILY = """\
  - name: purchases
    when: {kind: purchase_entry}
    channel: "#feed"
    digest: {every: day, at: "08:30"}
"""
MONTHLY = DAILY.replace("every: day", "every: month")
BOTH = (
    DAILY
    + """\
  - name: at once
    when: {kind: purchase_entry}
    channel: "#feed"
"""
)
SENDING_POINTS = [*POINTS[:-3], *FILE_POINTS]


def digests(rig: Rig) -> list[Message]:
    return [m for m in rig.heads() if "digest" in m.text.partition("\n")[0]]


def change(rig: Rig, row: Any, **values: Any) -> None:
    rig.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": row["EntryID"], **values})


def listed(rig: Rig) -> list[dict[str, str]]:
    """The rows of the list in the thread of the only digest."""
    (message,) = [m for m in rig.replies() if m.files]
    assert message.thread_ts == digests(rig)[-1].ts
    file = rig.slack.store.file(message.files[0])
    assert file is not None and file.content is not None
    return list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))


def test_a_day_is_collected_and_told_once(tmp_path: Path) -> None:
    with clocked(tmp_path, "2026-11-24 12:00", DAILY) as rig:
        rig.entry(1)
        rig.entry(2, AmountDC=1000.0, AmountFC=1000.0)
        assert rig.go().posted == 0
        assert rig.go("2026-11-25 08:29").posted == 0
        assert rig.go("2026-11-25 08:30").posted == 1
        (told,) = digests(rig)
        assert "Daily digest · purchases" in told.text
        assert "Purchase entry: 2 documents · €1,121.00" in told.text
        assert "VEN €120.00 · ANT €80.00" in told.text
        assert rig.replies() == []
        assert rig.go("2026-11-25 08:31").posted == 0
        assert rig.go("2026-11-27 12:00").posted == 0  # silent where there is nothing


def test_what_comes_late_goes_into_the_next(tmp_path: Path) -> None:
    with clocked(tmp_path, "2026-11-24 12:00", DAILY) as rig:
        rig.entry(1)
        rig.go()
        rig.entry(2)  # nobody looked until after it was due
        assert rig.go("2026-11-25 09:00").posted == 1
        assert "1 document ·" in digests(rig)[0].text
        assert rig.go("2026-11-26 08:30").posted == 1
        told = digests(rig)[1].text
        assert "1 document ·" in told
        assert "Purchase entry: 1 · €121.00; before 1 · €121.00; difference 0\n" in told


def test_the_first_run_tells_nothing_of_the_past(tmp_path: Path) -> None:
    with clocked(tmp_path, "2026-11-24 08:00", DAILY) as rig:
        assert rig.go("2026-11-24 08:30").posted == 0
        assert rig.status()["digests"] == [
            {
                "route": "purchases",
                "channel": "#feed",
                "every": "day",
                "documents": 0,
                "since": None,
                "due": "2026-11-25T08:30:00+01:00",
            }
        ]


def test_status_says_what_is_collected_and_when_it_is_due(tmp_path: Path) -> None:
    with clocked(tmp_path, "2026-11-24 12:00", DAILY) as rig:
        rig.entry(1)
        rig.go()
        (found,) = rig.status()["digests"]
        assert (found["documents"], found["due"]) == (1, "2026-11-25T08:30:00+01:00")
        assert rig.status()["ok"]


def test_other_routes_post_at_once_even_into_the_same_channel(tmp_path: Path) -> None:
    with clocked(tmp_path, "2026-11-24 12:00", BOTH) as rig:
        rig.entry(1)
        assert rig.go().posted == 1
        assert rig.go("2026-11-25 08:30").posted == 1
        assert len(rig.heads()) == 2


def test_documents_are_told_as_they_are_when_it_is_due(tmp_path: Path) -> None:
    with clocked(tmp_path, "2026-11-24 12:00", DAILY) as rig:
        row = rig.entry(1)
        rig.entry(2)
        rig.go()
        change(rig, row, AmountDC=200.0, AmountFC=200.0)
        rig.go("2026-11-24 13:00")
        rig.go("2026-11-25 08:30")
        assert "2 documents · €321.00" in digests(rig)[0].text


def test_a_change_after_the_digest_is_told_but_not_counted_again(tmp_path: Path) -> None:
    with clocked(tmp_path, "2026-11-24 12:00", DAILY) as rig:
        row, other = rig.entry(1), rig.entry(2)
        rig.go()
        rig.go("2026-11-25 08:30")
        change(rig, row, AmountDC=200.0, AmountFC=200.0)
        change(rig, other, YourRef="another")  # of no account
        rig.entry(3)
        rig.go("2026-11-25 10:00")
        rig.go("2026-11-26 08:30")
        text = digests(rig)[1].text
        assert "Purchase entry: 1 document · €121.00" in text
        assert (
            "Changed since an earlier digest, not counted again: "
            "1 · Purchase entry 1 (€121.00 → €200.00)" in text
        )


def test_deleted_documents_are_said_and_not_counted(tmp_path: Path) -> None:
    orders = DAILY.replace("purchase_entry", "purchase_order")
    with clocked(tmp_path, "2026-11-24 12:00", orders) as rig:
        path = "purchaseorder/PurchaseOrders"
        rows = [
            rig.exact.store.upsert(
                DIVISION, path, {"OrderNumber": n, "AmountDC": 50.0, "Currency": "EUR"}
            )
            for n in (1, 2)
        ]
        rig.go()
        rig.exact.store.delete(DIVISION, path, rows[0]["PurchaseOrderID"])
        rig.go("2026-11-24 14:00")
        rig.go("2026-11-25 08:30")
        text = digests(rig)[0].text
        assert "Purchase order: 1 document" in text
        assert "Deleted, not counted: 1 · Purchase order 1" in text


def test_a_silence_keeps_a_document_for_a_later_digest(tmp_path: Path) -> None:
    silenced = DAILY + (
        '    silences: [{match: {account: "Van Dijk"}, until: 2026-11-25, reason: migration}]\n'
    )
    with clocked(tmp_path, "2026-11-24 12:00", silenced) as rig:
        rig.entry(1)
        rig.entry(2, SupplierName="Other", Supplier="22222222-2222-2222-2222-222222222222")
        rig.go()
        rig.go("2026-11-25 08:30")
        text = digests(rig)[0].text
        assert "Purchase entry: 1 document" in text
        assert "Held back for a later digest: 1 (silenced: migration)" in text
        assert rig.status()["digests"][0]["documents"] == 1
        rig.go("2026-11-26 08:30")
        assert "Van Dijk" not in text and len(digests(rig)) == 2


def test_quiet_hours_hold_the_message_of_a_digest(tmp_path: Path) -> None:
    quiet = DAILY + '    quiet: {from: "07:00", to: "09:00"}\n'
    with clocked(tmp_path, "2026-11-24 12:00", quiet) as rig:
        rig.entry(1)
        rig.go()
        assert rig.go("2026-11-25 08:30").waiting == 1
        rig.entry(2)
        assert rig.go("2026-11-25 09:00").posted == 1
        assert "1 document ·" in digests(rig)[0].text  # as it was when it was due


def test_held_messages_are_said(tmp_path: Path) -> None:
    with clocked(tmp_path, "2026-11-24 12:00", BOTH, "flood_limit: 1\n") as rig:
        rig.entry(1)
        rig.entry(2)
        rig.go()
        rig.go("2026-11-25 08:30")
        assert "Messages that wait for a person" in digests(rig)[0].text


# -- clocks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_days_on_which_the_clocks_change(tmp_path: Path, day: str) -> None:
    before = {"2026-03-29": "2026-03-28", "2026-10-25": "2026-10-24"}[day]
    with clocked(tmp_path, f"{before} 12:00", DAILY.replace("08:30", "02:30")) as rig:
        rig.entry(1)
        rig.go()
        for minute in ("01:59", "02:30", "02:45", "03:30", "04:00"):
            rig.go(f"{day} {minute}")
        assert len(digests(rig)) == 1


def test_a_clock_that_is_set_back_or_far_ahead(tmp_path: Path) -> None:
    with clocked(tmp_path, "2026-11-24 12:00", DAILY) as rig:
        rig.entry(1)
        rig.go()
        assert rig.go("2026-11-25 08:31").posted == 1
        rig.entry(2)
        rig.go("2026-11-25 08:00")  # set back: the digest of 08:30 was told
        assert rig.go("2026-11-25 08:35").posted == 0
        assert rig.go("2026-11-26 08:30").posted == 1
        rig.entry(3)
        rig.go("2026-12-16 12:00")  # weeks ahead for one run
        assert rig.go("2026-11-26 12:00").posted == 0
        assert rig.go("2026-11-27 08:30").posted == 1
        assert [m.text.count("1 document") for m in digests(rig)] == [1, 1, 1]


# -- the month -------------------------------------------------------------------------------------


def test_a_month_ties_to_its_list_row_by_row(tmp_path: Path) -> None:
    with clocked(tmp_path, "2026-11-24 12:00", MONTHLY, "") as rig:
        for number in range(1, 8):
            rig.entry(number, AmountDC=100.10 * number, AmountFC=100.10 * number)
        rig.entry(8, Currency="USD", AmountFC=50.5, AmountDC=45.0, YourRef="=1+1")
        rig.go()
        assert rig.go("2026-12-01 08:29").posted == 0
        assert rig.go("2026-12-01 08:30").posted == 2
        text = digests(rig)[0].text
        rows = listed(rig)
        sums: dict[str, Decimal] = {}
        for row in rows:
            if row["Amount"]:
                sums[row["Currency"]] = sums.get(row["Currency"], Decimal(0)) + Decimal(
                    row["Amount"]
                )
        assert sums == {"EUR": Decimal("2802.80"), "USD": Decimal("50.5")}
        assert "8 documents · €2,802.80 · US$50.50" in text
        assert "Every document is in the list in the thread." in text
        centers = [Decimal(r["Per cost center"]) for r in rows if r["Cost center"] == "VEN"]
        assert sum(centers) == 8 * 60
        assert {row["Reference"] for row in rows if row["Number"] == "8"} == {"'=1+1", ""}


def test_a_month_stands_beside_the_three_before_it(tmp_path: Path) -> None:
    """What each cost center bore, as bars; in words where Slack takes no chart, for a week."""
    with clocked(tmp_path, "2026-07-20 12:00", MONTHLY) as rig:
        rig.go()
        for number, month in enumerate(("07", "08", "09", "10", "11"), start=1):
            rig.clock.set(f"2026-{month}-20 12:00")
            shares = (("VEN", 60 * number), ("ANT", -1.5 * number))[: number % 3 + 1]
            lines = [{"AmountDC": amount, "CostCenter": center} for center, amount in shares]
            rig.entry(number, PurchaseEntryLines=lines)
            if number == 5:
                rig.slack.settings.unsupported_blocks.add(CHART)
            rig.go(f"2026-{month}-20 12:00")
            rig.go(f"2026-{int(month) + 1:02}-01 08:30")
        *_, october, november = digests(rig)
        (chart,) = [block for block in october.blocks or () if block["type"] == CHART]
        assert {
            series["name"]: [(point["label"], point["value"]) for point in series["data"]]
            for series in chart["chart"]["series"]
        } == {
            "Jul 2026": [("VEN", 60), ("ANT", -1.5)],
            "Aug 2026": [("VEN", 120), ("ANT", -3)],
            "Sept 2026": [("VEN", 180), ("ANT", 0)],
            "Oct 2026": [("VEN", 240), ("ANT", -6)],
        }
        assert CHART not in {block["type"] for block in november.blocks or ()}
        for message in (november.text, str(november.blocks)):
            assert "VEN €240.00 · ANT -€6.00" in message and "€60.00" not in message


@pytest.mark.parametrize("allowed", [True, False])
def test_a_list_has_the_codes_that_entries_lack_for_one_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, allowed: bool
) -> None:
    asked: list[str] = []
    accounts = Lookups.accounts

    def counted(self: Lookups, division: int, ids: Iterable[str]) -> dict[str, Account]:
        asked.extend(ids := list(ids))
        return accounts(self, division, ids)

    monkeypatch.setattr(Lookups, "accounts", counted)
    with clocked(tmp_path, "2026-11-24 12:00", MONTHLY, "") as rig:
        supplier = rig.entry(1)["Supplier"]
        row = {"ID": supplier, "Code": "400012", "Name": "Van Dijk"}
        rig.exact.store.upsert(DIVISION, "crm/Accounts", row)
        if not allowed:
            rig.exact.rules.missing_scopes = {"Crm accounts"}
        for number in (2, 3):
            assert "Crm accounts" not in str(rig.go().problems)
            rig.entry(number)
        rig.go("2026-12-01 08:30")
        assert {row["Relation code"] for row in listed(rig)} == {"400012" if allowed else "", ""}
        assert asked == [supplier]


def test_a_list_that_cannot_be_uploaded_is_said(tmp_path: Path) -> None:
    with clocked(tmp_path, "2026-11-24 12:00", MONTHLY) as rig:
        rig.slack.store.scopes = ("chat:write", "channels:read", "groups:read")
        rig.entry(1)
        rig.go()
        rig.go("2026-12-01 08:30")
        (reply,) = rig.replies()
        assert reply.text == (
            "The list of all documents could not be attached: "
            "the Slack app lacks the scope files:write."
        )
        assert rig.go("2026-12-01 08:40").posted == 0


# -- a config that changes -------------------------------------------------------------------------


def test_a_route_that_no_longer_collects_lets_its_documents_go(tmp_path: Path) -> None:
    with clocked(tmp_path, "2026-11-24 12:00", DAILY) as rig:
        rig.entry(1)
        rig.go()
        rig.routes = DAILY.replace('    digest: {every: day, at: "08:30"}\n', "")
        rig.write_config()
        assert rig.go("2026-11-24 13:00").posted == 1
        assert rig.go("2026-11-25 08:30").posted == 0


def test_a_digest_follows_its_route_to_another_channel(tmp_path: Path) -> None:
    quiet = DAILY + '    quiet: {from: "07:00", to: "09:00"}\n'
    with clocked(tmp_path, "2026-11-24 12:00", quiet) as rig:
        rig.slack.store.add_channel("other")
        rig.entry(1)
        rig.go()
        rig.go("2026-11-25 08:30")
        rig.routes = quiet.replace("#feed", "#other")
        rig.write_config()
        assert rig.go("2026-11-25 09:00").posted == 1
        assert len(rig.messages("other")) == 1


# -- processes -------------------------------------------------------------------------------------


def due_rig(rig: ClockedRig) -> None:
    """From now on real processes, for which the month is over."""
    rig.entry(1)
    rig.entry(2)
    rig.go()
    rig.clock.seconds = time.time()
    rig.log_in()


@pytest.mark.sampled(6)
@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize("point", SENDING_POINTS)
def test_killed_anywhere_a_digest_comes_once(
    tmp_path: Path, hands: Hands, point: str, nth: int
) -> None:
    with clocked(tmp_path, "2026-10-20 12:00", MONTHLY) as rig:
        rig.environment[VARIABLE] = str(hands.path)
        due_rig(rig)
        if point == "after_look_up":
            rig.slack.faults.add("chat.postMessage", "reset", times=1, when="after")
        killed = rig.run("poll", env={"EXACT_SLACK_FAILPOINT": f"{point}:{nth}"})
        assert killed.code in (-9, 0), killed.err
        agree(told_of(rig))
        rig.poll()
        (told,) = digests(rig)
        assert "2 documents · €242.00" in told.text
        assert len(listed(rig)) == 4


def test_two_processes_at_the_same_time(tmp_path: Path) -> None:
    with clocked(tmp_path, "2026-10-20 12:00", MONTHLY) as rig:
        due_rig(rig)
        command = [sys.executable, "-m", "exact_slack", "-c", str(rig.config)]
        both = [subprocess.Popen([*command, *words]) for words in (["poll"], ["replay", "--held"])]
        assert {one.wait(60) for one in both} <= {0, 75}
        rig.poll()
        assert len(digests(rig)) == 1
        assert len(listed(rig)) == 4


def test_serve_sends_what_is_due(tmp_path: Path) -> None:
    from exact_slack.config.load import load
    from exact_slack.serve.workers import Sender

    with clocked(tmp_path, "2026-10-20 12:00", MONTHLY) as rig:
        due_rig(rig)
        sender = Sender(load(rig.config))
        sender.start()
        deadline = time.monotonic() + 30
        while len([m for m in rig.replies() if m.files]) < 1 and time.monotonic() < deadline:
            time.sleep(0.1)
        sender.end()
        sender.join(10)
        assert len(digests(rig)) == 1
        assert len(listed(rig)) == 4


def test_in_the_language_of_the_route(tmp_path: Path) -> None:
    with clocked(tmp_path, "2026-11-24 12:00", MONTHLY + "    locale: nl_NL\n") as rig:
        rig.entry(1)
        rig.go()
        rig.go("2026-12-01 08:30")
        (told,) = rig.heads()
        assert "Maandoverzicht · purchases" in told.text
        assert "Inkoopboeking: 1 document · €\xa0121,00" in told.text
        (message,) = [m for m in rig.replies() if m.files]
        file = rig.slack.store.file(message.files[0])
        assert file is not None and file.content is not None
        assert file.content.decode("utf-8-sig").startswith("Soort;Nummer;")
        assert ";121,00;" in file.content.decode("utf-8-sig")


def test_verify_names_the_documents_of_a_digest_that_cannot_be_posted(tmp_path: Path) -> None:
    days_ago = datetime.fromtimestamp(time.time() - 3 * 86_400, AMSTERDAM)
    with clocked(tmp_path, f"{days_ago:%Y-%m-%d} 12:00", DAILY) as rig:
        due_rig(rig)
        rig.slack.store.archive("feed")
        assert rig.run("poll").code == 1
        done = rig.run("status", "--verify", "5d", "--json")
        (checked,) = done.json["verify"]["kinds"]
        assert {gap["number"] for gap in checked["undelivered"]} == {"1", "2"}


@pytest.mark.sampled(2)
@pytest.mark.parametrize(("table", "column"), [("digests", "held"), ("collected", "line")])
@pytest.mark.parametrize("value", ["nonsense", "[1]", '{"amount": "x"}'])
def test_a_damaged_digest_is_told_and_stops_nothing_else(
    tmp_path: Path, table: str, column: str, value: str
) -> None:
    with clocked(tmp_path, "2026-11-24 12:00", BOTH) as rig:
        row = rig.entry(1)
        rig.go()
        rig.go("2026-11-25 08:30", max_posts=0)
        with closing(sqlite3.connect(rig.state / FILE)) as db, db:
            db.execute(f"UPDATE {table} SET {column}=?", (value,))  # noqa: S608 - names of ours
        rig.entry(2)
        change(rig, row, YourRef="LATE")
        done = rig.go("2026-11-25 08:40")
        assert any("is damaged" in str(problem) for problem in done.problems)
        assert not any("mistake" in str(problem) for problem in done.problems)
        assert len(rig.heads()) - len(digests(rig)) == 2
        rig.go("2026-11-26 08:30")  # the next one is made all the same
        assert "Purchase entry" in digests(rig)[-1].text
