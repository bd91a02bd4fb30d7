"""The lines of a document: as a table, as text, and their allocation to cost centers."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from exact_slack.documents.document import Document, Line
from exact_slack.documents.kinds import STATEMENTS, Kind
from exact_slack.rendering import fields
from exact_slack.rendering.blocks import EMPTY, Block, clean, size, table
from exact_slack.rendering.folded import LONG, OPEN, folded
from exact_slack.rendering.words.locale import Words

SHOWN = 25
"""Lines in a table; of more, the biggest are shown and the rest is summed up."""
_VARIANTS = ((SHOWN, 80, 40), (SHOWN, 40, 24), (15, 40, 24), (8, 30, 20), (4, 24, 16), (1, 20, 12))
"""How many lines, and how wide their texts and names: the first that fits is taken."""
_NAMED = frozenset({"debit", "credit_side", "quantity"})
"""Columns whose values do not say what they are."""
_CENTERS = (15, 10, 6, 3, 1)
_EXACT = 100
"""Digits of a sum: more than any sum of amounts needs, so that nothing is rounded."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The lines to show, in their order, and what is left out."""

    lines: tuple[Line, ...]
    more: int
    more_total: Decimal
    more_debit: Decimal = Decimal(0)
    rest: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class _Column:
    key: str
    text: Callable[[Line], str]
    right: bool = False
    heading: str = ""


def _own_only(document: Document) -> bool:
    """Whether a line knows its amount in the company's currency only."""
    return any(line.amount is None and line.amount_dc is not None for line in document.lines)


def currency_of(document: Document) -> str:
    """The currency in which the lines are shown: the document's, or the company's where a line
    knows only that one. Never both in one sum."""
    return document.company_currency if _own_only(document) else fields.currency_of(document)


def _getter(document: Document) -> Callable[[Line], Decimal | None]:
    if _own_only(document):
        return lambda line: line.amount_dc
    return lambda line: line.amount


def amount_of(document: Document, line: Line) -> Decimal | None:
    """A line's amount in `currency_of` the document; None where it has none."""
    return _getter(document)(line)


def add_up(amounts: Iterable[Decimal | None]) -> Decimal:
    """The sum of those that are known, exact."""
    with localcontext(prec=_EXACT):
        return sum((amount for amount in amounts if amount is not None), Decimal(0))


def choose(document: Document, most: int = SHOWN) -> Shown:
    """The biggest lines, in the order of the document."""
    lines = document.lines
    if len(lines) <= most:
        return Shown(lines, 0, Decimal(0))
    amounts = _amounts(document)
    order = sorted(range(len(lines)), key=lambda i: (-abs(amounts[i] or Decimal(0)), i))
    kept = set(order[:most])
    rest = [amounts[i] or Decimal(0) for i in order[most:]]
    chosen = tuple(line for i, line in enumerate(lines) if i in kept)
    left_out = tuple(line for i, line in enumerate(lines) if i not in kept)
    debit = add_up(amount for amount in rest if amount > 0)
    return Shown(chosen, len(rest), add_up(rest), debit, left_out)


def _amounts(document: Document) -> list[Decimal | None]:
    get = _getter(document)
    return [get(line) for line in document.lines]


def describe(line: Line, *, party: bool = True) -> str:
    """What a line is about; `party` with its account and our reference."""
    parts = [line.account] if party else []
    parts += [line.description or line.item, line.notes]
    parts += [line.our_ref] if party else []
    return " · ".join(dict.fromkeys(part for part in parts if part.strip()))


def _name(code: str, name: str, width: int) -> str:
    text = f"{code} {name}".strip()
    return clean(text, width) if text else ""


