"""A look-up in a history in which something cannot be read: what is found counts, what is not
found proves nothing."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from exact_slack.slack.client import SlackClient
from exact_slack.slack.reconcile import ODD_TIMES, PAGES, LookUp
from tests.unit.slack.answering import Answers, answering
from tests.unit.slack.test_answers import MESSAGE


@pytest.fixture
def slack() -> Iterator[Answers]:
    with answering() as made:
        yield made


@pytest.mark.parametrize(
    "odd",
    [
        None,
        "x",
        {**MESSAGE, "ts": 5},
        {**MESSAGE, "ts": None},
        {**MESSAGE, "metadata": []},
        {**MESSAGE, "metadata": {"event_type": "exact_slack_delivery", "event_payload": []}},
        {**MESSAGE, "files": {}},
        {**MESSAGE, "files": [None]},
    ],
)
@pytest.mark.parametrize("page", [0, 1])
def test_what_cannot_be_read_may_be_what_is_looked_for(slack: Answers, odd: Any, page: int) -> None:
    found = {**MESSAGE, "ts": "1795766400.000200"}
    found["metadata"] = {**MESSAGE["metadata"], "event_payload": {"key": "k2"}}

    def answer(method: str, arguments: dict[str, str]) -> Any:
        at = int(arguments.get("cursor", "0"))
        messages = [found, odd] if at == page else [found]
        following = {"next_cursor": str(at + 1)} if at < 2 else {}
        return {"ok": True, "messages": messages, "response_metadata": following}

    slack.answer = answer
    client, look = SlackClient("xoxb-1", slack.url), LookUp("C0AP", None, 1.0)
    for time in range(1, ODD_TIMES + 1):
        look.advance(client, float(time))
        assert look.keys["k2"] == "1795766400.000200"
        assert not look.complete
        assert look.refused
        assert look.for_good == (time == ODD_TIMES)


def test_it_goes_on_once_everything_can_be_read(slack: Answers) -> None:
    client, look = SlackClient("xoxb-1", slack.url), LookUp("C0AP", None, 1.0)
    slack.always({"ok": True, "messages": [MESSAGE, None]})
    look.advance(client, 1.0)
    slack.always({"ok": True, "messages": [MESSAGE]})
    look.advance(client, 2.0)
    assert (look.complete, look.refused) == (True, None)


_LEADS: dict[str, Callable[[int], int | None]] = {
    "to itself": lambda at: 1,
    "round": lambda at: at % 3 + 1,
    "on and on": lambda at: at + 1,
    "nowhere": lambda at: None,
}


@pytest.mark.parametrize("leads", _LEADS)
def test_a_history_without_an_end_is_given_up(slack: Answers, leads: str) -> None:
    """Whatever a cursor leads to, the calls are counted, and in the end it cannot be looked up."""
    calls = 0

    def answer(method: str, arguments: dict[str, str]) -> Any:
        nonlocal calls
        calls += 1
        at = _LEADS[leads](int(arguments.get("cursor", "0")))
        if "cursor" in arguments and at is None:
            return {"ok": False, "error": "invalid_cursor"}
        following = {"next_cursor": str(at or 1)}
        return {"ok": True, "messages": [MESSAGE], "response_metadata": following}

    slack.answer = answer
    client, look = SlackClient("xoxb-1", slack.url), LookUp("C0AP", None, 1.0)
    for time in range(ODD_TIMES):
        look.advance(client, float(time))
        if look.for_good:
            break
    assert look.for_good
    assert not look.complete
    assert calls <= PAGES
