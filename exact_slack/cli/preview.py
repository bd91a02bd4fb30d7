"""`preview`: a message before anything is sent."""

from typing import TYPE_CHECKING

import click

from exact_slack.cli.frame.each import Result, each
from exact_slack.cli.frame.options import document_options
from exact_slack.cli.frame.out import out_lines
from exact_slack.cli.frame.run import Settings, tell
from exact_slack.config.values import EVENTS
from exact_slack.errors import OK

if TYPE_CHECKING:
    from exact_slack.app.customer import Customer
    from exact_slack.inspect.preview import Shown


def _locale(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    from exact_slack.config.values import LOCALES

    if value is not None and value not in LOCALES:
        raise click.BadParameter("one of " + ", ".join(sorted(LOCALES)))
    return value


@click.command(short_help="Show a message before anything is sent.")
@document_options
@click.option("--route", metavar="NAME", help="As this route words it, whether it takes it or not.")
@click.option("--locale", callback=_locale, metavar="NAME", help="In this locale, such as nl_NL.")
@click.option("--event", type=click.Choice(EVENTS), help="What happened; else taken from the data.")
@click.option("--json", "as_json", is_flag=True, help="The exact payloads, as one JSON value.")
@click.pass_obj
def preview(
    settings: Settings,
    *,
    document: str | None,
    sample: str | None,
    route: str | None,
    locale: str | None,
    event: str | None,
    as_json: bool,
) -> None:
    """Show the message that a document gets in each channel. Needs no token and no network.

    DOCUMENT is a key or a number, as the ledger has it. The JSON has what chat.postMessage is
    given, without the channel and the key.

    \b
    Example:
      exact-slack -c acme.yaml preview --sample purchase_entry --locale nl_NL
    """
    from exact_slack.inspect.preview import Previewer
    from exact_slack.inspect.subjects import subjects

    def work(customer: "Customer") -> Result:
        previewer = Previewer(customer, locale)
        chosen = subjects(customer, document, sample, event)
        shown = [message for subject in chosen for message in previewer.show(subject, route)]
        for problem in previewer.problems:
            tell(problem)
        if not as_json:
            out_lines("\n\n".join(_drawn(message) for message in shown))
        return OK, {"messages": [message.as_json() for message in shown]}

    each(settings, as_json, work)


def _drawn(message: "Shown") -> str:
    from exact_slack.sandbox.page.text import render_text

    title = f"{message.channel} · {message.route}" if message.route else "in no channel"
    note = f" ({message.note})" if message.note else ""
    return f"{title}{note}\n\n{render_text(message.payload).rstrip()}"
