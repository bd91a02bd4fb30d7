"""What changed since the last report, by name and amount."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from exact_slack.documents.standing import Term, TermKind
from exact_slack.documents.subjects import Side
from exact_slack.reports.since import debtor, late_accounts, since

MONDAY = dt.date(2026, 11, 23)
TODAY = dt.date(2026, 11, 30)
READ = {(1, Side.RECEIVABLE)}


def term(key: str, amount: int, due: dt.date | None, account: str = "Acme") -> Term:
    return Term(
        1, Side.RECEIVABLE, key, account.lower(), account, key, "", due, "EUR", Decimal(amount),
        TermKind.INVOICE,
    )  # fmt: skip


SOON = dt.date(2026, 11, 25)
OLD = dt.date(2026, 10, 27)
"""27 days late on the Monday, 34 today."""
LATER = dt.date(2026, 12, 20)


def changes(before: list[Term], now: list[Term]) -> list[tuple[str, str, int]]:
    found = since(before, MONDAY, now, TODAY, ever_late=late_accounts(before, MONDAY), read=READ)
    return [(m.change.value, m.term.key, int(m.amount)) for m in found.moved]


def test_each_change_is_told_once_with_its_amount() -> None:
    before = [
        term("becomes-late", 10, SOON),
        term("paid", 20, OLD),
        term("half-paid", 40, LATER),
        term("moves-on", 80, OLD),
        term("same", 160, LATER),
    ]
    now = [
        before[0],
        replace(before[2], amount=Decimal(15)),
        before[3],
        before[4],
        term("new-and-late", 5, SOON),
        term("new", 7, LATER),
    ]
    assert changes(before, now) == [
        ("newly_overdue", "becomes-late", 10),
        ("newly_overdue", "new-and-late", 5),
        ("paid", "paid", 20),
        ("partly_paid", "half-paid", 25),
        ("moved_on", "moves-on", 80),
    ]


def test_a_term_that_was_split_is_the_same_invoice() -> None:
    before = [term("one", 100, LATER)]
    parts = [replace(before[0], amount=Decimal(60)), replace(before[0], amount=Decimal(40))]
    assert changes(before, parts) == []
    assert changes(before, parts[:1]) == [("partly_paid", "one", 40)]


def test_what_could_not_be_read_is_not_paid() -> None:
    before = [term("one", 100, OLD)]
    found = since(before, MONDAY, [], TODAY, ever_late=set(), read=set())
    assert found.moved == () and found.shift is None


def test_the_first_time_that_an_account_is_late() -> None:
    before = [term("a", 1, OLD, "Always"), term("b", 2, SOON, "Never"), term("c", 4, OLD, "Once")]
    now = [before[0], before[1], term("d", 8, SOON, "Never")]
    ever = late_accounts(before, MONDAY)
    assert {name for _, _, name in ever} == {"always", "once"}
    found = since(before, MONDAY, now, TODAY, ever_late=ever, read=READ)
    assert [(t.account, t.amount) for t in found.first_time_late] == [("Never", Decimal(8))]
    again = since(now, TODAY, now, TODAY, ever_late=ever | {debtor(now[1])}, read=READ)
    assert again.first_time_late == ()


def test_the_account_that_moved_a_bucket_most() -> None:
    before = [term("a", 50, OLD, "Small"), term("b", 900, OLD, "Big")]
    now = [*before, term("c", 60, LATER, "Small")]
    found = since(before, MONDAY, now, TODAY, ever_late=set(), read=READ)
    assert found.shift is not None
    # 27 days late became 34: out of one bucket, into the next
    assert found.shift.account == "Big"
    assert abs(found.shift.amount) == Decimal(900)
