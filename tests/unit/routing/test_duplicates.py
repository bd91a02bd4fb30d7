"""Duplicates as people make them, and what only looks like one."""

import datetime as dt
from decimal import Decimal

import pytest

from exact_slack.documents.compared.purchase import Purchase, equal_shape, is_near
from exact_slack.documents.kinds import Kind
from exact_slack.routing.duplicates import duplicate_of, second_of

Row = tuple[str, str, int]
"""Day (month-day), reference, amount."""


def _purchases(rows: list[Row], kind: Kind = Kind.PURCHASE_ENTRY) -> list[Purchase]:
    return [
        Purchase(
            kind=kind,
            key=f"k{place}",
            place=place,
            number=f"2660{place:04d}",
            reference=reference,
            amount=Decimal(amount),
            day=dt.date.fromisoformat(f"2026-{day}"),
            division=1,
        )
        for place, (day, reference, amount) in enumerate(rows, 1)
    ]


PLANTED: dict[str, list[Row]] = {
    "the same again": [("11-02", "INV-0042", 100), ("11-20", "INV-0042", 100)],
    "another shape": [("11-02", "2026/0099", 100), ("11-20", "2026-99", 100)],
    "blanks and case": [("11-02", "INV-0042", 100), ("11-20", "inv 42", 100)],
    "without punctuation": [("11-02", "2026/0099", 100), ("11-20", "20260099", 100)],
    "months later": [("02-02", "F-8812", 100), ("11-20", "F8812", 100)],
    "one digit": [("11-02", "F-88120", 100), ("11-20", "F-88720", 100)],
    "one swap": [("11-02", "F-88120", 100), ("11-20", "F-81820", 100)],
    "a digit missed": [("11-02", "F-88120", 100), ("11-20", "F-8820", 100)],
    "one without a reference": [("11-02", "F-88120", 100), ("11-06", "", 100)],
    "none with a reference": [("11-02", "", 100), ("11-06", "", 100)],
    "a word is no reference": [("11-02", "transport", 100), ("11-05", "Transport", 100)],
    "a credit twice": [("11-02", "C-7", -100), ("11-20", "C-7", -100)],
    "rent entered twice": [
        ("08-01", "Rent", 900),
        ("09-01", "Rent", 900),
        ("10-01", "Rent", 900),
        ("10-03", "Rent", 900),
    ],
    "rent with numbers entered twice": [
        ("08-01", "R-2608", 900),
        ("09-01", "R-2609", 900),
        ("10-01", "R-2610", 900),
        ("10-20", "r2610", 900),
    ],
    "credited once, entered three times": [
        ("11-02", "F-1", 100),
        ("11-03", "F-1", -100),
        ("11-04", "F-1", 100),
        ("11-09", "F-1", 100),
    ],
}
INNOCENT: dict[str, list[Row]] = {
    "another amount": [("11-02", "INV-0042", 100), ("11-20", "INV-0042", 101)],
    "rent by month": [("08-01", "", 900), ("09-01", "", 900), ("10-01", "", 900)],
    "rent with the same words": [(f"{m:02d}-01", "Rent", 900) for m in range(1, 12)],
    "rent with the contract's number": [(f"{m:02d}-01", "C 2211", 900) for m in range(1, 5)],
    "rent with the month": [("02-01", "Rent 2026-02", 900), ("03-01", "Rent 2026-03", 900)],
    "cleaning by week": [("11-02", "", 80), ("11-09", "", 80), ("11-16", "", 80)],
    "one number after the other": [("11-02", "F-88120", 100), ("11-03", "F-88121", 100)],
    "an amount billed often": [
        ("10-02", "F-5001", 45),
        ("10-09", "F-5113", 45),
        ("10-14", "F-5118", 45),
    ],
    "instalments": [("11-02", "T1/2026", 250), ("11-02", "T2/2026", 250)],
    "instalments of one number": [("11-02", "88120/1", 250), ("12-02", "88120/2", 250)],
    "a credit and its invoice": [("11-02", "F-1", 100), ("11-20", "F-1", -100)],
    "credited and billed again": [
        ("11-02", "F-1", 100),
        ("11-03", "CR-1", -100),
        ("11-04", "F-1", 100),
    ],
    "no reference, weeks apart": [("11-02", "", 100), ("11-20", "", 100)],
    "two invoices of one day": [("11-02", "F-88120", 100), ("11-02", "F-99341", 100)],
}


def _found(rows: list[Row]) -> Purchase | None:
    *others, last = _purchases(rows)
    return duplicate_of(last, others)


@pytest.mark.parametrize("name", PLANTED)
def test_what_was_entered_twice_is_found_with_the_other(name: str) -> None:
    found = _found(PLANTED[name])
    assert found is not None
    assert found.place == len(PLANTED[name]) - 1


@pytest.mark.parametrize("name", INNOCENT)
def test_what_only_looks_alike_is_none(name: str) -> None:
    assert _found(INNOCENT[name]) is None


def test_what_was_rejected_is_entered_again_and_an_invoice_becomes_an_entry() -> None:
    from dataclasses import replace

    first, second = _purchases([("11-02", "F-1", 100), ("11-04", "F-1", 100)])
    assert duplicate_of(second, [first]) is first
    assert duplicate_of(second, [replace(first, void=True)]) is None
    invoice = replace(first, kind=Kind.PURCHASE_INVOICE)
    assert duplicate_of(second, [invoice]) is invoice
    assert duplicate_of(second, [replace(invoice, number=second.number)]) is None
    assert duplicate_of(replace(second, file="d"), [replace(invoice, file="d")]) is None


@pytest.mark.parametrize(
    ("one", "other", "equal", "near"),
    [
        ("INV-0042", "inv 42", True, False),
        ("2026/99", "2026-0099", True, False),
        ("F 2026/0099", "f20260099", True, False),
        ("F-88120", "F-88720", False, True),
        ("F-88120", "F-81820", False, True),
        ("F-88120", "F-88121", False, False),
        ("F-88120", "G-88120", False, False),
        ("F-88120", "F-12088", False, False),
        ("7", "8", False, False),
    ],
)
def test_references_are_compared_as_people_read_them(
    one: str, other: str, equal: bool, near: bool
) -> None:
    for a, b in ((one, other), (other, one)):
        assert equal_shape(a, b) is equal
        assert (is_near(a, b) and not equal) is near


@pytest.mark.parametrize(
    ("rows", "fires"),
    [
        ([("11-02", "SAME", 100), ("11-02", "SAME", 200)], True),
        ([("11-02", "transport", 100), ("11-08", "transport", 250)], True),
        ([("02-02", "F-8812", 100), ("11-20", "F-8812", 200)], True),
        ([("10-01", "Rent", 900), ("11-01", "Rent", 910)], False),
        ([("10-01", "Cleaning", 80), ("10-08", "Cleaning", 90), ("10-15", "Cleaning", 80)], False),
        ([("10-01", "F-8812", 100), ("10-09", "F-8812", -100), ("10-10", "F-8812", 100)], False),
    ],
)
def test_a_reference_is_used_before_for_no_reason(rows: list[Row], fires: bool) -> None:
    *others, last = _purchases(rows)
    assert (second_of(last, others) is not None) is fires
