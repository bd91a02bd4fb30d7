"""The main job, end to end, over real sockets: Exact -> ledger -> Slack."""

from datetime import timedelta

import pytest

from tests.e2e.rig import DIVISION, ENTRIES, Rig

pytestmark = pytest.mark.usefixtures("hands")


def test_the_first_run_posts_nothing_and_later_ones_only_what_is_new(rig: Rig) -> None:
    rig.entry(1)
    assert rig.poll()["posted"] == 0
    assert rig.poll()["posted"] == 0
    rig.entry(2)
    assert rig.poll()["posted"] == 1
    assert rig.poll()["posted"] == 0
    assert len(rig.messages()) == 1


def test_every_post_carries_an_opaque_key(rig: Rig) -> None:
    rig.poll()
    rig.entry(2, SupplierName="Geheim B.V.")
    rig.poll()
    metadata = rig.messages()[0].metadata
    assert metadata is not None
    assert "Geheim" not in str(metadata)
    assert len(metadata["event_payload"]["key"]) == 32


def test_a_change_edits_the_head_and_replies_what_changed(rig: Rig) -> None:
    rig.poll()
    row = rig.entry(2)
    rig.poll()
    rig.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": row["EntryID"], "YourRef": "NEW-77"})
    result = rig.poll()
    assert (result["updated"], result["posted"]) == (1, 1)
    assert len(rig.heads()) == 1
    assert "NEW-77" in rig.heads()[0].text
    assert "VD-2" in rig.replies()[0].text
    assert "NEW-77" in rig.replies()[0].text


def test_a_touch_without_a_visible_change_posts_nothing(rig: Rig) -> None:
    rig.poll()
    row = rig.entry(2)
    rig.poll()
    rig.exact.store.touch(DIVISION, ENTRIES, row["EntryID"])
    result = rig.poll()
    assert (result["updated"], result["posted"], result["unchanged"]) == (0, 0, 1)


def test_an_idle_poll_costs_one_call_a_kind_and_division(rig: Rig) -> None:
    rig.divisions = (DIVISION, 234567)
    rig.routes = rig.routes.replace("purchase_entry", "[purchase_entry, journal_entry]")
    rig.write_config()
    rig.poll()
    assert rig.poll()["exact_calls"] == 4


def test_a_thousand_changed_entries_cost_at_most_18_calls(rig: Rig) -> None:
    rig.poll()
    rig.exact.limits.on = False
    for number in range(1000):
        rig.entry(number)
    result = rig.run("poll", "--json", "--max-posts", "0", "--kind", "purchase_entry").json
    assert result["new"] == 1000
    assert result["exact_calls"] <= 18


def test_since_goes_back_and_brings_up_what_was_never_posted(rig: Rig) -> None:
    rig.entry(1)
    rig.poll()
    assert rig.poll("--since", "1d")["posted"] == 1
    assert rig.poll("--since", "1d")["posted"] == 0
    assert len(rig.messages()) == 1


def test_amounts_decide_and_otherwise_takes_the_rest(rig: Rig) -> None:
    rig.slack.store.add_channel("big")
    rig.routes = """\
  - name: big
    when: {kind: purchase_entry, amount: ">= 10000"}
    channel: "#big"
  - name: rest
    when: {kind: "*"}
    channel: "#feed"
    otherwise: true
"""
    rig.write_config()
    rig.poll()
    rig.entry(2)
    rig.entry(3, AmountDC=12000.0, AmountFC=12000.0)
    rig.poll()
    assert len(rig.messages("big")) == 1
    assert len(rig.messages("feed")) == 1


def test_a_flood_is_held_told_once_and_released(rig: Rig) -> None:
    rig.extra = "flood_limit: 2\n"
    rig.write_config()
    rig.poll()
    for number in range(5):
        rig.entry(number)
    done = rig.run("poll", "--json")
    assert done.code == 1
    assert (done.json["posted"], done.json["held"]) == (3, 3)
    assert "replay --held" in rig.messages()[-1].text
    assert rig.run("replay", "--held", "--json").code == 0
    assert len(rig.messages()) == 6


def test_foreign_text_is_never_a_mention(rig: Rig) -> None:
    rig.poll()
    rig.entry(2, Description="<!channel> & <@U123> *bold*", SupplierName="A & <B>")
    rig.poll()
    text = rig.messages()[0].text
    assert "<!channel>" not in text
    assert "&lt;!channel&gt;" in text


@pytest.mark.usefixtures("real_time")
def test_four_channels_drain_side_by_side_without_a_429(rig: Rig) -> None:
    routes = ""
    for name in "abcd":
        rig.slack.store.add_channel(name)
        routes += f"  - name: {name}\n    when: {{creator: {name}}}\n    channel: '#{name}'\n"
    rig.routes = routes
    rig.write_config()
    rig.poll("--kind", "purchase_entry")
    for number, name in enumerate("abcd" * 3):
        rig.entry(number, CreatorFullName=name)
    assert rig.poll("--kind", "purchase_entry")["posted"] == 12
    assert rig.slack.violations == 0


def test_a_channel_that_does_not_exist_parks_its_own_deliveries(rig: Rig) -> None:
    rig.routes += '  - name: lost\n    when: {kind: purchase_entry}\n    channel: "#nowhere"\n'
    rig.write_config()
    rig.poll()
    rig.entry(2)
    done = rig.run("poll", "--json")
    assert done.code == 1
    assert "#nowhere: there is no such channel" in done.err
    assert done.json["held"] == 1
    assert len(rig.messages()) == 1
    rig.slack.store.add_channel("nowhere")
    assert rig.poll()["posted"] == 1


