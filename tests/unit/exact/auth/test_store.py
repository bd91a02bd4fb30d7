"""What every place for the login's tokens promises (`TokenStore`): one suite, each store passes it.

A new store is one row in `STORES`."""

import fcntl
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from exact_slack.errors import ConfigError, LoginNeeded, TemporaryError
from exact_slack.exact.auth import file_store
from exact_slack.exact.auth.file_store import FileTokenStore
from exact_slack.exact.auth.keyring_store import KeyringTokenStore
from exact_slack.exact.auth.mark import Mark
from exact_slack.exact.auth.placed_store import PlacedTokenStore
from exact_slack.exact.auth.store import TokenStore, dump
from exact_slack.secrets.store import SecretStore
from tests.unit.exact_support import make_tokens
from tests.unit.keyrings import Keyring

NAME = "exact-token.json"
FIRST, SECOND = make_tokens("access-1", "refresh-1"), make_tokens("access-2", "refresh-2")


class Place:
    """A store in a folder, its keyring, and how to reach behind its back."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.state = folder / "state"
        self.keyring = Keyring()
        self.kind = kind

    def store(self) -> TokenStore:
        """A new one on the same place, as another process has it."""
        return STORES[self.kind](self)

    def overwrite(self, text: str) -> None:
        """Whatever is there is now this text."""
        if "keyring" in self.kind:
            self.keyring.kept[NAME] = text
        else:
            (self.state / NAME).write_text(text)

    def secrets(self, place: str) -> SecretStore:
        """The customer's secrets, with this keyring."""
        secrets = SecretStore(self.state, "keyring" if place == "keyring" else "file")
        secrets._vault = self.keyring
        return secrets


STORES: dict[str, Callable[[Place], TokenStore]] = {
    "file": lambda place: FileTokenStore(place.state / NAME),
    "keyring": lambda place: KeyringTokenStore(place.state / NAME, place.keyring),
    "placed in a file": lambda p: PlacedTokenStore(p.state / NAME, p.secrets("file")),
    "placed in the keyring": lambda p: PlacedTokenStore(p.state / NAME, p.secrets("keyring")),
}


@pytest.fixture(params=list(STORES))
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return Place(tmp_path, request.param)


def test_before_the_first_login_there_is_none(place: Place) -> None:
    store = place.store()
    assert store.load() is None
    assert store.elsewhere() == ""
    assert store.mark.read() == Mark()
    with store.lock():
        store.recover()
        assert store.delete() == ""
    assert store.load() is None


def test_another_process_has_what_was_saved(place: Place) -> None:
    store = place.store()
    with store.lock():
        store.reserve()
        store.save(FIRST)
    assert place.store().load() == FIRST
    assert store.load() == FIRST


def test_the_next_tokens_replace_those_before_and_tell_nothing_of_them(place: Place) -> None:
    store = place.store()
    store.save(FIRST)
    store.reserve()
    assert place.store().load() == FIRST  # room that is put aside is no login
    store.save(SECOND, FIRST)
    place.store().recover()
    kept = place.store().load()
    assert kept == SECOND
    assert kept.replaces == ""


def test_room_that_a_killed_process_put_aside_is_not_taken_for_tokens(place: Place) -> None:
    place.store().save(FIRST)
    place.store().reserve()
    place.store().recover()
    assert place.store().load() == FIRST


@pytest.mark.parametrize("text", ["", "{}", "[" * 5000, '{"access": "a b", "refresh": "r"}'])
def test_damaged_tokens_ask_for_a_login_and_the_login_mends_them(place: Place, text: str) -> None:
    place.store().save(FIRST)
    place.overwrite(text)
    with pytest.raises(LoginNeeded, match="damaged"):
        place.store().load()
    place.store().save_login(SECOND)
    assert place.store().load() == SECOND


def test_a_login_replaces_whatever_was_kept(place: Place) -> None:
    store = place.store()
    store.save_login(FIRST)
    store.save_login(replace(SECOND, obtained_at=FIRST.obtained_at - 9999))
    kept = place.store().load()
    assert kept is not None
    assert kept.refresh == SECOND.refresh


def test_a_login_that_is_forgotten_is_gone_with_its_mark(place: Place) -> None:
    store = place.store()
    store.save(FIRST)
    store.mark.write(Mark(of=FIRST.digest, app="a", refused="no"))
    assert store.delete() == ""
    assert place.store().load() is None
    assert place.store().mark.read() == Mark()
    assert not any(FIRST.refresh in path.read_text() for path in place.state.iterdir())
    assert FIRST.refresh not in str(place.keyring.kept)


def test_one_lock_for_all(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_store, "LOCK_LIMIT", 0.1)
    with place.store().lock():
        other = os.open(place.state / f"{NAME}.lock", os.O_RDWR)
        with pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(other)
        with (
            pytest.raises(TemporaryError, match="Another process has held"),
            place.store().lock(),
        ):
            pass
    with place.store().lock():
        pass


def test_asking_whether_it_can_write_changes_nothing(place: Place) -> None:
    place.store().save(FIRST)
    place.store().check_writing()
    assert place.store().load() == FIRST


def test_a_place_that_cannot_be_written_says_so_before_exact_is_asked(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.store().save(FIRST)

    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(file_store, "_write", full)
    place.keyring.takes, place.keyring.refusal = False, TemporaryError("full")
    with pytest.raises(TemporaryError, match="No space left"):
        place.store().reserve()
    with pytest.raises((TemporaryError, ConfigError)):
        place.store().check_writing()
    assert place.store().load() == FIRST


def test_tokens_are_shown_nowhere(place: Place) -> None:
    place.store().save(FIRST)
    for shown in (repr(FIRST), repr(place.store()), repr(place.store().load())):
        assert FIRST.access not in shown
        assert FIRST.refresh not in shown
    assert FIRST.refresh in dump(FIRST)


def test_its_files_are_private(place: Place) -> None:
    store = place.store()
    with store.lock():
        store.reserve()
        store.save(FIRST)
        store.mark.write(Mark(of=FIRST.digest))
    for path in place.state.iterdir():
        assert path.stat().st_mode & 0o077 == 0, path
