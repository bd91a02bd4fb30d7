"""The system's keyring, used only where it really keeps secrets and cron can reach it.

Under cron there is no desktop session: keyring then picks a backend that fails, or one that is
not there at all, or (with keyrings.alt) a file in plain text. So a backend is looked at before it
is trusted, every call has a time limit, and whether cron can use it is tried in a process with a
cron-like environment (`cron_process`)."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from exact_slack.errors import ConfigError, ExactSlackError, TemporaryError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

LIMIT = 5.0
"""Seconds any keyring call may take: some wait for ever for somebody to unlock them."""
_SILENCE = 60.0
"""Seconds for which one that did not answer is not asked again."""
_PROBE = "probe"
T = TypeVar("T")
_not_before = 0.0


def cron_environment() -> dict[str, str]:
    """What cron gives a job: hardly anything."""
    kept = {name: os.environ[name] for name in ("HOME", "LOGNAME", "USER") if name in os.environ}
    home = os.path.expanduser("~")
    if "HOME" not in kept and os.path.isabs(home):
        kept["HOME"] = home
    return {**kept, "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh"}


def cron_process(*words: str, seconds: float = 30.0) -> subprocess.CompletedProcess[str]:
    """Run this Python with the given arguments as cron would: with its environment, and in the
    home folder. Raises TimeoutExpired, OSError."""
    environment = cron_environment()
    home = environment.get("HOME", "/")
    return subprocess.run(
        [sys.executable, *words],
        env=environment,
        cwd=home if Path(home).is_dir() else "/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=seconds,
        check=False,
    )


def within_limit(work: Callable[[], T]) -> T:
    """The result of `work`, or TimeoutError: the thread is left behind, the process goes on. One
    that just did not answer is not waited for again at once."""
    global _not_before
    if time.monotonic() < _not_before:
        raise TimeoutError
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - handed to the caller, whatever it is
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(LIMIT)
    if errors:
        raise errors[0]
    if not results:
        _not_before = time.monotonic() + _SILENCE
        raise TimeoutError
    return results[0]


def _members(backend: "KeyringBackend") -> list["KeyringBackend"]:
    inner = getattr(backend, "backends", None)
    return list(inner) if isinstance(inner, list | tuple) and inner else [backend]


def _load() -> "KeyringBackend":
    import keyring  # only where it is used: its backends are slow to load

    return keyring.get_keyring()


def objection(backend: "KeyringBackend") -> str:
    """Why a backend is not to be trusted with a secret, or ""."""
    named = os.environ.get("PYTHON_KEYRING_BACKEND", "")
    for member in _members(backend):
        kind = type(member)
        name = f"{kind.__module__}.{kind.__qualname__}"
        if kind.__module__ == "keyring.backends.fail":
            return "there is no keyring here"
        if kind.__module__ == "keyring.backends.null":
            return "its keyring forgets everything (keyring.backends.null)"
        plain = "plaintext" in kind.__qualname__.lower()
        if plain and named != name:
            return f"its keyring keeps secrets in plain text ({name})"
    return ""


def call(work: Callable[["KeyringBackend"], T], key: str, instead: str) -> T:
    """What the keyring answers. `key` of the config and what to use `instead` are for the errors:
    ConfigError where there is no keyring that keeps secrets, TemporaryError where it is there and
    does not answer, or answers with an error (a backend may raise anything)."""
    try:
        backend = within_limit(_load)
        problem = objection(backend)
    except TimeoutError:
        raise _silent(key, instead) from None
    except Exception as error:  # noqa: BLE001 - PYTHON_KEYRING_BACKEND may name what cannot be imported
        problem = f"it cannot be loaded ({type(error).__name__})"
    if problem:
        raise ConfigError(
            f"{key}: the keyring cannot be used here: {problem}.",
            f"{instead}, or run where a keyring is unlocked.",
        )
    try:
        return within_limit(lambda: work(backend))
    except TimeoutError:
        raise _silent(key, instead) from None
    except Exception as error:  # noqa: BLE001 - whatever a keyring raises
        raise TemporaryError(
            f"{key}: the keyring cannot be used now: it answers {type(error).__name__}.",
            f"Unlock it. Under cron nobody can: {instead[0].lower()}{instead[1:]}.",
        ) from None


def _silent(key: str, instead: str) -> TemporaryError:
    return TemporaryError(
        f"{key}: the keyring did not answer within {LIMIT:.0f} s.",
        f"It may wait to be unlocked. Under cron {instead[0].lower()}{instead[1:]}.",
    )


def entry(service: str, user: str, key: str) -> str | None:
    """An entry that somebody else put into the keyring, None where it is not there."""
    return call(lambda b: b.get_password(service, user), key, "Use {file: PATH}")


class Vault:
    """Secrets of one customer in the keyring, by name."""

    def __init__(self, service: str) -> None:
        self._service = f"exact-slack {service}"

    @property
    def description(self) -> str:
        """Where the secrets are, for a person."""
        return f"the keyring ({self.backend()})"

    def backend(self) -> str:
        """The name of the backend in use."""
        try:
            return "+".join(type(member).__module__ for member in _members(within_limit(_load)))
        except Exception as error:  # noqa: BLE001 - whatever a keyring raises
            return f"which cannot be used: {type(error).__name__}"

    def _call(self, work: Callable[["KeyringBackend"], T]) -> T:
        return call(work, "secrets", "Use `secrets: file`")

    def get(self, name: str) -> str | None:
        """The secret, or None."""
        return self._call(lambda backend: backend.get_password(self._service, name))

    def set(self, name: str, value: str) -> None:
        """Store, and read back: some backends take a secret and drop it."""
        self._call(lambda backend: backend.set_password(self._service, name, value))
        if self.get(name) != value:
            raise ConfigError(
                "secrets: the keyring took a secret and does not give it back.",
                "Use `secrets: file`.",
            )

    def delete(self, name: str) -> None:
        """Forget it, where it is there."""
        if self.get(name) is not None:
            self._call(lambda backend: backend.delete_password(self._service, name))


def usable_from_cron(service: str) -> str:
    """Why cron cannot use the keyring, or "": tried in a process like cron's."""
    try:
        done = cron_process("-m", "exact_slack.secrets.vault", service, seconds=4 * LIMIT)
    except (subprocess.TimeoutExpired, OSError):
        return "it does not answer"
    return "" if done.returncode == 0 else done.stdout.strip() or "it cannot be used"


def _probe(service: str) -> int:
    vault = Vault(service)
    try:
        vault.set(_PROBE, "probe")
        vault.delete(_PROBE)
    except ExactSlackError as error:
        print(error.sentence)  # noqa: T201 - what a program of its own answers
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_probe(sys.argv[1]))
