"""`report`: what is open, due, overdue and in the bank."""

import io
import sys
from typing import TYPE_CHECKING

import click

from exact_slack.cli.frame.each import Result, each
from exact_slack.cli.frame.options import divisions_option, json_option, json_or_csv
from exact_slack.cli.frame.run import Settings, skipped, tell
from exact_slack.documents.subjects import Side

if TYPE_CHECKING:
    from exact_slack.app.customer import Customer
    from exact_slack.documents.standing import Report


@click.command(short_help="What is open, due, overdue and in the bank, now.")
@click.argument("name")
@click.option(
    "--side",
    type=click.Choice([side.value for side in Side]),
    help="Only what customers owe, or what is owed to suppliers; both without it.",
)
@divisions_option
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="Every open term, for a spreadsheet.")
@click.option("--post", is_flag=True, help="Send it to its channel, too; a report of the config.")
@click.pass_obj
def report(
    settings: Settings,
    *,
    name: str,
    side: str | None,
    divisions: tuple[int, ...],
    as_json: bool,
    as_csv: bool,
    post: bool,
) -> None:
    """Show what is open in Exact Online now, and whether the sums are Exact's own.

    NAME is a report of the config; or aging (open, by days overdue), due (in the next 7, 14 and 30
    days), or cash (the banks, and four weeks ahead). Exit code 1 where a sum is not that of
    Exact's overview, or something could not be read.

    \b
    Example, who owes us:
      exact-slack report aging --side receivable
    """
    json_or_csv(as_json=as_json, as_csv=as_csv)
    of_side = Side(side) if side else None

    def work(customer: "Customer") -> Result:
        from exact_slack.app.summary import worst
        from exact_slack.reports.as_json import as_json as fields
        from exact_slack.runs.frame.busy import Skipped
        from exact_slack.runs.report import plan_of, send
        from exact_slack.runs.report import report as make

        plan = plan_of(customer, name, of_side, divisions)
        done = send(customer, name, plan) if post else (make(customer, plan), None)
        if isinstance(done, Skipped):
            return skipped(done)
        made, sent = done
        if as_csv:
            _write(customer, made.report)
        elif not as_json:
            _show(customer, made.report)
        for problem in (sent or made).problems:
            tell(problem)
        codes = [made.exit_code(), *([sent.exit_code()] if sent else [])]
        return worst(codes), fields(made.report)

    each(settings, as_json, work)


def _show(customer: "Customer", report: "Report") -> None:
    from exact_slack.cli.views.report import show

    show(report, customer.config.locale)


def _write(customer: "Customer", report: "Report") -> None:
    from exact_slack.rendering.report.list import write
    from exact_slack.reports.message import names_of

    names = names_of(customer.config, customer.ledger)
    table = io.BytesIO()
    write(report, names, customer.config.locale, table)
    sys.stdout.buffer.write(table.getvalue())
