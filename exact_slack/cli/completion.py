"""`completion`: the shell's completion script."""

import click

from exact_slack.cli.frame.out import out_lines


@click.command(short_help="Print the completion script for bash, zsh or fish.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script.

    \b
    Example:
      exact-slack completion bash > ~/.local/share/bash-completion/completions/exact-slack
    """
    from click.shell_completion import get_completion_class

    from exact_slack.cli import cli

    shell_class = get_completion_class(shell)
    assert shell_class is not None
    source = shell_class(cli, {}, "exact-slack", "_EXACT_SLACK_COMPLETE").source()
    # click's script for fish cuts a help text at its first comma
    out_lines(source.replace('string split ","', 'string split --max 1 ","'))
