"""What all tests share: a real browser, and the list of kill points at the end of a run."""

import atexit
import logging
import os
import shutil
import signal
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from exact_slack import paste, redact
from tests.examples import TIMES, WHOLE

settings.register_profile(
    "suite", max_examples=12 * TIMES, deadline=None, suppress_health_check=list(HealthCheck)
)
settings.load_profile("suite")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
"""A run in the background of a shell has it ignored, and would hand that on to every command."""

os.umask(0o077)
"""The configs of the tests hold secrets, and exact-slack refuses those that others can read."""

_MEMORY = Path("/dev/shm")
_ENOUGH = 4 * 1024**3


def _write_to_memory() -> None:
    """What the tests write goes to memory if there is one that takes files and programs: most of
    what a command does is flush the ledger to the disk, and no test asks the disk itself. Those
    of full disks mount their own."""
    if "TMPDIR" in os.environ or not os.access(_MEMORY, os.W_OK):
        return
    room = os.statvfs(_MEMORY)
    if not room.f_flag & os.ST_NOEXEC and room.f_bavail * room.f_frsize > _ENOUGH:
        os.environ["TMPDIR"] = str(_MEMORY)
        tempfile.tempdir = None  # it is asked anew


_write_to_memory()

_HOME = "EXACT_SLACK_TEST_HOME"


def _live_elsewhere() -> None:
    """A home for the whole run, as this user's but for `.local`: there the state folder lies of a
    config that names none, and what was told of one that cannot be read."""
    if _HOME in os.environ:  # a worker has that of the run
        return
    home = Path(tempfile.mkdtemp(prefix="exact-slack-home-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    for entry in Path.home().iterdir():
        if entry.name != ".local":
            (home / entry.name).symlink_to(entry)
    os.environ |= {"HOME": str(home), _HOME: str(home)}
    for name in ("XDG_STATE_HOME", "EXACT_SLACK_STATE_DIR"):
        os.environ.pop(name, None)


_live_elsewhere()

LOGGERS = ("exact_slack", "slack_sdk", "urllib3", "requests", "keyring", "waitress")

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,800",
)


def chromium(profile: Path) -> webdriver.Chrome:
    """Debian's chromium with a profile of its own. FileNotFoundError where it is not installed."""
    binary, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not binary or not driver:
        raise FileNotFoundError("Debian's chromium and chromium-driver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    return webdriver.Chrome(options=options, service=Service(driver))


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """A command that a test starts within its own process sets how loud the loggers are; the next
    test finds them as they were."""
    known = [logging.getLogger(), *map(logging.getLogger, LOGGERS)]
    levels, handlers = [one.level for one in known], list(known[0].handlers)
    yield
    for logger, level in zip(known, levels, strict=True):
        logger.setLevel(level)
    for handler in set(known[0].handlers) - set(handlers):
        known[0].removeHandler(handler)


@pytest.fixture(autouse=True)
def _no_secrets_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test wrote as a secret is a word of a sentence in another."""
    monkeypatch.setattr(redact, "_known", {})
    monkeypatch.setattr(paste, "_alone", [])


SHARING = {
    "tests/sandbox/page/test_browser.py": "browser",
    "tests/e2e/test_page.py": "browser",
    "tests/e2e/test_package.py": "package",
    "tests/unit/docs/test_troubleshooting.py": "sources",
}
"""Files whose tests share what is dear to make: they run on one worker."""


def _left_out(items: list[pytest.Item]) -> list[pytest.Item]:
    """Those marked `whole`, and of a test with `sampled(n)` all but each nth of its cases, of a
    file with it all but each nth of its tests. Take n so that those left differ in every
    parameter, and each point of a kill is among them."""
    seen: Counter[str] = Counter()
    left = []
    for item in items:
        if item.get_closest_marker("whole"):
            left.append(item)
            continue
        for node, marker in item.iter_markers_with_node("sampled"):
            name = node.nodeid.partition("[")[0]
            if seen[name] % marker.args[0]:
                left.append(item)
            seen[name] += 1
            break  # the closest one counts
    return left


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Those that take long start first, so that no worker is left with one at the end. Who names
    files or tests gets all of their cases."""
    named = any(".py" in argument for argument in config.invocation_params.args)
    if not (named or WHOLE):
        left = _left_out(items)
        config.hook.pytest_deselected(items=left)
        out = set(left)
        items[:] = [item for item in items if item not in out]
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """In place of `--dist loadgroup`, which writes the groups into names that pytest 9 does not
    read any more."""
    from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # it has none

    scheduler = LoadScopeScheduling(config, log)
    scheduler._split_scope = lambda test: SHARING.get(test.partition("::")[0], test)
    return scheduler


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    try:
        chrome = chromium(tmp_path_factory.mktemp("chromium"))
    except FileNotFoundError as error:
        missing = f"{error}: the page is not looked at"
        if os.environ.get("EXACT_SLACK_BROWSER") == "required":  # CI must never pass without
            pytest.fail(missing)
        pytest.skip(missing)
    yield chrome
    chrome.quit()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print each kill point with how often a process was killed at it."""
    kills: Counter[str] = Counter()
    for report in terminalreporter.stats.get("passed", []):
        properties = dict(getattr(report, "user_properties", []))
        if "killed_at" in properties:
            kills[str(properties["killed_at"])] += 1
    if kills:
        told = ", ".join(f"{point} {count}" for point, count in kills.items())
        terminalreporter.write_line(f"kill points: {told}")
