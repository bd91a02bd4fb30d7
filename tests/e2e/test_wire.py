"""Faults on the wire, on both sides: nothing lost, nothing twice."""

from typing import Any

import pytest

from exact_slack.sandbox.faults import Kind, When
from tests.e2e.rig import DIVISION, ENTRIES, Rig
from tests.unit.loopback import free_port

pytestmark = [pytest.mark.usefixtures("hands"), pytest.mark.sampled(3)]
POST = "chat.postMessage"


def _polls_until_quiet(rig: Rig, most: int = 4) -> Any:
    result = None
    for _ in range(most):
        done = rig.run("poll", "--json")
        assert done.code in (0, 1, 75), done.err
        result = done.json
        if done.code == 0 and not result["pending"]:
            break
    return result


@pytest.mark.sampled(6)
@pytest.mark.long
@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("close", {}),
        ("reset", {}),
        ("truncate", {}),
        ("status", {"status": 500, "body": b"<html>"}),
        ("status", {"status": 503, "body": b""}),
        ("html200", {}),
        ("empty200", {}),
    ],
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_post_whose_answer_is_lost(
    rig: Rig, kind: Kind, more: dict[str, Any], when: When
) -> None:
    rig.poll()
    rig.slack.faults.add(POST, kind, times=1, when=when, **more)
    rig.entry(2)
    _polls_until_quiet(rig)
    assert len(rig.messages()) == 1


@pytest.mark.sampled(2)
@pytest.mark.parametrize("error", ["fatal_error", "internal_error", "never_seen_before"])
@pytest.mark.parametrize("after", [True, False])
def test_errors_after_which_nobody_knows(rig: Rig, error: str, after: bool) -> None:
    rig.poll()
    rig.slack.store.refuse(POST, error, 1, after=after)
    rig.entry(2)
    _polls_until_quiet(rig)
    assert len(rig.messages()) == 1


@pytest.mark.parametrize("headers", [{"Retry-After": "1"}, {"Retry-After": "0.5"}])
def test_a_429_is_obeyed(rig: Rig, headers: dict[str, str]) -> None:
    rig.poll()
    body = b'{"ok":false,"error":"ratelimited"}'
    rig.slack.faults.add(
        POST, "status", times=2, when="before", status=429, headers=headers, body=body
    )
    rig.entry(2)
    assert rig.poll()["posted"] == 1
    assert len(rig.messages()) == 1


def test_an_edit_whose_answer_is_lost_is_repeated(rig: Rig) -> None:
    rig.poll()
    row = rig.entry(2)
    rig.poll()
    rig.slack.faults.add("chat.update", "reset", times=1, when="after")
    rig.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": row["EntryID"], "YourRef": "NEW"})
    _polls_until_quiet(rig)
    assert "NEW" in rig.heads()[0].text
    assert len(rig.messages()) == 2


def test_a_head_that_can_no_longer_be_edited_is_told_in_the_thread(rig: Rig) -> None:
    rig.poll()
    row = rig.entry(2)
    rig.poll()
    rig.slack.store.edit_window_closed = True
    rig.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": row["EntryID"], "YourRef": "NEW"})
    rig.poll()
    assert len(rig.heads()) == 1
    assert sum("Purchase entry 2" in reply.text for reply in rig.replies()) == 2


def test_no_look_up_is_possible_so_it_is_held_and_said_what_to_grant(rig: Rig) -> None:
    rig.poll()
    rig.slack.store.scopes = ("chat:write", "channels:read")
    rig.slack.faults.add(POST, "reset", times=1, when="after")
    rig.entry(2)
    done = rig.run("poll", "--json")
    assert done.code == 1
    assert done.json["held"] == 1
    assert "channels:history" in done.err
    assert len(rig.messages()) == 1


@pytest.mark.parametrize(("policy", "messages"), [("repost", 2), ("hold", 1), ("strict", 1)])
def test_the_policy_for_what_cannot_be_looked_up(rig: Rig, policy: str, messages: int) -> None:
    rig.extra = f"on_ambiguous: {policy}\n"
    rig.write_config()
    rig.poll()
    rig.slack.store.scopes = ("chat:write", "channels:read")
    rig.slack.faults.add(POST, "reset", times=1, when="after")
    rig.entry(2)
    rig.run("poll")
    assert len(rig.messages()) == messages


def test_strict_holds_even_what_a_complete_look_up_did_not_find(rig: Rig) -> None:
    rig.extra = "on_ambiguous: strict\n"
    rig.write_config()
    rig.poll()
    rig.slack.faults.add(POST, "reset", times=1, when="before")
    rig.entry(2)
    assert rig.run("poll", "--json").json["held"] == 1
    assert rig.run("replay", "--held").code == 0
    assert len(rig.messages()) == 1


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("close", {}),
        ("html200", {}),
        ("empty200", {}),
        ("truncate", {}),
        ("status", {"status": 503, "body": b"<html>Server maintenance</html>"}),
        ("status", {"status": 429, "headers": {"Retry-After": "0"}}),
        ("status", {"status": 401}),
    ],
)
def test_exact_stumbles_once_and_nothing_is_lost(rig: Rig, kind: Kind, more: Any) -> None:
    rig.poll()
    for number in range(3):
        rig.entry(number)
    rig.exact.faults.add(ENTRIES, kind, times=1, when="before", **more)
    rig.exact.oauth.expire_access()
    _polls_until_quiet(rig)
    assert len(rig.messages()) == 3


def test_slack_cannot_be_reached(rig: Rig) -> None:
    rig.poll()
    rig.entry(2)
    address = rig.slack.base_url
    config = rig.config.read_text()
    rig.config.write_text(config.replace(address, "http://127.0.0.1:9/api/"))
    done = rig.run("poll", "--json")
    assert (done.code, done.json["pending"]) == (75, 1)
    rig.config.write_text(config)
    assert rig.poll()["posted"] == 1


def test_what_is_wrong_with_the_way_to_exact_is_told_once(rig: Rig) -> None:
    rig.routes = '  - name: all\n    when: {kind: "*"}\n    channel: "#feed"\n'
    rig.divisions = (DIVISION, 234567)
    rig.write_config()
    rig.poll()
    for _ in range(2):
        done = rig.run("poll", "--json", env={"http_proxy": f"http://127.0.0.1:{free_port()}"})
        assert (done.code, done.err) == (75, "")  # it may pass by itself
        [told] = done.json["problems"]
        assert "proxy" in told
        assert "HTTPS_PROXY" in told
