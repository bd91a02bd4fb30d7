"""Finding channels in Slack's list, at Slack's pace, over several runs and in odd lists."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exact_slack.app.summary import Summary
from exact_slack.config.load import load
from exact_slack.deliver.channels import Channels
from exact_slack.deliver.session import Session
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.outgoing.payloads import Alert
from exact_slack.ledger.schema.lock import Owner
from exact_slack.slack import listing
from exact_slack.slack.client import SlackClient
from tests.e2e.clocked import SetClock
from tests.unit.slack.answering import Answers, answering

PAGES, A_MINUTE = 46, 20
CONFIG = """\
exact: {region: nl, divisions: [1], client_id: a, client_secret: b,
  redirect_uri: "https://acme.example/cb"}
routes: [{name: r, when: {kind: "*"}, channel: "#c"}]
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(tmp_path)
    yield made
    made.close()


@pytest.fixture
def slack() -> Iterator[Answers]:
    with answering() as made:
        yield made


def _wants(ledger: Ledger, *channels: str) -> None:
    for channel in channels:
        ledger.deliveries.add(Alert("text"), route="r", channel=channel, now=0.0)


def _page(number: int, following: object, **more: Any) -> dict[str, Any]:
    one = {"id": f"C{number:04}", "name": f"c{number}", "is_member": True}
    return {"ok": True, "channels": [one], "response_metadata": {"next_cursor": following}, **more}


class _Paced:
    """46 pages, at most 20 of them a minute."""

    def __init__(self, slack: Answers, clock: SetClock) -> None:
        self.taken: list[float] = []
        self.read = 0
        self._slack = slack
        self._clock = clock
        slack.answer = self.answer

    def answer(self, method: str, arguments: dict[str, str]) -> Any:
        now = self._clock.now()
        self.taken = [at for at in self.taken if at > now - 60]
        if len(self.taken) >= A_MINUTE:
            self._slack.status = 429
            self._slack.headers = {"Retry-After": str(int(self.taken[0] + 61 - now))}
            return {"ok": False, "error": "ratelimited"}
        self._slack.status, self._slack.headers = 200, {}
        self.taken.append(now)
        self.read += 1
        number = int(arguments.get("cursor", "0"))
        return _page(number, str(number + 1) if number + 1 < PAGES else "")


def _run(
    ledger: Ledger, slack: Answers, clock: SetClock, patient: bool = True, recheck: bool = False
) -> Summary:
    """What a run does about channels, as the deliverer does it."""
    summary, owner = Summary(), Owner(ledger.folder)
    path = ledger.folder / "acme.yaml"
    path.write_text(CONFIG)
    client = SlackClient("xoxb-1", slack.url)
    channels = Channels(Session(load(path), ledger, client, owner, clock, summary))
    channels.resolve(recheck)
    while patient and (wait := channels.wait()):
        clock.sleep(wait.seconds)
        channels.go_on()
    channels.unfinished()
    owner.close()
    return summary


@pytest.mark.parametrize("patient", [True, False])
def test_a_list_longer_than_a_minute_allows_is_read_on_by_the_next_run(
    ledger: Ledger, slack: Answers, patient: bool
) -> None:
    clock = SetClock("2026-11-24 12:00")
    paced = _Paced(slack, clock)
    _wants(ledger, "#c3", "#c45", "#nowhere")
    first = _run(ledger, slack, clock, patient)
    assert ledger.channels.id_of("#c3") == "C0003"  # used at once
    assert first.exit_code() == 75
    assert "#c45, #nowhere waits" in str(first.problems[0])
    runs = 1
    while (last := _run(ledger, slack, clock, patient)).exit_code() == 75:
        clock.sleep(30)
        runs += 1
        assert runs < 9
    assert ledger.channels.id_of("#c45") == "C0045"
    assert paced.read == PAGES
    assert "no such channel" in ledger.channels.parked()["#nowhere"]
    assert last.exit_code() == 1


