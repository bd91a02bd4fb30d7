"""What is unfinished: the list of a day, and the word that nobody has taken something."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from exact_slack.documents.document import Document
from exact_slack.rendering import blocks as b
from exact_slack.rendering import fields as f
from exact_slack.rendering.message import Message
from exact_slack.rendering.words.locale import Words

NAMED = 25
"""So many items stand by name in one message."""
_WIDTH = 40


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An item, who has it, and the day on which it came. `link`: its message, or its document;
    `company`: its short name, "" where the config has one."""

    document: Document
    person: str
    came: dt.date
    link: str = ""
    company: str = ""


def item_list(named: Sequence[Unfinished], more: int, locale: str) -> Message:
    """All that is unfinished in a channel, the oldest first; those that are not named stand in
    the thread."""
    words = Words(locale)
    count = len(named) + more
    heading = words.label("unfinished_one" if count == 1 else "unfinished", n=count)
    leaves, texts = [b.leaf(heading, bold=True)], [heading]
    _add_rows(named, leaves, texts, words)
    if more:
        rest = words.label("more_documents", n=more)
        leaves.append(b.leaf(f"\n{rest}"))
        texts.append(rest)
    return Message(b.cut_escaped(b.escape("\n".join(texts))), (b.rich(leaves),))


def item_list_more(named: Sequence[Unfinished], locale: str) -> Message:
    """Those that the list does not name, in its thread."""
    leaves: list[b.Block] = []
    texts: list[str] = []
    _add_rows(named, leaves, texts, Words(locale))
    return Message(b.cut_escaped(b.escape("\n".join(texts))), (b.rich(leaves),))


def escalation(item: Unfinished, locale: str, mention: str | None) -> Message:
    """Nobody has taken it."""
    words = Words(locale)
    top = words.before_colon(words.label("nobody_took"))
    sentence = f"{top}: {_named(item, words)} · {words.date(item.came)}"
    start = f"{b.mention(mention)} " if mention else ""
    leaves = [b.leaf(sentence, bold=True)]
    shown = [b.mention_block(mention)] if mention else []
    return Message(b.cut_escaped(start + b.escape(sentence)), (*shown, b.rich(leaves)))


def _named(item: Unfinished, words: Words) -> str:
    document, account = item.document, item.document.account.label
    who = b.clean(account, _WIDTH) if account.strip() else ""
    parts = (f.named(document, words, item.company), who, f.total(document, words))
    return " · ".join(part for part in parts if part)


def _add_rows(
    rows: Sequence[Unfinished], leaves: list[b.Block], texts: list[str], words: Words
) -> None:
    for item in rows:
        name = _named(item, words)
        rest = [words.date(item.came), *([b.clean(item.person, _WIDTH)] if item.person else [])]
        leaves += [b.leaf("\n• " if leaves else "• "), b.linked(name, item.link)]
        leaves.append(b.leaf(f" · {' · '.join(rest)}"))
        texts.append(f"{name} · {' · '.join(rest)}")
