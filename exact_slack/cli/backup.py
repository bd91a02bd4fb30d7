"""`backup`: a complete copy of the ledger while everything goes on."""

from pathlib import Path

import click

from exact_slack.cli.each import one
from exact_slack.cli.out import out
from exact_slack.cli.run import Settings
from exact_slack.errors import PersonNeeded


@click.command(short_help="Copy the ledger into a new file.")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def backup(settings: Settings, file: Path) -> None:
    """Copy the ledger into FILE (a new one, mode 0600), also while a poll is at work. Never
    copy ledger.sqlite itself: its log lies beside it.

    \b
    Example:
      exact-slack -c acme.yaml backup /var/backups/acme-ledger.sqlite
    """
    customer = one(settings)
    try:
        customer.ledger.back_up(file)
    except FileExistsError:
        raise PersonNeeded(f"{file} is there already.", "Name a new file.") from None
    finally:
        customer.close()
    out(f"{file}: {file.stat().st_size:,} bytes")
