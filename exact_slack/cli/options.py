"""Options that several commands share."""

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
