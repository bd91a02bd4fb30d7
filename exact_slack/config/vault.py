"""The system's keyring, used only where it really keeps secrets and cron can reach it.

Under cron there is no desktop session: keyring then picks a backend that fails, or one that is
not there at all, or (with keyrings.alt) a file in plain text. So a backend is looked at before it
is trusted, every call has a time limit, and whether cron can use it is tried in a process with a
cron-like environment (`cron_process`)."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from exact_slack.errors import ConfigError, TemporaryError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

LIMIT = 5.0
"""Seconds any keyring call may take: some wait for ever for somebody to unlock them."""
_PROBE = "probe"
T = TypeVar("T")


def cron_environment() -> dict[str, str]:
    """What cron gives a job: hardly anything."""
    kept = {name: os.environ[name] for name in ("HOME", "LOGNAME", "USER") if name in os.environ}
    return {**kept, "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh"}


def cron_process(*words: str, seconds: float = 30.0) -> subprocess.CompletedProcess[str]:
    """Run this Python with the given arguments as cron would."""
    return subprocess.run(
        [sys.executable, *words],
        env=cron_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


def within_limit(work: Callable[[], T]) -> T:
    """The result of `work`, or TimeoutError: the thread is left behind, the process goes on."""
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # handed to the caller, whatever it is
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(LIMIT)
    if errors:
        raise errors[0]
    if not results:
        raise TimeoutError
    return results[0]


def _members(backend: "KeyringBackend") -> list["KeyringBackend"]:
    inner = getattr(backend, "backends", None)
    return list(inner) if isinstance(inner, list | tuple) and inner else [backend]


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
        import keyring

        found = within_limit(keyring.get_keyring)
        return "+".join(type(member).__module__ for member in _members(found))

    def _call(self, work: Callable[[], T]) -> T:
        import keyring
        from keyring.errors import KeyringError

        try:
            problem = objection(within_limit(keyring.get_keyring))
            if not problem:
                return within_limit(work)
        except TimeoutError:
            raise TemporaryError(
                f"The keyring did not answer within {LIMIT:.0f} s.",
                "It may wait to be unlocked. Under cron use `secrets: file`.",
            ) from None
        except (KeyringError, RuntimeError, OSError) as error:
            problem = f"it answers {type(error).__name__}"
        raise ConfigError(
            f"secrets: the keyring cannot be used here: {problem}.",
            "Use `secrets: file`, or run where a keyring is unlocked.",
        )

    def get(self, name: str) -> str | None:
        """The secret, or None."""
        import keyring

        return self._call(lambda: keyring.get_password(self._service, name))

    def set(self, name: str, value: str) -> None:
        """Store, and read back: some backends take a secret and drop it."""
        import keyring

        self._call(lambda: keyring.set_password(self._service, name, value))
        if self.get(name) != value:
            raise ConfigError(
                "secrets: the keyring took a secret and does not give it back.",
                "Use `secrets: file`.",
            )

    def delete(self, name: str) -> None:
        """Forget it, where it is there."""
        import keyring

        if self.get(name) is not None:
            self._call(lambda: keyring.delete_password(self._service, name))


def usable_from_cron(service: str) -> str:
    """Why cron cannot use the keyring, or "": tried in a process like cron's."""
    try:
        done = cron_process("-m", "exact_slack.config.vault", service, seconds=4 * LIMIT)
    except subprocess.TimeoutExpired:
        return "it does not answer"
    return "" if done.returncode == 0 else done.stdout.strip() or "it cannot be used"


def _probe(service: str) -> int:
    vault = Vault(service)
    try:
        vault.set(_PROBE, "probe")
        vault.delete(_PROBE)
    except (ConfigError, TemporaryError) as error:
        print(error.sentence)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_probe(sys.argv[1]))
