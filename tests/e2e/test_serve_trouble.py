"""`serve` in trouble: dead logins, refusals, limits, odd documents, odd requests."""

import json
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator

import pytest

from exact_slack.config.load import load
from exact_slack.ledger.ledger import Ledger
from exact_slack.serve.worker import Ending
from exact_slack.serve.workers import Fetcher, Sender
from tests.e2e.rig import DIVISION, ENTRIES, Rig
from tests.e2e.serving import Serve, serving, until

pytestmark = pytest.mark.sampled(3)


@pytest.fixture
def serve(rig: Rig) -> Iterator[Serve]:
    with serving(rig) as made:
        rig.poll()
        yield made


KEY = "44444444-4444-4444-4444-44444444444"


# -- logins -------------------------------------------------------------------------------------


@pytest.mark.long
def test_a_new_slack_token_is_taken_up_without_a_restart(rig: Rig, serve: Serve) -> None:
    rig.config.write_text(rig.config.read_text().replace("  token: xoxb-sandbox\n", ""))
    assert rig.run("auth", "slack", stdin="xoxb-sandbox\n").code == 0
    serve.start()
    serve.notify(rig.entry(1)["EntryID"])
    until(lambda: len(rig.messages()) == 1)
    rig.slack.store.token = "xoxb-second"
    serve.notify(rig.entry(2)["EntryID"])
    until(lambda: "refuses the token" in serve.log.read_text())
    assert rig.run("auth", "slack", stdin="xoxb-second\n").code == 0
    until(lambda: len(rig.messages()) == 2)


def test_a_new_exact_login_is_taken_up_and_a_dead_one_is_left_alone(rig: Rig, serve: Serve) -> None:
    serve.start()
    rig.exact.oauth.revoke()
    serve.notify(rig.entry(1)["EntryID"])
    until(lambda: "auth exact" in serve.log.read_text())
    asked = len(rig.exact.oauth.token_calls)
    for number in range(2, 6):
        serve.notify(rig.entry(number)["EntryID"])
    rig.log_in()
    until(lambda: len(rig.messages()) == 5, 20)
    assert len(rig.exact.oauth.token_calls) == asked


def test_the_first_login_comes_after_the_first_notification(rig: Rig, serve: Serve) -> None:
    (rig.state / "exact-tokens.json").unlink()
    serve.start()
    serve.notify(rig.entry(1)["EntryID"])
    until(lambda: "auth exact" in serve.log.read_text())
    rig.log_in()
    until(lambda: len(rig.messages()) == 1)


# -- Exact refuses, limits, misleads --------------------------------------------------------------


def test_many_deletions_are_no_errors_at_exact(rig: Rig, serve: Serve) -> None:
    serve.start()
    for number in range(12):
        serve.notify(f"{KEY}{number % 10}", "Delete")
        time.sleep(0.05)
    row = rig.entry(1)
    serve.notify(row["EntryID"])
    until(lambda: len(rig.messages()) == 1)
    assert rig.exact.limits.blocks == 0
    rig.exact.store.delete(DIVISION, ENTRIES, row["EntryID"])
    serve.notify(row["EntryID"], "Delete")
    until(lambda: "Deleted" in rig.heads()[0].text)


def test_refusals_open_the_breaker_and_what_was_told_waits(rig: Rig, serve: Serve) -> None:
    serve.start()
    rig.exact.faults.add(ENTRIES, "status", times=99, when="before", status=403)
    served = rig.exact.faults.served
    serve.notify(rig.entry(0)["EntryID"])
    until(lambda: bool(served))
    for number in range(1, 15):
        serve.notify(rig.entry(number)["EntryID"])
    assert serve.stop() == 0  # what it is at, it ends
    assert len(served) <= 4
    ledger = Ledger(rig.state)
    assert ledger.inbox.waiting() == 15
    ledger.close()


def test_a_refused_look_up_is_told_and_left_to_the_next_poll(rig: Rig, serve: Serve) -> None:
    """It is not forgotten for a week: the poll asks again, and tells where it is seen."""
    serve.start()
    account = "22222222-2222-2222-2222-222222222222"
    rig.exact.store.upsert(
        DIVISION, "crm/Accounts", {"ID": account, "Code": "7", "Name": "Late Ltd"}
    )
    rig.exact.faults.add("crm/Accounts", "status", times=1, when="before", status=403)
    serve.notify(rig.entry(1, Supplier=account, SupplierName="")["EntryID"])
    until(lambda: len(rig.heads()) == 1)
    serve.notify(rig.entry(2, Supplier=account, SupplierName="")["EntryID"])
    until(lambda: len(rig.heads()) == 2)
    assert not any("Late Ltd" in head.text for head in rig.heads())
    assert serve.log.read_text().count("crm/Accounts") == 1  # an hour's rest: Exact counts refusals
    rig.poll()
    assert all("Late Ltd" in head.text for head in rig.heads())


def test_notifications_do_not_cut_the_wait_for_the_next_minute_short(
    rig: Rig, serve: Serve
) -> None:
    serve.start()
    rig.exact.faults.add(ENTRIES, "status", times=99, when="before", status=429)
    served = rig.exact.faults.served
    serve.notify(rig.entry(0)["EntryID"])
    until(lambda: len(served) == 1)
    for number in range(1, 20):
        serve.notify(rig.entry(number)["EntryID"])
    assert serve.stop() == 0  # what it is at, it ends
    assert len(served) == 1


