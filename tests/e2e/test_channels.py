"""A name in the config means the channel that bears it now; a document stays where it stands,
whatever becomes of the channel."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.clocked import ClockedRig, clocked
from tests.e2e.rig import DIVISION, ENTRIES, FEED, Rig
from tests.e2e.serving import serving, until

pytestmark = pytest.mark.sampled(3)


@pytest.fixture
def named(tmp_path: Path) -> Iterator[ClockedRig]:
    with clocked(tmp_path, "2026-11-24 12:00", FEED) as rig:
        yield rig


def _swap(rig: Rig, one: str, other: str) -> None:
    store = rig.slack.store
    first, second = store.channel(one).id, store.channel(other).id
    store.rename(first, "between")
    store.rename(second, one)
    store.rename(first, other)


def _texts(rig: Rig, channel_id: str) -> list[str]:
    return [m.text for m in rig.slack.store.live_messages(channel_id)]


def _change(rig: Rig, row: dict[str, Any], reference: str) -> None:
    rig.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": row["EntryID"], "YourRef": reference})


def test_two_channels_that_swapped_their_names(named: ClockedRig) -> None:
    store = named.slack.store
    old = store.channel("feed").id
    new = store.add_channel("other")
    row = named.entry(26700001)
    named.go("2026-11-24 12:05")
    _swap(named, "feed", "other")
    named.entry(26700002)
    _change(named, row, "R-77")
    done = named.go("2026-11-24 12:10")
    assert done.exit_code() == 0
    assert "26700002" in _texts(named, new)[0]  # the channel that is called #feed now
    assert len(store.live_messages(new)) == 1
    told = store.live_messages(old)  # the document stays in its own
    assert "R-77" in told[0].text
    assert all("26700001" in m.text or m.thread_ts == told[0].ts for m in told)
    assert named.status()["renamed_channels"] == {}


def test_a_renamed_channel_goes_on_until_another_one_bears_its_name(named: ClockedRig) -> None:
    store = named.slack.store
    old = store.channel("feed").id
    named.entry(26700001)
    named.go("2026-11-24 12:05")
    store.rename(old, "feed-of-old")
    named.entry(26700002)
    assert named.go("2026-11-24 12:10").exit_code() == 0
    assert len(store.live_messages(old)) == 2
    assert "#feed-of-old" in named.status()["renamed_channels"]["#feed"]
    new = store.add_channel("feed")
    named.entry(26700003)
    assert named.go("2026-11-24 14:00").exit_code() == 0
    assert len(store.live_messages(new)) == 1
    assert named.status()["renamed_channels"] == {}


def test_one_question_a_run_and_channel(named: ClockedRig) -> None:
    named.entry(26700001)
    named.go("2026-11-24 12:05")
    named.entry(26700002)
    assert named.go("2026-11-24 12:10").slack_calls == 2
    assert named.go("2026-11-24 12:15").slack_calls == 0


def test_a_channel_with_the_name_that_cannot_be_looked_for_yet_keeps_its_messages(
    named: ClockedRig,
) -> None:
    store = named.slack.store
    new = store.add_channel("other")
    named.entry(26700001)
    named.go("2026-11-24 12:05")
    _swap(named, "feed", "other")
    named.slack.faults.add("conversations.list", "status", status=503)
    named.entry(26700002)
    done = named.go("2026-11-24 12:10")
    assert [p.exit_code for p in done.problems if p.exit_code] == [75]
    assert done.held == 1
    assert sum("26700002" in m.text for m in store.all_live_messages()) == 0
    named.slack.faults.clear()
    assert named.go("2026-11-24 12:15").exit_code() == 0
    assert "26700002" in _texts(named, new)[0]


def test_serve_hears_of_a_swap(rig: Rig) -> None:
    with serving(rig) as serve:
        rig.poll()
        serve.start()
        store = rig.slack.store
        old, new = store.channel("feed").id, store.add_channel("other")
        row = rig.entry(26700001)
        serve.notify(row["EntryID"])
        until(lambda: len(store.live_messages(old)) == 1)
        _swap(rig, "feed", "other")
        serve.event("channel_rename", 1, channel={"id": old, "name": "other"})
        serve.event("channel_rename", 2, channel={"id": new, "name": "feed"})
        row = rig.entry(26700002)
        serve.notify(row["EntryID"])
        until(lambda: len(store.live_messages(new)) == 1)
        assert len(store.live_messages(old)) == 1


@pytest.mark.usefixtures("hands")
def test_a_channel_that_was_replaced_gets_the_heads_anew(rig: Rig) -> None:
    rig.poll()
    row = rig.entry(2)
    rig.poll()
    old = rig.slack.store.channel("feed").id
    rig.slack.store.rename(old, "feed-old")
    rig.slack.store.archive(old)
    rig.slack.store.add_channel("feed")
    _change(rig, row, "B")
    rig.entry(3)
    for _ in range(3):
        rig.run("poll")
    assert len(rig.heads()) == 2
    assert rig.run("poll").code == 0


@pytest.mark.usefixtures("hands")
def test_what_waits_for_a_channel_that_left_the_config_goes_where_the_rules_say(rig: Rig) -> None:
    rig.poll()
    rig.slack.store.archive("feed")
    rig.entry(2)
    assert rig.run("poll").code == 1
    assert rig.run("status", "--verify", "1d").code == 1
    rig.slack.store.add_channel("new")
    rig.routes = rig.routes.replace("#feed", "#new")
    rig.write_config()
    assert rig.run("poll").code == 0
    assert len(rig.messages("new")) == 1
    assert rig.run("status").code == 0


@pytest.mark.usefixtures("hands")
def test_a_channel_archived_and_back_shows_the_present_state(rig: Rig) -> None:
    rig.poll()
    row = rig.entry(2)
    rig.poll()
    rig.slack.store.archive("feed")
    _change(rig, row, "B")
    rig.run("poll")
    rig.slack.store.unarchive("feed")
    rig.poll()
    assert "Reference: B" in rig.heads()[0].text


@pytest.mark.parametrize("by_id", [False, True])
@pytest.mark.usefixtures("hands")
def test_a_channel_with_a_new_name_keeps_its_heads(rig: Rig, by_id: bool) -> None:
    rig.poll()
    row = rig.entry(2)
    rig.poll()
    channel = rig.slack.store.channel("feed").id
    rig.slack.store.rename(channel, "finance")
    rig.routes = rig.routes.replace('"#feed"', channel if by_id else '"#finance"')
    rig.write_config()
    _change(rig, row, "B")
    rig.poll()
    assert len(rig.heads("finance")) == 1
    _change(rig, row, "C")
    rig.poll()
    assert len(rig.heads("finance")) == 1
    assert "Reference: C" in rig.heads("finance")[0].text


@pytest.mark.usefixtures("hands")
def test_two_names_of_one_channel_are_one_channel(rig: Rig) -> None:
    channel = rig.slack.store.channel("feed").id
    rig.routes += f"  - name: twin\n    when: {{kind: purchase_entry}}\n    channel: {channel}\n"
    rig.write_config()
    rig.poll()
    rig.entry(2)
    rig.entry(3)
    rig.poll()
    assert len(rig.heads()) == 2
    assert rig.slack.violations == 0
