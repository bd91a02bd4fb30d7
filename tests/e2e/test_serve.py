"""`serve`: webhooks from Exact, events from Slack, a message at once."""

import http.client
import json
import signal
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from exact_slack.exact.webhooks import signed_content
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.schema.lock import RunLock
from tests.e2e.hands import Hands
from tests.e2e.rig import DIVISION, ENTRIES, Rig
from tests.e2e.serving import SECRET, Serve, notification, serving, until

pytestmark = pytest.mark.sampled(2)

VECTORS = json.loads((Path(__file__).parents[1] / "webhook_vectors.json").read_text())


@pytest.fixture
def serve(rig: Rig) -> Iterator[Serve]:
    with serving(rig) as made:
        rig.poll()
        yield made


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_signature_vectors(vector: dict[str, str]) -> None:
    found = signed_content(vector["body"].encode(), vector["secret"].encode())
    assert (found is not None) == (vector["expected"] == "accept")


def test_a_notification_becomes_a_message_within_a_second(rig: Rig, serve: Serve) -> None:
    serve.start()
    waits = []
    for number in range(5):
        row = rig.entry(number)
        started = time.monotonic()
        assert serve.notify(row["EntryID"]).status_code == 200
        until(lambda: len(rig.messages()) == number + 1)  # noqa: B023 - ends in this round
        waits.append(time.monotonic() - started)
        time.sleep(1.1)  # the channel's own pace
    assert statistics.median(waits) < 1.0
    assert rig.poll()["posted"] == 0
    assert serve.stop() == 0


def test_the_validation_post_and_wrong_signatures(rig: Rig, serve: Serve) -> None:
    serve.start()
    assert serve.exact(b"").status_code == 200
    for body in (b"{}", b"junk", notification("k")[:-3], notification("k").replace(b"12", b"13")):
        assert serve.exact(body).status_code == 401
    health = requests.get(f"{serve.url}/healthz", timeout=5).json()
    assert health["requests"] == {"exact validation": 1, "exact rejected": 4}
    assert (
        'exact_slack_build_info{customer="acme"'
        in requests.get(f"{serve.url}/metrics", timeout=5).text
    )
    for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
        answer = requests.get(f"{serve.url}/metrics", headers={name: "127.0.0.1"}, timeout=5)
        assert answer.status_code == 404
    ledger = Ledger(rig.state)
    assert ledger.inbox.waiting() == 0
    ledger.close()


def test_what_is_not_ours_is_accepted_and_forgotten(rig: Rig, serve: Serve) -> None:
    serve.start()
    key = "44444444-4444-4444-4444-444444444444"
    assert serve.notify(key, Division=999).status_code == 200
    assert serve.notify(key, Topic="Items").status_code == 200
    assert serve.notify("no guid").status_code == 200
    assert rig.exact.calls[999, ENTRIES] == 0


def test_changes_and_deletions_come_at_once(rig: Rig, serve: Serve) -> None:
    serve.start()
    row = rig.entry(1)
    serve.notify(row["EntryID"])
    until(lambda: len(rig.messages()) == 1)
    rig.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": row["EntryID"], "YourRef": "NEW"})
    serve.notify(row["EntryID"], "Update")
    until(lambda: "NEW" in rig.heads()[0].text and len(rig.replies()) == 1)
    rig.exact.store.delete(DIVISION, ENTRIES, row["EntryID"])
    serve.notify(row["EntryID"], "Delete")
    until(lambda: "Deleted" in rig.heads()[0].text and len(rig.replies()) == 2)


def test_a_burst_for_one_key_is_few_fetches_and_one_message(rig: Rig, serve: Serve) -> None:
    serve.start()
    row = rig.entry(1)
    before = rig.exact.calls[DIVISION, ENTRIES]
    rig.exact.rules.latency = 0.3
    for _ in range(20):
        serve.notify(row["EntryID"])
    rig.exact.rules.latency = 0.0
    serve.notify(rig.entry(2)["EntryID"])
    until(lambda: len(rig.heads()) == 2)  # so all that was told before is worked off
    assert 2 <= rig.exact.calls[DIVISION, ENTRIES] - before <= 5
    assert len(rig.messages()) == 2


