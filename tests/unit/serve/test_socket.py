"""What `serve` says of its connection to Slack, and how long it rests between two tries."""

import logging
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from exact_slack.cli.views.status import _socket
from exact_slack.clock import Clock
from exact_slack.inspect.doctor import services
from exact_slack.inspect.doctor.findings import State
from exact_slack.inspect.online.findings import Online
from exact_slack.ledger.ledger import SOCKET
from exact_slack.runs.hearing import hearing
from exact_slack.serve.socket import Rests, Socket, _Tried
from exact_slack.slack.outcome import Outcome, Result
from tests.unit.serve.test_heard import Ear

DEAD = Outcome(Result.TOKEN, error="invalid_auth")


class _Hand(Clock):
    """A clock that is put."""

    time = 1_000.0

    def now(self) -> float:
        return self.time


class Line:
    """A connection to Slack that is only told of."""

    def __init__(self, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
        self.ear = Ear(folder)
        heard: Any = self.ear.heard
        self.clock = _Hand()
        self.socket = Socket(
            heard._config,
            "xapp-1",
            heard,
            heard._writer,
            connected=lambda: None,
            clock=self.clock,
        )
        self._caplog = caplog

    def told(self) -> list[str]:
        """What its log says without -v, since the last time."""
        said = [r.getMessage() for r in self._caplog.records if r.levelno >= logging.ERROR]
        self._caplog.clear()
        return said

    def fails(self, why: str, refused: Outcome | None = None, minutes: float = 1) -> list[str]:
        self.clock.time += minutes * 60
        self.socket._tell(_Tried(why, refused=refused))
        return self.told()


@pytest.fixture
def line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Line]:
    made = Line(tmp_path, caplog)
    yield made
    made.ear.ledger.close()


def test_a_token_that_is_refused_is_told_once_and_when_it_ended(line: Line) -> None:
    (said,) = line.fails("Slack does not open one (invalid_auth)", DEAD)
    assert "invalid_auth" in said
    assert "connections:write" in said
    for _ in range(40):
        assert line.fails("Slack does not open one (invalid_auth)", DEAD) == []
    assert len(line.fails("Slack does not open one (invalid_auth)", DEAD, 24 * 60)) == 1
    line.socket._greet(1)
    (over,) = line.told()
    assert over.startswith("well again")
    assert '"connected": true' in str(line.ear.ledger.fact(SOCKET))


@pytest.mark.parametrize("broken", ["", "xoxb-1"])
def test_a_new_token_is_taken_in_the_place_of_one_refused(line: Line, broken: str) -> None:
    file = line.ear.folder / "app-token"
    for content, is_new in ((broken, False), ("xapp-1", False), ("xapp-2", True)):
        file.write_text(content)
        file.chmod(0o600)
        assert line.socket._has_new_token() is is_new
    assert line.socket._token == "xapp-2"
    refused = _Tried("Slack does not open one (invalid_auth)", refused=DEAD)
    assert refused.needs_person
    line.socket._rest(0.01, refused)  # the same one: it rests
    assert not _Tried("the connection was closed").needs_person


@pytest.mark.parametrize(
    ("greetings", "crowded"), [([1], 0), ([2], 2), ([1, 2], 0), ([1, 3], 2), ([4, 1], 0)]
)
def test_several_connections_of_the_app_are_named_where_people_look(
    line: Line, greetings: list[int], crowded: int
) -> None:
    for count in greetings:
        line.socket._greet(count)
    line.socket._lives()
    heard: Any = line.ear.heard
    config, ledger = heard._config, line.ear.ledger
    customer: Any = SimpleNamespace(config=config, ledger=ledger, clock=line.clock)
    found = hearing(customer)
    assert found is not None
    assert found.connected
    rows = _socket(asdict(found))
    (check,) = services.socket(customer, Online())
    assert (len(rows) == 2) is (check.state is State.WARNING) is bool(crowded)
    for said in (rows[-1][1], check.problem):
        assert (f"Slack counted {crowded} connections" in said) is bool(crowded)
    line.socket._tell(_Tried("the connection was closed"))
    (check,) = services.socket(customer, Online())
    assert "does not hear Slack (the connection was closed)" in check.problem


def test_what_ends_by_itself_is_told_when_it_has_lasted(line: Line) -> None:
    busy = Outcome(Result.AMBIGUOUS, error="internal_error", status=500)
    for minute in range(29):
        why = ("the connection was closed", "Slack does not open one (internal_error)")[minute % 2]
        assert line.fails(why, busy if minute % 2 else None) == []
    assert len(line.fails("the connection was closed", minutes=2)) == 1
    line.socket._greet(1)
    assert len(line.told()) == 1
    assert line.fails("the connection was closed") == []  # another one
    line.socket._greet(1)
    assert line.told() == []


def test_the_rest_grows_up_to_a_minute_and_begins_anew_after_a_connection() -> None:
    rests = Rests()
    found = [rests.after(0.0, None) for _ in range(12)]
    for number, rest in enumerate(found):
        meant = min(0.5 * 2**number, 60.0)
        assert 0.75 * meant <= rest <= 1.25 * meant
    assert rests.after(31.0, None) < 1.0
    assert rests.after(0.0, Outcome(Result.LIMITED, retry_after=300.0)) == 300.0
