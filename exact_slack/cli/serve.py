"""`serve`: the intake for Exact's webhooks and Slack's events."""

import signal
import threading
from types import FrameType
from typing import TYPE_CHECKING

import click

from exact_slack.cli.frame.each import one
from exact_slack.cli.frame.out import out
from exact_slack.cli.frame.run import Settings
from exact_slack.errors import ConfigError

if TYPE_CHECKING:
    from exact_slack.app.customer import Customer
    from exact_slack.config.model import Config


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
    from exact_slack.serve.crew import Crew

    customer = one(settings)
    app_token = _check(customer)
    host, port = _address(listen or customer.config.serve.listen)
    customer.ledger.close()
    crew = Crew(customer.config, customer.state, customer.clock, app_token)
    server = crew.bind(host, port) if needs_http(customer.config) else None
    crew.start()
    _on_signal()
    if server is not None:
        bound = getattr(server, "effective_port", port)  # a host with several addresses has none
        shown = f"[{host}]" if ":" in host else host
        out(f"Listening on http://{shown}:{bound}", err=True)
    if app_token:
        out("Listening to Slack over Socket Mode.", err=True)
    if customer.config.reports:
        out("Reports are made by poll: let cron run it, too.", err=True)
    if customer.config.close:
        out("Closes are looked after by poll: let cron run it, too.", err=True)
    if server is None:
        _until_signal()
    else:
        server.run()  # until a signal
        server.close()
    crew.end()


def needs_http(config: "Config") -> bool:
    """Whether anything comes over HTTP: Exact's notifications, or Slack's where no app token
    makes them come over Socket Mode."""
    by_http = config.slack.signing_secret is not None and config.slack.app_token is None
    return config.exact.webhook_secret is not None or by_http


def _check(customer: "Customer") -> str:
    """The app-level token, "" without one. ConfigError where there is nothing to listen to."""
    config = customer.config
    exact, slack = config.exact, config.slack
    if exact.webhook_secret is slack.signing_secret is slack.app_token is None:
        raise ConfigError(
            f"{config.path}: serve needs exact.webhook_secret, slack.app_token or "
            "slack.signing_secret.",
            "The webhook secret is in Exact's App Center, the others on Slack's app page.",
        )
    from exact_slack.slack.token import app_token

    return app_token(config)


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


def _until_signal() -> None:
    try:
        threading.Event().wait()
    except SystemExit:
        return
