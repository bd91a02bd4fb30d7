"""The file that node_exporter's textfile collector reads: whole or not at all, at each end of a
run.

It is written beside its place under a name that does not end in `.prom`, flushed, and renamed: the
collector reads every `*.prom`, also a half one. Its mode is 0644, as the collector is another user;
there is nothing secret in it."""

import contextlib
import logging
import os
import re
from pathlib import Path

from exact_slack.app.customer import Customer
from exact_slack.errors import ExactSlackError, Notice
from exact_slack.files import read_plain
from exact_slack.metrics.measure import Ended, name_of, page, with_end

log = logging.getLogger("exact_slack.monitor")


def trouble(customer: Customer) -> Notice | None:
    """Why the file cannot be written at the end of this run; None where it can."""
    path = customer.config.metrics_file()
    if path is None:
        return None
    if not os.access(path.parent, os.W_OK | os.X_OK):
        return _told(
            f"{path}: the metrics cannot be written there.",
            "The folder must exist, and be writable for the user that polls.",
        )
    if not _is_ours(path, name_of(customer.config.path)):
        return _told(
            f"{path} is there, and these are not the metrics of this customer.",
            "Name a file of its own in monitoring.metrics_file, or remove that one.",
        )
    return None


def _told(sentence: str, cure: str) -> Notice:
    return Notice(sentence, cure, cause="metrics file")


def _is_ours(path: Path, customer: str) -> bool:
    """Whether nothing stands there, or what this customer's runs left."""
    try:
        content = read_plain(path).decode(errors="replace")
    except FileNotFoundError:
        return True
    except OSError:
        return False
    line = re.search(r'^exact_slack_build_info\{customer="([^"]*)"', content, re.MULTILINE)
    return line[1] == customer if line else not content


def write(customer: Customer, command: str, started: float, exit_code: int) -> None:
    """Called at each end of a run; it never fails the run."""
    path, now = customer.config.metrics_file(), customer.clock.now()
    if path is None:
        return
    ended = Ended(now, max(now - started, 0.0), exit_code, is_poll=command == "poll")
    try:
        if trouble(customer) is None:
            _replace(path, _page(customer, path, ended).encode())
    except Exception as error:  # noqa: BLE001 - the run itself has ended as it has
        log.warning("the metrics cannot be written (%s)", type(error).__name__)


def _page(customer: Customer, path: Path, ended: Ended) -> str:
    try:
        return page(customer, ended)
    except ExactSlackError:  # no ledger can be read: what is known is how the run ended
        return with_end(read_plain(path).decode(), ended)


def _replace(path: Path, content: bytes) -> None:
    beside = path.with_name(f"{path.name}.tmp.{os.getpid()}")
    with contextlib.suppress(FileNotFoundError):
        beside.unlink()  # of a process with the same number that was killed
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), 0o644)  # whatever the umask
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
