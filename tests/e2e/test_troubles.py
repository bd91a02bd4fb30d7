"""One trouble, one word: fourteen troubles of a night on call, each played for a day of runs every
five minutes. What cron mails, the channel for alerts and the monitor hear, and how soon."""

import contextlib
import errno
import io
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from exact_slack.cli import cli
from exact_slack.clock import Clock
from exact_slack.errors import ExactSlackError
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.notebook import Notebook
from exact_slack.ledger.schema import disk
from exact_slack.ledger.schema.lock import RunLock
from exact_slack.ledger.troubles import Part, Trouble, judge
from exact_slack.runs.frame import ping
from exact_slack.sandbox.faults import ALWAYS
from tests.e2e.hands import Hands
from tests.e2e.rig import DIVISION, Rig

EVERY, PATIENCE, HOUR, DAY = 300.0, 1800.0, 3600.0, 86400.0
PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "on-call.md"
FILL = "EXACT_SLACK_FILL"
"""With it in the environment the test writes the table of the page."""
WHOLE = "EXACT_SLACK_WHOLE_NIGHT"
"""With it every run is made. Else those at which something may change; what the others meet is
what the one before met, and only the rule is asked."""


@dataclass
class Heard:
    """What one run said, seconds after the trouble began."""

    at: float
    code: int
    mail: str
    alerts: list[str]
    pings: list[str]
    status: int = 0
    well: bool = True


