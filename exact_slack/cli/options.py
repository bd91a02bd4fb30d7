"""Options that several commands share."""

import functools
from collections.abc import Callable
from typing import Any

import click


def period_option(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Check a time when the command line is read; Exact's clock turns it into one later."""
    from datetime import datetime

    from exact_slack.flow.period import parse

    if value is not None:
        try:
            parse(value, datetime(2026, 1, 1))  # noqa: DTZ001 - only to see whether it parses
        except ValueError as error:
            raise click.BadParameter(str(error)) from None
    return value


def document_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """A document of the ledger by key or number, or `--sample KIND`; one of the two."""
    from exact_slack.documents.samples import SAMPLES

    @functools.wraps(command)
    def checked(*args: Any, **values: Any) -> Any:
        if (values["document"] is None) == (values["sample"] is None):
            raise click.UsageError("name a document (its key or number), or --sample KIND")
        return command(*args, **values)

    sample = click.option(
        "--sample",
        type=click.Choice(list(SAMPLES)),
        metavar="KIND",
        help="A sample instead: " + ", ".join(SAMPLES) + ".",
    )
    return click.argument("document", required=False)(sample(checked))
