"""What cannot be read or handled hides nothing behind it, and stays known until it is gone."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest

from exact_slack.app.customer import Customer
from exact_slack.app.summary import Summary
from exact_slack.config.load import load
from exact_slack.deliver.presenter import Presenter
from exact_slack.plan.fired import Fired
from exact_slack.plan.planner import Planner
from exact_slack.runs.poll import PollOptions, poll
from exact_slack.runs.status import status
from exact_slack.runs.verify import verify
from exact_slack.sandbox.http import Request, Response
from tests.e2e.rig import DIVISION, ENTRIES, Rig

pytestmark = [pytest.mark.usefixtures("hands"), pytest.mark.sampled(2)]


@contextmanager
def customer_of(rig: Rig) -> Iterator[Customer]:
    made = Customer(load(rig.config))
    try:
        yield made
    finally:
        made.close()


def collected(customer: Customer) -> Summary:
    found = poll(customer, PollOptions(max_posts=0))
    assert isinstance(found, Summary)
    return found


class Spoiler:
    """Changes the rows of one number on their way; `spoil` may be taken away again."""

    def __init__(self, rig: Rig, number: int, spoil: Callable[[dict[str, Any]], Any]) -> None:
        self.spoil: Callable[[dict[str, Any]], Any] | None = spoil
        self._number = number
        self._answer = rig.exact.server.handler
        rig.exact.server.handler = self

    def __call__(self, request: Request) -> Response:
        answer = self._answer(request)
        if self.spoil is None or ENTRIES not in request.path or answer.status != 200:
            return answer
        found = json.loads(answer.body)
        data = found["d"]
        rows = data["results"] if isinstance(data, dict) else data
        spoil = self.spoil
        rows[:] = [spoil(row) if row.get("EntryNumber") == self._number else row for row in rows]
        body = json.dumps(found).replace('"HUGE"', "1e1000000").replace('"LONG"', "7" * 4301)
        return Response(200, answer.headers, body.encode())


def _with(**values: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda row: {**row, **values}


SPOILED: dict[str, Callable[[dict[str, Any]], Any]] = {
    "no Modified": _with(Modified=None),
    "a Modified that is none": _with(Modified="soon"),
    "a key that is no GUID": _with(EntryID="7"),
    "a key of another type": _with(EntryID={"a": []}),
    "an amount without end": _with(AmountDC="HUGE"),
    "an amount of 4,301 digits": _with(AmountDC="LONG"),
    "the same as text": _with(AmountDC="1e1000000"),
    "lines that go on nowhere": _with(PurchaseEntryLines={"results": [], "__next": "https://[::1"}),
    "nothing": lambda row: None,
    "a list": lambda row: [row],
}


@pytest.mark.sampled(3)
@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
def test_a_row_that_cannot_be_read_stays_known_until_it_is_gone(
    rig: Rig, spoil: Callable[[dict[str, Any]], Any]
) -> None:
    with customer_of(rig) as customer:
        collected(customer)
        spoiler = Spoiler(rig, 1, spoil)
        key = rig.entry(1)["EntryID"]
        rig.entry(2)
        found = collected(customer)
        assert (found.new, found.exit_code(), len(found.problems)) == (1, 1, 1)
        for number in (3, 4):  # the cursor has passed it
            with customer.ledger.transaction():
                customer.ledger.db.run("UPDATE cursors SET newest=newest+3600000")
            rig.exact.store.upsert(
                DIVISION, ENTRIES, {"EntryNumber": number}, modified=rig.exact.store.now()
            )
            found = collected(customer)
            assert (found.exit_code(), len(found.problems)) == (1, 1)
            told: dict[str, Any] = status(customer).as_json()
            assert (told["ok"], len(told["unreadable"])) == (False, 1)
        gaps = [gap.what for result in verify(customer, "1h", False).results for gap in result.gaps]
        assert "unreadable" in gaps
        if len(found.problems) and key in str(found.problems):
            spoiler.spoil = None  # mended without a trace
            assert collected(customer).new == 1
        else:
            rig.exact.store.delete(DIVISION, ENTRIES, key)
        found = collected(customer)
        assert (found.exit_code(), found.problems) == (0, [])
        assert status(customer).as_json()["unreadable"] == []


def _fail(what: str, number: int) -> Callable[..., Any]:
    def failing(original: Callable[..., Any]) -> Callable[..., Any]:
        def method(self: Any, *args: Any, **more: Any) -> Any:
            document = getattr(args[0], "document", args[0])
            if getattr(document, "number", "") == str(number):
                raise OverflowError(what)
            return original(self, *args, **more)

        return method

    return failing


def test_a_document_that_cannot_be_planned_stops_no_other(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    with customer_of(rig) as customer:
        collected(customer)
        with monkeypatch.context() as broken:
            failing = _fail("rules", 2)(Fired.of)
            broken.setattr(Fired, "of", failing)
            keys = [rig.entry(number)["EntryID"] for number in (1, 2, 3)]
            for new in (2, 0):
                found = collected(customer)
                assert (found.new, found.exit_code()) == (new, 1)
                [told] = found.problems
                assert keys[1] in str(told)
                assert "OverflowError" in str(told)
        found = collected(customer)
        assert (found.new, found.problems) == (1, [])


@pytest.mark.parametrize("step", ["reroute", "fall_due", "tell_floods"])
def test_what_waits_already_goes_out_whatever_fails(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    with customer_of(rig) as customer:
        collected(customer)
        rig.entry(1)
        collected(customer)

        def failing(*_: object) -> None:
            raise OverflowError

        monkeypatch.setattr(Planner, step, failing)
        rig.entry(2)
        with customer.ledger.transaction():
            customer.ledger.due.judged(date(2026, 1, 1))  # a day has begun since
        found = poll(customer, PollOptions())
        assert isinstance(found, Summary)
        assert (found.posted, found.exit_code()) == (2, 1)
        assert "OverflowError" in str(found.problems)


def test_a_whole_kind_that_nobody_foresaw_leaves_what_waits(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    with customer_of(rig) as customer:
        collected(customer)
        rig.entry(1)
        collected(customer)

        def failing(*_: object, **__: object) -> None:
            raise OverflowError

        monkeypatch.setattr("exact_slack.collect.completer.Completer.complete", failing)
        rig.entry(2)
        found = poll(customer, PollOptions())
        assert isinstance(found, Summary)
        assert (found.posted, found.exit_code()) == (1, 1)
        assert "purchase_entry of division 123456" in str(found.problems)


def test_a_delivery_that_nobody_foresaw_stops_no_other(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    with customer_of(rig) as customer:
        collected(customer)
        rig.entry(1)
        rig.entry(2)
        count = iter(range(10))
        original = Presenter.broadcast

        def failing(self: Presenter, *args: Any) -> Any:
            if next(count) == 0:
                raise OverflowError
            return original(self, *args)

        monkeypatch.setattr(Presenter, "broadcast", failing)
        found = poll(customer, PollOptions())
        assert isinstance(found, Summary)
        assert (found.posted, found.held, found.exit_code()) == (1, 1, 1)
        assert "delivery" in str(found.problems)
    assert rig.run("replay", "--held", "--json").json["posted"] == 1
    assert len(rig.heads()) == 2


_ODD = "a\\ud800\\u001b[31m\\u202e\\u0000\tb"
_KEPT = ("__next", "ServerTime", "EntryID", "ID", "Modified", "Created", "uri", "Supplier")


def _odd(value: Any) -> Any:
    """Every text with half a character, control sequences and a raw tab before it."""
    if isinstance(value, dict):
        return {name: inner if name in _KEPT else _odd(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_odd(inner) for inner in value]
    return f"ODD{value}" if isinstance(value, str) and value[:5] != "/Date" else value


def test_text_of_any_kind_gets_through_every_command(rig: Rig) -> None:
    answer = rig.exact.server.handler

    def odd(request: Request) -> Response:
        found = answer(request)
        if "api/v1" not in request.path or not found.body.startswith(b"{"):
            return found
        body = json.dumps(_odd(json.loads(found.body))).replace("ODD", _ODD)
        return Response(found.status, found.headers, body.encode(), found.reason)

    rig.exact.server.handler = odd
    rig.poll()
    rig.entry(1)
    for words in (("-vv", "poll", "--dry-run"), ("-vv", "poll")):
        assert rig.run(*words).code == 0
    rig.exact.rules.missing_scopes = {"Financial accounting"}
    for command in ("poll", "status", "status --json", "status --verify 7d", "webhooks list"):
        done = rig.run("-vv", *command.split())
        assert "nexpected" not in done.err
        assert "\x1b[31m" not in done.out + done.err
    [head] = rig.heads()
    assert "\x1b" not in head.text
    assert "Boxes" in head.text
