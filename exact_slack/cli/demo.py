"""`demo`: the whole way on a sandbox, with nothing to set up."""

import click

from exact_slack.cli.frame.out import out_lines


@click.command(short_help="See it work on a sandbox on this machine.")
@click.option("--once", is_flag=True, help="One round: sum up, print the best messages, then end.")
@click.option("--serve", is_flag=True, help="Only start both, for commands that you type yourself.")
@click.option("--port", type=int, default=8765, show_default=True, help="Port of the page.")
def demo(once: bool, serve: bool, port: int) -> None:
    """Start an Exact Online and a Slack on this machine, log in, poll, and show the channels.

    Then a business day plays: documents appear, change, get paid, get deleted, and the page
    follows. Nothing leaves this machine.

    With --serve nothing is run for you: it prints the two addresses and what a config needs, and
    each Enter lets something happen. The tutorial in docs/tutorial.md begins so.

    \b
    Examples:
      exact-slack demo --once
      exact-slack demo --serve
    """
    from exact_slack.sandbox import standing
    from exact_slack.sandbox.demo import Demo, DemoFailed

    if once and serve:
        raise click.UsageError("--once and --serve exclude each other")
    try:
        if serve:
            standing.serve(port, out_lines)
            return
        with Demo(port=0 if once else port, say=out_lines) as running:
            if once:
                running.once()
            else:
                running.forever()
    except DemoFailed as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        if error.filename is not None:  # not the port's
            raise
        raise click.ClickException(f"Port {port}: {error.strerror}. Try --port 0.") from None
