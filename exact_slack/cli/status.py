"""`status`: at a glance for a person, complete for a machine, quiet for a monitor."""

from typing import TYPE_CHECKING, Any

import click

from exact_slack.cli.each import Result, each
from exact_slack.cli.options import period_option
from exact_slack.cli.run import Settings, colour
from exact_slack.errors import OK, PERSON
from exact_slack.flow.wiring import Customer

if TYPE_CHECKING:
    from exact_slack.flow.status import Verification


@click.command(short_help="What was seen, posted, held and failed, and why.")
@click.option(
    "--verify",
    "period",
    callback=period_option,
    metavar="PERIOD",
    help="Compare a date, a month or a duration with Exact: did we miss any?",
)
@click.option("--heal", is_flag=True, help="With --verify: enqueue what is missing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON value on stdout.")
@click.option("--quiet", "no_output", is_flag=True, help="Print nothing; only the exit code.")
@click.pass_obj
def status(
    settings: Settings, period: str | None, heal: bool, as_json: bool, no_output: bool
) -> None:
    """Show how things stand. Exit code 1 where a person is needed.

    \b
    Example, for a monitor:
      exact-slack status --quiet || echo "look at exact-slack"

    \b
    Example, at month-end; exit code 1 where there is a gap:
      exact-slack status --verify 2026-10
    """
    from exact_slack.flow.status import status as read
    from exact_slack.flow.status import verify

    if heal and not period:
        raise click.UsageError("--heal goes with --verify PERIOD")

    def work(customer: Customer) -> Result:
        checked = verify(customer, period, heal) if period else None
        found = read(customer)
        if checked:
            found["verify"] = checked.as_json()
        if not (as_json or no_output):
            if checked:
                _show_checked(checked)
            else:
                _show(str(customer.config.path), found)
        if checked:
            return checked.exit_code(), found
        return (OK if found["ok"] else PERSON), found

    each(settings, as_json and not no_output, work)


def _show_checked(checked: "Verification") -> None:
    click.echo(f"Documents modified from {checked.since} to {checked.until} (Exact's clock)")
    for one in checked.results:
        told = f"{one.in_exact} in Exact, {len(one.gaps)} gaps"
        told += f", {one.healed} healed" if one.healed else ""
        told += f". {one.problem}" if one.problem else ""
        click.echo(f"  {one.division}  {one.kind}: {told}")
        for gap in one.gaps:
            click.echo(f"    {gap.what}: {gap.number or '(no number)'}  {gap.key}")


def _waits(found: dict[str, Any]) -> list[tuple[str, str]]:
    """What waits on purpose, and until when."""
    return [
        ("Waiting" if not number else "",
         f"{one['count']} until {one['until'][:16].replace('T', ' ')} ({one['reason']})")
        for number, one in enumerate(found["waits"])
    ]  # fmt: skip


def _show(title: str, found: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(no_color=not colour(), highlight=False)
    facts = Table.grid(padding=(0, 2))
    auth = found["auth"]
    days = auth["exact_days_left"]
    login = "no: run exact-slack auth exact" if not auth["exact"] else f"yes, {days} days left"
    token = "yes" if auth["slack"] else "no: run exact-slack auth slack"
    rows = [
        ("All well", "yes" if found["ok"] else "NO"),
        ("Last success", found["last_success"] or "never"),
        ("Backlog", str(found["backlog"])),
        ("Failed / held / ambiguous",
         f"{found['failed']} / {found['held']} / {found['ambiguous']}"),
        *_waits(found),
        ("Logged in at Exact", login),
        ("Slack token", token),
    ]  # fmt: skip
    rows += [(f"  {reason}", str(count)) for reason, count in found["reasons"].items()]
    rows += [(channel, why) for channel, why in found["parked_channels"].items()]
    plan = found["budget"].pop("schedule", None)
    for division, used in found["budget"].items():
        rows.append(
            (f"Division {division}",
             f"{used['calls_today']} calls today, {used['left_today']} left")
        )  # fmt: skip
    if plan:
        fits = "fits" if plan["fits"] else "DOES NOT FIT the day: poll less often"
        rows.append(("Schedule", f"{plan['calls_per_day']} calls a day a division; {fits}"))
    for name, value in rows:
        facts.add_row(Text(name), Text(value))
    console.print(Text(title, style="bold"))
    console.print(facts)
    cursors = Table("Division", "Kind", "Read up to (Exact's clock)", box=None)
    for cursor in found["cursors"]:
        cursors.add_row(str(cursor["division"]), cursor["kind"], cursor["modified"])
    if found["cursors"]:
        console.print(cursors)
    for problem in [
        *auth["warnings"],
        *found["webhooks"]["warnings"],
        *found["problems"],
    ]:
        console.print(Text(str(problem)))
