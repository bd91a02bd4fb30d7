"""`webhooks subscribe`, `list` and `unsubscribe`: ours are renewed, those of others untouched."""

from collections.abc import Iterator
from typing import Any

import pytest

from exact_slack.sandbox.exact.webhooks import SUBSCRIPTIONS
from tests.e2e.rig import DIVISION, Rig
from tests.e2e.serving import Serve, serving


@pytest.fixture
def serve(rig: Rig) -> Iterator[Serve]:
    with serving(rig) as made:
        rig.poll()
        yield made


KEY = "44444444-4444-4444-4444-44444444444"


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
