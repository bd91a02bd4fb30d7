"""An exception is somebody's until it is done: what people do, read back by polls alone."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from exact_slack import failpoints
from exact_slack.ledger.triage.item import How, Item, ItemState, meaning
from exact_slack.ledger.triage.items import Step
from exact_slack.runs.agenda import Agenda
from exact_slack.sandbox.slack.store.model import Message
from exact_slack.triage import queue
from tests.e2e.clocked import ClockedRig, clocked_as
from tests.e2e.rig import DIVISION, ENTRIES

pytestmark = [pytest.mark.usefixtures("hands"), pytest.mark.sampled(3)]
ROUTES = """\
  - name: odd
    when: {kind: purchase_entry, exception: no_cost_center}
    channel: "#ap"
    triage: {remind: "09:00"}
  - name: feed
    when: {kind: [purchase_entry, payment]}
    channel: "#feed"
"""
DUE = datetime(2026, 12, 1)  # noqa: DTZ001 - Exact's dates have no zone
NO_CENTER = {"CostCenter": None, "Description": "Boxes", "AmountDC": 100.0, "AmountFC": 100.0}
CENTER = {**NO_CENTER, "CostCenter": "VEN"}


class TriageRig(ClockedRig):
    """With people in its Slack."""

    anna: str
    bram: str

    def odd(self, number: int = 1, **values: Any) -> str:
        """An entry without a cost center; its key."""
        lines = {"PurchaseEntryLines": [dict(NO_CENTER)]}
        return str(self.entry(number, **{**lines, **values})["EntryID"])

    def head(self, number: int = 1) -> Message:
        (found,) = (m for m in self.heads("ap") if m.text.startswith(f"Purchase entry {number} "))
        return found

    def react(self, emoji: str, who: str, number: int = 1) -> None:
        self.slack.store.react("ap", self.head(number).ts, emoji, who)

    def unreact(self, emoji: str, who: str, number: int = 1) -> None:
        self.slack.store.unreact("ap", self.head(number).ts, emoji, who)

    def items(self) -> list[Item]:
        found: list[Item] = self.with_customer(lambda customer: customer.ledger.items.all())
        return found

    def queue(self, **wanted: Any) -> list[queue.Row]:
        found: list[queue.Row] = self.with_customer(
            lambda customer: queue.rows(customer, queue.Wanted(**wanted))
        )
        return found

    def said(self, number: int = 1) -> list[str]:
        """The lines of the head that tell who has it."""
        told = ("Taken by", "Later", "Done by", "False alarm", "Settled", "Open")
        return [line for line in self.head(number).text.splitlines() if line.startswith(told)]

    def calls(self) -> list[str]:
        """Slack's methods that were called since the last time, but for what polls call anyway."""
        paths = [r.path.rsplit("/", 1)[-1] for r in self.slack.server.requests]
        found, self._seen = paths[getattr(self, "_seen", 0) :], len(paths)
        return [name for name in found if name not in _ANYWAY]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[TriageRig]:
    with clocked_as(TriageRig, tmp_path, "2026-11-24 10:00", ROUTES) as made:
        made.slack.store.add_channel("ap")
        made.anna = made.slack.store.add_user("Anna & co", "Anna de Vries")
        made.bram = made.slack.store.add_user("<!channel> *bram*", "Bram")
        made.odd()
        made.go("2026-11-24 10:01")
        yield made


def _taken(who: str) -> list[str]:
    return [f"Taken by: {who}"]