def test_a_row_that_is_no_document_stops_nothing_and_deletes_nothing(
    rig: Rig, serve: Serve
) -> None:
    good = rig.entry(1)
    rig.poll()
    serve.start()
    body = json.dumps({"d": {"results": [{"EntryID": good["EntryID"], "EntryNumber": 1}]}})
    rig.exact.faults.add(ENTRIES, "status", times=1, when="before", status=200, body=body,
                         headers={"Content-Type": "application/json"})  # fmt: skip
    serve.notify(good["EntryID"], "Update")
    until(lambda: bool(rig.exact.faults.served))
    serve.notify(rig.entry(2)["EntryID"])
    until(lambda: len(rig.messages()) == 2)
    assert "Deleted" not in rig.heads()[0].text
    assert "Traceback" not in serve.log.read_text()


def test_the_flood_guard_counts_over_notifications(rig: Rig, serve: Serve) -> None:
    rig.config.write_text(rig.config.read_text() + "flood_limit: 3\n")
    serve.start()
    for number in range(7):
        calls = rig.exact.calls[DIVISION, ENTRIES]
        serve.notify(rig.entry(number)["EntryID"])
        until(lambda: rig.exact.calls[DIVISION, ENTRIES] > calls)  # noqa: B023 - in this round
    until(lambda: rig.run("status", "--json").json["held"] == 4)
    until(lambda: len(rig.messages()) == 3)
    rig.run("poll")  # tells of them, as `serve` does every five minutes
    assert len(rig.messages()) == 4
    assert "4" in rig.heads()[-1].text


# -- Slack ----------------------------------------------------------------------------------------


def test_a_renamed_channel_is_known_at_once(rig: Rig, serve: Serve) -> None:
    rig.entry(1)
    rig.poll()
    serve.start()
    channel = rig.slack.store.channel("feed").id
    rig.slack.store.rename("feed", "ap-feed")
    told = serve.event("channel_rename", channel={"id": channel, "name": "ap-feed", "created": 1})
    assert told.status_code == 200
    found = rig.run("status", "--json").json
    assert "#ap-feed" in str(found["renamed_channels"]["#feed"])
    serve.notify(rig.entry(2)["EntryID"])
    until(lambda: len(rig.messages("ap-feed")) == 2)  # the id is the same
    back = serve.event("channel_rename", 2, channel={"id": channel, "name": "feed", "created": 1})
    assert back.status_code == 200
    assert rig.run("status", "--json").json["renamed_channels"] == {}


def test_a_private_channel_gets_its_messages_once_the_bot_is_invited(
    rig: Rig, serve: Serve
) -> None:
    text = rig.config.read_text().replace('"#feed"', '"#secret"')
    rig.config.write_text(text)
    channel = rig.slack.store.add_channel("secret", private=True, member=False)
    serve.start()
    serve.notify(rig.entry(1)["EntryID"])
    until(lambda: "#secret" in rig.run("status", "--json").json["parked_channels"])
    rig.slack.store.invite_bot("secret")
    assert serve.event("member_joined_channel", user="U0BOT", channel=channel).status_code == 200
    until(lambda: len(rig.messages("secret")) == 1)


# -- the disk, other processes --------------------------------------------------------------------


def test_slack_gets_its_answer_in_time_while_the_ledger_is_locked(rig: Rig, serve: Serve) -> None:
    serve.start()
    other = sqlite3.connect(rig.state / "ledger.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    statuses: list[int] = []

    def send(number: int) -> None:
        statuses.append(serve.notify(f"{KEY}{number % 10}").status_code)

    threads = [threading.Thread(target=send, args=(n,)) for n in range(80)]
    for thread in threads:
        thread.start()
    started = time.monotonic()
    assert serve.event("channel_archive", channel="C1").status_code == 503
    assert time.monotonic() - started < 3.0
    for thread in threads:
        thread.join()
    assert statuses == [503] * 80
    other.execute("ROLLBACK")
    other.close()
    until(lambda: serve.notify(f"{KEY}1").status_code == 200)


@pytest.mark.long
def test_a_sender_that_cannot_start_tries_again(rig: Rig, serve: Serve) -> None:
    blocked = rig.state / "senders"
    shutil.rmtree(blocked, ignore_errors=True)
    blocked.write_text("")  # in the way
    serve.start()
    serve.notify(rig.entry(1)["EntryID"])
    until(lambda: "senders" in serve.log.read_text())
    blocked.unlink()
    until(lambda: len(rig.messages()) == 1, 30)


# -- requests -------------------------------------------------------------------------------------


# -- subscriptions --------------------------------------------------------------------------------


# -- signs of life --------------------------------------------------------------------------------


def test_a_long_delivery_is_a_sign_of_life(rig: Rig) -> None:
    rig.poll()
    sender = Sender(load(rig.config))
    sender.clock.asked_at = 0.0
    waking = sender._waking
    waking.sleep(0.01)  # the pace of a channel
    assert waking.now() == sender.beat > 0.0
    sender.wake()
    started = time.monotonic()
    waking.sleep(30.0)
    assert time.monotonic() - started < 10.0


def test_the_pauses_of_exact_end_only_with_the_command(rig: Rig) -> None:
    rig.poll()
    fetcher = Fetcher(load(rig.config), lambda: None)
    fetcher.wake()
    fetcher.clock.sleep(0.01)
    fetcher.end()
    with pytest.raises(Ending):
        fetcher.clock.sleep(30.0)
