"""A disk that takes no more: each reason has its word, and is a person's."""

import errno
import os
import resource
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from exact_slack.errors import PersonNeeded
from exact_slack.ledger.schema import disk, trouble


def _error(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (errno.ENOSPC, "The disk is full"),
        (errno.EDQUOT, "quota of this user is used up"),
        (errno.EFBIG, "may not grow any further"),
        (errno.EROFS, "file system is read-only"),
    ],
)
@pytest.mark.parametrize(
    "code", [sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN]
)
def test_each_reason_has_its_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, word: str, code: int
) -> None:
    def refuse(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    told = trouble.translated(tmp_path / "ledger.sqlite", _error(code), "")
    assert isinstance(told, PersonNeeded)
    assert word in told.sentence
    assert "the next run goes on" in told.cure


def test_an_error_of_a_disk_that_takes_more_may_pass(tmp_path: Path) -> None:
    told = trouble.translated(tmp_path / "ledger.sqlite", _error(sqlite3.SQLITE_IOERR_READ), "")
    assert not isinstance(told, PersonNeeded)


@pytest.fixture
def limited() -> Iterator[int]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    most = 4_000_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    yield most
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("name", ["ledger.sqlite", "ledger.sqlite-wal"])
def test_the_limit_of_a_file_is_seen_where_one_comes_near(
    tmp_path: Path, limited: int, name: str
) -> None:
    path = tmp_path / "ledger.sqlite"
    assert disk.obstacle(path) == 0
    with (tmp_path / name).open("wb") as file:
        file.truncate(limited - 100)
    assert disk.obstacle(path) == errno.EFBIG
