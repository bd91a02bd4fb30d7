"""Running it for years: alerts, pings, retention, backups, budgets, many customers."""

import json
import socket
import sqlite3
from pathlib import Path

import pytest

from exact_slack.config.file.owner import user_name
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.schema.filesystem import kind_of
from exact_slack.sandbox.slack.limits import SlackLimits
from tests.e2e.hands import VARIABLE, Hands
from tests.e2e.monitor import monitor
from tests.e2e.rig import DIVISION, ENTRIES, Rig

pytestmark = [pytest.mark.usefixtures("hands"), pytest.mark.sampled(3)]


def _alerts(rig: Rig) -> None:
    rig.slack.store.add_channel("ops")
    rig.extra = 'alerts: "#ops"\n'
    rig.write_config()
    rig.poll()


def _told(rig: Rig) -> list[str]:
    return [message.text for message in rig.messages("ops")]


def test_a_gone_channel_is_told_once_and_that_it_is_well_again(rig: Rig) -> None:
    _alerts(rig)
    rig.slack.store.archive("feed")
    rig.entry(2)
    for _ in range(3):
        rig.run("poll")
    assert len(_told(rig)) == 1
    assert "#feed: the channel is archived" in _told(rig)[0]
    rig.slack.store.unarchive("feed")
    rig.poll()
    rig.poll()
    assert len(_told(rig)) == 2
    assert "well again" in _told(rig)[1]


def test_a_dead_login_and_failed_records_are_told(rig: Rig) -> None:
    _alerts(rig)
    rig.slack.store.refuse("chat.postMessage", "invalid_blocks", 2, channel="feed")
    rig.entry(2)
    rig.run("poll")
    assert "1 message is refused" in _told(rig)[-1]
    rig.exact.oauth.revoke()
    rig.run("poll")
    rig.run("poll")
    assert len(_told(rig)) == 2
    assert "auth exact" in _told(rig)[-1]


def test_it_is_not_well_again_while_a_failed_message_waits(rig: Rig) -> None:
    _alerts(rig)
    rig.slack.store.refuse("chat.postMessage", "invalid_blocks", 2, channel="feed")
    rig.entry(2)
    rig.run("poll")
    for _ in range(2):  # nothing new, and nothing mended
        rig.run("poll")
    assert [text.splitlines()[0] for text in _told(rig)] == ["exact-slack needs a person:"]
    rig.run("replay", "--failed")
    rig.poll()
    assert "well again" in _told(rig)[-1]
    assert len(_told(rig)) == 2


def test_held_messages_are_told_to_the_alerts_channel_too(rig: Rig) -> None:
    _alerts(rig)
    rig.extra += "flood_limit: 1\n"
    rig.write_config()
    for number in (2, 3, 4):
        rig.entry(number)
    rig.run("poll")
    _move_runs_back(rig)
    rig.run("poll")  # all else went well: that they wait is told once
    assert len(_told(rig)) == 1
    place = f"({user_name()} on {socket.gethostname()})"
    see = f"See: exact-slack -c {rig.config} status {place}"
    assert f"\n2 messages are held.\n{see}" in _told(rig)[0]
    rig.run("replay", "--held")
    rig.poll()
    assert _told(rig)[-1].splitlines()[-1] == place.replace(")", f", {rig.config})")


def test_what_is_only_temporary_is_told_when_it_lasts(rig: Rig) -> None:
    _alerts(rig)
    rig.exact.faults.add(ENTRIES, "status", times=99, when="before", status=503)
    rig.run("poll")
    assert _told(rig) == []
    _move_runs_back(rig)
    rig.run("poll")
    assert "No poll has ended well for 8 hours" in _told(rig)[0]


