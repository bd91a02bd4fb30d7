"""Refusals of one cause, told as one."""

import pytest

from exact_slack.exact.errors import DayUsedUp, named_divisions, refusal


@pytest.mark.parametrize(
    ("divisions", "told"),
    [
        ([1], "division 1"),
        ([2, 1, 2], "divisions 1 and 2"),
        ([3, 1, 2], "divisions 1, 2 and 3"),
        (range(1, 8), "7 divisions (1, 2, 3, 4, 5 …)"),
        ([None], "the request"),
    ],
)
def test_divisions_are_named(divisions: list[int | None], told: str) -> None:
    assert named_divisions(divisions) == told


def test_the_calls_of_several_divisions_are_one_line() -> None:
    first, *others = (DayUsedUp(division, "Poll less often.") for division in (1, 2, 3))
    assert len({one.cause for one in (first, *others)}) == 1
    told = "Exact's calls for today are used up for divisions 1, 2 and 3; Poll less often."
    assert str(first.joined(others)) == told
    assert str(first.joined([])) == str(first)


def test_refusals_of_several_divisions_say_every_reason() -> None:
    """One line must not hide that the divisions lack different things."""
    licence = refusal(403, "purchaseentry/PurchaseEntries", 1, "LicenseExpired", "")
    access = refusal(403, "purchaseentry/PurchaseEntries", 2, "NoDivisionAccess", "")
    told = str(licence.joined([access]))
    assert told.startswith("Exact refuses divisions 1 and 2, 1 kind: the Exact licence has expired")
    assert "this login has no access to the division" in told
    assert licence.subject != access.subject
