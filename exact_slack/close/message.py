"""The messages of a close: how it stands, which lines changed colour, that it is ready, and the
lines that people tick. None says anything that changes by itself from day to day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from exact_slack.close.registry import kinds
from exact_slack.close.words import LineWords
from exact_slack.documents.closing import Closing, Item, Light, Line
from exact_slack.rendering import blocks as b
from exact_slack.rendering.message import Message
from exact_slack.rendering.words.locale import Words

SIGNS = {Light.GREEN: "✅", Light.RED: "🔴", Light.UNKNOWN: "❔"}
_ROOM = 300
"""Characters that are left for what the levels do not count."""


@dataclass(frozen=True, slots=True)
class _Level:
    """How many of the worst are named, and how wide a name and a sentence may be."""

    items: int
    name: int
    why: int


_LEVELS = (
    _Level(10, 80, 400),
    _Level(6, 60, 300),
    _Level(3, 40, 240),
    _Level(1, 30, 160),
    _Level(0, 0, 100),
    _Level(0, 0, 40),
)


def title(closing: Closing, words: Words) -> str:
    """What it is the close of."""
    name = closing.name or str(closing.division)
    return f"{words.label('close')} {closing.period.name} · {name}"


def which_are_ready(companies: Iterable[tuple[str, bool]], words: Words) -> str:
    """The first line where there are several companies."""
    named = list(companies)
    parts = []
    for word, wanted in (("close_is_ready", True), ("close_is_not_ready", False)):
        names = [name for name, ready in named if ready is wanted]
        if names:
            parts.append(f"{words.caption(word)}: {', '.join(names)}")
    return " · ".join(parts)


def close_message(closing: Closing, locale: str) -> Message:
    """All lines, each with why it stands so and the worst by name; it fits into Slack."""
    for level in _LEVELS:
        message = _drawn(closing, locale, level)
        if b.units(message.text) <= b.TEXT_MAX and b.size(message.blocks) <= b.BUDGET - _ROOM:
            break
    return Message(b.cut_escaped(message.text), message.blocks)


def _drawn(closing: Closing, locale: str, level: _Level) -> Message:
    words = Words(locale)
    head = b.clean(title(closing, words), b.HEADER_MAX)
    above = [_standing(closing, words)]
    if len(closing.others) > 1:
        above.insert(0, which_are_ready(closing.others, words))
    leaves: list[b.Block] = []
    texts = [head, *above]
    for line in closing.lines:
        rows = list(_rows(line, closing.currency, locale, level))
        (name, said), below = rows[0], rows[1:]
        sign = SIGNS[line.light]
        leaves += [b.leaf("\n")] if leaves else []
        leaves += [b.leaf(f"{sign} "), b.leaf(name, bold=True), b.leaf(f"  {said}")]
        leaves += [b.leaf(f"\n      • {text}") for _, text in below]
        texts.append(f"{sign} {words.before_colon(name)}: {said}")
        texts += [f"  • {text}" for _, text in below]
    shown = [b.header(head), *(b.context(b.clean(text, 600)) for text in above), b.rich(leaves)]
    return Message(b.escape("\n".join(texts)), tuple(shown))


def _standing(closing: Closing, words: Words) -> str:
    period, lines = closing.period, closing.lines
    count = sum(line.light is Light.GREEN for line in lines)
    days = f"{words.date(period.begin)} – {words.date(period.end)}"
    return f"{days} · {words.label('close_green', n=count, of=len(lines))}"


def _rows(line: Line, currency: str, locale: str, level: _Level) -> Iterable[tuple[str, str]]:
    """Its title and why, then a row for each of the worst."""
    own, words = LineWords(kinds()[line.name].words, locale), Words(locale)
    yield (
        b.clean(line.judged.title or own.label("title"), 150),
        b.clean(_why(line, own, words, currency), level.why),
    )
    for item in line.judged.items[: level.items]:
        yield "", _item(item, own, words, currency, level.name)


def _why(line: Line, own: LineWords, words: Words, currency: str) -> str:
    said = " ".join(own.sentence(why, currency) for why in line.judged.why)
    amount = words.amount(line.judged.amount, currency)
    return f"{amount} · {said}" if amount else said


def _item(item: Item, own: LineWords, words: Words, currency: str, width: int) -> str:
    said = own.sentence(item.said, currency) if item.said else ""
    amount = words.amount(item.amount, currency)
    return " · ".join(filter(None, (b.clean(item.name, width), amount, said)))


# -- replies ---------------------------------------------------------------------------------------


def changes(before: Closing, after: Closing) -> list[Line]:
    """The lines that have another colour than before, and new ones that are not green."""
    lights = {line.key: line.light for line in before.lines}
    return [line for line in after.lines if line.light is not lights.get(line.key, Light.GREEN)]


def changed_message(
    before: Closing, after: Closing, locale: str, mention: str | None
) -> Message | None:
    """The lines that changed colour, each with why; None where none did."""
    lines = changes(before, after)
    if not lines:
        return None
    for level in _LEVELS[2:]:
        rows = [_one(line, after.currency, locale, level) for line in lines]
        if sum(map(b.units, rows)) < b.TEXT_MAX - _ROOM:
            break
    return _plain(rows, mention)


def _one(line: Line, currency: str, locale: str, level: _Level) -> str:
    ((name, said),) = list(_rows(line, currency, locale, _Level(0, 0, level.why)))
    return f"{SIGNS[line.light]} {Words(locale).before_colon(name)}: {said}"


def ready_message(closing: Closing, locale: str, rows: int) -> Message:
    """Said once."""
    words = Words(locale)
    above = [words.label("close_said_ready", what=title(closing, words))]
    above += [
        _one(line, closing.currency, locale, _LEVELS[2])
        for line in closing.lines
        if line.name == "delivered"
    ]
    above.append(words.label("close_journal", n=rows))
    return _plain(above, None)


def manual_message(said: str, locale: str) -> Message:
    """A line that somebody ticks."""
    hint = Words(locale).label("close_tick")
    shown = b.clean(said, 150)
    leaves = [b.leaf(shown, bold=True), b.leaf(f"\n{hint}")]
    return Message(b.escape(f"{shown}\n{hint}"), (b.rich(leaves),))


def _plain(rows: Sequence[str], mention: str | None) -> Message:
    leaves = b.mentioning(mention, [b.leaf("\n".join(rows))])
    text = b.escape("\n".join(rows))
    if mention:
        text = f"{b.mention(mention)} {text}"
    return Message(b.cut_escaped(text), (b.rich(leaves),))
