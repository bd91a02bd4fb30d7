"""The message of a payment run."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from exact_slack.documents.document import Document
from exact_slack.documents.moment import day_of
from exact_slack.rendering import blocks as b
from exact_slack.rendering import fields as f
from exact_slack.rendering.folded import LONG, OPEN, folded
from exact_slack.rendering.lines import add_up
from exact_slack.rendering.message import Message
from exact_slack.rendering.words.locale import Words

_ROWS = 25
"""Payments in the table, the largest."""
_NAMED = 10
"""Payments with exceptions that are named."""


@dataclass(frozen=True, slots=True)
class RunPayment:
    """A payment in a run, and why it needs a look; "" where nothing is odd."""

    document: Document
    noticed: str = ""


@dataclass(frozen=True, slots=True)
class RunContext:
    """What is known beyond the payments."""

    locale: str
    batch: str = ""
    """The number of the batch in its bank file."""
    company: str = ""
    mention: str | None = None
    has_successor: bool = False
    """Its last payment is in another run now."""
    folds: bool = False
    """As of a document's head."""
    link: str = ""
    """The page of the company in Exact Online."""


def payment_run(payments: Sequence[RunPayment], context: RunContext) -> Message:
    """The run as it is now: how many, how much, what is odd first, who selected it and when."""
    words = Words(context.locale)
    documents = [payment.document for payment in payments]
    above = [*_odd(payments, words), _state(documents, words)]
    largest = sorted(documents, key=lambda payment: -_size(payment))
    title = b.clean(_title(documents, context, words), b.HEADER_MAX)
    leaves = b.mentioning(context.mention, b.flow([rows for rows in above if rows]))
    shown = [b.header(title), *([b.rich(leaves)] if leaves else [])]
    end = b.footer(context.link, words.label("open_company"), "")
    rest = [end] if end else []
    shown += _table(largest, context, words, b.BUDGET - b.size(shown) - b.size(rest))
    texts = [title, *(b.joined(rows, 600) for rows in above if rows)]
    texts += [_joined(row) for row in _cut(largest, _rows(largest, words), _ROWS, words)[1:]]
    start = f"{b.mention(context.mention)} " if context.mention else ""
    return Message(b.cut_escaped(start + b.escape("\n".join(texts))), (*shown, *rest))


def _title(documents: Sequence[Document], context: RunContext, words: Words) -> str:
    name = f"{words.label('payment_run')} {context.batch}".strip()
    if documents:
        count = len(documents)
        named = words.label("run_payment" if count == 1 else "run_payments", n=count)
        parts = [name, context.company, named, _total(documents, words)]
    else:
        became = words.label("run_moved" if context.has_successor else "run_taken_back")
        parts = [name, context.company, became]
    return " · ".join(part for part in parts if part.strip())


def _odd(payments: Sequence[RunPayment], words: Words) -> list[f.Rows]:
    """What is odd, a payment a line."""
    odd = [payment for payment in payments if payment.noticed]
    rows: list[f.Rows] = []
    for payment in odd[:_NAMED]:
        name = " · ".join(
            (f.named(payment.document, words), b.clean(payment.document.account.label, 40))
        )
        said = f"{words.before_colon(name)}: {payment.noticed}"
        rows.append([(words.caption("exception"), said)])
    if odd[_NAMED:]:
        rows.append([("", words.label("more_documents", n=len(odd) - _NAMED))])
    return rows


def _state(documents: Sequence[Document], words: Words) -> f.Rows:
    """When it was selected, by whom, and how far it has come."""
    rows: f.Rows = []
    ways = dict.fromkeys(text for document in documents if (text := _chosen(document, words)))
    if ways:
        first, *more = ways
        stages = f"{first} {words.label('more_documents', n=len(more))}" if more else first
        rows.append((words.caption("selected"), b.clean(stages, 150)))
    accounts = dict.fromkeys(
        document.settlement.paid_from.shown for document in documents if document.settlement
    )
    paid_from = " · ".join(filter(None, accounts))
    rows += [(words.caption("paid_from"), b.clean(paid_from, 60))] if paid_from else []
    counts = Counter(_stage(document) for document in documents)
    stages = " · ".join(_counted(stage, n, words) for stage, n in counts.items())
    rows.append((words.caption("status"), stages))
    return rows if documents else []


def _chosen(payment: Document, words: Words) -> str:
    """When it was chosen to be paid, and by whom."""
    settlement = payment.settlement
    if settlement is None or settlement.selected is None:
        return ""
    day = words.date(day_of(settlement.selected))
    return f"{day}, {settlement.selector}" if settlement.selector.strip() else day


def _stage(document: Document) -> str:
    """The label of how far a payment has come."""
    if document.settlement and document.settlement.paid:
        return "run_paid"
    return "payment_sent" if document.status_word == "processed" else "payment_selected"


def _counted(stage: str, count: int, words: Words) -> str:
    return f"1 {words.label(stage)}" if count == 1 else words.label(f"{stage}_n", n=count)


def _rows(documents: Sequence[Document], words: Words) -> list[list[str]]:
    """A heading and the payments; how far each has come where they differ in that."""
    several = len({_stage(document) for document in documents}) > 1
    heading = ("supplier", "amount", "invoice_number", "due_date", *(("status",) * several))
    rows = [[words.label(key) for key in heading]]
    for document in documents:
        account, number = document.account.label, document.number
        rows.append(
            [
                b.clean(account, 40) if account.strip() else "",
                f.total(document, words),
                b.clean(number, 30) if number.strip() else "",
                words.date(document.due_date),
                *([words.label(_stage(document))] * several),
            ]
        )
    return rows


def _table(
    documents: Sequence[Document], context: RunContext, words: Words, room: int
) -> list[b.Block]:
    """The largest, and the others where they can be folded away."""
    if not documents:
        return []
    rows = _rows(documents, words)
    if context.folds and len(documents) > LONG:
        table = b.table(_cut(documents, rows, OPEN, words), {1})
        below = folded([_joined(row) for row in rows[OPEN + 1 :]], words, room - b.size([table]))
        if below:
            return [table, *below]
    return [b.table(_cut(documents, rows, _ROWS, words), {1})]


def _joined(row: Sequence[str]) -> str:
    return " · ".join(cell for cell in row if cell)


def _cut(
    documents: Sequence[Document], rows: list[list[str]], most: int, words: Words
) -> list[list[str]]:
    """The heading and so many rows; the last one sums up the others."""
    rest = documents[most:]
    if not rest:
        return rows
    key = "more_line" if len(rest) == 1 else "more_lines"
    more = words.label(key, n=len(rest), total=_total(rest, words))
    return [*rows[: most + 1], [more, *[""] * (len(rows[0]) - 1)]]


def _total(documents: Sequence[Document], words: Words) -> str:
    sums: dict[str, list[Decimal | None]] = defaultdict(list)
    for document in documents:
        amount = document.total_dc
        currency = document.company_currency if amount is not None else f.currency_of(document)
        sums[currency or f.currency_of(document)].append(
            amount if amount is not None else document.total
        )
    return " + ".join(words.amount(add_up(amounts), currency) for currency, amounts in sums.items())


def _size(document: Document) -> Decimal:
    return abs(document.total_dc or document.total or Decimal(0))