def test_who_comes_later_is_looked_for_on_all_pages(ledger: Ledger, slack: Answers) -> None:
    clock = SetClock("2026-11-24 12:00")
    _Paced(slack, clock)
    _wants(ledger, "#c45")
    _run(ledger, slack, clock, patient=False)
    _wants(ledger, "#c1")
    for _ in range(8):
        clock.sleep(61)
        _run(ledger, slack, clock, patient=False)
    assert (ledger.channels.id_of("#c1"), ledger.channels.id_of("#c45")) == ("C0001", "C0045")


def test_an_id_needs_no_list(ledger: Ledger, slack: Answers) -> None:
    one = _page(9, "")["channels"][0]
    slack.always({"ok": True, "channel": one})
    _wants(ledger, "C0009")
    assert _run(ledger, slack, SetClock("2026-11-24 12:00")).exit_code() == 0
    assert ledger.channels.id_of("C0009") == "C0009"
    assert [method for method, _ in slack.calls] == ["conversations.info"]


@pytest.mark.parametrize("circle", [1, 2, 3, 7, None])
def test_a_list_that_never_ends_is_left(
    ledger: Ledger, slack: Answers, monkeypatch: pytest.MonkeyPatch, circle: int | None
) -> None:
    monkeypatch.setattr(listing, "PAGES", 60)

    def answer(method: str, arguments: dict[str, str]) -> Any:
        number = int(arguments.get("cursor", "0"))
        return _page(number, str((number + 1) % circle + 1 if circle else number + 1))

    slack.answer = answer
    _wants(ledger, "#c0", "#nowhere")
    done = _run(ledger, slack, SetClock("2026-11-24 12:00"))
    assert done.exit_code() == 75
    assert "round in a circle" in str(done.problems[0])
    assert ledger.channels.id_of("#c0") == "C0000"
    assert ledger.channels.parked() == {}
    assert len(slack.calls) <= 60


@pytest.mark.parametrize(
    "odd",
    [
        _page(1, ""),
        {**_page(1, ""), "channels": None},
        {**_page(1, ""), "channels": {}},
        {**_page(1, ""), "channels": [None]},
        {**_page(1, ""), "channels": [{"id": "C1"}]},
        {**_page(1, ""), "channels": [{"id": "C1", "name": 5}]},
        {**_page(1, 5)},
        {**_page(1, ["x"])},
        {**_page(1, ""), "response_metadata": "x"},
        {"ok": True},
        {"ok": "true", "channels": []},
        [],
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_a_list_that_cannot_be_read_does_not_say_that_there_is_no_such_channel(
    ledger: Ledger, slack: Answers, odd: Any, later: bool
) -> None:
    slack.answer = lambda m, given: _page(0, "x") if later and "cursor" not in given else odd
    _wants(ledger, "#finance")
    done = _run(ledger, slack, SetClock("2026-11-24 12:00"))
    readable = odd == _page(1, "")
    assert done.exit_code() == (1 if readable else 75)
    assert ("#finance" in ledger.channels.parked()) == readable


def test_a_cursor_that_slack_no_longer_takes_begins_anew(ledger: Ledger, slack: Answers) -> None:
    clock = SetClock("2026-11-24 12:00")
    _Paced(slack, clock)
    _wants(ledger, "#c30")
    _run(ledger, slack, clock, patient=False)
    slack.status, slack.headers = 200, {}

    def void(method: str, arguments: dict[str, str]) -> Any:
        return {"ok": False, "error": "invalid_cursor"} if "cursor" in arguments else _page(30, "")

    slack.answer = void
    assert _run(ledger, slack, clock).exit_code() == 0
    assert ledger.channels.id_of("#c30") == "C0030"


def test_a_cursor_that_slack_never_takes_is_not_followed_for_ever(
    ledger: Ledger, slack: Answers
) -> None:
    def void(method: str, arguments: dict[str, str]) -> Any:
        assert len(slack.calls) < 30
        return {"ok": False, "error": "invalid_cursor"} if "cursor" in arguments else _page(1, "x")

    slack.answer = void
    _wants(ledger, "#c1", "#nowhere")
    _run(ledger, slack, SetClock("2026-11-24 12:00"))
    assert ledger.channels.id_of("#c1") == "C0001"
    assert ledger.channels.parked() == {}  # it is posted by name, and the answer tells