def _columns(document: Document, words: Words, width: int, narrow: int) -> list[_Column]:
    """The columns that say something, amounts right after what a line is about: a narrow window
    cuts a table off on the right."""
    lines = document.lines
    cash = document.kind in STATEMENTS
    columns = [_Column("description", lambda line: clean(describe(line, party=not cash), width))]
    if cash and any(line.account for line in lines):
        columns.insert(0, _Column("account", lambda line: _name("", line.account, narrow)))
    columns += _money_columns(document, words)
    if cash and any(line.our_ref for line in lines):
        columns.append(_Column("our_ref", lambda line: _name("", line.our_ref, narrow)))
    if any(line.date and line.date != document.date for line in lines):
        columns.append(_Column("date", lambda line: words.date(line.date)))
    if not cash or any(line.cost_center for line in lines):
        columns.append(
            _Column("cost_center", lambda ln: _name(ln.cost_center, ln.cost_center_name, narrow))
        )
    if any(line.cost_unit for line in lines):
        columns.append(
            _Column("cost_unit", lambda ln: _name(ln.cost_unit, ln.cost_unit_name, narrow))
        )
    if any(line.quantity is not None for line in lines):
        columns.append(_quantity_column(document, words))
    if any(line.project for line in lines):
        columns.append(_Column("project", lambda line: _name("", line.project, narrow)))
    if any(line.gl_account or line.gl_account_name for line in lines):
        columns.append(
            _Column("gl_account", lambda ln: _name(ln.gl_account, ln.gl_account_name, narrow))
        )
    return columns


def _money_columns(document: Document, words: Words) -> list[_Column]:
    get = _getter(document)
    currency = currency_of(document)
    if document.kind is not Kind.JOURNAL_ENTRY:
        return [_Column("amount", lambda line: words.amount(get(line), currency), right=True)]

    def side(line: Line, *, debit: bool) -> str:
        amount = get(line)
        if amount is None or (amount >= 0) is not debit:
            return ""
        return words.amount(amount.copy_abs(), currency)

    return [
        _Column("debit", lambda line: side(line, debit=True), right=True),
        _Column("credit_side", lambda line: side(line, debit=False), right=True),
    ]


def _quantity_column(document: Document, words: Words) -> _Column:
    """The quantity; of an order, how much of it was received."""
    received = any(line.received is not None for line in document.lines)
    if document.kind is not Kind.PURCHASE_ORDER or not received:
        return _Column("quantity", lambda line: words.number(line.quantity), right=True)
    return _Column(
        "quantity",
        lambda line: f"{words.number(line.received or Decimal(0))} / {words.number(line.quantity)}",
        right=True,
        heading=f"{words.label('received')} / {words.label('quantity')}",
    )


def line_table(
    document: Document,
    words: Words,
    most: int = SHOWN,
    width: int = 80,
    narrow: int = 40,
    *,
    strike: bool = False,
) -> Block:
    """The table block; the last row sums up what is left out."""
    shown = choose(document, most)
    columns = _columns(document, words, width, narrow)
    rows = [[column.heading or words.label(column.key) for column in columns]]
    rows += [[column.text(line) for column in columns] for line in shown.lines]
    if shown.more:
        rows.append([more_text(document, shown, words)] + [""] * (len(columns) - 1))
    return table(rows, {i for i, column in enumerate(columns) if column.right}, strike=strike)


def in_table(document: Document, *, folds: bool) -> int:
    """How many lines stand in the table at most; `folds`: the others can be folded away."""
    return OPEN if folds and len(document.lines) > LONG else SHOWN


def line_blocks(
    document: Document, words: Words, room: int, *, strike: bool = False, folds: bool = False
) -> list[Block]:
    """The fullest table of at most `room` characters, or else the smallest; with `folds` also what
    a long one leaves out."""
    most = in_table(document, folds=folds)
    shown, table = _fitting_table(document, words, room, most, strike=strike)
    if most == SHOWN:
        return [table]
    columns = _columns(document, words, 80, 40)
    rest = [_row_text(columns, line, words) for line in choose(document, shown).rest]
    below = folded(rest, words, room - size([table]), strike=strike)
    if below:
        return [table, *below]
    return [_fitting_table(document, words, room, SHOWN, strike=strike)[1]]


