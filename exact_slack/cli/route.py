"""`route`: why a document goes where it goes, and cases that prove it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from exact_slack.cli.frame.each import Result, each
from exact_slack.cli.frame.options import document_options, json_option
from exact_slack.cli.frame.out import out, out_lines
from exact_slack.cli.frame.run import Settings
from exact_slack.config.values import EVENTS
from exact_slack.errors import OK, PERSON
from exact_slack.foreign import visible

if TYPE_CHECKING:
    from exact_slack.app.customer import Customer
    from exact_slack.inspect.explain import Explained, Tested


@click.group(short_help="Explain and test the routes.")
def route() -> None:
    """Explain and test the routes. Nothing here calls Exact or Slack."""


@route.command("explain")
@document_options
@click.option("--event", type=click.Choice(EVENTS), help="What happened; else taken from the data.")
@json_option
@click.pass_obj
def explain(
    settings: Settings, document: str | None, sample: str | None, event: str | None, as_json: bool
) -> None:
    """Say of every route whether it takes the document, and if not, which condition failed.

    DOCUMENT is a key or a number, as the ledger has it; in every division that has one.

    \b
    Example:
      exact-slack -c acme.yaml route explain 26700031
    """
    from exact_slack.inspect.explain import explained
    from exact_slack.inspect.subjects import subjects

    def work(customer: "Customer") -> Result:
        results = [explained(customer, s) for s in subjects(customer, document, sample, event)]
        if not as_json:
            out_lines("\n\n".join(_explained(result) for result in results))
        return OK, {"documents": [result.as_json() for result in results]}

    each(settings, as_json, work)


def _explained(explained: "Explained") -> str:
    occasion, document = explained.subject.occasion, explained.subject.document
    party = f" · {visible(document.account.label)}" if document.account.label else ""
    compared = explained.compared()
    fired = ", ".join(_with(name, compared.get(name, "")) for name in occasion.exceptions)
    lines = [
        f"{visible(document.label)}{party} · division {document.ref.division}",
        f"  event: {occasion.event}; exceptions: {fired or 'none'}",
    ]
    name = max((len(r.route.name) for r in explained.explanations), default=0)
    channel = max((len(r.route.channel) for r in explained.explanations), default=0)
    for explanation in explained.explanations:
        mark = "posts" if explanation.posts else "takes" if explanation.taken else "-"
        text = (
            f"  {mark:<5}  {explanation.route.name:<{name}}  {explanation.route.channel:<{channel}}"
        )
        lines.append(f"{text}  {visible(explanation.sentence())}".rstrip())
    for message in explained.messages:
        why = f" ({message.sentence})" if message.sentence else ""
        lines.append(f"  message in {message.channel}: {message.state}{why}, by {message.route!r}")
    lines += [f"  note: {visible(note)}" for note in explained.notes]
    return "\n".join(lines)


def _with(name: str, compared: str) -> str:
    """An exception, and what it was compared with."""
    return f"{name} ({visible(compared)})" if compared else name


@route.command("test")
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@json_option
@click.pass_obj
def test(settings: Settings, file: Path | None, as_json: bool) -> None:
    """Prove the routes by cases: those in the config under `tests`, or those in FILE.

    Exit code 1 where a case goes elsewhere than it expects.

    \b
    Example, before a changed config goes live:
      exact-slack -c acme.yaml route test
    """
    from exact_slack.inspect.explain import tested

    def work(customer: "Customer") -> Result:
        results = tested(customer, file)
        failed = [result for result in results if not result.result.holds]
        if not as_json:
            for result in failed:
                out_lines(_difference(result))
            if failed or not settings.quiet:
                out(f"{len(results) - len(failed)} of {len(results)} cases hold.")
        value = {"cases": [result.as_json() for result in results], "failed": len(failed)}
        return PERSON if failed else OK, value

    each(settings, as_json, work)


def _difference(tested: "Tested") -> str:
    case = tested.result.case
    asked = ", ".join((*(case.routes or ()), *(case.channels or ()))) or "nothing"
    got = ", ".join(tested.result.routes) or "nothing"
    lines = [f"{tested.place}: {case.name}: expected {asked}; goes to {got}"]
    return "\n".join([*lines, *(f"    {fault}" for fault in tested.result.faults)])