def test_each_word_of_people_is_seen_on_the_head_after_one_poll(rig: TriageRig) -> None:
    assert rig.said() == []
    for emoji, told in (
        ("eyes", "Taken by: Anna &amp; co"),
        ("zzz", "Later: Anna &amp; co, until 25 Nov 2026 09:00"),
        ("no_entry_sign::skin-tone-3", "False alarm, says: Anna &amp; co"),
        ("white_check_mark", "Done by: Anna &amp; co"),
    ):
        rig.react(emoji, rig.anna)
        done = rig.go()
        assert done.updated == 1
        assert rig.said() == [told]
        (row,) = rig.queue(whole=True)
        assert (row.state, row.person) == (meaning(emoji), "Anna & co")
    for emoji, told in (
        ("white_check_mark", "False alarm, says: Anna &amp; co"),
        ("no_entry_sign::skin-tone-3", "Later: Anna &amp; co, until 25 Nov 2026 09:00"),
        ("zzz", "Taken by: Anna &amp; co"),
    ):
        rig.unreact(emoji, rig.anna)
        rig.go()
        assert rig.said() == [told]
    rig.unreact("eyes", rig.anna)
    rig.go()
    assert rig.said() == []
    assert [(row.state, row.person) for row in rig.queue()] == [("open", None)]
    assert rig.go().updated == 0
    assert len(rig.replies("ap")) == 0


def test_a_clock_that_was_set_back_makes_nobody_deaf(rig: TriageRig) -> None:
    key = str(rig.exact.store.rows(DIVISION, ENTRIES)[0]["EntryID"])
    lines = {"EntryID": key, "PurchaseEntryLines": [dict(CENTER)]}
    rig.exact.store.upsert(DIVISION, ENTRIES, lines)
    rig.go("2026-11-26 10:00")
    rig.react("eyes", rig.anna)
    rig.go("2026-11-24 10:10")
    assert rig.said() == _taken("Anna &amp; co")


def test_the_queue_tells_who_has_what_since_when(rig: TriageRig) -> None:
    rig.react("eyes", rig.anna)
    rig.go("2026-11-24 11:00")
    (row,) = rig.queue()
    head = rig.head()
    assert (row.kind, row.number, row.amount, row.currency) == ("purchase_entry", "1", "121", "EUR")
    assert (row.state, row.person, row.since) == ("taken", "Anna & co", "2026-11-24T10:00:00Z")
    assert (row.channel, row.route, row.exceptions) == ("#ap", "odd", ["no_cost_center"])
    place = f"archives/{head.channel}/p{head.ts.replace('.', '')}"
    assert row.link == f"{rig.slack.store.team_url}{place}"
    for person, shown in (("Anna & co", 1), ("anna & CO", 1), (rig.anna, 1), ("Bram", 0)):
        assert len(rig.queue(person=person)) == shown
    assert [len(rig.queue(channel=name)) for name in ("#ap", "ap", "#feed")] == [1, 1, 0]
    rig.unreact("eyes", rig.anna)
    rig.react("no_entry_sign", rig.bram)
    rig.go("2026-11-24 12:00")
    assert rig.queue() == []
    (done,) = rig.queue(whole=True)
    assert done.state == "dismissed"
    (stat,) = rig.with_customer(lambda c: queue.stats(c, queue.Wanted()))
    assert (stat.exception, stat.count, stat.dismissed_share) == ("no_cost_center", 1, 1.0)
    assert stat.taken_median_s == pytest.approx(3540, abs=30)
    assert stat.done_median_s == pytest.approx(7140, abs=30)
    assert rig.status()["triage"]["open"] == 0


def test_the_queue_as_a_spreadsheet(rig: TriageRig) -> None:
    rig.react("eyes", rig.bram)
    rig.go()
    table = rig.run("queue", "--csv").out.lstrip("\ufeff").splitlines()
    assert len(table) == 2
    names, row = (line.split(";" if ";" in table[0] else ",") for line in table)
    found = dict(zip(names, row, strict=True))
    assert (found["state"], found["channel"]) == ("taken", "#ap")
    assert found["person"].strip("'") == "<!channel> *bram*"
    assert found["exceptions"] == "no_cost_center"
    assert found["amount"] == ("121,00" if ";" in table[0] else "121.00")
    assert "'a while'" in rig.run("queue", "--since", "a while").err
    assert rig.run("queue", "--since", "a while").code == 2


