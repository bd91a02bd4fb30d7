"""A month's end as one living message: edited in place, a reply for what changed colour, ready
once, and all of it once, through crashes and missed mornings."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from exact_slack.failpoints import CLOSE_POINTS
from tests.e2e.hands import Hands
from tests.e2e.rig import DIVISION, Rig

pytestmark = [pytest.mark.usefixtures("hands"), pytest.mark.sampled(3)]
DAY = 86400.0
ENTRIES = "purchaseentry/PurchaseEntries"
SALES = "salesentry/SalesEntries"
PERIODS = "financial/FinancialPeriods"


class Month:
    """A period that ends in two days, by the hands' clock; it is 06:00."""

    def __init__(
        self,
        rig: Rig,
        hands: Hands,
        *,
        lines: str = "drafts, journals, manual, delivered",
        close: str = "",
        extra: str = "",
    ) -> None:
        self.rig, self.hands = rig, hands
        now = datetime.fromtimestamp(hands.now(), UTC)
        begin = now.replace(hour=6, minute=0, second=0, microsecond=0) + timedelta(days=1)
        hands.sleep(begin.timestamp() - hands.now())
        today = begin.date()
        self.begin, self.end = today - timedelta(days=27), today + timedelta(days=2)
        self.period(10, self.begin, self.end)
        self.period(9, self.begin - timedelta(days=30), self.begin - timedelta(days=1))
        self.period(11, self.end + timedelta(days=1), self.end + timedelta(days=30))
        rig.extra = (
            f"timezone: UTC\n{extra}close:\n"
            f'  - {{channel: "#feed", at: "08:00", mention: U0BOSS0001'
            f", lines: [{lines}], manual: [Accruals reviewed]{close}}}\n"
        )
        rig.write_config()

    @property
    def year(self) -> int:
        return self.end.year

    def period(self, number: int, begin: date, end: date) -> None:
        row: dict[str, Any] = {"FinYear": self.end.year, "FinPeriod": number}
        row |= {"StartDate": begin, "EndDate": end}
        self.rig.exact.store.upsert(DIVISION, PERIODS, row)

    def morning(self, days: int = 1) -> Any:
        """The next 08:05, after so many days."""
        now = datetime.fromtimestamp(self.hands.now(), UTC)
        at = now.replace(hour=8, minute=5, second=0, microsecond=0)
        at += timedelta(days=days if now.hour >= 8 else days - 1)
        self.hands.sleep(at.timestamp() - self.hands.now())
        return self.rig.poll()

    def draft(self, number: int, status: int = 20, **more: Any) -> dict[str, Any]:
        return self.rig.entry(number, EntryDate=self.end, Status=status, **more)  # type: ignore[no-any-return]  # a row, as the store has it

    def journal(self, code: str = "60", *, closed: bool = False) -> None:
        row = {"Code": code, "Description": "Sales", "Type": 20}
        if not any(r["Code"] == code for r in self.rig.exact.store.rows(DIVISION, JOURNALS)):
            self.rig.exact.store.upsert(DIVISION, JOURNALS, row)
        place = (DIVISION, code, self.year, 10)
        closed_now = self.rig.exact.rules.closed_journals
        (closed_now.add if closed else closed_now.discard)(place)

    def heads(self) -> list[Any]:
        return [m for m in self.rig.heads() if "Period close" in m.text]

    def replies(self) -> list[Any]:
        [head] = self.heads()
        return [m for m in self.rig.replies() if m.thread_ts == head.ts]

    def tick(self) -> None:
        store = self.rig.slack.store
        anna = store.add_user("Anna")
        [reply] = [m for m in self.replies() if "white_check_mark" in m.text]
        store.react("feed", reply.ts, "white_check_mark", anna)

    def edits(self) -> int:
        return sum(r.path.endswith("chat.update") for r in self.rig.slack.server.requests)


JOURNALS = "financial/Journals"


@pytest.fixture
def month(rig: Rig, hands: Hands) -> Month:
    return Month(rig, hands)


