"""`replay`: send again what waited for a person."""

from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from exact_slack.cli.frame.each import Result, each
from exact_slack.cli.frame.options import json_option, period_option
from exact_slack.cli.frame.out import out
from exact_slack.cli.frame.run import Settings, say, skipped, tell
from exact_slack.errors import OK

if TYPE_CHECKING:
    from exact_slack.app.customer import Customer
    from exact_slack.runs.replay import ReplayOptions


class _Named(TypedDict):
    """What is sent again."""

    names: tuple[str, ...]
    failed: bool
    held: bool
    ambiguous: bool
    since: str | None
    until: str | None


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
@json_option
@click.pass_obj
def replay(settings: Settings, *, dry_run: bool, as_json: bool, **named: Unpack[_Named]) -> None:
    """Send again. ID is a document's key or number, or a delivery's number. What was posted is
    never posted again.

    \b
    Example, after a flood was held:
      exact-slack replay --held
    """
    from exact_slack.runs.replay import ReplayOptions

    if not any(named.values()):
        raise click.UsageError("say what: --failed, --held, --ambiguous, --since, or ids")
    options = ReplayOptions(**named)

    def work(customer: "Customer") -> Result:
        if dry_run:
            return _dry(customer, options, as_json=as_json)
        return _replay(customer, options, sums_up=settings.talkative and not as_json)

    each(settings, as_json, work)


def _dry(customer: "Customer", options: "ReplayOptions", *, as_json: bool) -> Result:
    """What would be sent where."""
    from exact_slack.runs.replay import preview

    rows = [
        {
            "document": planned.label,
            "delivery": planned.delivery.id,
            "channel": planned.delivery.channel,
            "action": planned.delivery.action.value,
            "state": planned.delivery.state.value,
            "reason": planned.reason,
        }
        for planned in preview(customer, options)
    ]
    if not as_json:
        for row in rows:
            out("{channel}  {action}  {document}  {state} {reason}".format(**row))
    return OK, {"planned": rows}


def _replay(customer: "Customer", options: "ReplayOptions", *, sums_up: bool) -> Result:
    from exact_slack.app.telling import lines
    from exact_slack.ledger.troubles import News
    from exact_slack.runs.frame.busy import Skipped
    from exact_slack.runs.replay import replay as run

    summary = run(customer, options)
    if isinstance(summary, Skipped):
        return skipped(summary)
    for problem in summary.causes():
        tell(problem)
    if summary.held or summary.failed:
        say(f"{summary.failed} failed, {summary.held} held; see: exact-slack status")
    ended = News(ended=summary.news.ended)
    for line in lines(ended, well=summary.exit_code() == OK, now=customer.clock.now()):
        say(line)
    if sums_up:
        out(f"{summary.posted} posted, {summary.updated} updated")
    return summary.exit_code(), summary.as_json()
