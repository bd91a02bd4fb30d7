"""Where a static secret comes from, and fetching it. The rotating Exact token is not here:
it lives in `exact_slack.exact.auth.tokens`, in a store that cron can write."""

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from exact_slack.errors import ConfigError, TemporaryError
from exact_slack.files import beside, expanded, read_plain
from exact_slack.redact import note

_QUOTES: Final = frozenset("\"'`\u201c\u201d\u2018\u2019")
"""A shell takes them off; a file, docker's `--env-file` and who pastes them do not."""


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
            return cls("literal", note(value))
        if isinstance(value, dict) and len(value) == 1:
            source, where = next(iter(value.items()))
            if source == "command" and isinstance(where, list) and where:
                return cls("command", tuple(str(part) for part in where))
            if source in SOURCES and source != "command" and isinstance(where, str) and where:
                return cls(source, where)
        *names, last = (f"{{{name}: {source.where}}}" for name, source in SOURCES.items())
        raise ValueError(f"a text, {', '.join(names)} or {last}")

    def named_in(self, config: Path) -> "Secret":
        """The same, with a relative file (or program in a folder) relative to the config file."""
        if self.source == "file":
            return replace(self, where=str(beside(config, str(self.where))))
        if self.source == "command" and "/" in self.where[0]:
            return replace(self, where=(str(beside(config, self.where[0])), *self.where[1:]))
        return self

    @property
    def description(self) -> str:
        """Where it comes from, without its value."""
        if self.source == "literal":
            return "written in the config file"
        where = self.where[0] if isinstance(self.where, tuple) else self.where
        return f"{self.source} {where}"

    def fetch(self, name: str) -> str:
        """The value; `name` is the config key for the error. Raises ConfigError, or
        TemporaryError where a store does not answer in time."""
        fetch = SOURCES[self.source].fetch if self.source in SOURCES else _literal
        text = fetch(self, name).strip()
        if not text:
            raise ConfigError(f"{name}: {self.description} is empty.")
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise _no_text(name, self) from None
        wrong = flaw(note(text))
        if wrong:
            raise ConfigError(
                f"{name}: {self.description} {wrong}.",
                "Store the secret alone: plain text of one line without quotes or a byte-order"
                " mark.",
            )
        return text


def flaw(secret: str) -> str:
    """What is wrong with the letters of a secret, "" where nothing is. All of them go into headers
    or forms: anything but the visible letters of ASCII came there by mistake."""
    if secret.startswith("\ufeff"):
        return "begins with a byte-order mark"
    if secret[:1] in _QUOTES or secret[-1:] in _QUOTES:
        return "has quotes around it, which would be sent with it"
    if any(letter.isspace() for letter in secret):
        return "has a space or a line break in it"
    if not all("!" <= letter <= "~" for letter in secret):
        return "has a character in it that no secret has"
    return ""


def _no_text(name: str, secret: Secret) -> ConfigError:
    return ConfigError(
        f"{name}: {secret.description} gives something that is no UTF-8 text.",
        "Store the secret as plain text.",
    )


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


def others_can_read(mode: int) -> bool:
    """Whether anybody but the owner may read, write or enter, as ssh asks of its keys."""
    return bool(mode & (stat.S_IRWXG | stat.S_IRWXO))


def read_private(path: Path, name: str) -> str:
    """The text of a file that nobody else may read. ConfigError says what is wrong with it."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISREG(mode) and others_can_read(mode):
            raise ConfigError(
                f"{name}: others can read {path} (mode {stat.S_IMODE(mode):04o}).",
                f"Run: chmod 600 {path}",
            )
        return read_plain(path).decode("utf-8")
    except OSError as error:
        raise ConfigError(f"{name}: {path} cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{name}: {path} is no UTF-8 text.") from None
    except ValueError:  # a name with a NUL in it
        raise ConfigError(f"{name}: {str(path)!r} is no name of a file.") from None


def _file(secret: Secret, name: str) -> str:
    return read_private(expanded(str(secret.where)), name)


def _command(secret: Secret, name: str) -> str:
    from exact_slack.secrets.programs import LIMIT, output_of

    assert isinstance(secret.where, tuple)
    program = secret.where[0]
    try:
        code, output = output_of(secret.where)
    except TimeoutError:
        raise TemporaryError(f"{name}: {program} did not answer in {LIMIT:.0f} s.") from None
    except OSError as error:
        raise ConfigError(f"{name}: {program} cannot be run ({error.strerror}).") from None
    except ValueError:  # an argument with a NUL in it
        raise ConfigError(f"{name}: {program!r} cannot be run with these words.") from None
    if code:
        raise ConfigError(f"{name}: {program} ended with exit code {code}.")
    return _decoded(output, name, secret)


def _decoded(data: bytes, name: str, secret: Secret) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise _no_text(name, secret) from None


def _credential(secret: Secret, name: str) -> str:
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        raise ConfigError(
            f"{name}: no systemd credentials here.", f"Start it from a unit with {secret.where}."
        )
    try:
        return _decoded(read_plain(Path(folder) / str(secret.where)), name, secret)
    except OSError as error:
        raise ConfigError(f"{name}: credential {secret.where}: {error.strerror}.") from None
    except ValueError:
        raise ConfigError(f"{name}: credential {secret.where!r} is no name of a file.") from None


def _keyring(secret: Secret, name: str) -> str:
    from exact_slack.secrets.vault import entry  # keyring's backends are slow to load

    service, _, user = str(secret.where).rpartition("/")
    value = entry(service, user, name)
    if value is None:
        raise ConfigError(f"{name}: the keyring has no entry {secret.where}.")
    return value


@dataclass(frozen=True, slots=True)
class _Source:
    """A way to name a secret: `{name: where}` in the config."""

    where: str
    """What stands behind its name, as a mistake says it."""
    fetch: Callable[[Secret, str], str]


SOURCES: Final = {
    "env": _Source("NAME", _env),
    "file": _Source("PATH", _file),
    "command": _Source("[..]", _command),
    "credential": _Source("NAME", _credential),
    "keyring": _Source("SERVICE/USER", _keyring),
}
"""By the name in the config."""
