"""A close for a program: the fields of `close --json`. Amounts are numbers, to the cent."""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from exact_slack.close.registry import kinds
from exact_slack.close.words import LineWords
from exact_slack.documents.closing import Closing, Item, Line

_CENT = Decimal("0.01")
_LOCALE = "en_GB"
"""A program reads one language."""


def as_json(closings: Sequence[Closing]) -> dict[str, Any]:
    """Companies, and in each its lines."""
    return {"companies": [_company(closing) for closing in closings]}


def _company(closing: Closing) -> dict[str, Any]:
    return {
        "division": closing.division,
        "name": closing.name,
        "period": closing.period.name,
        "from": closing.period.begin.isoformat(),
        "until": closing.period.end.isoformat(),
        "ready": closing.ready,
        "lines": [_line(line, closing.currency) for line in closing.lines],
    }


def _line(line: Line, currency: str) -> dict[str, Any]:
    words, judged = LineWords(kinds()[line.name].words, _LOCALE), line.judged
    return {
        "name": line.name,
        "title": judged.title or words.label("title"),
        "state": judged.light.value,
        "why": " ".join(words.sentence(said, currency) for said in judged.why),
        "count": judged.count,
        "amount": _money(judged.amount),
        "currency": currency,
        "items": [_item(item, words, currency) for item in judged.items],
    }


def _item(item: Item, words: LineWords, currency: str) -> dict[str, Any]:
    return {
        "name": item.name,
        "amount": _money(item.amount),
        "why": words.sentence(item.said, currency) if item.said else None,
    }


def _money(amount: Decimal | None) -> float | None:
    if amount is None:
        return None
    return float(amount.quantize(_CENT, ROUND_HALF_EVEN)) + 0.0  # no minus before a zero
