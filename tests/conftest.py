"""What all tests share: a real browser, and the list of kill points at the end of a run."""

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

os.umask(0o077)
"""The configs of the tests hold secrets, and exact-slack refuses those that others can read."""

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


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """For `--dist loadgroup`: tests that share what is dear to make run on one worker, and those
    that take long start first, so that no worker is left with one at the end."""
    for item in items:
        for shared in {"browser", "built"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group(shared))
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(scope="module")
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
