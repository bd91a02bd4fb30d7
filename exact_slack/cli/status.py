"""`status`: at a glance for a person, complete for a machine, quiet for a monitor."""

from typing import TYPE_CHECKING

import click

from exact_slack.cli.frame.each import Result, each
from exact_slack.cli.frame.options import json_option, period_option
from exact_slack.cli.frame.run import Settings
from exact_slack.errors import OK, PERSON

if TYPE_CHECKING:
    from exact_slack.app.customer import Customer


@click.command(short_help="What was seen, posted, held and failed, and why.")
@click.option(
    "--verify",
    "period",
    callback=period_option,
    metavar="PERIOD",
    help="Compare a date, a month or a duration with Exact: did we miss any?",
)
@click.option("--heal", is_flag=True, help="With --verify: enqueue what is missing.")
@click.option("--all", "whole", is_flag=True, help="Name every document that waits.")
@json_option
@click.option("--quiet", "no_output", is_flag=True, help="Print nothing; only the exit code.")
@click.pass_obj
def status(
    settings: Settings,
    *,
    period: str | None,
    heal: bool,
    whole: bool,
    as_json: bool,
    no_output: bool,
) -> None:
    """Show how things stand. Exit code 1 where a person is needed.

    \b
    Example, for a monitor:
      exact-slack status --quiet || echo "look at exact-slack"

    \b
    Example, at month-end; exit code 1 where there is a gap:
      exact-slack status --verify 2026-10
    """
    from exact_slack.cli.views.status import show, show_checked
    from exact_slack.runs.status import status as read

    if heal and not period:
        raise click.UsageError("--heal goes with --verify PERIOD")

    def work(customer: "Customer") -> Result:
        checked = None
        if period:
            from exact_slack.runs.verify import verify

            checked = verify(customer, period, heal)
        fields = read(customer).as_json()
        if checked:
            fields["verify"] = checked.as_json()
        if not (as_json or no_output):
            if checked:
                show_checked(checked)
            else:
                show(str(customer.config.path), fields, whole=whole)
        if checked:
            return checked.exit_code(), fields
        return (OK if fields["ok"] else PERSON), fields

    each(settings, as_json and not no_output, work, reading=not period)