def listed(rig: Rig, reply: Any) -> list[dict[str, str]]:
    """The rows of the list that a message brings."""
    [shown] = reply.files
    file = rig.slack.store.file(shown if isinstance(shown, str) else shown.id)
    assert file is not None and file.content is not None
    text = file.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_month_from_two_days_before_its_end_to_ready_and_red_again(
    month: Month, rig: Rig
) -> None:
    month.journal()
    row = month.draft(1)
    month.morning()
    [head] = month.heads()
    assert "1 of 4 lines are green" in head.text and "1 document is not processed." in head.text
    [tick] = month.replies()
    assert "Accruals reviewed" in tick.text and "white_check_mark" in tick.text
    shown, edits = head.text, month.edits()
    month.morning()  # nothing changed
    assert [m.text for m in month.heads()] == [shown] and month.edits() == edits
    assert len(month.replies()) == 1

    rig.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": row["EntryID"], "Status": 50})
    month.morning()
    assert "2 of 4 lines are green" in month.heads()[0].text
    assert [m.text.partition(":")[0] for m in month.replies()[1:]] == ["✅ Everything processed"]

    month.journal(closed=True)
    month.tick()
    month.morning()
    assert "4 of 4 lines are green" in month.heads()[0].text
    told = month.replies()[2:]
    assert "✅ Accruals reviewed: Ticked by Anna." in told[0].text
    assert "ready, every line is green" in told[1].text and "3 lines" not in told[1].text
    assert [line["Number"] for line in listed(rig, told[2])] == ["1", "1"]

    month.morning()
    assert len(month.replies()) == 5
    month.journal(closed=False)  # opened again
    month.morning()
    loud = month.replies()[5]
    assert "🔴 Journals closed" in loud.text and "<@U0BOSS0001>" in loud.text
    assert loud.reply_broadcast
    month.journal(closed=True)
    month.morning()
    assert len(month.replies()) == 7 and len(month.heads()) == 1
    assert sum("ready, every line" in m.text for m in month.replies()) == 1


@pytest.mark.parametrize("point", [*CLOSE_POINTS, "after_claim", "after_call", "after_record"])
@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.sampled(5)
def test_a_kill_in_the_edit_the_thread_or_the_final_word_says_nothing_twice(
    month: Month, rig: Rig, point: str, nth: int
) -> None:
    month.journal()
    month.morning()
    month.journal(closed=True)
    month.tick()
    month.hands.sleep(DAY)
    died = rig.run("poll", env={"EXACT_SLACK_FAILPOINT": f"{point}:{nth}"})
    assert died.code == (-9 if nth == 1 or point not in CLOSE_POINTS else 0)
    for _ in range(3):
        month.hands.sleep(120)
        rig.run("poll")
    assert "4 of 4 lines are green" in month.heads()[0].text
    told = [m.text for m in month.replies()[1:] if not m.files]
    assert len(told) == 2 and told[0].count("✅") == 2
    assert sum("ready, every line" in text for text in told) == 1
    assert len([m for m in month.replies() if m.files]) == 1


@pytest.mark.parametrize("point", [*CLOSE_POINTS, "after_claim", "after_call"])
@pytest.mark.sampled(2)
def test_a_kill_on_the_first_morning_leaves_one_message(month: Month, rig: Rig, point: str) -> None:
    month.hands.sleep(3 * 3600)
    rig.run("poll", env={"EXACT_SLACK_FAILPOINT": point})
    for _ in range(3):
        month.hands.sleep(120)
        rig.run("poll")
    assert len(month.heads()) == 1 and len(month.replies()) == 1


def test_outside_its_days_only_the_periods_are_read_and_not_by_each_poll(
    rig: Rig, hands: Hands
) -> None:
    month = Month(rig, hands, close=", from: 0, until: 2")

    def asked() -> dict[str, int]:
        names = (PERIODS, JOURNALS, "read/financial/JournalStatusList", SALES)
        return {name: rig.exact.calls[DIVISION, name] for name in names}

    month.morning()  # a day before
    rig.poll()
    assert asked() == {**dict.fromkeys(asked(), 0), PERIODS: 1} and month.heads() == []
    assert not (rig.run("poll", "--due", "--json").json["exact_calls"] and month.heads())
    month.morning(2)
    assert len(month.heads()) == 1 and asked()[SALES] == 1 and asked()[PERIODS] == 1
    before = asked()
    rig.poll()
    assert asked() == before
    month.morning(5)
    assert asked()[SALES] == 1 and len(month.heads()) == 1


