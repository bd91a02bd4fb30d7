"""`serve`: the intake for Exact's webhooks and Slack's events."""

import signal
from types import FrameType
from typing import TYPE_CHECKING

import click

from exact_slack.cli.frame.each import one
from exact_slack.cli.frame.out import out
from exact_slack.cli.frame.run import Settings
from exact_slack.errors import ConfigError

if TYPE_CHECKING:
    from exact_slack.app.customer import Customer
    from exact_slack.serve.http import Writer
    from exact_slack.serve.worker import Worker

_STALE = 300.0
"""Seconds without a sign of life after which a worker counts as stuck."""
_GRACE = 30.0
"""Seconds the workers have to finish their step at the end."""


@click.command(short_help="Take webhooks from Exact and events from Slack; deliver at once.")
@click.option("--listen", metavar="HOST:PORT", help="Overrides serve.listen of the config.")
@click.pass_obj
def serve(settings: Settings, listen: str | None) -> None:
    """Take webhooks from Exact and events from Slack, behind a proxy that does TLS.

    Keep `poll` in cron as the safety net: both at once is the normal way to run. SIGTERM ends it
    with exit code 0; what was accepted stays.

    \b
    Example:
      exact-slack -c acme.yaml serve
    """
    from exact_slack.ledger.ledger import Ledger
    from exact_slack.serve.http import Intake, Writer, bind
    from exact_slack.serve.workers import Fetcher, Sender

    customer = one(settings)
    _check(customer)
    host, port = _address(listen or customer.config.serve.listen)
    customer.ledger.close()
    writer = Writer(Ledger(customer.state))
    sender = Sender(customer.config)
    fetcher = Fetcher(customer.config, sender.wake)
    workers: list[Worker] = [sender, fetcher]

    def healthy() -> bool:
        now = customer.clock.now()
        beats = all(worker.is_alive() and now - worker.beat < _STALE for worker in workers)
        return beats and writer.is_alive()

    intake = Intake(
        customer.config,
        writer,
        fetch=fetcher.wake,
        send=sender.wake,
        look=sender.look,
        clock=customer.clock,
        healthy=healthy,
    )
    server = bind(intake, host, port)
    for thread in (writer, *workers):
        thread.start()
    _on_signal()
    bound = getattr(server, "effective_port", port)  # a host with several addresses has none
    shown = f"[{host}]" if ":" in host else host
    out(f"Listening on http://{shown}:{bound}", err=True)
    if customer.config.reports:
        out("Reports are made by poll: let cron run it, too.", err=True)
    if customer.config.close:
        out("Closes are looked after by poll: let cron run it, too.", err=True)
    server.run()  # until a signal
    server.close()
    _end(writer, workers)


def _check(customer: "Customer") -> None:
    config = customer.config
    if config.exact.webhook_secret is None and config.slack.signing_secret is None:
        raise ConfigError(
            f"{config.path}: serve needs exact.webhook_secret, slack.signing_secret, or both.",
            "The webhook secret is in Exact's App Center, the signing secret on Slack's app page.",
        )


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not (port.isascii() and port.isdigit() and int(port) < 2**16):
        raise ConfigError(f"serve.listen: found {text!r}, expected HOST:PORT.")
    return host.strip("[]"), int(port)


def _on_signal() -> None:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)  # leaves server.run()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def _end(writer: "Writer", workers: list["Worker"]) -> None:
    writer.end()
    writer.join(_GRACE)
    for worker in workers:
        worker.end()
    for worker in workers:
        worker.join(_GRACE)
