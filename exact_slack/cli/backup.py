"""`backup`: a complete copy of the ledger while everything goes on; and such a copy put back."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from exact_slack.cli.frame.each import one
from exact_slack.cli.frame.out import out
from exact_slack.cli.frame.run import Settings
from exact_slack.errors import PersonNeeded

if TYPE_CHECKING:
    from exact_slack.app.customer import Customer


@click.command(short_help="Copy the ledger into a new file, or put such a copy back.")
@click.option("--restore", is_flag=True, help="Put FILE in the place of the ledger.")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def backup(settings: Settings, file: Path, restore: bool) -> None:
    """Copy the ledger into FILE (a new one, mode 0600), also while a poll is at work. Never
    copy ledger.sqlite itself: its log lies beside it.

    With --restore FILE takes the place of the ledger; the one that was there is kept beside it.
    Stop cron and serve before. The next poll looks through each channel for what was posted since.

    \b
    Examples:
      exact-slack -c acme.yaml backup /var/backups/acme-ledger.sqlite
      exact-slack -c acme.yaml backup --restore /var/backups/acme-ledger.sqlite
    """
    customer = one(settings)
    try:
        if restore:
            _restore(customer, file)
        else:
            _back_up(customer, file)
    finally:
        customer.close()


def _back_up(customer: "Customer", file: Path) -> None:
    try:
        customer.ledger.back_up(file, customer.clock.now())
    except FileExistsError:
        raise PersonNeeded(f"{file} is there already.", "Name a new file.") from None
    out(f"{file}: {file.stat().st_size:,} bytes")


def _restore(customer: "Customer", file: Path) -> None:
    from exact_slack.ledger.schema.restore import restore

    kept = restore(file, customer.state, customer.clock.now())
    out(f"{file} is the ledger now." + (f" The old one is kept as {kept}." if kept else ""))
