"""What a test or a person does to the workspace directly."""

from __future__ import annotations

import threading

import pytest

from exact_slack.sandbox.slack.store import SlackStore
from exact_slack.sandbox.slack.store.model import Message


def test_stamps_grow_even_when_the_clock_does_not() -> None:
    times = iter([100.0, 100.0, 99.0, 101.0, 101.5, 101.5])
    store = SlackStore(clock=lambda: next(times))
    channel = store.add_channel("a")
    stamps = [store.add_message(Message(channel, "", str(n))).ts for n in range(5)]
    assert stamps == [
        "100.000100",
        "100.000200",
        "101.000100",
        "101.000200",
        "101.000300",
    ]


def test_stamps_are_unique_from_many_threads() -> None:
    store = SlackStore()
    channel = store.add_channel("a")

    def write() -> None:
        for _ in range(50):
            store.add_message(Message(channel, "", "x"))

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stamps = [m.ts for m in store.messages(channel)]
    assert len(set(stamps)) == 400
    assert stamps == sorted(stamps)


def test_channels_by_id_and_name() -> None:
    store = SlackStore()
    public, private = store.add_channel("#a"), store.add_channel("b", private=True)
    assert (public[0], private[0]) == ("C", "G")
    assert store.channel("a").id == store.channel("#a").id == store.channel(public).id
    with pytest.raises(ValueError, match="named a already"):
        store.add_channel("a")
    store.rename("a", "c")
    assert store.channel(public).previous_names == ["a"]
    store.delete_channel("c")
    assert [c.name for c in store.channels()] == ["b"]
    assert store.channel(public).deleted
    with pytest.raises(KeyError):
        store.channel("c")


def test_messages_live_and_deleted() -> None:
    store = SlackStore()
    channel = store.add_channel("a")
    head = store.post_as_person("a", "head")
    reply = store.post_as_person("a", "reply", thread_ts=head)
    assert [m.ts for m in store.messages("a", include_replies=False)] == [head]
    assert [m.ts for m in store.replies(channel, head)] == [reply]
    store.delete_message("a", reply)
    assert store.replies(channel, head) == []
    assert [m.ts for m in store.live_messages("a")] == [head]
    assert [m.ts for m in store.messages("a")] == [head, reply]
    assert [m.ts for m in store.all_live_messages()] == [head]


def test_what_is_handed_out_is_a_copy() -> None:
    store = SlackStore()
    channel = store.add_channel("a")
    store.post_as_person("a", "x")
    store.messages(channel)[0].text = "changed"
    assert store.messages(channel)[0].text == "x"


def test_waiting_for_a_change() -> None:
    store = SlackStore()
    seen = store.version
    assert store.wait_for_change(seen, 0.01) == seen
    timer = threading.Timer(0.05, store.add_channel, ["a"])
    timer.start()
    assert store.wait_for_change(seen, 5) > seen
    timer.join()
