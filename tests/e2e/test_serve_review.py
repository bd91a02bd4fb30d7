"""`serve` in trouble: dead logins, refusals, limits, odd documents, odd requests."""

import json
import os
import shutil
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from exact_slack.app.customer import Customer
from exact_slack.app.summary import Summary
from exact_slack.config.load import load
from exact_slack.documents.document import Ref
from exact_slack.documents.kinds import Kind
from exact_slack.ledger.ledger import Ledger
from exact_slack.plan.planner import Planner
from exact_slack.sandbox.exact.webhooks import SUBSCRIPTIONS
from exact_slack.serve.worker import Ending
from exact_slack.serve.workers import Fetcher, Sender
from tests.e2e.rig import DIVISION, ENTRIES, Rig
from tests.e2e.serving import Serve, serving, until

KEY = "44444444-4444-4444-4444-44444444444"


@pytest.fixture
def serve(rig: Rig) -> Iterator[Serve]:
    with serving(rig) as made:
        rig.poll()
        yield made


# -- logins -------------------------------------------------------------------------------------


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
    time.sleep(1.0)
    assert len(rig.exact.oauth.token_calls) == asked
    rig.log_in()
    until(lambda: len(rig.messages()) == 5, 20)


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
    before = len(rig.exact.faults.served)
    for number in range(15):
        serve.notify(rig.entry(number)["EntryID"])
        time.sleep(0.1)
    assert len(rig.exact.faults.served) - before <= 4
    ledger = Ledger(rig.state)
    assert ledger.inbox.waiting() == 15
    ledger.close()


def test_notifications_do_not_cut_the_wait_for_the_next_minute_short(
    rig: Rig, serve: Serve
) -> None:
    serve.start()
    rig.exact.faults.add(ENTRIES, "status", times=99, when="before", status=429)
    for number in range(20):
        serve.notify(rig.entry(number)["EntryID"])
        time.sleep(0.1)
    assert len(rig.exact.faults.served) <= 1


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
        serve.notify(rig.entry(number)["EntryID"])
        time.sleep(0.15)
    until(lambda: rig.run("status", "--json").json["held"] == 4)
    until(lambda: len(rig.messages()) == 3)
    rig.run("poll")  # tells of them, as `serve` does every five minutes
    assert len(rig.messages()) == 4
    assert "4" in rig.heads()[-1].text


# -- Slack ----------------------------------------------------------------------------------------


def test_revoked_tokens_of_people_are_not_the_bots(rig: Rig, serve: Serve) -> None:
    serve.start()
    assert serve.event("tokens_revoked", tokens={"oauth": ["U1"], "bot": []}).status_code == 200
    assert serve.event("tokens_revoked", 2, tokens={"oauth": ["U1"]}).status_code == 200
    assert rig.run("status", "--json").json["ok"] is True
    assert serve.event("tokens_revoked", 3, tokens={"oauth": [], "bot": ["U2"]}).status_code == 200
    assert rig.run("status", "--json").json["ok"] is False


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


def test_the_same_event_again_changes_nothing(rig: Rig, serve: Serve) -> None:
    rig.entry(1)
    rig.poll()
    serve.start()
    channel = rig.slack.store.channel("feed").id
    serve.event("channel_archive", channel=channel)
    serve.event("channel_unarchive", channel=channel)
    assert serve.event("channel_archive", channel=channel).status_code == 200
    assert rig.run("status", "--json").json["parked_channels"] == {}


@pytest.mark.parametrize(
    "body",
    [
        b'{"type":"url_verification","challenge":"\\ud800"}',
        b'{"type":"url_verification","challenge":7}',
        b'{"type":"event_callback","event_id":"\\ud800","event":{"type":"app_uninstalled"}}',
        b'{"type":"event_callback","event_id":"E","event":{"type":"channel_archive",'
        b'"channel":"\\ud800"}}',
        b'{"type":"event_callback","event_id":[1],"event":{"type":["x"],"channel":{"id":{}}}}',
        b'{"type":"event_callback","event":null}',
        b"[" * 50_000,
        b"\xff\xfe",
        b"",
    ],
)
def test_odd_events_with_a_right_signature(rig: Rig, serve: Serve, body: bytes) -> None:
    serve.start()
    assert serve.slack("/slack/events", body).status_code == 200
    assert serve.slack("/slack/interactions", body).status_code == 200
    assert "Traceback" not in serve.log.read_text()


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


@pytest.mark.parametrize("number", ["Infinity", "-Infinity", "NaN", "1e400", "[1]", '"x"', "{}"])
def test_odd_divisions_with_a_right_signature(rig: Rig, serve: Serve, number: str) -> None:
    serve.start()
    assert serve.notify(f"{KEY}1", Division=json.loads(number)).status_code == 200
    assert "Traceback" not in serve.log.read_text()


def test_methods(rig: Rig, serve: Serve) -> None:
    serve.start()
    health, hook = f"{serve.url}/healthz", f"{serve.url}/exact/webhook"
    with requests.Session() as session:
        for _ in range(3):
            assert session.head(hook, timeout=5).status_code == 405
            assert session.head(health, timeout=5).status_code == 200
            assert session.get(health, timeout=5).json()["ok"] is True
        for method in ("POST", "PUT", "DELETE"):
            assert session.request(method, health, timeout=5).status_code == 405
    assert requests.post(hook, data=b"x" * 128 * 1024, timeout=5).status_code == 401


