"""Options that several commands share."""

import functools
from collections.abc import Callable
from typing import Any

import click

from exact_slack.documents.kinds import Kind


class Suggesting(click.Group):
    """Says which command was probably meant, as click does for options."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command with this name; UsageError with the nearest one."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib

            close = difflib.get_close_matches(args[0], self.list_commands(ctx), n=1)
            if not close:
                raise
            meant = f"{error.message} Did you mean {close[0]!r}?"
            raise click.UsageError(meant, ctx) from None


json_option = click.option("--json", "as_json", is_flag=True, help="One JSON value on stdout.")
divisions_option = click.option(
    "--division", "divisions", multiple=True, type=int, help="Only this division. Repeatable."
)


def kinds_option(**attributes: Any) -> Callable[..., Any]:
    """Kinds of documents, as such."""

    def kinds(_ctx: click.Context, _param: click.Parameter, names: tuple[str, ...]) -> Any:
        return tuple(map(Kind, names))

    return click.option(
        "--kind",
        "kinds",
        multiple=True,
        type=click.Choice([kind.value for kind in Kind]),
        callback=kinds,
        help="Only this kind. Repeatable.",
        **attributes,
    )


def json_or_csv(*, as_json: bool, as_csv: bool) -> None:
    """UsageError where both are asked for."""
    if as_json and as_csv:
        raise click.UsageError("--json or --csv, not both")


def period_option(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """Check a time when the command line is read; config and Exact's clock come later."""
    from datetime import UTC, datetime

    from exact_slack.collect.window import Now, parse

    if value is not None:
        try:
            any_moment = datetime(2026, 1, 1)  # noqa: DTZ001 - only to see whether it parses
            parse(value, Now(any_moment, any_moment, UTC))
        except ValueError as error:
            raise click.BadParameter(str(error)) from None
    return value


def document_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """A document of the ledger by key or number, or `--sample KIND`; one of the two."""
    from exact_slack.documents.samples import RUNS, SAMPLES

    names = (*SAMPLES, *RUNS)

    @functools.wraps(command)
    def checked(*args: Any, **values: Any) -> Any:
        if (values["document"] is None) == (values["sample"] is None):
            raise click.UsageError("name a document (its key or number), or --sample KIND")
        return command(*args, **values)

    sample = click.option(
        "--sample",
        type=click.Choice(names),
        metavar="KIND",
        help="A sample instead: " + ", ".join(names) + ".",
    )
    return click.argument("document", required=False)(sample(checked))
