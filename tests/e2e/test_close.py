"""A month's end as one living message: edited in place, a reply for what changed colour, ready
once, and all of it once, through crashes and missed mornings."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.e2e.hands import Hands
from tests.e2e.rig import DIVISION, Rig

pytestmark = pytest.mark.usefixtures("hands")
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
            f'timezone: UTC\n{extra}close:\n  - {{channel: "#feed", at: "08:00", mention: U0BOSS0001'
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
        return self.rig.entry(number, EntryDate=self.end, Status=status, **more)  # type: ignore[no-any-return]

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
        return self.rig.slack.calls["chat.update"]


JOURNALS = "financial/Journals"


@pytest.fixture
def month(rig: Rig, hands: Hands) -> Month:
    return Month(rig, hands)


def listed(rig: Rig, reply: Any) -> list[dict[str, str]]:
    """The rows of the list that a message brings."""
    [file] = reply.files
    text = rig.slack.store.files[file].content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_month_from_two_days_before_its_end_to_ready_and_red_again(
    month: Month, rig: Rig
) -> None:
    month.journal()
    row = month.draft(1)
    month.morning()
    [head] = month.heads()
    assert "1 of 4 lines are green" in head.text and "1 document is not processed." in head.text
    assert [m.text for m in month.replies()] == [
        m.text for m in month.replies() if "Tick" in m.text
    ]
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
    assert loud.text in [m.text for m in rig.messages(replies=False)]
    month.journal(closed=True)
    month.morning()
    assert len(month.replies()) == 7 and len(month.heads()) == 1
    assert sum("ready, every line" in m.text for m in month.replies()) == 1
