"""What a due date brings: a reply under the document, and the list of a day."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from exact_slack.documents.document import Document
from exact_slack.documents.exceptions import ExceptionKind
from exact_slack.documents.kinds import TRAITS, Party
from exact_slack.rendering import blocks as b
from exact_slack.rendering import fields as f
from exact_slack.rendering.message import Message
from exact_slack.rendering.words.locale import Words

NAMED = 25
"""So many documents stand by name in one message."""
_WIDTH = 40
_SIDES = {Party.CUSTOMER: "receivable", Party.SUPPLIER: "payable"}


@dataclass(frozen=True, slots=True)
class FellDue:
    """A document, the exception that its due date brought, and what is still open of it, of how
    much, in the company's currency; None where that is not known. `company`: its short name, ""
    where the config has one division."""

    document: Document
    exception: str
    due: dt.date
    open_amount: Decimal | None = None
    whole: Decimal | None = None
    link: str = ""
    company: str = ""

    @property
    def currency(self) -> str:
        """That of the company."""
        return self.document.company_currency or self.document.currency

    @property
    def party(self) -> Party:
        """Who owes it, or whom."""
        return TRAITS[self.document.kind].party

    @property
    def amount(self) -> Decimal:
        """What is counted: what is open of it, or all."""
        if self.open_amount is not None:
            return self.open_amount
        return self.document.total_dc or Decimal(0)


def since(document: Document, due: dt.date, words: Words) -> str:
    """ "overdue since 15 Dec 2026": what was due on that day, as in any reminder. It became overdue
    when the day was over, so the list of the next one says "became overdue today"."""
    return words.agreeing("overdue_since", f.noun(document), date=words.date(due))


def _named(fell: FellDue, words: Words) -> str:
    account = fell.document.account.label
    parts = [
        f.named(fell.document, words, fell.company),
        b.clean(account, _WIDTH) if account.strip() else "",
    ]
    return " · ".join(part for part in parts if part)


def due_reply(fell: FellDue, locale: str, mention: str | None) -> Message:
    """The document became due soon, or overdue."""
    words, document = Words(locale), fell.document
    late = fell.exception == ExceptionKind.OVERDUE
    label = words.label(f"exception_{fell.exception}")
    what = since(document, fell.due, words) if late else label
    top = words.before_colon(what[:1].upper() + what[1:])
    parts = [_named(fell, words), f.total(document, words)]
    top = f"{top}: {' · '.join(part for part in parts if part)}"
    rows = f.settled(document, fell.open_amount, fell.whole, words)
    if not late:
        rows.append((words.caption("due_date"), words.date(fell.due)))
    texts = [top, *(f"{label}: {value}" for label, value in rows)]
    start = f"{b.mention(mention)} " if mention else ""
    shown = [b.mention_block(mention)] if mention else []
    leaves = [b.leaf(top, bold=True), *(b.leaf(f"\n{line}") for line in texts[1:])]
    return Message(b.cut_escaped(start + b.escape("\n".join(texts))), (*shown, b.rich(leaves)))


def due_list(
    named: Sequence[FellDue],
    below: Sequence[FellDue],
    day: dt.date,
    locale: str,
    mentions: Sequence[str],
) -> Message:
    """All that fell due in a channel on one day: how many, how much, and by name those that do not
    stand below, in the thread."""
    words = Words(locale)
    start = "".join(f"{b.mention(who)} " for who in mentions)
    texts: list[str] = []
    leaves: list[b.Block] = []
    groups = _groups((*named, *below))
    is_mixed = len({rows[0].party for rows in groups}) > 1
    for rows in groups:
        heading = _side(rows[0], words) if is_mixed else ""
        heading += _heading(rows, day, words)
        leaves += [b.leaf("\n")] if leaves else []
        leaves.append(b.leaf(heading, bold=True))
        texts.append(heading)
        _add_rows([fell for fell in named if fell in rows], leaves, texts, words)
    if below:
        more = words.label("more_documents", n=len(below))
        leaves.append(b.leaf(f"\n{more}"))
        texts.append(more)
    text = b.cut_escaped(start + b.escape("\n".join(texts)))
    return Message(text, (*map(b.mention_block, mentions), b.rich(leaves)))


def due_list_more(fallen: Sequence[FellDue], locale: str) -> Message:
    """Those that the list does not name, in its thread."""
    leaves: list[b.Block] = []
    texts: list[str] = []
    _add_rows(fallen, leaves, texts, Words(locale))
    return Message(b.cut_escaped(b.escape("\n".join(texts))), (b.rich(leaves),))


def _groups(fallen: Sequence[FellDue]) -> list[list[FellDue]]:
    """What is owed to us and what we owe is never one sum."""
    groups: dict[tuple[str, Party], list[FellDue]] = defaultdict(list)
    for fell in fallen:
        groups[fell.exception, fell.party].append(fell)
    return list(groups.values())


def _heading(rows: Sequence[FellDue], day: dt.date, words: Words) -> str:
    """ "8 became overdue today, €9,312.00"."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for fell in rows:
        sums[fell.currency] += fell.amount
    ordered = sorted(sums.items(), key=lambda item: (-abs(item[1]), item[0]))
    total = " + ".join(words.amount(value, currency) for currency, value in ordered)
    key = "became_due_soon"
    if rows[0].exception == ExceptionKind.OVERDUE:
        today = all(fell.due == day - dt.timedelta(days=1) for fell in rows)
        key = "became_overdue_today" if today else "became_overdue"
    return words.label(key, n=len(rows), total=total)


def _side(fell: FellDue, words: Words) -> str:
    label = _SIDES.get(fell.party)
    return f"{words.caption(label)}: " if label else ""


def _add_rows(
    rows: Sequence[FellDue], leaves: list[b.Block], texts: list[str], words: Words
) -> None:
    for fell in rows:
        name, amount = _named(fell, words), words.amount(fell.amount, fell.currency)
        when = f"{words.caption('due_date')}: {words.date(fell.due)}"
        leaves += [b.leaf("\n• " if leaves else "• "), b.linked(name, fell.link)]
        leaves.append(b.leaf(f" · {amount} · {when}"))
        texts.append(f"{name} · {amount} · {when}")