def test_a_document_that_slack_refuses_goes_as_plain_text(rig: Rig) -> None:
    rig.poll()
    rig.slack.store.refuse("chat.postMessage", "invalid_blocks", 1)
    rig.entry(2)
    rig.entry(3)
    assert rig.poll()["posted"] == 2
    assert sum(message.blocks is None for message in rig.messages()) == 1


def test_a_lost_answer_is_looked_up_and_not_sent_twice(rig: Rig) -> None:
    rig.poll()
    rig.slack.faults.add("chat.postMessage", "reset", times=1, when="after")
    rig.entry(2)
    result = rig.poll()
    assert (result["posted"], result["ambiguous"]) == (1, 0)
    assert len(rig.messages()) == 1


def test_an_endpoint_that_refuses_expand_is_read_in_batches(rig: Rig) -> None:
    rig.exact.rules.refuse_expand.add(ENTRIES)
    rig.poll()
    rig.entry(2)
    assert rig.poll()["posted"] == 1
    assert "VEN" in rig.messages()[0].text


def test_html_with_status_200_is_temporary_and_loses_nothing(rig: Rig) -> None:
    rig.poll()
    rig.entry(2)
    rig.exact.faults.add(ENTRIES, "html200", times=5, when="before")
    done = rig.run("poll", "--json")
    assert done.code == 75
    rig.exact.faults.clear()
    assert rig.poll()["posted"] == 1


def test_a_config_error_calls_nothing(rig: Rig) -> None:
    rig.routes = rig.routes.replace("purchase_entry", "purchase_enrty")
    rig.write_config()
    done = rig.run("poll")
    assert done.code == 78
    assert "acme.yaml:" in done.err
    assert not rig.exact.server.requests
    assert not rig.slack.server.requests


def test_a_division_that_the_login_may_not_use_is_named(rig: Rig) -> None:
    rig.divisions = (DIVISION, 999)
    rig.write_config()
    done = rig.run("poll")
    assert done.code == 78
    assert "found 999" in done.err
    assert str(DIVISION) in done.err


def test_a_dead_slack_token_keeps_everything_pending(rig: Rig) -> None:
    rig.poll()
    rig.slack.store.revoke_token()
    rig.entry(2)
    done = rig.run("poll", "--json")
    assert done.code == 3
    assert done.json["pending"] == 1
    rig.slack.store.restore_token()
    assert rig.poll()["posted"] == 1


def test_a_dead_login_ends_with_exit_3_and_the_command_that_repairs(rig: Rig) -> None:
    rig.poll()
    rig.exact.oauth.revoke()
    done = rig.run("poll")
    assert done.code == 3
    assert f"exact-slack -c {rig.config} auth exact" in done.err


def test_a_second_run_ends_in_silence(rig: Rig) -> None:
    from exact_slack.ledger.schema.lock import RunLock

    rig.poll()
    lock = RunLock(rig.state)
    assert lock.take()
    done = rig.run("poll", "--json")
    assert (done.code, done.json) == (0, {"skipped": True})
    lock.release()


def test_a_dry_run_sends_and_remembers_nothing(rig: Rig) -> None:
    rig.poll()
    rig.entry(2)
    done = rig.run("poll", "--dry-run")
    assert "#feed" in done.out
    assert not rig.messages()
    assert rig.poll()["posted"] == 1


def test_status_tells_how_things_stand(rig: Rig) -> None:
    rig.poll()
    found = rig.run("status", "--json")
    assert found.code == 0
    wanted = [
        "ok",
        "last_success",
        "backlog",
        "failed",
        "held",
        "ambiguous",
        "cursors",
        "budget",
        "auth",
    ]
    assert set(wanted) <= set(found.json)
    assert rig.run("status").code == 0


@pytest.mark.parametrize("words", [("--help",), ("--version",), ("poll", "--help")])
def test_help_needs_no_config(rig: Rig, words: tuple[str, ...]) -> None:
    rig.config.unlink()
    assert rig.run(*words).code == 0


def test_max_posts_leaves_the_rest_pending_without_an_alarm(rig: Rig) -> None:
    rig.poll()
    rig.entry(2)
    rig.entry(3)
    result = rig.poll("--max-posts", "1")
    assert (result["posted"], result["pending"]) == (1, 1)
    assert rig.poll()["posted"] == 1


def test_a_row_from_the_future_hides_nothing(rig: Rig) -> None:
    rig.poll()
    future = rig.exact.store.now() + timedelta(days=400)
    rig.exact.store.upsert(DIVISION, ENTRIES, {"EntryNumber": 1}, modified=future)
    done = rig.run("poll")
    assert (done.code, "ahead of Exact" in done.err) == (0, True)
    rig.entry(2)
    rig.run("poll")
    assert len(rig.messages()) == 2


def test_without_the_list_of_channels_posts_go_by_name(rig: Rig) -> None:
    rig.slack.faults.add("conversations.list", "status", times=9, status=404, body=b"<html>")
    rig.poll()
    rig.entry(2)
    assert rig.poll()["posted"] == 1


def test_without_the_list_of_divisions_the_configured_ones_are_read(rig: Rig) -> None:
    rig.exact.rules.missing_endpoints |= {"hrm/Divisions", "system/Divisions"}
    rig.poll()
    rig.entry(2)
    assert rig.poll()["posted"] == 1


@pytest.mark.parametrize(
    "words", [("--since", "2026-10-01", "--until", "2026-09-01"), ("--since", "99999999999d")]
)
def test_times_that_cannot_be_are_wrong_usage(rig: Rig, words: tuple[str, ...]) -> None:
    assert rig.run("poll", *words).code == 2
