"""`--log-format json`: whatever a command writes to stderr, each line is one object."""

import json
from datetime import datetime
from typing import Any

import pytest

from exact_slack.sandbox.faults import ALWAYS
from tests.e2e.rig import TOKEN, Rig

pytestmark = pytest.mark.usefixtures("hands")
FIELDS = {"ts", "level", "event", "run", "customer", "msg"}


def lines(rig: Rig, *words: str) -> tuple[int, list[dict[str, Any]]]:
    done = rig.run("--log-format", "json", *words)
    found = [json.loads(line) for line in done.err.splitlines()]
    for one in found:
        assert set(one) >= FIELDS
        assert datetime.fromisoformat(one["ts"]).utcoffset() is not None
    assert TOKEN not in done.err
    return done.code, found


def test_calls_and_deliveries_are_named(rig: Rig) -> None:
    rig.poll()
    rig.entry(2, SupplierName="Geheim B.V.")
    code, found = lines(rig, "-vv", "poll")
    assert code == 0
    calls = [one for one in found if one["event"] == "exact call"]
    assert "GET purchaseentry/PurchaseEntries" in {one["call"] for one in calls}
    (posted,) = (one for one in found if one["event"] == "posted")
    assert (posted["delivery"], posted["call"]) == (1, "chat.postMessage")
    assert posted["run"] == 2
    assert {one["customer"] for one in found} == {"acme"}
    assert "Geheim" not in str(found)


def test_a_refusal_and_a_problem_are_objects(rig: Rig) -> None:
    rig.poll()
    rig.entry(2)
    rig.exact.faults.add("api/v1", "status", times=ALWAYS, when="before", status=503)
    code, found = lines(rig, "-v", "poll")
    assert code == 75
    assert ("error", "problem") in {(one["level"], one["event"]) for one in found}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("poll", "--nonsense"), 2),
        (("--nonsense", "poll"), 2),
        (("pol",), 2),
        (("-c", "/nowhere.yaml", "status"), 78),
    ],
)
def test_a_mistake_in_the_command_line_is_one_object(
    rig: Rig, words: tuple[str, ...], code: int
) -> None:
    ended, found = lines(rig, *words)
    assert ended == code
    assert found[-1]["level"] == "error"
    assert found[-1]["run"] is None


def test_what_nobody_foresaw_is_told_without_a_bare_traceback(rig: Rig) -> None:
    rig.poll()
    (rig.state / "ledger.sqlite").write_bytes(b"no ledger")
    code, found = lines(rig, "-vv", "poll")
    assert code != 0
    assert found[-1]["event"] in {"problem", "unexpected", "traceback"}
