"""The inbox of webhooks: what is news, what rests, and what comes first."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from exact_slack.documents.kinds import Kind
from exact_slack.ledger.incoming.inbox import Inbox, Told
from exact_slack.ledger.ledger import Ledger

DIVISION, KIND, NOW = 123456, Kind.PURCHASE_ENTRY, 1_795_766_400.0
FIRST = Told("2026-11-27T09:00:00.000", "a")


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    ledger = Ledger(tmp_path / "state")
    with ledger.transaction():  # none of its own for each of many thousand notifications
        yield ledger.inbox
    ledger.close()


def put(inbox: Inbox, told: Told, now: float, key: str = "k") -> None:
    inbox.put(DIVISION, KIND, key, now, told)


def read(inbox: Inbox, now: float, *, fruitful: bool = False) -> int:
    """Work off what is due; how much that was."""
    items = inbox.due(now, 100)
    for item in items:
        inbox.done(item, now, fruitful=fruitful)
    return len(items)


@pytest.mark.parametrize("seconds", [0.25, 1.0, 20.0])
def test_one_notification_sent_again_and_again_is_read_ever_more_rarely(
    inbox: Inbox, seconds: float
) -> None:
    readings = 0
    for step in range(int(3600 / seconds)):
        now = NOW + step * seconds
        put(inbox, FIRST, now)
        readings += read(inbox, now, fruitful=step == 0)
    assert 2 <= readings <= 14


@pytest.mark.parametrize(
    ("later", "at_once"),
    [
        (Told("2026-11-27T09:00:01.000", "b"), True),  # something happened since
        (Told("2026-11-27T08:00:00.000", "c"), False),  # an older one, captured
        (Told("2026-11-27T09:00:00.000", "d"), True),  # another event of the same moment
        (FIRST, False),
        (Told("", "e"), True),  # no time: another content may be news
        (Told("", "a"), False),
    ],
)
def test_news_is_due_at_once_and_what_is_none_is_not(
    inbox: Inbox, later: Told, at_once: bool
) -> None:
    put(inbox, FIRST, NOW)
    read(inbox, NOW, fruitful=True)
    put(inbox, later, NOW + 0.5)
    assert len(inbox.due(NOW + 0.5, 10)) == at_once
    assert len(inbox.due(NOW + 7200, 10)) == 1  # it is never forgotten


def test_news_comes_through_a_flood_of_what_is_none(inbox: Inbox) -> None:
    for step in range(500):
        put(inbox, FIRST, NOW + step)
        read(inbox, NOW + step)
    put(inbox, FIRST, NOW + 500)
    put(inbox, Told("2026-11-27T09:10:00.000", "b"), NOW + 500)
    assert len(inbox.due(NOW + 500, 10)) == 1


def test_the_newest_and_the_oldest_come_first(inbox: Inbox) -> None:
    for number in range(10_000):
        put(inbox, FIRST, NOW, key=f"unknown {number}")
    put(inbox, FIRST, NOW, key="real")
    first = [item.key for item in inbox.due(NOW, 40)]
    assert first[0] == "real"
    assert "unknown 0" in first
    assert len(first) == len(set(first)) == 40


def test_a_division_that_waits_for_its_share_keeps_no_other_waiting(inbox: Inbox) -> None:
    put(inbox, FIRST, NOW)
    inbox.put(234567, KIND, "other", NOW, FIRST)
    assert [i.key for i in inbox.due(NOW, 10, frozenset([DIVISION]))] == ["other"]


def test_a_flood_is_counted(inbox: Inbox) -> None:
    for step in range(300):
        put(inbox, FIRST, NOW + step)
        read(inbox, NOW + step, fruitful=step == 0)
    (arrivals,) = inbox.arrivals()
    assert arrivals.idle >= 299