@pytest.mark.parametrize("trouble", ["down", "no calls", "no list"])
def test_that_nothing_ever_succeeded_is_told(rig: Rig, trouble: str) -> None:
    rig.slack.store.add_channel("ops")
    rig.extra = 'alerts: "#ops"\n'
    rig.write_config()
    body = b'{"d": null}' if trouble == "no list" else b""
    status = {"down": 503, "no calls": 429, "no list": 200}[trouble]
    spent = {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "0"}
    headers = spent if trouble == "no calls" else {}
    rig.exact.faults.add("api/v1", "status", times=99, status=status, body=body, headers=headers)
    assert rig.run("poll").code == 75
    assert rig.run("status", "--quiet").code == 1
    shown = rig.run("status").out
    assert "NO" in shown
    assert "No poll has ended well yet" in shown
    assert _told(rig) == []
    _move_runs_back(rig)
    for _ in range(2):
        rig.run("poll")
    [told] = _told(rig)
    assert "No poll has ended well yet, since the first one 8 hours ago" in told


def test_a_run_that_ended_badly_says_so(rig: Rig) -> None:
    rig.poll()
    ledger = Ledger(rig.state)
    ledger.end_run(ledger.start_run("replay", 1.0), 1, {"problems": []}, 2.0)
    ledger.close()
    assert rig.run("status", "--quiet").code == 1
    assert "The last replay ended with exit code 1." in rig.run("status").out


def test_whoever_replays_in_vain_hears_why(rig: Rig) -> None:
    rig.poll()
    rig.extra = "flood_limit: 1\n"
    rig.write_config()
    for number in (2, 3):
        rig.entry(number)
    rig.run("poll")
    done = rig.run("replay", "--failed")
    assert (done.code, "0 failed, 1 held" in done.err) == (1, True)


def _move_runs_back(rig: Rig) -> None:
    """As if all runs so far had been eight hours earlier."""
    ledger = Ledger(rig.state)
    with ledger.transaction():
        ledger.db.run("UPDATE runs SET ended_at=ended_at-30000, started_at=started_at-30000")
    ledger.close()


def test_the_monitor_is_pinged_and_never_fails_the_run(rig: Rig) -> None:
    paths: list[str] = []
    with monitor(paths) as url:
        rig.extra = f"monitoring: {{ping_url: {url}}}\n"
        rig.write_config()
        rig.poll()
        assert paths == ["/abc/start", "/abc"]
        rig.exact.oauth.revoke()
        rig.run("poll")
        assert paths[2:] == ["/abc/start", "/abc/fail"]
    rig.run("poll")  # nobody answers any more


def _age(rig: Rig, days: int) -> None:
    ledger = Ledger(rig.state)
    seconds = days * 86400
    with ledger.transaction():
        ledger.db.run("UPDATE documents SET changed_at=changed_at-?", seconds)
        ledger.db.run("UPDATE deliveries SET created_at=created_at-?", seconds)
        ledger.db.run("DELETE FROM facts WHERE name='forgotten at'")
    ledger.close()


def test_what_is_forgotten_is_never_posted_again(rig: Rig) -> None:
    rig.poll()
    row = rig.entry(2)
    rig.poll()
    _age(rig, 900)
    assert rig.poll()["posted"] == 0
    ledger = Ledger(rig.state)
    assert [r["data"] for r in ledger.db.rows("SELECT data FROM documents")] == [""]
    ledger.close()
    assert rig.poll("--since", "1d")["posted"] == 0
    rig.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": row["EntryID"], "YourRef": "LATE"})
    rig.poll()
    assert len(rig.heads()) == 1
    assert "LATE" in rig.heads()[0].text
    assert len(rig.replies()) == 1


