"""`queue`: what is somebody's until it is done."""

import io
import sys
from typing import TYPE_CHECKING

import click

from exact_slack.cli.frame.each import Result, each
from exact_slack.cli.frame.options import json_option, json_or_csv, period_option
from exact_slack.cli.frame.run import Settings
from exact_slack.errors import OK

if TYPE_CHECKING:
    from exact_slack.app.customer import Customer


@click.command(short_help="What is somebody's until it is done: who has it, since when.")
@click.option("--all", "whole", is_flag=True, help="What is finished, too.")
@click.option("--channel", default="", metavar="NAME", help="Only this channel.")
@click.option("--person", default="", metavar="NAME", help="Only what this person has: name or id.")
@click.option(
    "--since",
    callback=period_option,
    metavar="WHEN",
    help="Only what came or changed since: a date, a month or 7d.",
)
@click.option("--stats", "with_stats", is_flag=True, help="How many, how fast, and false alarms.")
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="The items, for a spreadsheet.")
@click.pass_obj
def queue(
    settings: Settings,
    *,
    whole: bool,
    channel: str,
    person: str,
    since: str | None,
    with_stats: bool,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Show the messages of routes with triage that are unfinished, the oldest first.

    \b
    Example, which exceptions are worth their noise:
      exact-slack queue --stats --since 90d
    """
    from dataclasses import asdict

    from exact_slack.cli.views import queue as views
    from exact_slack.triage import queue as made

    json_or_csv(as_json=as_json, as_csv=as_csv)

    def work(customer: "Customer") -> Result:
        begin = made.moment(customer, since) if since else 0.0
        wanted = made.Wanted(whole, channel, person, begin)
        rows = made.rows(customer, wanted)
        stats = made.stats(customer, wanted) if with_stats else []
        if as_csv:
            table = io.BytesIO()
            views.write(rows, customer.config.locale, table)
            sys.stdout.buffer.write(table.getvalue())
        elif not as_json and with_stats:
            views.show_stats(stats, customer.config, wanted)
        elif not as_json:
            views.show(rows, customer.config, wanted)
        value: dict[str, object] = {"items": [asdict(row) for row in rows]}
        if with_stats:
            value["stats"] = [asdict(stat) for stat in stats]
        return OK, value

    each(settings, as_json, work, reading=True)
