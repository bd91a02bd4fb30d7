"""`log` for a person, and for a spreadsheet."""

import sys
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from exact_slack.cli.frame.out import out
from exact_slack.config.timing import iso, shown
from exact_slack.inspect.log.event import Event, Story, What
from exact_slack.rendering.spreadsheet import BYTE_ORDER_MARK, cell, line

if TYPE_CHECKING:
    from exact_slack.app.customer import Customer
    from exact_slack.inspect.log.query import Match

MOST = 50
"""Documents in a list to choose from."""
_LOOKED_AT = 2 * MOST
"""Some of those that were found are told in the story of another one."""
_COLUMNS = (
    "customer", "division", "kind", "number", "key", "account", "reference", "amount", "currency",
    "at", "what", "of", "by", "delivery", "action", "channel", "route", "outcome", "cause",
    "exception", "comparison", "changes", "until", "ts", "link",
)  # fmt: skip
_LONGEST = 120


def show(found: "Iterator[Match]", customer: "Customer") -> None:
    """One: its story; several: a list to choose from, of the newest."""
    from exact_slack.inspect.log.search import main_of, stories_of

    newest = list(islice(found, _LOOKED_AT))
    matches = main_of(customer, newest)
    if len(matches) == 1 and len(newest) < _LOOKED_AT:
        for story in stories_of(customer, matches):
            _show_story(story, customer)
        return
    named = [", ".join(by.value for by in match.by) for match in matches]
    for story, by in zip(stories_of(customer, matches[:MOST]), named, strict=False):
        out(f"{_line(story, customer)}  ({by})")
    more = "the newest; " if len(matches) > MOST or len(newest) == _LOOKED_AT else ""
    out(f"{min(len(matches), MOST)} documents, {more}for one of them: exact-slack log KEY")


def show_all(stories: Iterator[Story], customer: "Customer") -> None:
    """A line for each."""
    for story in stories:
        out(_line(story, customer))


def _line(story: Story, customer: "Customer") -> str:
    """What a person chooses by."""
    named = story.named
    last = story.events[-1]
    parts = (
        shown(last.at, customer.config.zone()),
        named.kind.replace("_", " "),
        named.number,
        story.account,
        f"{story.amount or ''} {story.currency if story.amount else ''}".strip(),
        "deleted" if story.deleted else "",
        named.key,
    )
    return "  ".join(part for part in parts if part)


def _show_story(story: Story, customer: "Customer") -> None:
    named, zone = story.named, customer.config.zone()
    amount = f"{story.amount} {story.currency}".strip() if story.amount else ""
    title = (named.kind.replace("_", " ").capitalize(), named.number, story.account, amount)
    out(" · ".join(part for part in title if part))
    reference = f"reference {story.reference}" if story.reference else ""
    about = (f"division {named.division}", f"key {named.key}", reference)
    out(" · ".join(part for part in about if part))
    if story.page:
        out(story.page)
    if story.known_since:
        since = shown(story.known_since, zone)
        out(f"Before {since} only how it stood is known, not what happened.")
    out()
    for event in story.events:
        out(f"{shown(event.at, zone)}  {_told(event, story, zone)}")
        for change in event.changes or ():
            out(f"{'':18}{_change(change)}")
    waiting = [m for m in story.messages if m.state not in ("posted", "superseded")]
    for message in waiting:
        why = f": {message.why}" if message.why else ""
        out(f"now: {message.action} to {message.channel} is {message.state}{why}")


def _told(event: Event, story: Story, zone: Any) -> str:
    """One event on one line."""
    other = story.others.get(event.of or 0)
    parts = [
        event.what.value.replace("_", " "),
        f"[{other.kind.replace('_', ' ')} {other.number}]" if other else "",
        event.exception,
        f"(compared with {event.comparison})" if event.comparison else "",
        event.action if event.delivery is not None else "",
        event.channel,
        f"by {event.by}" if event.by else "",
        f"(route {event.route})" if event.route and event.delivery is None else "",
        _outcome(event),
        f"until {shown(event.until, zone)}" if event.until else "",
        event.cause,
        story.link(event) or event.ts if event.what in _SHOWN else "",
        f"(delivery {event.delivery})" if event.delivery is not None else "",
    ]
    return "  ".join(part for part in parts if part)


_SHOWN = (What.POSTED, What.REPLIED, What.EDITED, What.FILE)


def _outcome(event: Event) -> str:
    """Where the word before it does not say so already."""
    said = event.what in _SHOWN and event.outcome == "posted"
    return "" if said or event.outcome in ("held", "fired") else event.outcome.replace("_", " ")


def _change(change: dict[str, Any]) -> str:
    where = f"line {change['line']} " if "line" in change else ""
    before, after = (_value(change.get(name)) for name in ("before", "after"))
    return f"{where}{str(change['field']).replace('_', ' ')}: {before} → {after}"


def _value(value: Any) -> str:
    return "nothing" if value in (None, "") else str(value)[:_LONGEST]


def write_csv(stories: Iterator[Story], customer: "Customer", *, with_header: bool) -> None:
    """A row an event, written as they are found."""
    locale = customer.config.locale
    into = sys.stdout.buffer
    if with_header:
        into.write(BYTE_ORDER_MARK + line(_COLUMNS, locale))
    for story in stories:
        for event in story.events:
            row = _row(story, event)
            row["customer"] = cell(customer.config.path.name)
            into.write(line((row.get(name, "") for name in _COLUMNS), locale))
    into.flush()


def _row(story: Story, event: Event) -> dict[str, str]:
    other = story.others.get(event.of or 0)
    changes = "; ".join(_change(change) for change in event.changes or ())
    return {
        "division": str(story.named.division),
        "kind": story.named.kind,
        "number": cell(story.named.number),
        "key": cell(story.named.key),
        "account": cell(story.account),
        "reference": cell(story.reference),
        "amount": story.amount or "",
        "currency": cell(story.currency),
        "at": iso(event.at),
        "what": event.what.value,
        "of": cell(f"{other.kind} {other.number}") if other else "",
        "by": cell(event.by),
        "delivery": "" if event.delivery is None else str(event.delivery),
        "action": event.action,
        "channel": cell(event.channel),
        "route": cell(event.route),
        "outcome": event.outcome,
        "cause": cell(event.cause),
        "exception": event.exception,
        "comparison": cell(event.comparison),
        "changes": cell(changes),
        "until": iso(event.until) if event.until else "",
        "ts": cell(event.ts),
        "link": cell(story.link(event)),
    }
