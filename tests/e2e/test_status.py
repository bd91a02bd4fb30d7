"""`status`: what waits for a person, by name; and what releases it does."""

import shlex
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from exact_slack.exact.catalogue import ENDPOINTS
from tests.e2e.rig import DIVISION, ENTRIES, Rig

pytestmark = [pytest.mark.usefixtures("hands"), pytest.mark.sampled(2)]


def _flood(rig: Rig, many: int) -> None:
    """So many documents; all but one are held."""
    rig.extra = "flood_limit: 1\n"
    rig.write_config()
    rig.poll()
    for number in range(1, many + 1):
        rig.entry(number, AmountFC=100.0 + number)
    rig.run("poll")


def test_what_is_held_is_named_and_its_command_releases_it(rig: Rig) -> None:
    _flood(rig, 14)
    found = rig.run("status", "--json").json
    assert (found["held"], len(found["needs"])) == (13, 13)
    first = found["needs"][0]
    held = {str(number) for number in range(1, 15)}
    assert {one["number"] for one in found["needs"]} < held
    assert {one["command"] for one in found["needs"]} == {first["command"]}
    assert (first["kind"], first["division"]) == ("purchase_entry", DIVISION)
    assert (first["channel"], first["state"]) == ("#feed", "held")
    assert first["amount"] == f"{100 + int(first['number'])}.00"
    assert first["account"]
    assert first["why"]
    shown = rig.run("status").out
    assert "and 3 more: " in shown
    assert sum("purchase entry" in line for line in shown.splitlines()) == 10
    every = rig.run("status", "--all").out
    assert sum("purchase entry" in line for line in every.splitlines()) == 13
    assert first["command"] in every
    name, *words = shlex.split(first["command"])
    assert name == "exact-slack"
    assert words[:2] == ["-c", str(rig.config)]
    assert rig.run(*words[2:]).code == 0
    found = rig.run("status", "--json").json
    assert (found["ok"], found["held"], found["needs"]) == (True, 0, [])


def test_what_is_wrong_is_told_on_one_line_with_its_command(rig: Rig) -> None:
    (rig.state / "exact-tokens.json").unlink()
    rig.run("poll")
    told = rig.run("status").out.splitlines()
    assert any(line.endswith(f"Run: exact-slack -c {rig.config} auth exact") for line in told)


def test_one_cause_is_one_line_whoever_asks(rig: Rig) -> None:
    """In status and with -v as in the mail of cron, which names it by the same words."""
    rig.routes = '  - {name: all, when: {kind: "*"}, channel: "#feed"}\n'
    rig.write_config()
    rig.poll()
    rig.exact.rules.missing_scopes = {endpoint.scope for endpoint in ENDPOINTS.values()}
    shown = rig.run("-v", "poll").err.splitlines()
    (told,) = (line for line in shown if "Exact refuses" in line and "INFO" not in line)
    status = rig.run("status").out.splitlines()
    assert [line for line in status if "Exact refuses" in line] == [told.partition(": ")[2]]


@pytest.mark.parametrize("key", ["client_id", "client_secret"])
def test_a_login_that_cannot_be_renewed_from_here_is_no_yes(rig: Rig, key: str) -> None:
    """The access token lives for ten minutes more; then every run would fail."""
    rig.poll()
    value = getattr(rig.exact.oauth, key)
    text = rig.config.read_text(encoding="utf-8")
    assert f"{key}: {value}" in text
    there = rig.folder / "kept"
    there.write_text(value)
    there.chmod(0o600)
    rig.config.write_text(text.replace(f"{key}: {value}", f"{key}: {{file: {there}}}"))
    assert rig.run("status", "--json").json["auth"]["exact"] is True
    there.unlink()
    done = rig.run("status", "--json")
    assert (done.code, done.json["ok"], done.json["auth"]["exact"]) == (1, False, None)
    assert str(there) in done.json["auth"]["exact_problem"]
    assert "not known: " in rig.run("status").out


@pytest.mark.parametrize("refused", [1, 3])
def test_failed_counts_documents(rig: Rig, refused: int) -> None:
    rig.poll()
    rig.slack.store.refuse("chat.postMessage", "invalid_blocks", 2 * refused)
    for number in range(refused):
        rig.entry(number + 1)
    rig.run("poll")
    found = rig.run("status", "--json").json
    assert found["failed"] == len(found["needs"]) == refused
    assert all("replay --failed" in one["command"] for one in found["needs"])


def test_what_exact_slack_says_of_itself_is_no_document(rig: Rig) -> None:
    rig.extra = 'alerts: "#ops"\n'
    rig.write_config()
    rig.poll()
    rig.exact.rules.missing_scopes = {"Financial accounting", "Financial generalledgers"}
    rig.slack.store.refuse("chat.postMessage", "invalid_blocks", 9)
    rig.entry(1)
    rig.run("poll")
    found = rig.run("status", "--json").json
    assert found["failed"] + found["held"] == len(
        {one["number"] for one in found["needs"] if one["state"] != "ambiguous"}
    )
    assert all(one["kind"] == "purchase_entry" for one in found["needs"])


def test_what_waits_for_its_channel_is_named_and_goes_out_by_itself(rig: Rig) -> None:
    rig.poll()
    rig.slack.store.archive("feed")
    rig.entry(1, AmountDC=12.5)
    rig.entry(2)
    rig.run("poll")
    found = rig.run("status", "--json").json
    assert (found["ok"], found["held"]) == (False, 2)
    assert {(one["number"], one["command"]) for one in found["needs"]} == {("1", ""), ("2", "")}
    assert all("by itself" in one["why"] for one in found["needs"])
    listed = rig.run("replay", "--held", "--dry-run", "--json").json["planned"]
    assert {one["document"] for one in listed} == {"Purchase entry 1", "Purchase entry 2"}
    assert all("by itself" in one["reason"] for one in listed)
    assert "Purchase entry 1" in rig.run("replay", "--held", "--dry-run").out


def test_a_kind_without_documents_is_not_behind(rig: Rig) -> None:
    long_ago = rig.exact.store.now() - timedelta(days=30)
    rig.exact.store.upsert(DIVISION, ENTRIES, {"EntryNumber": 1}, modified=long_ago)
    rig.poll("--since", "60d")
    rows = [line.split() for line in rig.run("status").out.splitlines()]
    (row,) = (row for row in rows if row[:1] == [str(DIVISION)])
    assert row[1:3] == ["just", "now"]


def _totals(rig: Rig) -> Any:
    return rig.run("status", "--verify", "7d", "--json").json["verify"]["totals"]


def test_verify_ends_with_a_total_for_each_kind_and_company(rig: Rig) -> None:
    rig.extra = "flood_limit: 2\n"
    rig.write_config()
    rig.poll()
    amounts = {1: 100.10, 2: -30.0, 3: 7.5}
    for number, amount in amounts.items():
        rig.entry(number, AmountDC=amount, AmountFC=amount, Currency="EUR")
    rig.run("poll")
    (total,) = _totals(rig)
    assert (total["division"], total["kind"], total["count"]) == (DIVISION, "purchase_entry", 3)
    assert (total["amount"], total["posted"]) == ("77.60", 2)
    assert Decimal(total["posted_amount"]).as_tuple().exponent == -2
    assert "in all: 3 (" in rig.run("status", "--verify", "7d").out
    rig.run("replay", "--held")
    (total,) = _totals(rig)
    assert (total["posted"], total["posted_amount"]) == (3, total["amount"])
