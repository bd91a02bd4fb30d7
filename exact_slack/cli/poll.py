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
    from exact_slack.collect.due import Place
    from exact_slack.ledger.troubles import News
    from exact_slack.runs.agenda import Agenda, Turn

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
@click.option("--due", is_flag=True, help="Read only what is worth a call now; for cron.")
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
    due: bool,
    as_json: bool,
) -> None:
    """Read what changed in Exact Online, and post it.

    The first run sets the cursors to now and posts nothing unless --since is given. When another
    run is at work, this one ends at once with exit code 0, or 75 where that run has been at work
    for more than 30 minutes.

    With --due it reads those kinds whose news is worth a call now: by how often each changed at
    this hour of the week, by whether webhooks tell of it, and by what the day's budget of calls
    leaves. None waits longer than poll_at_least_every.

    \b
    Example, every minute from cron:
      * * * * * exact-slack -c ~/acme.yaml poll --due
    """  # fmt: skip
    if due and (dry_run or since or until or kinds or divisions or deletions):
        raise click.UsageError("--due decides itself what is read; it goes with --max-posts only")

    def work(customer: "Customer") -> Result:
        if not due:
            return run(customer, None)
        from exact_slack.runs.agenda import Agenda

        agenda = Agenda(customer.config, customer.ledger, customer.clock.now())
        if agenda.is_idle:
            return _idle(customer, agenda, say_so=settings.talkative and not as_json)
        code, found = run(customer, agenda.due)
        if settings.talkative and not as_json:
            now = customer.clock.now()
            _say_left(customer, Agenda(customer.config, customer.ledger, now).later)
        return code, found

    def run(customer: "Customer", only: "frozenset[Place] | None") -> Result:
        from exact_slack.runs.frame.busy import Skipped
        from exact_slack.runs.poll import PollOptions, dry_poll
        from exact_slack.runs.poll import poll as run_poll

        chosen = tuple(Kind(k) for k in kinds)
        options = PollOptions(since, until, chosen, divisions, max_posts, deletions, only)
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
        from exact_slack.runs.frame.outside import is_news_of_config

        return is_news_of_config(done.path, done.error) if done.unread else done.error.is_news

    each(settings, as_json, work, side_by_side=True, is_news=is_news)


def _idle(customer: "Customer", agenda: "Agenda", *, say_so: bool) -> Result:
    """Nothing is due. What the last run met still holds, so that is the exit code."""
    from exact_slack.app.summary import Summary
    from exact_slack.config.timing import iso

    if say_so:
        _say_left(customer, agenda.later)
    last, at = customer.ledger.last_ended(), agenda.next_at
    code = (last.exit_code or OK) if last else OK
    found = {**Summary().as_json(), "exit_code": code, "due_at": iso(at) if at else None}
    return code, found


def _say_left(customer: "Customer", later: "tuple[Turn, ...]") -> None:
    """What is left for now, and until when."""
    from exact_slack.config.timing import shown

    if not later:
        return
    zone, first, last = customer.config.zone(), later[0], later[-1]
    until = f", all by {shown(last.at, zone)[-5:]}" if len(later) > 1 else ""
    out(
        f"Left for now: {len(later)} of {len(customer.config.exact.divisions)} x"
        f" {len(customer.config.routed_kinds())} kinds; {first.kind} of division {first.division}"
        f" is due at {shown(first.at, zone)[-5:]}{until}"
    )


def _mail(news: "News", now: float, *, well: bool) -> None:
    """What cron mails: a line a cause, and one that names the command."""
    from exact_slack.app.telling import lines
    from exact_slack.runs.frame.alerts import SEE

    for line in lines(news, well=well, now=now):
        say(line)
    if news.present:
        say(SEE)


def _check_divisions(customer: "Customer", divisions: tuple[int, ...]) -> None:
    for division in divisions:
        if division not in customer.config.exact.divisions:
            raise BadRequest(f"--division {division} is not in {customer.config.path}.")