@pytest.mark.parametrize("days", [3, 1000])
def test_nothing_is_forgotten_on_the_word_of_one_clock(rig: Rig, tmp_path: Path, days: int) -> None:
    rig.poll()
    row = rig.entry(2)
    rig.poll()
    ahead = Hands(tmp_path / "ahead")
    ahead.sleep(days * 86_400.0)
    rig.slack.limits = SlackLimits(clock=ahead.now)  # a pause by these hands is one for Slack, too
    rig.entry(3)
    done = rig.run("poll", env={VARIABLE: str(ahead.path)})
    rig.slack.limits = SlackLimits()
    ahead.close()
    assert done.code == 0, done.err
    assert f"clock is {days} days away from Exact's" in done.err
    ledger = Ledger(rig.state)
    assert all(r["data"] for r in ledger.db.rows("SELECT data FROM documents"))
    assert len(ledger.recent_polls(9)) == 3
    ledger.close()
    rig.poll()  # the clock is right again
    rig.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": row["EntryID"], "YourRef": "LATE"})
    rig.poll()
    assert len(rig.heads()) == 2
    assert "LATE" in rig.heads()[0].text
    assert any("VD-2" in reply.text and "LATE" in reply.text for reply in rig.replies())


def test_a_backup_is_whole_and_private(rig: Rig) -> None:
    rig.entry(1)
    rig.poll("--since", "1d")
    target = rig.folder / "copy.sqlite"
    assert rig.run("backup", str(target)).code == 0
    assert target.stat().st_mode & 0o077 == 0
    with sqlite3.connect(target) as copy:
        assert copy.execute("SELECT count(*) FROM documents").fetchone() == (1,)
    copy.close()
    assert rig.run("backup", str(target)).code == 1


@pytest.mark.parametrize(
    ("folder", "kind"),
    [("/srv/share/x", "nfs4"), ("/srv/shared", "ext4"), ("/home/a", "ext4"), ("/m n/x", "cifs")],
)
def test_network_file_systems_are_recognised(folder: str, kind: str) -> None:
    mounts = (
        "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
        "30 22 0:40 / /srv/share rw shared:1 - nfs4 host:/x rw\n"
        "31 22 0:41 / /m\\040n rw - cifs //h/s rw\n"
    )
    assert kind_of(Path(folder), mounts) == kind


# -- budget --------------------------------------------------------------------------------------


def test_the_reserve_is_kept_and_later_routes_wait(rig: Rig) -> None:
    rig.slack.store.add_channel("b")
    rig.routes += '  - name: b\n    when: {kind: [journal_entry, bank_entry]}\n    channel: "#b"\n'
    rig.write_config()
    rig.poll()
    rig.exact.limits.use_up(DIVISION, daily=True, left=53)
    rig.poll()  # learns how many are left: 50 of the reserve after this one
    before = rig.exact.calls.total()
    done = rig.run("poll", "--json")
    assert done.code == 75
    assert "are kept for webhooks and logins" in done.json["problems"][0]
    assert rig.exact.calls.total() - before <= 1


def test_no_429_that_could_be_foreseen_over_several_runs(rig: Rig, hands: Hands) -> None:
    rig.poll()
    rig.exact.limits.use_up(DIVISION, left=1)
    rig.poll()
    started = hands.now()
    done = rig.run("poll", "--json")  # another process: it knows what the last one was told
    assert done.code == 0
    assert hands.now() - started < 62
    assert all(request.status != 429 for request in rig.exact.server.requests)


def _as_if_polled_every(rig: Rig, seconds: float) -> None:
    """Moves the polls of the ledger apart; the latest stays where it is."""
    with sqlite3.connect(rig.state / "ledger.sqlite") as db:
        ids = [row[0] for row in db.execute("SELECT id FROM runs ORDER BY id DESC")]
        for number, run in enumerate(ids):
            back = number * seconds
            db.execute(
                "UPDATE runs SET started_at=started_at-?, ended_at=ended_at-? WHERE id=?",
                (back, back, run),
            )


