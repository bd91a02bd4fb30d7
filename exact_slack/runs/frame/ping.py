"""The dead-man ping: a monitor elsewhere is told when a poll starts, ends well, or needs a person,
and raises the alarm when it hears nothing. It never fails the run."""

import logging
from http import HTTPStatus

from exact_slack.errors import OK, ExactSlackError

log = logging.getLogger("exact_slack.monitor")
_LONGEST = 10.0
"""Seconds for a ping altogether."""


def start(url: str | None) -> None:
    """A poll begins: `URL/start`."""
    _ping(url, "/start")


def end(url: str | None, exit_code: int, *, told: bool) -> None:
    """A poll ended: `URL` when all is well, `URL/fail` when a person is told of trouble. While that
    lasts, and while temporary trouble is young, it says nothing."""
    if exit_code == OK:
        _ping(url, "")
    elif told:
        _ping(url, "/fail")


def _ping(url: str | None, suffix: str) -> None:
    if url is None:
        return
    import requests

    from exact_slack.exact.wire import session
    from exact_slack.network.errors import NoConnection

    try:
        with (
            session.session() as web,
            session.call(web, "GET", url.rstrip("/") + suffix, seconds=_LONGEST) as answer,
        ):
            if answer.status_code >= HTTPStatus.BAD_REQUEST:
                log.warning("the monitor answered %s", answer.status_code)
    except (NoConnection, ExactSlackError, requests.RequestException) as error:
        log.warning("the monitor cannot be reached (%s)", type(error).__name__)
