"""`webhooks`: Exact's subscriptions for the routed kinds."""

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from exact_slack.cli.frame.each import one
from exact_slack.cli.frame.options import Suggesting, json_option
from exact_slack.cli.frame.out import out, out_json
from exact_slack.cli.frame.run import Settings, tell

if TYPE_CHECKING:
    from exact_slack.errors import ExactSlackError


@click.group(cls=Suggesting, short_help="Exact's webhook subscriptions for the routed kinds.")
def webhooks() -> None:
    """Exact's webhook subscriptions, for `exact-slack serve`."""


@webhooks.command("list")
@json_option
@click.pass_obj
def list_(settings: Settings, as_json: bool) -> None:
    """Show the subscriptions beside what arrived by webhook and by poll.

    \b
    Example:
      exact-slack -c acme.yaml webhooks list
    """
    from exact_slack.serve.subscriptions import overview, warnings

    customer = one(settings)
    try:
        lines, problems = overview(customer)
        sentences = warnings(customer)
    finally:
        customer.close()
    if as_json:
        values = [asdict(line) for line in lines]
        out_json({"subscriptions": values, "warnings": sentences})
        _end(problems)
        return
    for line in lines:
        where = line.callback or ("none" if line.topic else "Exact has none: by poll only")
        out(
            f"{line.division}  {line.kind}  {where}  "
            f"({line.by_webhook} by webhook, {line.by_poll} by poll)"
        )
    for warning in sentences:
        out(warning)
    _end(problems)


def _end(problems: "list[ExactSlackError]") -> None:
    """Tell what went wrong, and leave with its exit code."""
    from exact_slack.app.summary import worst

    for problem in problems:
        tell(problem)
    if problems:
        sys.exit(worst([problem.exit_code for problem in problems]))


def _done(division: int, topic: str, done: str) -> None:
    out(f"{division}  {topic}: {done}")


@webhooks.command()
@click.pass_obj
def subscribe(settings: Settings) -> None:
    """Create the missing subscriptions in each division. `serve` must be running: Exact tries the
    address at once.

    \b
    Example:
      exact-slack -c acme.yaml webhooks subscribe
    """
    from exact_slack.serve.subscriptions import subscribe as create
    from exact_slack.serve.subscriptions import topics

    customer = one(settings)
    try:
        problems = create(customer, _done)
        polled = ", ".join(kind for kind, topic in topics(customer).items() if not topic)
        if polled:
            out(f"Exact has no webhooks for {polled}: they stay with exact-slack poll.")
    finally:
        customer.close()
    _end(problems)


@webhooks.command()
@click.pass_obj
def unsubscribe(settings: Settings) -> None:
    """Remove the subscriptions that lead to this config's address.

    \b
    Example:
      exact-slack -c acme.yaml webhooks unsubscribe
    """
    from exact_slack.serve.subscriptions import unsubscribe as remove

    customer = one(settings)
    try:
        problems = remove(customer, _done)
    finally:
        customer.close()
    _end(problems)