def _fitting_table(
    document: Document, words: Words, room: int, most: int, *, strike: bool
) -> tuple[int, Block]:
    """A table, and how many lines it has at most."""
    for variant, width, narrow in _VARIANTS:
        shown = min(variant, most)
        table = line_table(document, words, shown, width, narrow, strike=strike)
        if size([table]) <= room:
            break
    return shown, table


def _row_text(columns: Sequence[_Column], line: Line, words: Words) -> str:
    """A row of the table as text, with the name of what would not say what it is."""
    parts = []
    for column in columns:
        text = column.text(line)
        if text not in ("", EMPTY):
            name = column.heading or words.label(column.key)
            parts.append(f"{name} {text}" if column.key in _NAMED else text)
    return " · ".join(parts)


def more_text(document: Document, shown: Shown, words: Words) -> str:
    """ "… and N more lines, total X"; of a journal entry both sides."""
    if document.kind is Kind.JOURNAL_ENTRY:
        credit = add_up([shown.more_debit, -shown.more_total])
        currency = currency_of(document)
        sides = {"debit": shown.more_debit, "credit": credit}
        texts = {name: words.amount(amount, currency) for name, amount in sides.items()}
        return words.label("more_sides", n=shown.more, **texts)
    total = words.amount(shown.more_total, currency_of(document))
    return words.label("more_line" if shown.more == 1 else "more_lines", n=shown.more, total=total)


def _amount_text(document: Document, line: Line, words: Words) -> str:
    amount, currency = amount_of(document, line), currency_of(document)
    if document.kind is not Kind.JOURNAL_ENTRY or amount is None:
        return words.amount(amount, currency)
    return f"{words.label('debit' if amount >= 0 else 'credit_side')} " + words.amount(
        amount.copy_abs(), currency
    )


def line_texts(document: Document, words: Words, most: int) -> list[str]:
    """The lines as text, for readers that see no blocks."""
    shown = choose(document, most)
    texts = []
    for line in shown.lines:
        what = clean(describe(line), 60)
        parts = [what, _name(line.cost_center, "", 40), _amount_text(document, line, words)]
        texts.append("- " + " · ".join(part for part in parts if part))
    if shown.more:
        texts.append(more_text(document, shown, words))
    return texts


def shares(document: Document) -> dict[str, Decimal]:
    """What each cost center bears, "" for lines without one, the biggest first. The shares add
    up to the lines."""
    totals: dict[str, Decimal] = {}
    for line, amount in zip(document.lines, _amounts(document), strict=True):
        center = f"{line.cost_center} {line.cost_center_name}".strip()
        totals[center] = add_up([totals.get(center), amount])
    return dict(sorted(totals.items(), key=lambda item: (not item[0], -abs(item[1]))))


def shares_are_lines(document: Document, *, folds: bool = False) -> bool:
    """Whether the table alone says what each cost center bears: a line each, all of them shown; or
    one bears all."""
    groups = len(shares(document))
    return groups == 1 or groups == len(document.lines) <= in_table(document, folds=folds)


def allocation(document: Document, words: Words, most: int = 1_000) -> str:
    """The shares in words; many small ones are put together. "" where no line has a cost center,
    or where not even the shortest form has room."""
    totals = shares(document)
    without = totals.pop("", None)
    if not totals:
        return ""
    for count in _CENTERS:
        text = _allocation(list(totals.items()), without, count, currency_of(document), words)
        if len(text) <= most:
            return text
    return ""


def _allocation(
    totals: list[tuple[str, Decimal]],
    without: Decimal | None,
    count: int,
    currency: str,
    words: Words,
) -> str:
    parts = [f"{clean(name, 40)} {words.amount(total, currency)}" for name, total in totals[:count]]
    if totals[count:]:
        rest = add_up(total for _, total in totals[count:])
        amount = words.amount(rest, currency)
        parts.append(words.label("more_centers", n=len(totals) - count, total=amount))
    if without is not None:
        parts.append(f"{words.label('no_cost_center')} {words.amount(without, currency)}")
    return " · ".join(parts)