def test_an_exception_that_is_nearly_always_dismissed_is_named() -> None:
    dismissed = [Step(1, float(t), s, "", How.EXACT, ()) for t, s in enumerate(ItemState)][:5]
    advice = queue._stat("new_supplier", [dismissed] * 30).advice
    assert "30 of 30" in advice
    assert "tighten" in advice
    assert queue._stat("new_supplier", [dismissed] * 29).advice == ""


def test_a_name_that_is_markup_stays_text_and_pings_nobody(rig: TriageRig) -> None:
    rig.react("eyes", rig.bram)
    rig.go()
    assert rig.said() == _taken("&lt;!channel&gt; *bram*")
    assert "<!channel>" not in str([b for b in rig.head().blocks or () if b["type"] == "section"])


def test_what_apps_and_the_bot_react_counts_for_nothing(rig: TriageRig) -> None:
    app = rig.slack.store.add_user("reminders", is_bot=True)
    rig.react("white_check_mark", app)
    rig.react("white_check_mark", rig.slack.store.bot_user)
    rig.go()
    assert rig.said() == []
    rig.react("white_check_mark", rig.anna)
    rig.slack.store.deactivate_user(rig.anna)  # who left counts as long as it stands
    rig.go()
    assert rig.said() == ["Done by: Anna &amp; co"]


def test_what_exact_settles_bears_the_bots_own_check_mark_until_it_is_open(
    rig: TriageRig,
) -> None:
    key = str(rig.exact.store.rows(DIVISION, ENTRIES)[0]["EntryID"])
    for lines, told, marks in (([dict(CENTER)], SETTLED, 1), ([dict(NO_CENTER)], [], 0)):
        rig.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": key, "PurchaseEntryLines": lines})
        rig.go()
        assert rig.said() == told
        reactions = rig.head().reactions
        assert [one.name for one in reactions] == ["white_check_mark"] * marks
        assert all(one.users == (rig.slack.store.bot_user,) for one in reactions)


@pytest.mark.parametrize("how", ["deleted", "paid"])
def test_what_had_no_exception_is_settled_by_its_payment_or_deletion(
    tmp_path: Path, how: str
) -> None:
    with clocked_as(TriageRig, tmp_path, "2026-11-24 10:00", SALES) as rig:
        rig.slack.store.add_channel("ap")
        row = {"InvoiceNumber": 1, "AmountDC": 121.0, "Status": 50, "InvoiceToName": "Van Dijk"}
        invoice = rig.exact.store.upsert(DIVISION, "salesinvoice/SalesInvoices", row)
        rig.go()
        term = {"AmountDC": 121.0, "InvoiceNumber": 1, "TransactionEntryID": invoice["InvoiceID"]}
        if how == "paid":
            rig.exact.store.upsert(DIVISION, "cashflow/Receivables", {**term, "Status": 50})
        else:
            rig.exact.store.delete(DIVISION, "salesinvoice/SalesInvoices", invoice["InvoiceID"])
        rig.go("2026-11-24 12:00", deletions=True)
        (head,) = rig.heads("ap")
        assert SETTLED[0] in head.text
        assert [one.name for one in head.reactions] == ["white_check_mark"]


SETTLED = ["Settled: in Exact Online"]
SALES = """\
  - name: sales
    when: {kind: sales_invoice}
    channel: "#ap"
    triage: true
  - name: receipts
    when: {kind: receipt}
    channel: "#feed"
"""


def test_a_new_exception_opens_it_and_what_stood_counts_only_anew(tmp_path: Path) -> None:
    routes = ROUTES.replace("no_cost_center", "[no_cost_center, overdue]")
    with clocked_as(TriageRig, tmp_path, "2026-11-24 10:00", routes) as rig:
        rig.slack.store.add_channel("ap")
        rig.anna, rig.bram = (rig.slack.store.add_user(name) for name in ("anna", "bram"))
        key = rig.odd(DueDate=DUE)
        term = {"TransactionEntryID": key, "AmountDC": 121.0, "Status": 20}
        rig.exact.store.upsert(DIVISION, "cashflow/Payments", term)
        rig.go()
        rig.react("white_check_mark", rig.anna)
        rig.go()
        assert rig.said() == ["Done by: anna"]
        rig.go("2026-12-02 10:00")
        assert rig.said() == []
        rig.react("white_check_mark", rig.bram)
        rig.go()
        assert rig.said() == ["Done by: bram"]


