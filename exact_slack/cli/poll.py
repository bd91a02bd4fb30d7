"""`poll`: collect, then deliver."""

from typing import TYPE_CHECKING

import click

from exact_slack.cli.frame.each import Done, Result, each
from exact_slack.cli.frame.options import period_option
from exact_slack.cli.frame.out import out
from exact_slack.cli.frame.run import Settings, say, skipped, tell
from exact_slack.documents.kinds import Kind
from exact_slack.errors import OK, BadRequest

if TYPE_CHECKING:
    from exact_slack.app.customer import Customer
    from exact_slack.ledger.troubles import News

_KINDS = click.Choice([kind.value for kind in Kind])


@click.command(short_help="Read what changed in Exact and post it.")
@click.option("--dry-run", is_flag=True, help="List what would be sent where; send nothing.")
@click.option(
    "--since",
    callback=period_option,
    metavar="TIME",
    help="Go back to a date, a month or a duration (2026-11-24, 2026-10, 7d).",
)
@click.option("--until", callback=period_option, metavar="TIME", help="Read no further than this.")
@click.option("--kind", "kinds", multiple=True, type=_KINDS, help="Only this kind. Repeatable.")
@click.option(
    "--division", "divisions", multiple=True, type=int, help="Only this division. Repeatable."
)
@click.option("--max-posts", type=click.IntRange(min=0), help="Stop after so many messages.")
@click.option("--deletions", is_flag=True, help="Ask for deletions now, not only once an hour.")
@click.option("--json", "as_json", is_flag=True, help="One JSON value on stdout.")
@click.pass_obj
def poll(
    settings: Settings,
    *,
    dry_run: bool,
    since: str | None,
    until: str | None,
    kinds: tuple[str, ...],
    divisions: tuple[int, ...],
    max_posts: int | None,
    deletions: bool,
    as_json: bool,
) -> None:
    """Read what changed in Exact Online, and post it.

    The first run sets the cursors to now and posts nothing unless --since is given. When another
    run is at work, this one ends at once with exit code 0, or 75 where that run has been at work
    for more than 30 minutes.

    \b
    Example, every five minutes from cron:
      */5 * * * * exact-slack -c ~/acme.yaml poll
    """  # fmt: skip
    from exact_slack.runs.busy import Skipped
    from exact_slack.runs.outside import is_news_of_config
    from exact_slack.runs.poll import PollOptions, dry_poll
    from exact_slack.runs.poll import poll as run_poll

    options = PollOptions(
        since, until, tuple(Kind(k) for k in kinds), divisions, max_posts, deletions
    )

    def work(customer: "Customer") -> Result:
        _check_divisions(customer, divisions)
        if dry_run:
            found = dry_poll(customer, options)
            if not as_json:
                for item in found.planned:
                    out(f"{item.channel}  {item.action}  {item.document}  ({item.route})")
                for problem in found.summary.problems:
                    tell(problem)
            return found.summary.exit_code(), found.as_json()
        summary = run_poll(customer, options)
        if isinstance(summary, Skipped):
            if settings.talkative or summary.news:
                return skipped(summary)
            return summary.exit_code, summary.as_json()
        if settings.talkative:
            for problem in summary.problems:
                tell(problem)
            if summary.held or summary.failed:
                say(f"{summary.failed} failed, {summary.held} held; see: exact-slack status")
        else:
            _mail(summary.news, customer.clock.now(), well=summary.exit_code() == OK)
        if settings.talkative and not as_json:
            out(
                f"{summary.seen} read, {summary.new} new, {summary.changed} changed; "
                f"{summary.posted} posted, {summary.updated} updated; "
                f"{summary.exact_calls} calls to Exact in {summary.duration_s:.1f} s"
            )
        return summary.exit_code(), summary.as_json()

    def is_news(done: Done) -> bool:
        if settings.talkative or dry_run or done.error is None:
            return True
        return is_news_of_config(done.path, done.error) if done.unread else done.error.is_news

    each(settings, as_json, work, side_by_side=True, is_news=is_news)


def _mail(news: "News", now: float, *, well: bool) -> None:
    """What cron mails: a line a cause, and one that names the command."""
    from exact_slack.runs.alerts import SEE, lines

    for line in lines(news, well, now):
        say(line)
    if news.present:
        say(SEE)


def _check_divisions(customer: "Customer", divisions: tuple[int, ...]) -> None:
    for division in divisions:
        if division not in customer.config.exact.divisions:
            raise BadRequest(f"--division {division} is not in {customer.config.path}.")
