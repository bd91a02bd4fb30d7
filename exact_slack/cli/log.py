"""`log`: what happened to a document."""

from typing import TYPE_CHECKING

import click

from exact_slack.cli.frame.each import Done, Result, each
from exact_slack.cli.frame.options import period_option
from exact_slack.cli.frame.run import Settings, say
from exact_slack.cli.frame.stream import JsonStream
from exact_slack.documents.exceptions import ExceptionKind
from exact_slack.documents.kinds import Kind
from exact_slack.errors import OK, PERSON, USAGE

if TYPE_CHECKING:
    from exact_slack.app.customer import Customer
    from exact_slack.inspect.log.search import Filters

_STATES = (
    "pending", "sending", "posted", "refused", "limited", "ambiguous", "held", "failed",
    "superseded",
)  # fmt: skip
_WORSE = range(USAGE, 256)


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
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice([kind.value for kind in Kind]),
    metavar="KIND",
    help="Only this kind. Repeatable.",
)
@click.option(
    "--division", "divisions", multiple=True, type=int, help="Only this division. Repeatable."
)
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
@click.option("--json", "as_json", is_flag=True, help="One JSON value on stdout.")
@click.option("--csv", "as_csv", is_flag=True, help="Every event, for a spreadsheet.")
@click.pass_obj
def log(
    settings: Settings,
    query: str | None,
    *,
    since: str | None,
    until: str | None,
    kinds: tuple[str, ...],
    divisions: tuple[int, ...],
    channels: tuple[str, ...],
    states: tuple[str, ...],
    exceptions: tuple[str, ...],
    as_json: bool,
    as_csv: bool,
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
    if as_json and as_csv:
        raise click.UsageError("--json or --csv, not both")
    stream = JsonStream("documents") if as_json else None
    begun = False

    def work(customer: "Customer") -> Result:
        nonlocal begun
        from exact_slack.cli.views import log as view
        from exact_slack.inspect.log.search import everything, main_of, matching, stories_of

        filters = _filters(
            customer,
            since,
            until,
            kinds=kinds,
            divisions=divisions,
            channels=channels,
            states=states,
            exceptions=exceptions,
        )
        if query is None:
            stories, matches = everything(customer, filters), None
        else:
            most = None if as_json or as_csv else view.MOST + 1
            matches = matching(customer, query, filters, most)
            stories = stories_of(customer, matches)
        if stream:
            for story in stories:
                stream.add(story.as_json())
        elif as_csv:
            view.write_csv(stories, customer, with_header=not begun)
            begun = True
        elif matches is None:
            view.show_all(stories, customer)
        elif matches:
            view.show(main_of(customer, matches), customer)
        return (PERSON if query is not None and not matches else OK), None

    def ends(results: list[Done]) -> int:
        code = _code(results)
        if code == PERSON and query is not None and not any(done.error for done in results):
            say(f"{query}: nothing is known of it. Only kinds that a route names are read.")
        return code

    each(settings, as_json, work, reading=True, stream=stream, ends=ends)


def _filters(
    customer: "Customer",
    since: str | None,
    until: str | None,
    *,
    kinds: tuple[str, ...],
    divisions: tuple[int, ...],
    channels: tuple[str, ...],
    states: tuple[str, ...],
    exceptions: tuple[str, ...],
) -> "Filters":
    from exact_slack.collect.window import moments
    from exact_slack.inspect.log.search import Filters

    begin, end = moments(since, until, customer.clock, customer.config.zone())
    return Filters(begin, end, kinds, divisions, channels, states, exceptions)


def _code(results: list[Done]) -> int:
    """0 if anybody knows the query; what went wrong is worse than not to know."""
    from exact_slack.app.summary import worst

    wrong = [done.code for done in results if done.error is not None or done.code in _WORSE]
    if wrong:
        return worst(wrong)
    return min(done.code for done in results)