def test_a_poll_costs_one_call_a_channel(rig: TriageRig) -> None:
    rig.slack.store.add_channel("two")
    rig.routes = TWO
    rig.write_config()
    for number in range(2, 22):
        rig.odd(number)
    rig.go()
    rig.calls()
    rig.go()
    assert rig.calls() == ["conversations.history"] * 2
    assert len(rig.queue()) > 40
    for number in range(2, 22):
        rig.react("eyes", rig.anna, number)
    rig.go()
    calls = [name for name in rig.calls() if name != "conversations.info"]  # of what it sends
    assert sorted(calls) == ["conversations.history"] * 2 + ["users.info"]


_ANYWAY = ("chat.postMessage", "chat.update", "auth.test")
TWO = "".join(
    f"  - {{name: {name}, when: {{kind: purchase_entry}}, channel: '#{name}', triage: true}}\n"
    for name in ("ap", "two")
)


def test_without_triage_no_poll_is_due_for_items(rig: TriageRig) -> None:
    def wait() -> bool:
        found: bool = rig.with_customer(
            lambda c: Agenda(c.config, c.ledger, c.clock.now())._items_wait()
        )
        return found

    assert wait()
    rig.routes = ROUTES.replace('    triage: {remind: "09:00"}\n', "")
    rig.write_config()
    assert not wait()


def test_without_triage_nothing_is_asked(rig: TriageRig) -> None:
    rig.react("eyes", rig.anna)
    rig.routes = ROUTES.replace('    triage: {remind: "09:00"}\n', "")
    rig.write_config()
    rig.calls()
    rig.go()
    assert rig.calls() == []
    assert rig.said() == []


@pytest.mark.parametrize("reactions_read", [True, False])
def test_what_lies_further_back_or_is_cut_off_is_asked_for_in_turn(
    rig: TriageRig, *, reactions_read: bool
) -> None:
    store = rig.slack.store
    if not reactions_read:
        store.scopes = tuple(scope for scope in store.scopes if scope != "reactions:read")
    store.quirks.users_shown = 1
    rig.slack.settings = type(rig.slack.settings)(history_page_max=1)
    for number in range(2, 5):
        rig.odd(number)
    rig.go()
    for number in range(1, 4):
        rig.react("white_check_mark", store.bot_user, number)
        rig.react("white_check_mark", rig.anna, number)
    done = rig.go()
    assert done.exit_code() == 0
    told = [rig.said(number) for number in range(1, 5)]
    if reactions_read:
        assert told == [["Done by: Anna &amp; co"]] * 3 + [[]]
    else:  # history alone names the caller first: what is cut off there is lost, and nothing else
        assert told == [[]] * 4


def test_without_reactions_read_a_poll_is_well_and_what_is_lost_is_said(rig: TriageRig) -> None:
    store = rig.slack.store
    store.scopes = tuple(scope for scope in store.scopes if scope != "reactions:read")
    rig.react("eyes", rig.anna)
    assert rig.go().exit_code() == 0
    assert rig.said() == _taken("Anna &amp; co")  # history has it
    assert list(rig.status()["triage"]["lost"]) == ["reactions:read"]  # before a call was refused
    assert "reactions.get" not in rig.calls()
    store.quirks.users_shown = 1
    rig.react("white_check_mark", store.bot_user)
    rig.react("white_check_mark", rig.bram)
    assert rig.go().exit_code() == 0
    status = rig.status()
    assert status["ok"]
    assert list(status["triage"]["lost"]) == ["reactions:read"]
    checked = rig.run("config", "check", "--online", "--json")
    assert checked.code == 0
    assert list(checked.json["slack"]["missing_scopes"]) == ["reactions:read"]
    store.scopes = (*store.scopes, "reactions:read")
    rig.clock.set("2026-11-24 12:00")
    rig.go()
    assert rig.said() == ["Done by: &lt;!channel&gt; *bram*"]
    assert rig.status()["triage"]["lost"] == {}


