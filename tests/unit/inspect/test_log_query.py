"""What a person types, and that no question about it walks through a large table."""

from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from exact_slack.inspect.log.query import amount_of, find
from exact_slack.ledger.ledger import Ledger

QUERIES = (
    "4711",
    "VD-4711",
    "11111111-1111-1111-1111-111111111111",
    "https://acme.slack.com/archives/C012ABCDE/p1764412345000100",
    "van dijk",
)


def test_every_question_goes_through_an_index(tmp_path: Path) -> None:
    statements: set[str] = set()
    with closing(Ledger(tmp_path)) as ledger:
        ledger.db._connection.set_trace_callback(statements.add)
        for query in QUERIES:
            assert list(find(ledger, query)) == []
        ledger.log.of_documents([1])
        ledger.log.of_deliveries([1])
        ledger.db._connection.set_trace_callback(None)
        plans = [
            str(row["detail"])
            for statement in statements
            for row in ledger.db.rows(f"EXPLAIN QUERY PLAN {statement}")
        ]
    large = ("documents", "deliveries", "log", "amounts", "collected")
    assert len(plans) > 20
    assert not [plan for plan in plans if plan.startswith(tuple(f"SCAN {t}" for t in large))]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("121", "121"),
        ("121.5", "121.5"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("€ 1 234,56", "1234.56"),
        ("EUR 1.234.567", "1234567"),
        ("1.234", "1234"),
        ("-12,00", "-12"),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, amount: str) -> None:
    assert amount_of(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["", "dijk", "INV-12", "..", "2026-11-24"])
def test_what_is_no_amount_is_none(text: str) -> None:
    assert amount_of(text) is None
