"""`demo`: the whole way on a sandbox, with nothing to set up."""

import click


@click.command(short_help="See it work on a sandbox on this machine.")
@click.option("--once", is_flag=True, help="One round: print each message as it looks, then end.")
@click.option("--port", type=int, default=8765, show_default=True, help="Port of the page.")
def demo(once: bool, port: int) -> None:
    """Start an Exact Online and a Slack on this machine, log in, poll, and show the channels.

    Then a business day plays: documents appear, change, get paid, get deleted, and the page
    follows. Nothing leaves this machine.

    \b
    Example:
      exact-slack demo --once
    """
    from exact_slack.sandbox.demo import Demo, DemoFailed

    try:
        with Demo(port=0 if once else port, say=click.echo) as running:
            if once:
                running.once()
            else:
                running.forever()
    except DemoFailed as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"Port {port}: {error.strerror}. Try --port 0.") from None
