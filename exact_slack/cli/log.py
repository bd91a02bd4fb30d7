"""`log`: what happened to a document."""

from itertools import chain
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from exact_slack.cli.frame.done import Done
from exact_slack.cli.frame.each import Result, each
from exact_slack.cli.frame.options import (
    divisions_option,
    json_option,
    json_or_csv,
    kinds_option,
    period_option,
)
from exact_slack.cli.frame.run import Settings, say
from exact_slack.cli.frame.stream import JsonStream
from exact_slack.documents.exceptions import ExceptionKind
from exact_slack.documents.kinds import Kind
from exact_slack.errors import OK, PERSON, USAGE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from exact_slack.app.customer import Customer
    from exact_slack.inspect.log.event import Story
    from exact_slack.inspect.log.search import Filters

_STATES = (
    "pending", "sending", "posted", "refused", "limited", "ambiguous", "held", "failed",
    "superseded",
)  # fmt: skip
_WORSE = range(USAGE, 256)


class _Wanted(TypedDict):
    """Which documents are told."""

    kinds: tuple[Kind, ...]
    divisions: tuple[int, ...]
    channels: tuple[str, ...]
    states: tuple[str, ...]
    exceptions: tuple[str, ...]


@click.command(short_help="What happened to a document, from Exact to its messages.")
@click.argument("query", required=False)
@click.option(
    "--since",
    callback=period_option,
    metavar="TIME",
    help="Only documents to which something happened since a date, a month or a duration back.",
)
@click.option(
    "--until", callback=period_option, metavar="TIME", help="The same, up to and including that."
)
@kinds_option(metavar="KIND")
@divisions_option
@click.option(
    "--channel", "channels", multiple=True, help="Only what went, or is to go, there. Repeatable."
)
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice(_STATES),
    metavar="STATE",
    help="Only documents with a message in this state now. Repeatable.",
)
@click.option(
    "--exception",
    "exceptions",
    multiple=True,
    type=click.Choice([name.value for name in ExceptionKind]),
    metavar="NAME",
    help="Only documents on which this exception fired. Repeatable.",
)
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="Every event, for a spreadsheet.")
@click.pass_obj
def log(
    settings: Settings,
    query: str | None,
    *,
    since: str | None,
    until: str | None,
    as_json: bool,
    as_csv: bool,
    **wanted: Unpack[_Wanted],
) -> None:
    """Tell what happened to a document.

    QUERY is its number, their reference, a part of the account's name, its amount, its key, the
    number of a delivery, or the link of its message in Slack or of its page in Exact. One document:
    its story. Several: a list to choose from. Without QUERY: every document that fits the options.
    Exit code 1 where nothing is known of QUERY.

    \b
    Example, what became of an invoice:
      exact-slack log 26700031

    \b
    Example, for an auditor:
      exact-slack log --since 2026-10 --until 2026-10 --csv > october.csv
    """
    json_or_csv(as_json=as_json, as_csv=as_csv)
    stream = JsonStream("documents") if as_json else None
    show = _Shown(query, stream, as_csv)

    def work(customer: "Customer") -> Result:
        from exact_slack.collect.window import moments
        from exact_slack.inspect.log.search import Filters

        period = moments(since, until, customer.clock, customer.config.zone())
        return show(customer, Filters(*period, **wanted)), None

    def ends(results: list[Done]) -> int:
        code = _code(results)
        if code == PERSON and query is not None and not any(done.error for done in results):
            say(f"{query}: nothing is known of it. Only kinds that a route names are read.")
        return code

    each(settings, as_json, work, reading=True, stream=stream, ends=ends)


class _Shown:
    """Shows one customer after the other what is known; the exit code of each."""

    def __init__(self, query: str | None, stream: JsonStream | None, as_csv: bool) -> None:
        self._query = query
        self._stream = stream
        self._as_csv = as_csv
        self._has_header = False

    def __call__(self, customer: "Customer", filters: "Filters") -> int:
        from exact_slack.cli.views import log as view
        from exact_slack.inspect.log.search import everything, matching, stories_of

        if self._query is None:
            stories = everything(customer, filters)
            if not self._write(stories, customer):
                view.show_all(stories, customer)
            return OK
        matches = matching(customer, self._query, filters)
        first = next(matches, None)
        if first is None:
            self._write(iter(()), customer)
            return PERSON
        matches = chain([first], matches)
        if not self._write(stories_of(customer, matches), customer):
            view.show(matches, customer)
        return OK

    def _write(self, stories: "Iterator[Story]", customer: "Customer") -> bool:
        """For a program, if that is asked for."""
        from exact_slack.cli.views.log import write_csv

        if self._stream:
            for story in stories:
                self._stream.add(story.as_json())
        elif self._as_csv:
            write_csv(stories, customer, with_header=not self._has_header)
            self._has_header = True
        return bool(self._stream) or self._as_csv


def _code(results: list[Done]) -> int:
    """0 if anybody knows the query; what went wrong is worse than not to know."""
    from exact_slack.app.summary import worst

    wrong = [done.code for done in results if done.error is not None or done.code in _WORSE]
    if wrong:
        return worst(wrong)
    return min(done.code for done in results)