def test_a_backlog_is_worked_off_after_a_restart_in_few_calls(rig: Rig, serve: Serve) -> None:
    serve.start()
    rig.exact.faults.add(ENTRIES, "status", times=99, when="before", status=503)
    keys = [rig.entry(number)["EntryID"] for number in range(6)]
    for key in keys:
        assert serve.notify(key).status_code == 200
    assert serve.stop() == 0
    assert not rig.messages()
    rig.exact.faults.clear()
    ledger = Ledger(rig.state)
    assert ledger.inbox.waiting() == 6
    with ledger.transaction():
        ledger.db.run("UPDATE inbox SET not_before=0")
    ledger.close()
    before = rig.exact.calls[DIVISION, ENTRIES]
    serve.start()
    until(lambda: len(rig.messages()) == 6)
    assert rig.exact.calls[DIVISION, ENTRIES] - before <= 2


@pytest.mark.sampled(1)  # each point
@pytest.mark.parametrize("point", ["before_accept", "after_accept", "after_fetch", "after_take_in"])
def test_killed_under_load_every_200_becomes_one_message(
    hands: Hands, rig: Rig, serve: Serve, point: str, record_property: Callable[[str, object], None]
) -> None:
    serve.start(failpoint=f"{point}:2")
    accepted = []
    for number in range(1, 9):
        key = rig.entry(number)["EntryID"]
        try:
            if serve.notify(key).status_code == 200:
                accepted.append(number)
        except requests.ConnectionError:
            break
        time.sleep(0.05)
    assert serve.process is not None
    assert serve.process.wait(30) == -signal.SIGKILL
    record_property("killed_at", point)
    hands.sleep(150)  # a minute until its sender has surely ended, another between two look-ups
    serve.start()
    until(lambda: len(rig.messages()) >= len(accepted), 30)
    assert serve.stop() == 0
    rig.poll()
    texts = [head.text for head in rig.heads()]
    for number in accepted:
        assert sum(f"Purchase entry {number} " in text for text in texts) == 1
    assert len(set(texts)) == len(texts)


def test_poll_and_serve_at_once_never_double(rig: Rig, serve: Serve) -> None:
    serve.start()
    for number in range(6):
        row = rig.entry(number)
        serve.notify(row["EntryID"])
        rig.run("poll")
    until(lambda: len(rig.messages()) == 6)
    assert serve.stop() == 0
    assert rig.poll()["posted"] == 0
    assert len(rig.messages()) == 6
    assert rig.slack.violations == 0


# -- Slack --------------------------------------------------------------------------------------


def test_slack_validation_and_signatures(rig: Rig, serve: Serve) -> None:
    serve.start()
    body = json.dumps({"type": "url_verification", "challenge": "abc"}).encode()
    assert serve.slack("/slack/events", body).text == "abc"
    assert serve.slack("/slack/events", body, at=time.time() - 301).status_code == 401
    assert serve.slack("/slack/events", body, secret="other").status_code == 401
    odd: tuple[dict[str, str | bytes], ...] = (
        {},
        {"X-Slack-Request-Timestamp": "abc", "X-Slack-Signature": "v0="},
        {"X-Slack-Request-Timestamp": "9" * 50, "X-Slack-Signature": "é".encode("latin1")},
    )
    for headers in odd:
        answer = requests.post(f"{serve.url}/slack/events", data=body, headers=headers, timeout=5)
        assert answer.status_code == 401
    click = b"payload=%7B%22type%22%3A%22block_actions%22%7D"
    assert serve.slack("/slack/interactions", click).status_code == 200


def test_an_archived_channel_parks_and_comes_back(rig: Rig, serve: Serve) -> None:
    rig.entry(1)
    rig.poll()
    serve.start()
    events = serve.hears_slack()
    events.repeat = 2  # best effort: the same event may come again
    rig.slack.store.archive("feed")
    assert events.drain()
    assert "#feed" in rig.run("status", "--json").json["parked_channels"]
    serve.notify(rig.entry(2)["EntryID"])
    until(lambda: rig.run("status", "--json").json["held"] == 1)
    assert rig.run("poll", "--json").json["posted"] == 0
    assert len(rig.messages()) == 1
    rig.slack.store.unarchive("feed")
    until(lambda: len(rig.messages()) == 2)
    archived = events.attempts[0].body
    assert serve.slack("/slack/events", json.dumps(archived).encode()).status_code == 200
    assert rig.run("status", "--json").json["parked_channels"] == {}


