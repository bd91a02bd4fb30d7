"""`config check` doubts conditions that cannot hold, and leaves sensible ones alone."""

from pathlib import Path

import pytest

from exact_slack.config.load import load
from exact_slack.routing.doubts import doubts

BASE = """\
exact:
  region: nl
  divisions: [123456, 234567]
  client_id: {env: ID}
  client_secret: {env: SECRET}
  redirect_uri: https://finance.example.com/exact/callback
slack: {}
"""


def _doubts(folder: Path, when: str, more: str = "") -> list[str]:
    path = folder / "acme.yaml"
    path.write_text(f'{BASE}routes:\n  - name: r\n    channel: "#a"\n    when: {when}\n{more}')
    return [line.removeprefix(f"{path}:") for line in doubts(load(path))]


@pytest.mark.parametrize(
    ("when", "key", "told"),
    [
        ("{division: 999}", "division", "none of exact.divisions fits (123456, 234567)"),
        ('{kind: "!*"}', "kind", "takes nothing"),
        ('{amount: ["> 5000 and < 10", ">= 1"]}', "amount", "at once"),
        ("{currency: EURO}", "currency", "EURO is no code"),
        ("{kind: purchase_entry, status: drafty}", "status", "open, processed, rejected"),
        (
            "{kind: sales_entry, exception: unusual_amount}",
            "exception",
            "purchase_entry, purchase_invoice",
        ),
        ("{kind: sales_entry, event: paid}", "event", "a payment or a receipt"),
        (
            "{kind: purchase_invoice, exception: overdue}",
            "exception",
            "let some route take payment, too",
        ),
        (
            "{kind: [bank_entry, cash_entry], exception: no_cost_center}",
            "exception",
            "no_cost_center fires only for journal_entry, purchase_entry",
        ),
        (
            "{kind: purchase_entry, exception: [no_cost_center, unusual_amount], cost_center: VEN}",
            "exception",
            "cost_center leaves that out",
        ),
        (
            '{kind: "purchase_entry", exception: rejected, status: processed}',
            "exception",
            "status leaves it out",
        ),
        ("{event: paid, exception: overdue}", "exception", "not fire on what is paid"),
        ("{exception: [below_limit, new_supplier]}", "exception", "below_limits names none"),
        ("{event: paid, exception: no_cost_center}", "exception", "event leaves everything else"),
    ],
)
def test_what_can_never_hold_is_told_with_its_place(
    tmp_path: Path, when: str, key: str, told: str
) -> None:
    (line,) = _doubts(tmp_path, when)
    assert line.startswith(f"11: routes[0].when.{key}: ")
    assert told in line


@pytest.mark.parametrize(
    "when",
    [
        "{}",
        '{division: ["!999", "1234*"]}',
        '{amount: [">= 1000 and < 1000.01", "!= 0", "< 0.01", "> 0"]}',
        '{currency: ["!EUR", "U*"]}',
        '{kind: "purchase_*", status: ["!draft", "20", "rej*", Canceled]}',
        "{exception: [duplicate_reference, no_cost_center, rejected, overdue]}",
        '{kind: sales_entry, exception: "!rejected"}',
        '{kind: sales_entry, exception: "no_*"}',
        '{kind: [sales_entry, receipt], exception: "*"}',
        '{exception: no_cost_center, cost_center: "!VEN"}',
        "{exception: rejected, status: [rejected, 20]}",
        "{event: [paid, created], exception: [overdue, rejected]}",
        "{kind: [payment, receipt], exception: overdue}",
        "{kind: payment, event: paid}",
    ],
)
def test_what_can_hold_is_left_alone(tmp_path: Path, when: str) -> None:
    assert _doubts(tmp_path, when) == []


def test_payments_of_another_route_count_and_silences_are_looked_at(tmp_path: Path) -> None:
    pays = '  - {name: p, channel: "#a", when: {kind: payment}}\n'
    assert _doubts(tmp_path, "{kind: purchase_entry, exception: overdue}", pays) == []
    quiet = "silences:\n  - {match: {division: 1}, until: 2999-12-31, reason: audit}\n"
    (line,) = _doubts(tmp_path, "{}", quiet)
    assert "silences[0].match.division: none of exact.divisions fits" in line


TRIAGED = """\
  - name: a
    channel: "#b"
    triage: {remind: "09:00"%s}
  - name: b
    channel: "#b"
    triage: {remind: "%s"}
"""


@pytest.mark.parametrize(
    ("more", "remind", "told"),
    [
        ("", "09:00", []),
        (", alert_after: 3d", "09:00", ["14: routes[1].triage.alert_after: there is no alerts"]),
        ("", "08:30", ["17: routes[2].triage.remind: a channel gets one list a day, and that of"]),
    ],
)
def test_triage_of_which_nobody_would_hear_is_doubted(
    tmp_path: Path, more: str, remind: str, told: list[str]
) -> None:
    lines = _doubts(tmp_path, "{}", TRIAGED % (more, remind))
    assert [line[: len(start)] for line, start in zip(lines, told, strict=True)] == told


@pytest.mark.parametrize(
    ("when", "more"),
    [
        ("{exception: below_limit}", "exceptions: {below_limits: [10000]}\n"),
        ('{exception: "*", kind: purchase_entry}', ""),  # asks for whatever fits
    ],
)
def test_below_limit_is_left_alone_where_there_are_limits_or_nobody_named_it(
    tmp_path: Path, when: str, more: str
) -> None:
    assert not [line for line in _doubts(tmp_path, when, more) if "below_limit" in line]
