"""What a worker of `serve` says of trouble: one trouble, one word, by the rule of cron's mail."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from exact_slack.app.customer import Customer
from exact_slack.config.load import load
from exact_slack.config.model import Config
from exact_slack.deliver.channels import ChannelTakesNothing
from exact_slack.errors import ExactSlackError, LoginNeeded, TemporaryError, Unforeseen
from exact_slack.serve import worker as module
from exact_slack.serve.worker import Ending, Worker, WorkerClock

CONFIG = """\
state: state
exact: {region: nl, divisions: [1], client_id: a, client_secret: b, redirect_uri: "https://x.nl/"}
slack: {token: xoxb-a}
monitoring: {patience: 30m}
routes: [{name: all, channel: "#ap"}]
"""
MINUTE, DAY = 60.0, 86400.0
PASSES = TemporaryError("Exact is down.")
NEEDS_SOMEONE = ChannelTakesNothing("#ap", "Invite the bot.")


class _At(WorkerClock):
    def __init__(self) -> None:
        super().__init__()
        self.at = 1_800_000_000.0

    def now(self) -> float:
        return self.at


class _Played(Worker):
    """One whose rounds are given."""

    clock: _At

    def __init__(self, config: Config) -> None:
        super().__init__("played", config)
        self.clock = _At()
        self.does: Callable[[], bool] = lambda: True

    def login(self, customer: Customer) -> object:
        self.clock.at += self.rest_login
        return None

    def work(self, customer: Customer) -> bool:
        return self.does()


class Played:
    """A worker, a round every minute."""

    def __init__(self, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
        path = tmp_path / "acme.yaml"
        path.write_text(CONFIG)
        path.chmod(0o600)
        config = load(path)
        self.worker, self.customer, self._caplog = _Played(config), Customer(config), caplog

    def round(
        self, *met: ExactSlackError, raised: Exception | None = None, work: bool = True
    ) -> int:
        """How many lines it wrote."""

        def does() -> bool:
            for error in met:
                self.worker.meets(error)
            if raised is not None:
                raised.__traceback__ = None
                raise raised
            return work and not met

        self.worker.does = does
        self._caplog.clear()
        self.worker.wake()
        self.worker._guarded(self.customer)
        self.worker.clock.at += MINUTE
        return len(self.said)

    @property
    def said(self) -> list[str]:
        return [r.getMessage() for r in self._caplog.records if r.levelno >= logging.ERROR]


@pytest.fixture
def played(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Played]:
    caplog.set_level(logging.DEBUG, "exact_slack")
    for pause in ("_IDLE", "_REST_TROUBLE"):
        monkeypatch.setattr(module, pause, 0.0)
    made = Played(tmp_path, caplog)
    yield made
    made.customer.close()


def _many(played: Played, rounds: int, raised: Exception) -> int:
    return sum(played.round(raised=raised) for _ in range(rounds))


def test_what_ends_by_itself_is_silent_until_it_lasted(played: Played) -> None:
    assert _many(played, 28, raised=PASSES) == 0
    assert _many(played, 60, raised=PASSES) == 1
    assert played.round() == 1
    assert "well again after 1 h 28 min. It was: Exact is down." in played.said[0]
    assert played.round() == 0


def test_what_was_never_told_has_no_end_to_tell_of(played: Played) -> None:
    assert _many(played, 10, raised=PASSES) == 0
    assert played.round() == 0
    assert _many(played, 10, raised=PASSES) == 0, "it began anew"


def test_what_needs_a_person_is_told_at_once_and_once_a_day(played: Played) -> None:
    assert played.round(NEEDS_SOMEONE) == 1
    assert sum(played.round(NEEDS_SOMEONE) for _ in range(int(DAY / MINUTE) - 2)) == 0
    assert sum(played.round(NEEDS_SOMEONE) for _ in range(3)) == 1
    assert played.round() == 1
    assert "well again" in played.said[0]


def test_two_troubles_in_turn_are_two_words(played: Played) -> None:
    login = LoginNeeded("The login ended.", "Run: exact-slack auth exact")
    counts = [
        said for _ in range(3) for said in (played.round(NEEDS_SOMEONE), played.round(raised=login))
    ]
    assert counts == [1, 1, 0, 0, 0, 0]


def test_a_round_without_work_ends_no_trouble_of_work(played: Played) -> None:
    played.round(NEEDS_SOMEONE)
    assert played.round(work=False) == 0
    assert played.round(NEEDS_SOMEONE) == 0
    assert played.round() == 1


def test_trouble_with_the_machine_ends_with_a_round_that_gets_through(played: Played) -> None:
    _many(played, 40, raised=OSError(28, "No space left on device"))
    assert played.round(work=False) == 1
    assert "well again" in played.said[0]


def test_what_nobody_foresaw_is_told_once_with_where(played: Played) -> None:
    assert played.round(raised=ZeroDivisionError()) == 1
    assert _many(played, 20, raised=ZeroDivisionError()) == 0
    assert _many(played, 20, raised=ZeroDivisionError()) == 1, "and by the rule once it lasted"


def test_the_end_of_the_command_is_no_trouble(played: Played) -> None:
    def ends() -> bool:
        raise Ending

    played.worker.does = ends
    played.worker._guarded(played.customer)
    assert not played.said


def test_with_v_each_is_told_when_it_is_first_met(
    played: Played, caplog: pytest.LogCaptureFixture
) -> None:
    played.round(Unforeseen("a"), PASSES)
    told = [r.getMessage() for r in caplog.records if r.levelno == logging.INFO]
    assert told == ["Exact is down."]