def test_a_head_that_was_deleted_in_slack_is_posted_anew_and_keeps_who_has_it(
    rig: TriageRig,
) -> None:
    rig.react("eyes", rig.anna)
    rig.go("2026-11-24 10:10")
    old = rig.head()
    rig.slack.store.delete_message("ap", old.ts)
    rig.go("2026-11-24 10:20")
    assert rig.head().ts != old.ts
    rig.go("2026-11-24 10:30")
    assert rig.said() == _taken("Anna &amp; co")


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("method", "error", "code"),
    [
        ("conversations.history", "not_in_channel", 0),
        ("conversations.history", "missing_scope", 0),
        ("conversations.history", "internal_error", 75),
        ("users.info", "missing_scope", 0),
        ("users.info", "user_not_found", 0),
        ("reactions.add", "missing_scope", 0),
    ],
)
def test_what_slack_does_not_say_leaves_the_rest_to_go_on(
    rig: TriageRig, method: str, error: str, code: int
) -> None:
    rig.react("eyes", rig.anna)
    rig.odd(2)
    rig.slack.store.refuse(method, error, times=-1)
    done = rig.go()
    assert done.exit_code() == code
    assert len(rig.heads("ap")) == 2
    if method == "users.info":
        assert rig.said() == _taken(rig.anna)
    rig.slack.store.clear_refusals()
    rig.go("2026-11-25 12:00")
    assert rig.said() == _taken("Anna &amp; co")


def test_what_nobody_is_known_of_counts_when_it_is(rig: TriageRig) -> None:
    rig.react("eyes", rig.anna)
    rig.slack.store.refuse("users.info", "internal_error", times=1)
    rig.go()
    assert rig.said() == []
    rig.go()
    assert rig.said() == _taken("Anna &amp; co")
    (item,) = rig.items()
    assert item.state is ItemState.TAKEN


# -- what time brings ------------------------------------------------------------------------------

ESCALATES = ROUTES.replace(
    '{remind: "09:00"}',
    '{remind: "09:00", escalate: {after: 4h, mention: S0123ABCD}, alert_after: 2d}',
)


def _lists(rig: TriageRig) -> list[str]:
    return [m.text for m in rig.heads("ap") if "unfinished" in m.text]


def test_once_a_day_a_channel_gets_one_list_of_what_is_unfinished(rig: TriageRig) -> None:
    for number in (2, 3):
        rig.odd(number)
    rig.go("2026-11-24 11:00")
    rig.react("zzz", rig.anna, 3)
    rig.react("eyes", rig.bram, 2)
    rig.go("2026-11-24 12:00")
    assert _lists(rig) == []
    rig.go("2026-11-25 08:59")
    rig.react("zzz", rig.anna, 1)  # before today's list: missing from it, and in the next
    rig.odd(4)
    rig.go("2026-11-25 09:03")  # what came after nine waits for tomorrow's
    for _ in range(3):
        rig.go()
    (first,) = _lists(rig)
    assert first.splitlines()[0] == "2 are unfinished"
    two, three = sorted(first.splitlines()[1:])
    assert two.startswith("Purchase entry 2 ")
    assert two.endswith("&lt;!channel&gt; *bram*")
    assert three.startswith("Purchase entry 3 ")  # put off until this morning
    rig.react("white_check_mark", rig.anna, 2)
    rig.go("2026-11-26 09:00")
    rig.go("2026-11-26 09:10")
    (_, second) = _lists(rig)
    assert [f"Purchase entry {n} " in second for n in (1, 2, 3, 4)] == [True, False, True, True]


