"""The command line: parse, call, print, exit code. One file a command.

Commands are loaded when they are used: `--help` and `--version` import neither requests nor
slack_sdk nor rich."""

import atexit
import gc
import importlib
from typing import Any

import click
from click.shell_completion import CompletionItem

from exact_slack import __version__
from exact_slack.cli.frame import machine
from exact_slack.cli.frame.options import Suggesting
from exact_slack.cli.frame.run import Settings, guarded, reader_may_go

_COMMANDS = {
    "auth": ("auth", "Log in at Exact Online and at Slack."),
    "poll": ("poll", "Read what changed in Exact and post it."),
    "replay": ("replay", "Send again what failed, is held or has an unknown outcome."),
    "status": ("status", "What was seen, posted, held and failed, and why."),
    "log": ("log", "What happened to a document, from Exact to its messages."),
    "report": ("report", "What is open, due, overdue and in the bank, now."),
    "close": ("close", "How the end of a month stands, line by line."),
    "queue": ("queue", "What is somebody's until it is done: who has it, since when."),
    "serve": ("serve", "Take webhooks from Exact and events from Slack; deliver at once."),
    "webhooks": ("webhooks", "Exact's webhook subscriptions for the routed kinds."),
    "route": ("route", "Explain and test where documents go."),
    "doctor": ("doctor", "Look at everything around it: machine, network, both services."),
    "preview": ("preview", "Show a message before anything is sent."),
    "config": ("config", "Write, check and show the configuration."),
    "demo": ("demo", "See it work on a sandbox: an Exact Online and a Slack on this machine."),
    "backup": ("backup", "Copy the ledger into a new file."),
    "completion": ("completion", "Print the completion script for bash, zsh or fish."),
}


_SELDOM = 100_000
"""New objects before Python looks for cycles among them: loading the program makes fewer."""


class _Lazy(Suggesting):
    """A group whose commands are imported when they run."""

    def make_context(self, *words: Any, **more: Any) -> click.Context:
        with reader_may_go():  # --help and --version print here
            return super().make_context(*words, **more)

    def invoke(self, ctx: click.Context) -> Any:
        with reader_may_go():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"exact_slack.cli.{_COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        commands = [
            CompletionItem(name, help=text)
            for name, (_, text) in _COMMANDS.items()
            if name.startswith(incomplete)
        ]
        # what stands beside the commands: options, which click knows from the class above
        return [*commands, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="exact-slack")
@click.option(
    "-c",
    "--config",
    "configs",
    type=click.Path(),  # for the shells' completion
    multiple=True,
    metavar="FILE",
    help="Config file, or a folder with one file a customer. May be repeated.",
)
@click.option("-v", "--verbose", count=True, help="Say what is done; -vv says more.")
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    help="json: every line on stderr is one object.",
)
@click.option("-q", "--quiet", is_flag=True, help="Only errors.")
@click.pass_context
def cli(
    ctx: click.Context, configs: tuple[str, ...], verbose: int, log_format: str, quiet: bool
) -> None:
    """Carries what happens in Exact Online into the Slack channels where a finance team works.

    \b
    Exit codes: 0 done; 1 a person is needed; 2 usage; 3 log in again;
    75 temporary, the next run goes on; 78 configuration.
    """
    machine.switch(on=log_format == "json")
    ctx.obj = Settings(configs, verbose, quiet)


def main() -> None:
    """The entry point `exact-slack`. A third of the time of a run with nothing to do was spent in
    looking for cycles: among what was being loaded, and at the end, where all of it goes anyway."""
    gc.set_threshold(_SELDOM)
    atexit.register(gc.freeze)
    guarded(cli)
