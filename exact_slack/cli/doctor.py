"""`doctor`: is everything around exact-slack as it must be?"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from exact_slack.cli.frame.each import Result, each
from exact_slack.cli.frame.run import Settings
from exact_slack.errors import PersonNeeded

if TYPE_CHECKING:
    from exact_slack.app.customer import Customer


@click.command(short_help="Look at everything around it: machine, network, both services.")
@click.option(
    "--bundle",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write what support needs into a new file: no secret, no name, no amount.",
)
@click.option(
    "--post",
    "channel",
    default="",
    metavar="CHANNEL",
    help="Try there what only a message shows; it is deleted again.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON value on stdout.")
@click.pass_obj
def doctor(settings: Settings, *, bundle: Path | None, channel: str, as_json: bool) -> None:
    """Look at everything: this machine, cron's environment, the ledger, the way to Exact and Slack,
    the login, the rights, the scopes, the channels, the webhooks; and at each thing that we assume
    of both services, and no public source says. What is wrong is named with its cure.

    It only reads, and makes at most two errors an endpoint. A warning leaves the exit code at 0.

    \b
    Example, on a new machine:
      exact-slack -c acme.yaml doctor

    \b
    Example, for whoever helps:
      exact-slack -c acme.yaml doctor --bundle doctor.json
    """
    if bundle is not None and bundle.exists():
        raise PersonNeeded(f"{bundle} is there already.", "Name a new file.")
    bundles: dict[str, object] = {}

    def work(customer: "Customer") -> Result:
        from exact_slack.cli.views.doctor import show
        from exact_slack.inspect.doctor.bundle import bundle as bundled
        from exact_slack.inspect.doctor.bundle import write
        from exact_slack.inspect.doctor.examine import examine

        diagnosis = examine(customer, channel)
        if not as_json:
            show(str(customer.config.path), diagnosis, quiet=settings.quiet)
        if bundle is not None:
            bundles[f"customer {len(bundles) + 1}"] = bundled(customer, diagnosis)
            bundle.unlink(missing_ok=True)  # that of the customers before this one
            write(bundle, bundles)
        return diagnosis.exit_code(), diagnosis.as_json()

    each(settings, as_json, work, reading=True)
