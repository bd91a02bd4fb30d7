"""Every door that opens a file: what is no plain file is refused at once, with what to do."""

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from exact_slack.config.load import load
from exact_slack.errors import ConfigError, ExactSlackError, TemporaryError
from exact_slack.exact.auth.file_store import FileTokenStore
from exact_slack.exact.auth.mark import Mark, MarkFile
from exact_slack.exact.wire.turns import Turns, hold
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.schema.lock import Holder, Owner, RunLock
from exact_slack.secrets.source import Secret
from exact_slack.secrets.store import SecretStore, write_private
from tests.unit.exact_support import make_tokens

Door = Callable[[Path], None]


def _pipe(path: Path) -> None:
    os.mkfifo(path, 0o600)


def _folder(path: Path) -> None:
    path.mkdir(mode=0o700)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(path))  # its name has a hundred letters at most


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _config(path: Path) -> None:
    load(path)


def _secret(path: Path) -> None:
    Secret("file", str(path)).fetch("slack.token")


def _credential(path: Path) -> None:
    os.environ["CREDENTIALS_DIRECTORY"] = str(path.parent)
    try:
        Secret("credential", path.name).fetch("slack.token")
    finally:
        del os.environ["CREDENTIALS_DIRECTORY"]


def _stored_secret(path: Path) -> None:
    SecretStore(path.parent, "file").get(path.name)


def _token(path: Path) -> None:
    FileTokenStore(path).load()


def _token_lock(path: Path) -> None:
    with FileTokenStore(path.with_suffix("")).lock():
        pass


def _new_token(path: Path) -> None:
    FileTokenStore(path.with_suffix("")).save(make_tokens())


def _private_part(path: Path) -> None:
    write_private(path.with_suffix(""), "text")


def _turn(path: Path) -> None:
    with Turns(path.parent).take(123456):
        pass


def _run_lock(path: Path) -> None:
    RunLock(path.parent).take()


def _sender(path: Path) -> None:
    owner = Owner(path.parent.parent)
    try:
        owner.is_dead(path.name)
    finally:
        owner.close()


def _ledger(path: Path) -> None:
    Ledger(path.parent).close()


DOORS: list[tuple[str, Door]] = [
    ("acme.yaml", _config),
    ("slack", _secret),
    ("slack", _credential),
    ("slack-token", _stored_secret),
    ("exact-tokens.json", _token),
    ("exact-tokens.json.lock", _token_lock),
    ("exact-tokens.json.new", _new_token),
    ("mark.part", _private_part),
    ("exact-123456.lock", _turn),
    ("run.lock", _run_lock),
    ("senders/0123456789abcdef", _sender),
    ("ledger.sqlite", _ledger),
    ("ledger.sqlite-wal", _ledger),
]


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    """A door that waits fails, instead of holding up everything."""

    def waited(*_: object) -> None:
        raise AssertionError("it waits")

    before = signal.signal(signal.SIGALRM, waited)
    signal.alarm(10)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("sort", [_pipe, _folder, _socket, _device])
@pytest.mark.parametrize(("name", "door"), DOORS, ids=[name for name, _ in DOORS])
def test_what_is_no_plain_file_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, door: Door, sort: Door
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / name
    path.parent.mkdir(mode=0o700, exist_ok=True)
    sort(path)
    with pytest.raises((ExactSlackError, OSError)) as caught:
        door(path)
    said = str(caught.value).lower()
    assert "plain file" in said or "symbolic link" in said


@pytest.mark.parametrize("door", [_config, _secret, _credential, _stored_secret])
def test_a_file_without_an_end_is_refused(tmp_path: Path, door: Door) -> None:
    path = tmp_path / "endless"
    with path.open("wb") as file:
        file.truncate(40_000_000)
    path.chmod(0o600)
    with pytest.raises(ExactSlackError, match="more than"):
        door(path)


OUR_FILES: dict[str, Callable[[Path], None]] = {
    "exact-123456.lock": lambda state: _take_turn(state / "exact-123456.lock"),
    "run.lock": lambda state: _take_run(state / "run.lock"),
    "senders": lambda state: Owner(state).close(),
    "ledger.sqlite": lambda state: Ledger(state).db.close(),
    "ledger.sqlite-wal": lambda state: Ledger(state).db.close(),
    "ledger.sqlite-shm": lambda state: Ledger(state).db.close(),
    "slack-token.part": lambda state: write_private(state / "slack-token", "xoxb-1"),
    "exact-token.json.new": lambda state: FileTokenStore(state / "exact-token.json").reserve(),
    "exact-token.json.lock": lambda state: _save_locked(FileTokenStore(state / "exact-token.json")),
    "exact-token.json": lambda state: _load(FileTokenStore(state / "exact-token.json")),
    "exact-token.mark.part": lambda state: MarkFile(state / "exact-token.mark").write(Mark()),
}


def _take_turn(path: Path) -> None:
    with Turns(path.parent).take(123456) as turn:
        turn.write({"a": 1})


def _take_run(path: Path) -> None:
    RunLock(path.parent).take()


def _save_locked(store: FileTokenStore) -> None:
    with store.lock():
        store.save(make_tokens())


def _load(store: FileTokenStore) -> None:
    store.load()


