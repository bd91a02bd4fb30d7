"""`replay`: send again what waited for a person."""

from typing import TYPE_CHECKING

import click

from exact_slack.cli.frame.each import Result, each
from exact_slack.cli.frame.options import period_option
from exact_slack.cli.frame.out import out
from exact_slack.cli.frame.run import Settings, say, skipped, tell
from exact_slack.errors import OK

if TYPE_CHECKING:
    from exact_slack.app.customer import Customer


@click.command(short_help="Send again what failed, is held or has an unknown outcome.")
@click.argument("names", nargs=-1, metavar="[ID]...")
@click.option("--failed", is_flag=True, help="What Slack or the renderer refused.")
@click.option("--held", is_flag=True, help="What the flood guard or a policy holds.")
@click.option("--ambiguous", is_flag=True, help="Unknown outcomes: look again, then send.")
@click.option(
    "--since", callback=period_option, metavar="TIME", help="What was never posted since then."
)
@click.option("--until", callback=period_option, metavar="TIME", help="No later than this.")
@click.option("--dry-run", is_flag=True, help="List what would be sent where; send nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON value on stdout.")
@click.pass_obj
def replay(
    settings: Settings,
    *,
    names: tuple[str, ...],
    failed: bool,
    held: bool,
    ambiguous: bool,
    since: str | None,
    until: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Send again. ID is a document's key or number, or a delivery's number. What was posted is
    never posted again.

    \b
    Example, after a flood was held:
      exact-slack replay --held
    """
    from exact_slack.app.telling import lines
    from exact_slack.ledger.troubles import News
    from exact_slack.runs.frame.busy import Skipped
    from exact_slack.runs.replay import ReplayOptions, preview
    from exact_slack.runs.replay import replay as run_replay

    if not (names or failed or held or ambiguous or since or until):
        raise click.UsageError("say what: --failed, --held, --ambiguous, --since, or ids")
    options = ReplayOptions(failed, held, ambiguous, names, since, until)

    def work(customer: "Customer") -> Result:
        if dry_run:
            rows = [
                {
                    "document": one.label,
                    "delivery": one.delivery.id,
                    "channel": one.delivery.channel,
                    "action": one.delivery.action.value,
                    "state": one.delivery.state.value,
                    "reason": one.reason,
                }
                for one in preview(customer, options)
            ]
            if not as_json:
                for row in rows:
                    out("{channel}  {action}  {document}  {state} {reason}".format(**row))
            return 0, {"planned": rows}
        summary = run_replay(customer, options)
        if isinstance(summary, Skipped):
            return skipped(summary)
        for problem in summary.problems:
            tell(problem)
        if summary.held or summary.failed:
            say(f"{summary.failed} failed, {summary.held} held; see: exact-slack status")
        ended = News(ended=summary.news.ended)
        for line in lines(ended, well=summary.exit_code() == OK, now=customer.clock.now()):
            say(line)
        if settings.talkative and not as_json:
            out(f"{summary.posted} posted, {summary.updated} updated")
        return summary.exit_code(), summary.as_json()

    each(settings, as_json, work)