def test_a_removed_app_is_known_at_once(rig: Rig, serve: Serve) -> None:
    serve.start()
    assert rig.run("status", "--json").json["ok"] is True
    events = serve.hears_slack()
    rig.slack.store.deactivate()
    assert events.drain()
    rig.slack.store.restore_token()
    found = rig.run("status", "--json").json
    assert found["ok"] is False
    assert "app_uninstalled" in str(found["auth"]["warnings"])
    serve.notify(rig.entry(2)["EntryID"])
    until(lambda: len(rig.messages()) == 1)
    assert rig.run("status", "--json").json["ok"] is True


# -- junk, limits, load --------------------------------------------------------------------------


def test_junk_costs_nothing(rig: Rig, serve: Serve) -> None:
    serve.start()
    place = urlsplit(serve.url)
    assert place.port is not None
    big = requests.post(f"{serve.url}/exact/webhook", data=b"x" * 300_000, timeout=10)
    assert big.status_code == 413
    assert requests.get(f"{serve.url}/exact/webhook", timeout=5).status_code == 405
    assert requests.get(f"{serve.url}/../../etc/passwd", timeout=5).status_code == 404
    for raw in (
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x00\xff\xfe\r\n\r\n",
        b"POST /exact/webhook HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"POST /exact/webhook HTTP/1.1\r\nContent-Length: 500\r\n\r\nshort",
        b"GET /healthz HTTP/1.1\r\nX: " + b"y" * 40_000 + b"\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", place.port), timeout=5) as connection:
            connection.sendall(raw)
            connection.settimeout(1.0)
            try:
                answer = connection.recv(200)
            except TimeoutError:
                answer = b""
        assert b" 500 " not in answer
        assert b"Traceback" not in answer
    assert requests.get(f"{serve.url}/healthz", timeout=5).json()["ok"] is True


def test_a_short_load_is_accepted_durably(rig: Rig, serve: Serve) -> None:
    serve.start()
    rig.exact.faults.add(ENTRIES, "status", times=9999, when="before", status=503)
    place = urlsplit(serve.url)
    keys = [f"55555555-5555-5555-5555-{number:012d}" for number in range(400)]
    statuses: list[int] = []

    def send(part: list[str]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", place.port or 0, timeout=15)
        for key in part:
            connection.request("POST", "/exact/webhook", notification(key))
            answer = connection.getresponse()
            answer.read()
            statuses.append(answer.status)
        connection.close()

    threads = [threading.Thread(target=send, args=(keys[n::8],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 400
    assert serve.process is not None
    serve.process.kill()
    serve.process.wait()
    ledger = Ledger(rig.state)
    assert ledger.inbox.waiting() == 400
    ledger.close()


# -- subscriptions -------------------------------------------------------------------------------


def test_subscriptions_and_what_arrives(rig: Rig, serve: Serve) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        serve.listen = f"127.0.0.1:{free.getsockname()[1]}"
    text = rig.config.read_text().replace("http://127.0.0.1:1}", f"http://{serve.listen}}}")
    rig.config.write_text(text.replace("kind: purchase_entry", "kind: [purchase_entry, payment]"))
    rig.exact.webhooks.secret = SECRET
    serve.start()
    done = rig.run("webhooks", "subscribe")
    assert done.code == 0, done.err
    assert "PurchaseEntries: created" in done.out
    assert "no webhooks for payment" in done.out
    assert "was there" in rig.run("webhooks", "subscribe").out
    other = RunLock(rig.state, "webhooks")
    assert other.take()
    assert rig.run("webhooks", "subscribe").code == rig.run("webhooks", "unsubscribe").code == 75
    other.release()
    rig.entry(1)  # Exact itself notifies
    until(lambda: len(rig.messages()) == 1)
    listed = rig.run("webhooks", "list").out
    assert f"http://{serve.listen}/exact/webhook" in listed
    assert "by poll only" in listed
    assert "PurchaseEntries: removed" in rig.run("webhooks", "unsubscribe").out


def test_a_subscription_that_seems_dead_is_warned_about(rig: Rig, serve: Serve) -> None:
    for number in range(6):
        rig.entry(number)
    rig.run("poll", "--max-posts", "0")
    found = rig.run("status", "--json").json
    assert "PurchaseEntries" in str(found["webhooks"]["warnings"])


def test_serve_without_secrets_is_a_config_error(rig: Rig) -> None:
    done = rig.run("serve", "--listen", "127.0.0.1:0")
    assert done.code == 78
    assert "webhook_secret" in done.err
