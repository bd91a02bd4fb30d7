"""`close`: how the end of a month stands, line by line."""

from typing import TYPE_CHECKING

import click

from exact_slack.cli.frame.each import Result, each
from exact_slack.cli.frame.options import divisions_option, json_option, json_or_csv
from exact_slack.cli.frame.run import Settings, skipped, tell

if TYPE_CHECKING:
    from exact_slack.app.customer import Customer


@click.command(short_help="How the end of a month stands, line by line.")
@click.argument("period", default="")
@divisions_option
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="A row a line, for a spreadsheet.")
@click.option("--post", is_flag=True, help="Bring its message up to date, too; with close: only.")
@click.pass_obj
def close(
    settings: Settings,
    *,
    period: str,
    divisions: tuple[int, ...],
    as_json: bool,
    as_csv: bool,
    post: bool,
) -> None:
    """Show what is left to do before a period is closed, as Exact Online answers it now.

    PERIOD is a month (2026-10), or Exact's own year and period (2026/10); without it the latest
    that ended. Each line is green, red or unknown: what cannot be answered is never green. Exit
    code 0 if every company is ready, 1 if one is not.

    \b
    Example, October, right after the login:
      exact-slack close 2026-10
    """
    from exact_slack.app.summary import worst
    from exact_slack.runs.close import close as read
    from exact_slack.runs.close import send
    from exact_slack.runs.frame.busy import Skipped

    json_or_csv(as_json=as_json, as_csv=as_csv)

    def work(customer: "Customer") -> Result:
        from exact_slack.close.as_json import as_json as fields

        summary = None
        if post:
            sent = send(customer, period, divisions)
            if isinstance(sent, Skipped):
                return skipped(sent)
            made, summary = sent
        else:
            made = read(customer, period, divisions)
        if as_csv:
            from exact_slack.cli.views.close import write

            write(made.closings, customer.config.locale)
        elif not as_json:
            from exact_slack.cli.views.close import show

            show(made.closings, customer.config.locale)
        for problem in summary.problems if summary else made.problems:
            tell(problem)
        codes = [made.exit_code(), *([summary.exit_code()] if summary else [])]
        return worst(codes), fields(made.closings)

    each(settings, as_json, work)
