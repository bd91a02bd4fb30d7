"""The lines of a document: as a table, as text, and their allocation to cost centers."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from exact_slack.documents.document import Document, Line
from exact_slack.documents.kinds import Kind
from exact_slack.rendering.blocks import Block, clean, table
from exact_slack.rendering.locale import Words

SHOWN = 25
"""Lines in a table; of more, the biggest are shown and the rest is summed up."""
_CENTERS = 15


@dataclass(frozen=True, slots=True)
class Shown:
    """The lines to show, in their order, and what is left out."""

    lines: tuple[Line, ...]
    more: int
    more_total: Decimal


def currency_of(document: Document) -> str:
    """The currency in which the lines are shown: the document's, or the company's where a line
    knows only that one. Never both in one sum."""
    own_only = any(line.amount is None and line.amount_dc is not None for line in document.lines)
    return document.company_currency if own_only else document.currency


def amount_of(document: Document, line: Line) -> Decimal | None:
    """A line's amount in `currency_of` the document; None where it has none."""
    own = any(one.amount is None and one.amount_dc is not None for one in document.lines)
    return line.amount_dc if own else line.amount


def _sum(document: Document, lines: Iterable[Line]) -> Decimal:
    return sum((amount_of(document, line) or Decimal(0) for line in lines), Decimal(0))


def choose(document: Document, most: int = SHOWN) -> Shown:
    """The biggest lines, in the order of the document."""
    lines = document.lines
    if len(lines) <= most:
        return Shown(lines, 0, Decimal(0))
    sizes = [abs(amount_of(document, line) or Decimal(0)) for line in lines]
    order = sorted(range(len(lines)), key=lambda i: (-sizes[i], i))
    kept = set(order[:most])
    rest = _sum(document, (lines[i] for i in order[most:]))
    chosen = tuple(line for i, line in enumerate(lines) if i in kept)
    return Shown(chosen, len(lines) - most, rest)


def _name(code: str, name: str) -> str:
    return f"{code} {name}".strip()


def describe(line: Line) -> str:
    """What a line is about."""
    parts = [line.account, line.description or line.item, line.notes, line.our_ref]
    return " · ".join(dict.fromkeys(part for part in parts if part))


def _amounts(document: Document, line: Line, words: Words) -> list[str]:
    amount = amount_of(document, line)
    currency = currency_of(document)
    if document.kind is not Kind.JOURNAL_ENTRY:
        return [words.amount(amount, currency)]
    if amount is None:
        return ["", ""]
    shown = words.amount(abs(amount), currency)
    return [shown, ""] if amount >= 0 else ["", shown]


def _quantity(document: Document, line: Line, words: Words) -> str:
    text = words.number(line.quantity)
    if document.kind is Kind.PURCHASE_ORDER and line.received is not None:
        return f"{words.number(line.received)} / {text}"
    return text


def line_table(document: Document, words: Words, most: int = SHOWN, width: int = 80) -> Block:
    """The table block; the last row sums up what is left out."""
    shown = choose(document, most)
    units = any(line.cost_unit for line in document.lines)
    counted = any(line.quantity is not None for line in document.lines)
    journal = document.kind is Kind.JOURNAL_ENTRY
    sides = ["debit", "credit_side"] if journal else ["amount"]
    # amounts before the account: a narrow window cuts a table off on the right
    keys = ["description", "cost_center", *["cost_unit"] * units, *sides]
    keys += [*["quantity"] * counted, "gl_account"]
    heads = [words.label(key) for key in keys]
    rows = [heads]
    for line in shown.lines:
        row = [clean(describe(line), width), _cell(line.cost_center, line.cost_center_name)]
        row += [_cell(line.cost_unit, line.cost_unit_name)] * units
        row += _amounts(document, line, words)
        row += [_quantity(document, line, words)] * counted
        rows.append([*row, _cell(line.gl_account, line.gl_account_name)])
    if shown.more:
        rows.append([more_text(document, shown, words)] + [""] * (len(heads) - 1))
    return table(rows, {i for i, key in enumerate(keys) if key in (*sides, "quantity")})


def _cell(code: str, name: str) -> str:
    text = _name(code, name)
    return clean(text, 40) if text else ""


def more_text(document: Document, shown: Shown, words: Words) -> str:
    """ "… and N more lines, total X"."""
    total = words.amount(shown.more_total, currency_of(document))
    return words.label("more_lines", n=shown.more, total=total)


def line_texts(document: Document, words: Words, most: int) -> list[str]:
    """The lines as text, for readers that see no blocks."""
    shown = choose(document, most)
    texts = []
    for line in shown.lines:
        amount = words.amount(amount_of(document, line), currency_of(document))
        parts = [clean(describe(line), 60), _cell(line.cost_center, ""), amount]
        texts.append("- " + " · ".join(part for part in parts if part))
    if shown.more:
        texts.append(more_text(document, shown, words))
    return texts


def allocation(document: Document, words: Words) -> str:
    """What each cost center bears; the parts add up to the lines. "" where no line has one."""
    totals: dict[str, Decimal] = {}
    for line in document.lines:
        name = _name(line.cost_center, line.cost_center_name)
        totals[name] = totals.get(name, Decimal(0)) + (amount_of(document, line) or Decimal(0))
    without = totals.pop("", None)
    if not totals:
        return ""
    currency = currency_of(document)
    ordered = sorted(totals.items(), key=lambda item: -abs(item[1]))
    parts = [
        f"{clean(name, 40)} {words.amount(total, currency)}" for name, total in ordered[:_CENTERS]
    ]
    if ordered[_CENTERS:]:
        rest = sum((total for _, total in ordered[_CENTERS:]), Decimal(0))
        parts.append(f"… +{len(ordered) - _CENTERS} {words.amount(rest, currency)}")
    if without is not None:
        parts.append(f"{words.label('no_cost_center')} {words.amount(without, currency)}")
    return " · ".join(parts)
