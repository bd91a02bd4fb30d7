"""One pace and one delivery each, over all processes; look-ups under the strictest limits."""

import itertools
import subprocess
import sys
import time

import pytest

from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.outgoing.causes import Cause
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.schema.lock import Owner
from exact_slack.sandbox.slack.methods.call import Settings
from exact_slack.sandbox.slack.store.model import Message
from tests.e2e.rig import Rig

POST = "chat.postMessage"


def test_several_senders_keep_one_pace_and_send_nothing_twice(rig: Rig) -> None:
    for name in "ab":
        rig.slack.store.add_channel(name)
    rig.routes = "".join(
        f"  - name: {n}\n    when: {{creator: {n}}}\n    channel: '#{n}'\n" for n in "ab"
    )
    rig.write_config()
    rig.run("poll", "--kind", "purchase_entry")
    for number in range(12):
        rig.entry(number, CreatorFullName="ab"[number % 2])
    rig.run("poll", "--kind", "purchase_entry", "--max-posts", "0")
    sender = [sys.executable, "-m", "tests.e2e.second_sender", str(rig.config)]
    others = [subprocess.Popen(sender, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for other in others:
        assert other.stdout
        assert other.stdout.readline() == "ready\n"
    half = "--max-posts", "6"  # whoever is quick would send all of them
    assert rig.run("poll", "--kind", "purchase_entry", *half).code in (0, 75)
    counts = [int(process.communicate(timeout=60)[0]) for process in others]
    assert sum(counts) > 0
    assert [len(rig.messages(name)) for name in "ab"] == [6, 6]
    assert rig.slack.violations == 0
    for name in "ab":
        channel = rig.slack.store.channel(name).id
        times = [post.at for post in rig.slack.store.posts if post.channel == channel]
        assert all(later - earlier >= 0.95 for earlier, later in itertools.pairwise(times))


def test_a_post_that_is_slow_on_its_way_moves_the_next_one(rig: Rig) -> None:
    rig.poll()
    for number in range(1, 5):
        rig.entry(number)
    rig.slack.faults.add(POST, "delay", times=1, when="before", seconds=0.6, skip=1)
    assert rig.poll()["posted"] == 4
    assert rig.slack.violations == 0


def test_what_another_living_process_sends_is_not_this_runs_trouble(rig: Rig) -> None:
    rig.poll()
    rig.entry(1)
    rig.run("poll", "--max-posts", "0")
    ledger, other = Ledger(rig.state), Owner(rig.state)
    sent = ledger.outbox.claim(other.name, time.time())
    assert isinstance(sent, Delivery)
    done = rig.run("poll", "--json")
    assert (done.code, done.json["pending"], done.err) == (0, 1, "")
    now = time.time()
    ledger.deliveries.doubt(sent, now, cause=Cause.SAID, not_before=now, by=other.name)
    done = rig.run("poll", "--json")
    assert (done.code, done.json["ambiguous"], done.err) == (0, 1, "")
    assert rig.messages() == []
    ledger.close()
    other.close()


def _crowd(rig: Rig, people: int) -> None:
    """A message of ours is lost on the way back, and people go on talking."""
    rig.poll()
    rig.entry(1)
    rig.poll()
    rig.slack.faults.add(POST, "reset", times=1, when="after")
    rig.entry(2)
    rig.run("poll", env={"EXACT_SLACK_FAILPOINT": "after_call"})
    for number in range(people):
        rig.slack.store.post_as_person("feed", f"hello {number}")


def _ours(messages: list[Message]) -> int:
    return sum(message.bot_id is not None for message in messages)


def test_a_look_up_at_15_objects_a_page(rig: Rig) -> None:
    rig.slack.settings = Settings(history_page_max=15)
    _crowd(rig, people=50)
    assert rig.poll()["posted"] == 1
    assert _ours(rig.messages()) == 2


@pytest.mark.long
def test_a_look_up_that_must_pause_goes_on_where_it_stopped(rig: Rig) -> None:
    rig.slack.settings = Settings(history_page_max=15)
    _crowd(rig, people=50)
    body = b'{"ok":false,"error":"ratelimited"}'
    rig.slack.faults.add(
        "conversations.history",
        "status",
        times=2,
        skip=1,
        when="before",
        status=429,
        headers={"Retry-After": "6"},
        body=body,
    )
    before = len(rig.slack.server.requests)
    assert rig.poll()["posted"] == 1
    asked = [r for r in list(rig.slack.server.requests)[before:] if "history" in r.path]
    assert len(asked) <= 6
    assert _ours(rig.messages()) == 2
