"""Where a static secret comes from, and fetching it. The rotating Exact token is not here:
it lives in `exact_slack.exact.tokens`, in a store that cron can write."""

import os
import stat
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exact_slack.errors import ConfigError, TemporaryError

SOURCES = ("env", "file", "command", "credential", "keyring")
_TIMEOUT = 5.0
"""Seconds any secret store may take: some hang for ever where no desktop session runs."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret written in the config: its source ("literal" or one of `SOURCES`) and where in it.

    The value stays out of `repr`, so that it cannot reach a log or a traceback."""

    source: str
    where: str | tuple[str, ...] = field(repr=False)

    @classmethod
    def parse(cls, value: Any) -> "Secret":
        """From a string or a one-key mapping; ValueError says what is expected."""
        if isinstance(value, Secret):
            return value
        if isinstance(value, str) and value:
            return cls("literal", value)
        if isinstance(value, dict) and len(value) == 1:
            source, where = next(iter(value.items()))
            if source == "command" and isinstance(where, list) and where:
                return cls("command", tuple(str(part) for part in where))
            if source in SOURCES and source != "command" and isinstance(where, str) and where:
                return cls(source, where)
        names = "{env: NAME}, {file: PATH}, {command: [..]}, {credential: NAME}"
        raise ValueError(f"a text, {names} or {{keyring: SERVICE/USER}}")

    @property
    def description(self) -> str:
        """Where it comes from, without its value."""
        if self.source == "literal":
            return "written in the config file"
        where = self.where[0] if isinstance(self.where, tuple) else self.where
        return f"{self.source} {where}"

    def fetch(self, name: str) -> str:
        """The value; `name` is the config key for the error. Raises ConfigError."""
        text = _FETCH[self.source](self, name).strip()
        if not text:
            raise ConfigError(f"{name}: {self.description} is empty.")
        return text


def _literal(secret: Secret, name: str) -> str:
    return str(secret.where)


def _env(secret: Secret, name: str) -> str:
    variable = str(secret.where)
    if variable not in os.environ:
        raise ConfigError(
            f"{name}: the environment variable {variable} is not set.",
            "Cron starts with an almost empty environment: set it in the crontab or unit.",
        )
    return os.environ[variable]


def read_private(path: Path, name: str) -> str:
    """The text of a file that nobody else may read, as ssh asks of its keys."""
    try:
        mode = path.stat().st_mode
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigError(
                f"{name}: others can read {path} (mode {stat.S_IMODE(mode):04o}).",
                f"Run: chmod 600 {path}",
            )
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{name}: {path} cannot be read ({error.strerror}).") from None


def _file(secret: Secret, name: str) -> str:
    return read_private(Path(str(secret.where)).expanduser(), name)


def _command(secret: Secret, name: str) -> str:
    assert isinstance(secret.where, tuple)
    program = secret.where[0]
    try:
        done = subprocess.run(
            secret.where, capture_output=True, text=True, timeout=_TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired:
        raise TemporaryError(f"{name}: {program} did not answer in {_TIMEOUT:.0f} s.") from None
    except OSError as error:
        raise ConfigError(f"{name}: {program} cannot be run ({error.strerror}).") from None
    if done.returncode:
        raise ConfigError(f"{name}: {program} ended with exit code {done.returncode}.")
    return done.stdout


def _credential(secret: Secret, name: str) -> str:
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        raise ConfigError(
            f"{name}: no systemd credentials here.", f"Start it from a unit with {secret.where}."
        )
    try:
        return (Path(folder) / str(secret.where)).read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{name}: credential {secret.where}: {error.strerror}.") from None


def _keyring(secret: Secret, name: str) -> str:
    import keyring  # only where it is used: its backends are slow to load
    from keyring.errors import KeyringError

    service, _, user = str(secret.where).rpartition("/")
    try:
        value = keyring.get_password(service, user)
    except (KeyringError, RuntimeError) as error:
        raise ConfigError(
            f"{name}: the keyring cannot be used here ({type(error).__name__}).",
            "Under cron there is no desktop session: use {file: PATH} instead.",
        ) from None
    if value is None:
        raise ConfigError(f"{name}: the keyring has no entry {secret.where}.")
    return value


_FETCH = {
    "literal": _literal,
    "env": _env,
    "file": _file,
    "command": _command,
    "credential": _credential,
    "keyring": _keyring,
}