@dataclass
class Night:
    """A customer whose runs are made in this process, by a clock of the test's own."""

    rig: Rig
    hands: Hands
    monkeypatch: pytest.MonkeyPatch
    pings: list[str] = field(default_factory=list)
    number: int = 0
    known: tuple[tuple[Trouble, ...], ...] = ()
    """What was known of troubles after the last run."""

    def run(self, *words: str, config: Path | None = None) -> tuple[int, str]:
        """`exact-slack` as cron runs it: exit code, and what it would mail."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                words = ("-c", str(config or self.rig.config), *words)
                cli.main(words, "exact-slack", standalone_mode=False)
                code = 0
            except SystemExit as end:
                code = int(end.code or 0)
        self.known = tuple(self._known())
        return code, out.getvalue() + err.getvalue()

    def _known(self) -> Iterator[tuple[Trouble, ...]]:
        for folder in (self.rig.state, self.rig.folder / "home" / "exact-slack" / "acme"):
            yield tuple(Notebook(folder).all())
        with contextlib.suppress(ExactSlackError):
            ledger = Ledger(self.rig.state, reading=True)
            yield tuple(ledger.troubles.all())
            ledger.close()

    def document(self) -> None:
        """Something to post."""
        self.number += 1
        self.rig.entry(26700000 + self.number)

    def wait(self, until: float) -> None:
        self.hands.sleep(max(until - self.hands.now(), 0.0))

    def alerts(self) -> list[str]:
        return [message.text for message in self.rig.messages("ops")]


@pytest.fixture
def night(rig: Rig, hands: Hands, monkeypatch: pytest.MonkeyPatch) -> Night:
    monkeypatch.setattr(Clock, "now", lambda _: hands.now())
    monkeypatch.setattr(Clock, "sleep", lambda _, seconds: hands.sleep(seconds))
    monkeypatch.setenv("XDG_STATE_HOME", str(rig.folder / "home"))
    real = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: real(*a, **{**k, "timeout": 0.0}))
    hands.stand(hands.now() // DAY * DAY + DAY + HOUR)  # Exact counts calls by the day of UTC
    made = Night(rig, hands, monkeypatch)
    monkeypatch.setattr(ping, "_ping", lambda url, suffix: made.pings.append(suffix))
    rig.slack.store.add_channel("ops")
    rig.extra = 'alerts: "#ops"\nflood_limit: 3\n'
    rig.write_config()
    assert made.run("poll") == (0, "")
    return made


# -- the troubles ------------------------------------------------------------------------------


def _exact(night: Night, kind: str, **how: object) -> Iterator[None]:
    for path in ("api/v1", "api/oauth2"):
        night.rig.exact.faults.add(path, kind, times=ALWAYS, when="before", **how)  # type: ignore[arg-type]  # a test's own words
    yield
    night.rig.exact.faults.clear()


def exact_down(night: Night) -> Iterator[None]:
    return _exact(night, "reset")


def html(night: Night) -> Iterator[None]:
    return _exact(night, "html200")


def unavailable(night: Night) -> Iterator[None]:
    return _exact(night, "status", status=503)


def calls_used_up(night: Night) -> Iterator[None]:
    headers = {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "0"}
    night.rig.exact.faults.add(
        f"api/v1/{DIVISION}", "status", times=ALWAYS, when="before", status=429, headers=headers
    )
    yield
    night.rig.exact.faults.clear()


def slack_500(night: Night) -> Iterator[None]:
    night.rig.slack.faults.add("chat.", "status", times=ALWAYS, when="before", status=500)
    yield
    night.rig.slack.faults.clear()


def slack_429(night: Night) -> Iterator[None]:
    wait = {"Retry-After": "3600"}
    night.rig.slack.faults.add("chat.", "status", 1, "before", status=429, headers=wait)
    yield
    night.rig.slack.faults.clear()


def token_dead(night: Night) -> Iterator[None]:
    night.rig.slack.store.revoke_token()
    yield
    night.rig.slack.store.restore_token()


def archived(night: Night) -> Iterator[None]:
    night.rig.slack.store.archive("feed")
    yield
    night.rig.slack.store.unarchive("feed")


def alerts_gone(night: Night) -> Iterator[None]:
    for channel in ("feed", "ops"):
        night.rig.slack.store.archive(channel)
    yield
    for channel in ("feed", "ops"):
        night.rig.slack.store.unarchive(channel)


def login_expired(night: Night) -> Iterator[None]:
    night.rig.exact.oauth.revoke()
    yield
    night.rig.log_in()


def flood(night: Night) -> Iterator[None]:
    for _ in range(6):
        night.document()
    yield
    assert night.run("replay", "--held")[0] == 0


def rights(night: Night) -> Iterator[None]:
    night.rig.exact.rules.blocked_divisions[DIVISION] = "NoDivisionAccess"
    yield
    night.rig.exact.rules.blocked_divisions.clear()


def no_room(night: Night) -> Iterator[None]:
    def refuse(*_: object) -> None:
        raise disk.no_room(night.rig.state, errno.ENOSPC)

    with night.monkeypatch.context() as patch:
        patch.setattr(Ledger, "_use", refuse)
        yield


def ledger_locked(night: Night) -> Iterator[None]:
    other = sqlite3.connect(night.rig.state / "ledger.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    yield
    other.close()


def hung_run(night: Night) -> Iterator[None]:
    lock = RunLock(night.rig.state)
    assert lock.take(night.hands.now() - 1.0)  # the run before this one
    yield
    lock.release()


def config_broken(night: Night) -> Iterator[None]:
    text = night.rig.config.read_text()
    night.rig.config.write_text(text.replace("routes:", "rutes:"))
    yield
    night.rig.config.write_text(text)


@dataclass(frozen=True)
class Case:
    """A trouble, as the page calls it, and how long it lasts."""

    name: str
    stage: Callable[[Night], Iterator[None]]
    lasts: float = 20 * HOUR


CASES = (
    Case("Exact is down", exact_down),
    Case("Exact answers with a web page", html),
    Case("Exact says 503", unavailable),
    Case("Exact's calls of the day are used up", calls_used_up),
    Case("Slack says 500", slack_500),
    Case("Slack asks to wait for an hour", slack_429, HOUR),
    Case("Slack's token is revoked", token_dead),
    Case("a channel is archived", archived),
    Case("the alerts channel is archived, too", alerts_gone),
    Case("the login at Exact has ended", login_expired),
    Case("a flood is held", flood),
    Case("the login's rights in a division are gone", rights),
    Case("the disk is full", no_room),
    Case("the ledger is locked", ledger_locked),
    Case("a run hangs", hung_run),
    Case("the config is broken", config_broken),
)


# -- a day -------------------------------------------------------------------------------------


def _real(lasts: float) -> set[float]:
    """When runs are made: around each moment at which something may be told."""
    moments = {0.0, EVERY, PATIENCE - EVERY, PATIENCE, PATIENCE + EVERY, lasts - EVERY}
    return moments | {lasts, lasts + EVERY, DAY - EVERY}


def _in_between(night: Night) -> bool:
    """A run that meets what the one before met: whether anything is told."""
    now, every = night.hands.now(), frozenset(Part)
    return any(judge(known, known, every, now, PATIENCE)[0] for known in night.known)


def _play(night: Night, case: Case) -> list[Heard]:
    """The runs of a day. Those in which something may be told are made."""
    began, heard, at = night.hands.now(), [], 0.0
    night.document()
    real = _real(case.lasts)
    with ExitStack() as stage:
        stage.enter_context(contextmanager(case.stage)(night))
        while at < DAY:
            night.wait(began + at)
            if at == case.lasts:
                stage.close()
            if at in real or WHOLE in os.environ or _in_between(night):
                heard.append(_run(night, at, looks=at in (case.lasts - EVERY, DAY - EVERY)))
            at += EVERY
    return heard


def _run(night: Night, at: float, *, looks: bool) -> Heard:
    alerts, pings = len(night.alerts()), len(night.pings)
    code, mail = night.run("poll")
    made = Heard(at, code, mail, night.alerts()[alerts:], night.pings[pings:])
    if looks:
        made.status, said = night.run("status", "--json")
        made.well = bool(json.JSONDecoder().raw_decode(said)[0].get("ok", False))
    return made


def _when(runs: list[float], lasts: float) -> str:
    if not runs:
        return "no"
    if runs[0] >= lasts:
        return "when it ends"
    return "at once" if runs[0] == 0 else f"after {runs[0] / 60:.0f} min"


def _row(case: Case, *cells: str) -> str:
    return f"| {case.name} | {' | '.join(cells)} |"


def _fill(row: str) -> None:
    name = row.split("|")[1]
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    PAGE.write_text(
        "\n".join(row if line.startswith(f"|{name}|") else line for line in lines) + "\n",
        encoding="utf-8",
    )


@pytest.mark.sampled(5)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stage.__name__)
def test_a_day_of_trouble(night: Night, case: Case) -> None:
    heard = _play(night, case)
    during = [run for run in heard if run.at < case.lasts]
    mails = [run.at for run in heard if run.mail]
    alerts = [run.at for run in heard if run.alerts]
    assert all(run.code for run in during[-1:])
    assert {run.code for run in heard[-1:]} == {0}, heard[-1]
    assert 1 <= len(mails) <= 3
    assert sum(len(run.alerts) for run in heard) <= 3
    for run in heard:  # a line a cause, and one that names the command
        assert len(run.mail.splitlines()) <= 3
    assert [run.well for run in during[-1:]] == [False]
    assert heard[-1].well
    row = _row(
        case,
        _when(mails, case.lasts),
        " ".join(str(code) for code in sorted({run.code for run in during})),
        _when([run.at for run in heard if "/fail" in run.pings], case.lasts),
        _when(alerts, case.lasts),
        " ".join(sorted({str(run.status) for run in during[-1:]})),
    )
    if FILL in os.environ:
        _fill(row)
    assert row in PAGE.read_text(encoding="utf-8"), row


def test_a_terminal_and_v_always_tell(night: Night) -> None:
    """What cron need not mail is still there for who looks."""
    night.rig.slack.store.archive("feed")
    night.document()
    for number in range(3):
        night.hands.sleep(EVERY)
        code, mail = night.run("poll")
        assert (code, bool(mail)) == (1, number == 0)
    code, said = night.run("-v", "poll")
    assert code == 1
    assert "#feed: the channel is archived" in said
    assert "#feed" in night.run("status")[1]


def test_one_line_a_cause(night: Night) -> None:
    night.rig.divisions = (DIVISION, 234567)
    night.rig.routes = '  - {name: all, when: {kind: "*"}, channel: "#feed"}\n'
    night.rig.write_config()
    assert night.run("poll")[0] == 0
    night.rig.exact.rules.blocked_divisions[DIVISION] = "NoDivisionAccess"
    code, mail = night.run("poll")
    refused = [line for line in mail.splitlines() if "Exact refuses" in line]
    assert (code, len(refused)) == (1, 1)
    assert f"division {DIVISION}, 11 kinds: this login has no access to the division" in refused[0]


def test_several_divisions_with_one_trouble_are_one_line(night: Night) -> None:
    """A contract that ended, or calls that are gone, are one trouble, wherever they are met."""
    divisions = (DIVISION, 234567, 345678)
    night.rig.divisions = divisions
    night.rig.write_config()
    assert night.run("poll")[0] == 0
    blocked = night.rig.exact.rules.blocked_divisions
    for division in divisions[:2]:
        blocked[division] = "LicenseExpired"
    code, mail = night.run("poll")
    (line, _see) = mail.splitlines()
    assert code == 1
    assert f"Exact refuses divisions {DIVISION} and 234567, 1 kind: the Exact licence" in line
    assert night.run("poll") == (1, "")
    blocked[345678] = "LicenseExpired"
    assert f"divisions {DIVISION}, 234567 and 345678, 1 kind" in night.run("poll")[1]
    blocked.clear()
    calls_gone = {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "0"}
    night.hands.sleep(2 * HOUR)  # refused endpoints are left alone for an hour
    assert "well again" in night.run("poll")[1]
    night.rig.exact.faults.add(
        "api/v1/", "status", times=ALWAYS, when="before", status=429, headers=calls_gone
    )
    night.run("poll")
    night.hands.sleep(PATIENCE)
    (line, _see) = night.run("poll")[1].splitlines()
    assert "0 calls to Exact are left today" in line
    assert "And 2 more of this kind." in line


def test_what_others_meet_is_told_though_the_cause_is_known(night: Night) -> None:
    night.rig.routes = '  - {name: all, when: {kind: "*"}, channel: "#feed"}\n'
    night.rig.write_config()
    assert night.run("poll") == (0, "")
    night.rig.exact.rules.unlicensed.add("cashflow/Payments")
    assert "cashflow/Payments" in night.run("poll")[1]
    assert night.run("poll") == (1, "")
    night.rig.exact.rules.unlicensed.add("salesentry/SalesEntries")
    assert "2 kinds" in night.run("poll")[1]


def test_a_run_that_could_not_look_ends_nothing(night: Night) -> None:
    """While Exact is down nobody knows whether a right came back."""
    night.rig.exact.rules.blocked_divisions[DIVISION] = "NoDivisionAccess"
    assert night.run("poll")[0] == 1
    night.rig.exact.oauth.revoke()
    code, mail = night.run("poll")
    assert code == 3
    assert "well again" not in mail


def test_patience_is_the_config_s(night: Night) -> None:
    night.rig.extra += "monitoring: {patience: 2h}\n"
    night.rig.write_config()
    night.rig.slack.faults.add("chat.", "status", times=ALWAYS, when="before", status=500)
    night.document()
    began = night.hands.now()
    while not night.run("poll")[1]:
        night.hands.sleep(20 * 60)
    assert 2 * HOUR - 60 <= night.hands.now() - began < 2.5 * HOUR


def test_a_config_s_own_mistake_is_no_word_of_the_customer_whose_state_it_names(
    night: Night,
) -> None:
    other = night.rig.folder / "other.yaml"
    other.write_text(night.rig.config.read_text())
    other.chmod(0o600)
    night.run("poll")
    told = []
    for _ in range(2):
        code, word = night.run("poll", config=other)
        assert code == 78
        told.append(word)
        assert night.run("poll") == (0, "")
    assert "belongs to" in told[0]
    assert not told[1]  # told once