@pytest.mark.parametrize("place", ["127.0.0.1:99999", "no-such-host.invalid:80", "127.0.0.1:1"])
def test_places_that_cannot_be_listened_on(rig: Rig, serve: Serve, place: str) -> None:
    if place.endswith(":1") and os.geteuid() == 0:
        pytest.skip("root may listen there")
    done = rig.run("serve", "--listen", place)
    assert done.code in (1, 78)
    assert place.rpartition(":")[0] in done.err
    assert "Traceback" not in done.err


def test_a_request_that_comes_in_drops_ends_with_its_connection(rig: Rig, serve: Serve) -> None:
    serve.start()
    started = time.monotonic()
    with socket.create_connection(("127.0.0.1", urlsplit(serve.url).port or 0), 5) as drops:
        drops.sendall(b"POST /exact/webhook HTTP/1.1\r\nContent-Length: 90\r\n\r\n")
        with pytest.raises(OSError):
            for _ in range(90):
                drops.sendall(b"x")
                time.sleep(0.5)
    assert time.monotonic() - started < 40
    assert serve.exact(b"").status_code == 200


# -- subscriptions --------------------------------------------------------------------------------


@pytest.fixture
def reachable(rig: Rig, serve: Serve) -> str:
    """The address of a running `serve`, in the config of two divisions."""
    serve.start()
    text = rig.config.read_text().replace("http://127.0.0.1:1}", f"{serve.url}}}")
    rig.config.write_text(text.replace("[123456]", "[123456, 234567]"))
    return f"{serve.url}/exact/webhook"


def _subscription(rig: Rig, client: str, address: str, topic: str = "PurchaseEntries") -> Any:
    row = {"CallbackURL": address, "Topic": topic, "ClientID": client}
    return rig.exact.store.upsert(DIVISION, SUBSCRIPTIONS, row)


def test_subscriptions_of_other_apps_are_never_touched(rig: Rig, reachable: str) -> None:
    other = _subscription(rig, f"{KEY}0", "https://other.example.com/hook")
    done = rig.run("webhooks", "subscribe")
    assert done.code == 1
    assert "Data already exists" in done.err
    assert "234567  PurchaseEntries: created" in done.out
    assert "other.example.com" not in rig.run("webhooks", "list").out
    assert "234567  PurchaseEntries: removed" in rig.run("webhooks", "unsubscribe").out
    assert [row["ID"] for row in rig.exact.store.rows(DIVISION, SUBSCRIPTIONS)] == [other["ID"]]


def test_our_own_with_another_address_is_replaced(rig: Rig, reachable: str) -> None:
    _subscription(rig, rig.exact.oauth.client_id, "https://old.example.com/exact/webhook")
    done = rig.run("webhooks", "subscribe")
    assert done.code == 0, done.err
    assert "123456  PurchaseEntries: replaced" in done.out
    rows = rig.exact.store.rows(DIVISION, SUBSCRIPTIONS)
    assert [row["CallbackURL"] for row in rows] == [reachable]
    again = rig.run("webhooks", "subscribe")
    assert again.out.count("was there") == 2


def test_one_division_that_refuses_leaves_the_others(rig: Rig, reachable: str) -> None:
    rig.exact.faults.add(f"/{DIVISION}/webhooks", "status", times=-1, when="before", status=403)
    for command in ("subscribe", "list", "unsubscribe"):
        done = rig.run("webhooks", command)
        assert done.code == 1, command
        assert str(DIVISION) in done.err
        assert "234567  " in done.out
        assert "Traceback" not in done.err


def test_subscribing_needs_the_secret_and_the_address(rig: Rig, reachable: str) -> None:
    text = rig.config.read_text()
    rig.config.write_text(text.replace("  webhook_secret: webhook-secret\n", ""))
    done = rig.run("webhooks", "subscribe")
    assert (done.code, "exact.webhook_secret" in done.err) == (78, True)
    rig.config.write_text("\n".join(text.splitlines()[:-1]) + "\n")
    for command in ("subscribe", "unsubscribe"):
        done = rig.run("webhooks", command)
        assert (done.code, "serve.public_url" in done.err) == (78, True)
    assert rig.run("webhooks", "list").code == 0


def test_a_serve_that_is_down_is_said_by_exact(rig: Rig, serve: Serve, reachable: str) -> None:
    serve.stop()
    done = rig.run("webhooks", "subscribe")
    assert done.code == 1
    assert "callback URL" in done.err


def test_what_a_look_back_finds_says_nothing_about_webhooks(rig: Rig, serve: Serve) -> None:
    for number in range(6):
        rig.entry(number)
    rig.run("poll", "--since", "7d", "--max-posts", "0")
    assert rig.run("status", "--json").json["webhooks"]["warnings"] == []


def test_a_page_read_before_a_deletion_does_not_bring_the_document_back(rig: Rig) -> None:
    key = rig.entry(1)["EntryID"]
    rig.poll("--since", "1d")
    customer = Customer(load(rig.config))
    ref, now = Ref(DIVISION, Kind.PURCHASE_ENTRY, key), time.time()
    [read] = customer.reader.many(DIVISION, ref.kind, [key]).documents
    ledger = customer.ledger
    planner = Planner(customer.config, ledger, Summary(), None)
    today = datetime.now(UTC).date()
    stored = ledger.documents.get(ref)
    assert stored is not None
    with ledger.transaction():
        asked = ledger.documents.saves()
        planner.deleted(stored, today, now)
        planner.take_in(read, first_run_at=0, today=today, now=now, asked=asked)
    late = ledger.documents.get(ref)
    assert late is not None
    assert late.deleted
    with ledger.transaction():  # created anew with the same key
        planner.take_in(read, first_run_at=0, today=today, now=now, asked=ledger.documents.saves())
    again = ledger.documents.get(ref)
    assert again is not None
    assert not again.deleted
    customer.close()


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
