"""`poll`: collect, then deliver."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from exact_slack.cli.frame.done import Done
from exact_slack.cli.frame.each import Result, each
from exact_slack.cli.frame.options import (
    divisions_option,
    json_option,
    kinds_option,
    period_option,
)
from exact_slack.cli.frame.out import out
from exact_slack.cli.frame.run import Settings, note, say, skipped, tell
from exact_slack.documents.kinds import Kind
from exact_slack.errors import OK, USAGE, BadRequest

if TYPE_CHECKING:
    from exact_slack.app.customer import Customer
    from exact_slack.app.summary import Summary
    from exact_slack.ledger.troubles import News
    from exact_slack.runs.agenda import Agenda, Turn
    from exact_slack.runs.poll import PollOptions


class _Bounds(TypedDict):
    """What is read, and how much is posted."""

    since: str | None
    until: str | None
    kinds: tuple[Kind, ...]
    divisions: tuple[int, ...]
    max_posts: int | None
    deletions: bool


@dataclass(frozen=True, slots=True)
class _Voice:
    """Who reads what it says: a person at a terminal, or the mail of cron."""

    talkative: bool
    as_json: bool

    @property
    def sums_up(self) -> bool:
        """Whether it says in a line what it did."""
        return self.talkative and not self.as_json


@click.command(short_help="Read what changed in Exact and post it.")
@click.option("--dry-run", is_flag=True, help="List what would be sent where; send nothing.")
@click.option(
    "--since",
    callback=period_option,
    metavar="TIME",
    help="Go back to a date, a month or a duration (2026-11-24, 2026-10, 7d).",
)
@click.option("--until", callback=period_option, metavar="TIME", help="Read no further than this.")
@kinds_option()
@divisions_option
@click.option("--max-posts", type=click.IntRange(min=0), help="Stop after so many messages.")
@click.option("--deletions", is_flag=True, help="Ask for deletions now, not only once an hour.")
@click.option("--due", is_flag=True, help="Read only what is worth a call now; for cron.")
@json_option
@click.pass_obj
def poll(
    settings: Settings, *, dry_run: bool, due: bool, as_json: bool, **bounds: Unpack[_Bounds]
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
    narrowed = any(value for name, value in bounds.items() if name != "max_posts")
    if due and (dry_run or narrowed):
        raise click.UsageError("--due decides itself what is read; it goes with --max-posts only")
    voice = _Voice(settings.talkative, as_json)

    def work(customer: "Customer") -> Result:
        _check_divisions(customer, bounds["divisions"])
        if dry_run:
            return _dry(customer, _options(bounds), voice)
        if due:
            return _due(customer, bounds, voice)
        return _poll(customer, _options(bounds), voice)

    def is_news(done: Done) -> bool:
        if settings.talkative or dry_run or done.error is None:
            return True
        from exact_slack.runs.frame.outside import is_news_of_config

        return is_news_of_config(done.path, done.error) if done.unread else done.error.is_news

    each(settings, as_json, work, side_by_side=True, is_news=is_news)


def _options(bounds: _Bounds, *, by_plan: bool = False) -> "PollOptions":
    from exact_slack.runs.poll import PollOptions

    return PollOptions(**bounds, by_plan=by_plan)


def _dry(customer: "Customer", options: "PollOptions", voice: _Voice) -> Result:
    """What would be sent where."""
    from exact_slack.runs.poll import dry_poll

    plan = dry_poll(customer, options)
    if not voice.as_json:
        for item in plan.planned:
            out(f"{item.channel}  {item.action}  {item.document}  ({item.route})")
        for problem in plan.summary.causes():
            tell(problem)
    return plan.summary.exit_code(), plan.as_json()


def _due(customer: "Customer", bounds: _Bounds, voice: _Voice) -> Result:
    """Only what is worth a call now."""
    from exact_slack.runs.agenda import Agenda

    agenda = Agenda(customer.config, customer.ledger, customer.clock.now())
    if agenda.is_idle:
        return _idle(customer, agenda, voice)
    code, summary = _poll(customer, _options(bounds, by_plan=True), voice)
    if voice.sums_up:
        _say_left(customer, Agenda(customer.config, customer.ledger, customer.clock.now()).later)
    return code, summary


def _poll(customer: "Customer", options: "PollOptions", voice: _Voice) -> Result:
    from exact_slack.cli.views.past import watching
    from exact_slack.runs.frame.busy import Skipped
    from exact_slack.runs.poll import poll as run

    with watching(wanted=voice.sums_up) as show:
        summary = run(customer, options, show)
    if isinstance(summary, Skipped):
        if voice.talkative or summary.news:
            return skipped(summary)
        return summary.exit_code, summary.as_json()
    if voice.talkative:
        _say_problems(summary)
    else:
        _say_wrong_words(summary)
        _mail(summary.news, customer.clock.now(), well=summary.exit_code() == OK)
    if voice.sums_up:
        note(
            f"{summary.seen} read, {summary.new} new, {summary.changed} changed; "
            f"{summary.posted} posted, {summary.updated} updated; "
            f"{summary.exact_calls} calls to Exact in {summary.duration_s:.1f} s"
        )
    return summary.exit_code(), summary.as_json()


def _say_wrong_words(summary: "Summary") -> None:
    """What was asked for and cannot be is no trouble that lasts."""
    for problem in summary.causes():
        if problem.exit_code == USAGE:
            tell(problem)


def _say_problems(summary: "Summary") -> None:
    for problem in summary.causes():
        tell(problem)
    if summary.held or summary.failed:
        say(f"{summary.failed} failed, {summary.held} held; see: exact-slack status")


def _idle(customer: "Customer", agenda: "Agenda", voice: _Voice) -> Result:
    """Nothing is due. What runs met and still stands, is in the exit code."""
    from exact_slack.app.summary import Summary
    from exact_slack.config.timing import iso

    if voice.sums_up:
        _say_left(customer, agenda.later)
    code, at = agenda.exit_code, agenda.next_at
    summary = {**Summary().as_json(), "exit_code": code, "due_at": iso(at) if at else None}
    return code, summary


def _say_left(customer: "Customer", later: "tuple[Turn, ...]") -> None:
    """What is left for now, and until when."""
    from exact_slack.config.timing import shown

    if not later:
        return
    zone, first, last = customer.config.zone(), later[0], later[-1]
    until = f", all by {shown(last.at, zone)[-5:]}" if len(later) > 1 else ""
    note(
        f"Left for now: {len(later)} of {len(customer.config.exact.divisions)} x"
        f" {len(customer.config.read_kinds())} kinds; {first.kind} of division {first.division}"
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