@pytest.mark.parametrize(("calls", "fits"), [(12, True), (400, False)])
def test_status_says_whether_the_schedule_fits_the_day(rig: Rig, calls: int, fits: bool) -> None:
    for _ in range(3):
        rig.poll()
    with sqlite3.connect(rig.state / "ledger.sqlite") as db:
        db.execute("UPDATE runs SET summary=json_set(summary, '$.exact_calls', ?)", (calls,))
    _as_if_polled_every(rig, 900)
    found = rig.run("status", "--json").json["budget"]["schedule"]
    assert found["calls_per_poll"] == calls
    assert found["fits"] is fits


def test_polls_by_hand_and_polls_that_could_not_ask_say_nothing_of_the_schedule(rig: Rig) -> None:
    for _ in range(3):
        rig.poll()
    assert rig.run("status", "--json").json["budget"]["schedule"] is None
    with sqlite3.connect(rig.state / "ledger.sqlite") as db:
        db.execute("UPDATE runs SET summary=json_set(summary, '$.exact_calls', 0)")
    _as_if_polled_every(rig, 1800)
    assert rig.run("status", "--json").json["budget"]["schedule"] is None


def test_a_few_polls_by_hand_do_not_change_the_rhythm_of_cron(rig: Rig) -> None:
    for _ in range(3):
        rig.poll()
    _as_if_polled_every(rig, 1800)
    for _ in range(4):
        rig.poll()
    plan = rig.run("status", "--json").json["budget"]["schedule"]
    assert plan["polls_per_day"] == pytest.approx(48, abs=1)
    assert plan["fits"] is True


def test_status_is_not_well_when_cron_has_stopped(rig: Rig) -> None:
    for _ in range(3):
        rig.poll()
    assert rig.run("status", "--quiet").code == 0
    with sqlite3.connect(rig.state / "ledger.sqlite") as db:
        db.execute("UPDATE runs SET started_at=started_at-50000, ended_at=ended_at-50000")
    assert rig.run("status", "--quiet").code == 1
    shown = rig.run("status").out
    assert "13 hours ago (" in shown
    assert "No poll has ended well for 13 hours." in shown
    _as_if_polled_every(rig, 86400)  # who polls once a day need not be woken after six hours
    assert rig.run("status", "--quiet").code == 0


# -- many customers ------------------------------------------------------------------------------


def test_a_folder_of_customers_runs_side_by_side_and_isolated(rig: Rig) -> None:
    folder = rig.folder / "customers"
    folder.mkdir()
    rig.poll()
    tokens = (rig.state / "exact-tokens.json").read_bytes()
    text = rig.config.read_text()
    for number in range(12):
        state = rig.folder / f"state{number}"
        state.mkdir(mode=0o700)
        (state / "exact-tokens.json").write_bytes(tokens)
        (state / "exact-tokens.json").chmod(0o600)
        (folder / f"c{number}.yaml").write_text(text.replace(str(rig.state), str(state)))
    (folder / "broken.yaml").write_text("exact: [")
    done = rig.run("-c", str(folder), "poll", "--json")
    # the rig's own file was given with -c, too
    assert done.code == 78
    values = json.loads(done.out)
    assert len(values) == 14
    good = [value for name, value in values.items() if name != "broken.yaml"]
    assert all(value["exit_code"] == 0 for value in good), done.err
    assert "broken.yaml" in done.err


def test_each_customer_in_a_folder_is_named_with_its_trouble(rig: Rig) -> None:
    folder = rig.folder / "customers"
    folder.mkdir()
    text = rig.config.read_text()
    for name in ("anna", "bert"):
        (folder / f"{name}.yaml").write_text(text.replace(str(rig.state), name))
    done = rig.run("-c", str(folder), "poll")
    assert done.code == 3
    for name in ("anna", "bert"):
        trouble = f"exact-slack: {folder}/{name}.yaml: There is no login at Exact Online yet."
        assert done.err.count(trouble) == 1, done.err
    alone = rig.run("-c", str(folder / "anna.yaml"), "status")
    assert alone.out.count("\nThere is no login at Exact Online yet.") == 1
