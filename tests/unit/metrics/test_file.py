"""The file of metrics: whole, readable for all, and nobody else's."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from exact_slack.app.customer import Customer
from exact_slack.config.load import load
from exact_slack.errors import LoginNeeded, TemporaryError
from exact_slack.ledger.schema.lock import RunLock
from exact_slack.metrics import file
from exact_slack.runs.frame.busy import Skipped
from exact_slack.runs.frame.run import locked
from tests.unit.metrics.test_measure import CONFIG, series


@pytest.fixture
def acme(tmp_path: Path) -> Iterator[Customer]:
    customer = made(tmp_path, "acme")
    yield customer
    customer.close()


def made(folder: Path, name: str) -> Customer:
    path = folder / f"{name}.yaml"
    more = f"state: {folder}/{name}\nmonitoring: {{metrics_file: out/all.prom}}\n"
    path.write_text(CONFIG + more, encoding="utf-8")
    path.chmod(0o600)
    (folder / "out").mkdir(exist_ok=True)
    return Customer(load(path))


def told(folder: Path) -> dict[str, float]:
    text = (folder / "out/all.prom").read_text(encoding="utf-8")
    found = series(text.replace('customer="acme"', "").replace("{,", "{"))
    return {name.removeprefix("exact_slack_").removesuffix("{}"): n for name, n in found.items()}


def test_it_is_replaced_as_a_whole_and_all_may_read_it(acme: Customer, tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        for code in (0, 75):
            file.write(acme, "poll", acme.clock.now(), code)
            assert told(tmp_path)["last_run_exit_code"] == code
    finally:
        os.umask(before)
    assert os.listdir(tmp_path / "out") == ["all.prom"]
    assert stat.S_IMODE((tmp_path / "out/all.prom").stat().st_mode) == 0o644


@pytest.mark.parametrize(("error", "code"), [(LoginNeeded, 3), (TemporaryError, 75)])
def test_the_end_of_a_run_that_failed_is_told(
    acme: Customer, tmp_path: Path, error: type[Exception], code: int
) -> None:
    def fail(*_: object) -> None:
        raise error("It fails.", "")

    with pytest.raises(error):
        locked(acme, "poll", fail)
    assert told(tmp_path)["last_run_exit_code"] == code
    assert told(tmp_path)["last_run_timestamp_seconds"] > 0


def test_a_run_that_another_one_skips_tells_nothing(acme: Customer, tmp_path: Path) -> None:
    lock = RunLock(acme.ledger.folder)
    assert lock.take(acme.clock.now())
    try:
        assert isinstance(locked(acme, "poll", lambda run, summary: None), Skipped)
    finally:
        lock.release()
    assert os.listdir(tmp_path / "out") == []


def test_a_ledger_that_cannot_be_read_leaves_the_numbers_but_not_the_end(
    acme: Customer, tmp_path: Path
) -> None:
    locked(acme, "poll", lambda run, summary: None)
    well = told(tmp_path)
    acme.close()
    (tmp_path / "acme/ledger.sqlite").write_text("no ledger")
    broken = made(tmp_path, "acme")
    file.write(broken, "poll", broken.clock.now() - 2, 1)
    assert well["last_run_exit_code"] == 0
    assert told(tmp_path) == well | {
        "last_run_exit_code": 1,
        "last_run_duration_seconds": told(tmp_path)["last_run_duration_seconds"],
        "last_run_timestamp_seconds": told(tmp_path)["last_run_timestamp_seconds"],
    }
    assert told(tmp_path)["last_run_duration_seconds"] >= 2


@pytest.mark.parametrize("there", ["other", "text", "folder", "missing", "closed"])
def test_what_is_in_the_way_is_told_and_fails_no_run(
    acme: Customer, tmp_path: Path, there: str
) -> None:
    place = tmp_path / "out/all.prom"
    if there == "other":
        file.write(made(tmp_path, "globex"), "poll", 0.0, 0)
    elif there == "text":
        place.write_text("a letter\n")
    elif there == "folder":
        place.mkdir()
    elif there == "missing":
        place.parent.rmdir()
    elif os.geteuid():
        place.parent.chmod(0o500)
    else:
        pytest.skip("root may write everywhere")
    before = place.read_bytes() if place.is_file() else None
    done = locked(acme, "poll", lambda run, summary: None)
    assert not isinstance(done, Skipped)
    (problem,) = done.problems
    assert str(place) in str(problem)
    assert done.exit_code() == 0
    assert (place.read_bytes() if place.is_file() else None) == before