def test_missed_mornings_are_one_and_quiet_days_are_told_the_next_morning(
    rig: Rig, hands: Hands
) -> None:
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    soon = datetime.fromtimestamp(hands.now(), UTC) + timedelta(days=2)
    quiet = ", ".join(names[(soon.weekday() + n) % 7] for n in range(2))
    month = Month(rig, hands, extra=f"quiet: {{days: [{quiet}]}}\n")
    month.journal()
    month.morning()
    edits = month.edits()
    month.journal(closed=True)
    month.morning()
    month.morning()
    assert month.edits() == edits and len(month.replies()) == 1
    month.morning()
    assert month.edits() == edits + 1 and len(month.replies()) == 2
    month.journal(closed=False)
    month.morning(3)  # nothing ran for days
    assert month.edits() == edits + 2 and len(month.replies()) == 3


def test_a_message_that_was_deleted_is_posted_anew_with_its_ticks(month: Month, rig: Rig) -> None:
    month.journal()
    month.morning()
    month.tick()
    [head] = month.heads()
    rig.slack.store.delete_message("feed", head.ts)
    month.journal(closed=True)
    month.morning()
    month.morning()
    [again] = month.heads()
    assert again.ts != head.ts and "4 of 4 lines are green" in again.text


def test_a_line_that_is_renamed_while_it_is_ticked_is_to_be_ticked_again(
    month: Month, rig: Rig
) -> None:
    month.journal(closed=True)
    month.morning()
    month.tick()
    month.morning()
    assert "Ticked by Anna" in month.heads()[0].text
    rig.extra = rig.extra.replace("Accruals reviewed", "Accruals booked")
    rig.write_config()
    month.morning()
    [head] = month.heads()
    assert "🔴 Accruals booked" in head.text and "Accruals reviewed" not in head.text
    assert "🔴 Accruals booked" in month.replies()[-1].text


def test_several_companies_have_a_message_each_that_says_which_are_ready(
    rig: Rig, hands: Hands
) -> None:
    rig.divisions = (DIVISION, 234567)
    month = Month(rig, hands, lines="journals, manual")
    for row in rig.exact.store.rows(DIVISION, PERIODS):
        fields = {name: row[name] for name in ("FinYear", "FinPeriod", "StartDate", "EndDate")}
        rig.exact.store.upsert(234567, PERIODS, fields)
    month.morning()
    heads = month.heads()
    assert len(heads) == 2
    for head in heads:
        assert "Not ready: Division 123456, Division 234567" in head.text
    done = rig.run("close", f"{month.year}/10", "--json")
    assert done.code == 1 and [c["ready"] for c in done.json["companies"]] == [False, False]


def test_close_in_the_terminal_works_right_after_the_login_and_post_edits_the_message(
    month: Month, rig: Rig
) -> None:
    done = rig.run("close", f"{month.year}/10", "--json")
    [company] = done.json["companies"]
    states = {line["name"]: line["state"] for line in company["lines"]}
    assert states == {
        "journals": "red",
        "drafts": "green",
        "manual": "red",
        "delivered": "unknown",
    }
    month.journal()
    month.morning()
    month.journal(closed=True)
    posted = rig.run("close", f"{month.year}/10", "--post")
    assert "Accruals reviewed" in posted.out and posted.code == 1, posted.err
    assert "✅ Journals closed" in month.heads()[0].text
    assert rig.run("close", "2026-13").code == 2
    assert rig.run("close", f"{month.year}/99").code == 1


def test_periods_that_may_not_be_read_are_not_asked_for_by_each_poll(
    month: Month, rig: Rig
) -> None:
    rig.routes = '  - {name: feed, when: {kind: sales_invoice}, channel: "#feed"}\n'
    rig.write_config()
    rig.exact.rules.missing_scopes.add("Financial accounting")
    for _ in range(4):
        done = rig.run("poll", "--json")
        month.hands.sleep(900)
    assert rig.exact.calls[DIVISION, PERIODS] == 1 and done.code == 0
    month.hands.sleep(DAY)
    told = rig.run("poll")
    assert rig.exact.calls[DIVISION, PERIODS] == 2 and "Financial accounting" in told.err