@pytest.mark.parametrize("name", OUR_FILES)
def test_a_link_is_not_followed_for_a_file_that_is_written(tmp_path: Path, name: str) -> None:
    state, elsewhere = tmp_path / "state", tmp_path / "elsewhere"
    state.mkdir(mode=0o700)
    if name == "senders":
        elsewhere.mkdir()
    else:
        elsewhere.write_text("precious")
    (state / name).symlink_to(elsewhere)
    with pytest.raises((ExactSlackError, OSError), match="symbolic link"):
        OUR_FILES[name](state)
    if name == "senders":
        assert list(elsewhere.iterdir()) == []
    else:
        assert elsewhere.read_text() == "precious"


def _nowhere(path: Path) -> None:
    path.symlink_to(path.with_name("nowhere"))


PLACES: list[tuple[str, Callable[[Path], object]]] = [
    *((name, use) for name, use in OUR_FILES.items() if name != "senders"),
    ("ledger.sqlite", lambda state: Ledger(state, reading=True)),
    ("run.lock", lambda state: RunLock(state).holder()),
]


@pytest.mark.parametrize("sort", [_pipe, _folder, _socket, _device, _nowhere])
@pytest.mark.parametrize(("name", "use"), PLACES)
def test_what_stands_in_the_place_of_a_file_of_ours_is_configuration(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    use: Callable[[Path], object],
    sort: Door,
) -> None:
    """To wait for another run mends nothing. The path comes first."""
    monkeypatch.chdir(tmp_path)
    sort(tmp_path / name)
    with pytest.raises(ConfigError) as caught:
        use(tmp_path)
    told = caught.value
    assert told.sentence.startswith(f"{tmp_path / name} ")
    assert told.cure or "put a plain file there" in told.sentence


def _file(path: Path) -> None:
    path.write_text("precious")


def _beneath_a_file(path: Path) -> None:
    path.parent.rmdir()
    path.parent.write_text("precious")


WRITERS: dict[str, Door] = {
    "ledger": lambda state: Ledger(state).close(),
    "turn": lambda state: _take_turn(state / "exact-123456.lock"),
    "secret": lambda state: write_private(state / "slack-token", "xoxb-1"),
    "login": lambda state: FileTokenStore(state / "exact-token.json").reserve(),
    "login's room": lambda state: FileTokenStore(state / "exact-token.json").check_writing(),
    "sender": lambda state: Owner(state).close(),
}


@pytest.mark.parametrize("sort", [_file, _pipe, _socket, _device, _nowhere, _beneath_a_file])
@pytest.mark.parametrize("writer", WRITERS)
def test_a_state_that_is_no_folder_is_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writer: str, sort: Door
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "above").mkdir()
    state = tmp_path / "above" / ("senders" if writer == "sender" else "state")
    sort(state)
    with pytest.raises(ConfigError, match=r"folder of its own|symbolic link"):
        WRITERS[writer](state.parent if writer == "sender" else state)


@pytest.mark.parametrize("part", ["", "-wal", "-shm"])
def test_a_ledger_that_is_a_link_to_nowhere_is_not_read_as_none(tmp_path: Path, part: str) -> None:
    _nowhere(tmp_path / f"ledger.sqlite{part}")
    with pytest.raises(ConfigError, match="symbolic link"):
        Ledger(tmp_path, reading=True).close()


def test_the_state_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "state").symlink_to(tmp_path / "real")
    Ledger(tmp_path / "state").db.close()
    assert (tmp_path / "real" / "ledger.sqlite").exists()


def test_a_turn_that_is_never_given_back_is_not_waited_for_without_end(tmp_path: Path) -> None:
    path = tmp_path / "exact-1.lock"
    with (
        hold(path, 1.0),
        pytest.raises(TemporaryError, match="has held"),
        hold(path, 0.05),
    ):
        pass
    with hold(path, 1.0):
        pass


def test_a_turn_is_given_to_who_waits_for_it(tmp_path: Path) -> None:
    path, order = tmp_path / "exact-1.lock", list[int]()

    def take() -> None:
        with hold(path, 60.0):
            order.append(1)

    with hold(path, 1.0):
        waiting = threading.Thread(target=take)
        waiting.start()
        assert order == []
    waiting.join()
    assert order == [1]


@pytest.mark.parametrize("note", [b"", b"{}", b"no JSON", b'{"since": 1e999, "pid": 1}'])
def test_a_lock_without_a_readable_note_has_no_known_holder(tmp_path: Path, note: bytes) -> None:
    lock = RunLock(tmp_path)
    assert lock.take(5.0)
    assert lock.holder() == Holder(5.0, os.getpid())
    (tmp_path / "run.lock").write_bytes(note)
    assert lock.holder() is None
    lock.release()


def test_who_was_killed_holds_nothing(tmp_path: Path) -> None:
    assert RunLock(tmp_path).holder() is None
    (tmp_path / "run.lock").write_text('{"since": 5.0, "pid": 1}', encoding="ascii")
    assert RunLock(tmp_path).holder() is None
    lock = RunLock(tmp_path)
    assert lock.take(6.0)
    assert not RunLock(tmp_path).take(7.0)
    assert lock.holder() == Holder(6.0, os.getpid())
    lock.release()
    assert RunLock(tmp_path).holder() is None