def test_what_nobody_took_is_told_once_in_its_thread_and_in_the_channel(tmp_path: Path) -> None:
    quiet = 'quiet: {from: "18:00", to: "08:00"}\nalerts: "#feed"\n'
    with clocked_as(TriageRig, tmp_path, "2026-11-24 15:00", ESCALATES, quiet) as rig:
        rig.slack.store.add_channel("ap")
        rig.anna = rig.slack.store.add_user("anna")
        for number in (1, 2):
            rig.odd(number)
        rig.go("2026-11-24 16:00")
        rig.react("eyes", rig.anna, 2)
        rig.go("2026-11-25 09:30")  # quiet hours do not count: three and a half
        assert rig.replies("ap") == []
        for _ in range(3):
            rig.go("2026-11-25 10:30")
        (told,) = rig.replies("ap")
        assert told.text.startswith(
            "<!subteam^S0123ABCD> Nobody has taken this yet: Purchase entry 1"
        )
        assert told.reply_broadcast
        assert told.thread_ts == rig.head(1).ts
        rig.go("2026-11-26 17:00")
        for _ in range(2):
            rig.go("2026-11-26 17:30")
        assert len(rig.replies("ap")) == 1
        said = [m.text for m in rig.heads("feed") if "items of triage" in m.text]
        assert said == [
            "exact-slack: 2 items of triage lie unfinished for too long, the oldest for 2 days.\n"
            "See: exact-slack queue"
        ]


@pytest.mark.sampled(2)
@pytest.mark.parametrize("point", ["in_daily", "after_daily", "after_claim", "after_call"])
def test_a_run_that_is_killed_loses_no_list_and_sends_none_twice(
    rig: TriageRig, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    rig.go("2026-11-24 11:00")
    rig.clock.set("2026-11-25 09:05")
    monkeypatch.setattr(failpoints, "hook", _struck(point))
    with pytest.raises(_Killed):
        rig.go()
    monkeypatch.setattr(failpoints, "hook", None)
    for minutes in ("09:10", "09:20", "09:30"):
        rig.go(f"2026-11-25 {minutes}")
    assert len(_lists(rig)) == 1


@pytest.mark.sampled(2)
@pytest.mark.parametrize("point", ["in_daily", "after_daily", "after_claim", "after_call"])
def test_a_run_that_is_killed_loses_no_escalation_and_sends_none_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    routes = ROUTES.replace('{remind: "09:00"}', "{escalate: {after: 4h}}")
    with clocked_as(TriageRig, tmp_path, "2026-11-24 10:00", routes) as rig:
        rig.slack.store.add_channel("ap")
        rig.odd()
        rig.go("2026-11-24 10:01")
        rig.clock.set("2026-11-24 14:30")
        monkeypatch.setattr(failpoints, "hook", _struck(point))
        with pytest.raises(_Killed):
            rig.go()
        monkeypatch.setattr(failpoints, "hook", None)
        for minutes in ("14:40", "14:50", "15:00"):
            rig.go(f"2026-11-24 {minutes}")
        (told,) = rig.replies("ap")
        assert told.text.startswith("Nobody has taken this yet")


@pytest.mark.parametrize("point", ["in_reading", "after_reading"])
def test_a_run_that_is_killed_while_it_reads_loses_nothing(
    rig: TriageRig, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    rig.react("eyes", rig.anna)
    monkeypatch.setattr(failpoints, "hook", _struck(point))
    with pytest.raises(_Killed):
        rig.go()
    monkeypatch.setattr(failpoints, "hook", None)
    rig.go()
    assert rig.said() == _taken("Anna &amp; co")
    assert len(rig.with_customer(lambda c: c.ledger.items.steps())) == 2


class _Killed(BaseException):
    """Stands for SIGKILL inside one process."""


def _struck(point: str) -> Any:
    def strike(name: str) -> None:
        if name == point:
            raise _Killed(name)

    return strike
