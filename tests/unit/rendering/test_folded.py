"""Long tables: the biggest rows open, the others folded; cut where Slack takes no container."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from exact_slack.documents.document import Document, Line
from exact_slack.documents.kinds import Kind
from exact_slack.documents.samples import SAMPLES
from exact_slack.rendering.blocks import BUDGET, size
from exact_slack.rendering.context import HeadContext
from exact_slack.rendering.folded import LONG, OPEN
from exact_slack.rendering.head import head
from exact_slack.rendering.message import Message
from exact_slack.rendering.payment_run import RunContext, RunPayment, payment_run
from exact_slack.rendering.replies import changed_reply
from exact_slack.sandbox.slack.blocks.judge import judge
from tests.unit.rendering.samples import readable

FOLDS, CUTS = HeadContext("en_GB", folds=True), HeadContext("en_GB")


def _line(number: int) -> Line:
    return Line(
        str(number),
        number,
        f"Pallet {number:03d}.",
        amount=Decimal(1000 + number),
        amount_dc=Decimal(1000 + number),
        cost_center=f"C{number % 7}",
        gl_account="7010",
        quantity=Decimal(number),
    )


def _long(count: int) -> Document:
    return replace(SAMPLES["purchase_entry"], lines=tuple(_line(n) for n in range(1, count + 1)))


def _blocks(message: Message, kind: str) -> list[dict[str, Any]]:
    assert judge(list(message.blocks), all_text=9_000) is None
    return [block for block in message.blocks if block["type"] == kind]


def _rows(message: Message) -> int:
    (table,) = _blocks(message, "table")
    return len(table["rows"])


@pytest.mark.parametrize("count", [LONG + 1, 26, 60])
def test_what_a_long_table_leaves_out_is_folded_away(count: int) -> None:
    document = _long(count)
    message = head(document, FOLDS)
    (box,) = _blocks(message, "container")
    assert _rows(message) == OPEN + 2  # the heading, and the sum of the others
    assert box["title"]["text"] == f"{count - OPEN} more"
    shown = readable(message).partition("\n\n")[2]
    for line in document.lines:
        assert shown.count(line.description) == 1
    assert f"  Pallet {count - OPEN:03d}. · €1,0" in shown  # the biggest stand open
    assert "Pallet 001. · €1,001.00 · C1 · Quantity 1 · 7010" in shown
    assert "more lines, total €" in str(_blocks(message, "table"))  # not only in the container
    assert "Per cost center" in shown


@pytest.mark.parametrize("count", [1, LONG])
def test_a_short_table_is_as_it_was(count: int) -> None:
    assert head(_long(count), FOLDS) == head(_long(count), CUTS)


def test_where_slack_takes_no_container_the_table_is_cut() -> None:
    message = head(_long(60), CUTS)
    assert not _blocks(message, "container")
    assert _rows(message) == 27
    assert "… and 35 more lines, total €" in str(message.blocks)


def test_what_has_no_room_is_counted() -> None:
    message = head(_long(400), FOLDS)
    (box,) = _blocks(message, "container")
    assert box["title"]["text"] == "390 more"
    shown = readable(message).partition("\n\n")[2]
    kept = sum(line.description in shown for line in _long(400).lines)
    assert 60 < kept < 400
    assert f"… and {400 - kept} more" in shown
    assert BUDGET - 200 < size(message.blocks) <= BUDGET


def test_without_room_for_the_others_the_table_is_cut_as_before() -> None:
    texts: dict[str, Any] = dict.fromkeys(
        ("reference", "project", "item", "order_number", "creator", "journal"), "<" * 200
    )
    document = replace(_long(60), description="<" * 500, notes="<" * 700, **texts)
    document = replace(document, account=replace(document.account, name="<" * 150))
    message = head(document, FOLDS)
    assert not _blocks(message, "container")
    assert message == head(document, CUTS)


def test_a_journal_entry_names_its_sides_and_what_is_deleted_is_struck_through() -> None:
    lines = tuple(
        replace(_line(n), amount=Decimal(n if n % 2 else -n), quantity=None) for n in range(1, 31)
    )
    document = replace(SAMPLES["journal_entry"], lines=lines)
    message = head(document, replace(FOLDS, deleted=True))
    shown = readable(message)
    assert "Pallet 001. · Debit €1.00" in shown.replace("~", "")
    assert "Pallet 002. · Credit €2.00" in shown.replace("~", "")
    (box,) = _blocks(message, "container")
    leaves = box["child_blocks"][0]["elements"][0]["elements"]
    assert all(leaf["style"]["strike"] for leaf in leaves if leaf["text"].startswith("Pallet"))


def test_many_changed_lines_are_folded_too() -> None:
    before = _long(60)
    lines = tuple(replace(one, amount=Decimal(one.number)) for one in before.lines)
    told = changed_reply(before, replace(before, lines=lines), FOLDS)
    assert told is not None
    (box,) = _blocks(told, "container")
    assert box["title"]["text"] == "50 more"
    assert _rows(told) == OPEN + 2
    assert "Line 40" in str(box)


@pytest.mark.parametrize("locale", ["en_GB", "nl_NL", "de_DE", "fr_FR", "es_ES"])
def test_a_run_of_sixty_payments_names_them_all(locale: str) -> None:
    payments = [
        RunPayment(replace(SAMPLES["payment"], number=f"266{n:05d}", amount_dc=Decimal(n)))
        for n in range(1, 61)
    ]
    message = payment_run(payments, RunContext(locale, folds=True))
    (box,) = _blocks(message, "container")
    assert box["title"]["text"].startswith(("50 ", "Nog 50"))
    shown = readable(message).partition("\n\n")[2]
    assert all(payment.document.number in shown for payment in payments)
    cut = payment_run(payments, RunContext(locale))
    assert not _blocks(cut, "container")
    assert _rows(cut) == 27


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_can_fold(kind: Kind) -> None:
    document = replace(SAMPLES[kind.value], lines=_long(40).lines)
    assert _blocks(head(document, FOLDS), "container")
