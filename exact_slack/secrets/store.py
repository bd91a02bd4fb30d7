"""Where the secrets of a customer are kept that exact-slack stores itself: the keyring or private
files in the state folder. `secrets: auto` uses the keyring only where cron can use it, too.

The place is chosen for each secret at the moment it is stored, and noted beside it: a login at
Slack moves nothing of Exact's."""

import contextlib
import json
import os
from pathlib import Path
from typing import Literal

from exact_slack.errors import ConfigError, ExactSlackError, TemporaryError
from exact_slack.files import open_plain, own, private_folder, read_plain
from exact_slack.redact import note
from exact_slack.secrets.source import read_private
from exact_slack.secrets.vault import Vault, usable_from_cron

Place = Literal["keyring", "file"]
_CHOICE = "secrets"
SLACK_TOKEN = "slack-token"  # noqa: S105 - the name of a secret


def write_private(path: Path, text: str) -> None:
    """Replace a file of mode 0600 as a whole, in a folder of mode 0700. ConfigError where something
    else stands there, TemporaryError where it cannot be written."""
    part = path.with_name(path.name + ".part")
    try:
        with own():
            private_folder(path.parent)
            descriptor = open_plain(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, follow=False)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            os.fchmod(descriptor, 0o600)
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        os.replace(part, path)
    except OSError as error:
        raise TemporaryError(f"{path} cannot be written ({error.strerror}).") from None


class SecretStore:
    """The secrets of the customer with this state folder."""

    def __init__(self, state: Path, wanted: Literal["auto", "keyring", "file"]) -> None:
        self._state = state
        self._wanted = wanted
        # by the real path: a link to the folder must not lead to another set of secrets
        self._service = str(state.resolve())
        self._vault = Vault(self._service)

    @property
    def vault(self) -> Vault:
        """The keyring, for the token store."""
        return self._vault

    def place(self, name: str) -> Place:
        """Where a secret is looked for: what the config says; with `auto`, where the last login
        put it."""
        if self._wanted != "auto":
            return self._wanted
        return "keyring" if self._choices().get(name) == "keyring" else "file"

    def best(self) -> tuple[Place, str]:
        """Where a login made now is kept: with `auto` in the keyring, where cron can use it.
        The second value says why not, or ""."""
        if self._wanted != "auto":
            return self._wanted, ""
        problem = usable_from_cron(self._service)
        return ("file", problem) if problem else ("keyring", "")

    def choose(self, name: str, place: Place) -> None:
        """Note where a secret is from now on. TemporaryError where that cannot be written."""
        choices = self._choices()
        if self._wanted == "auto" and choices.get(name, "file") != place:
            write_private(self._state / _CHOICE, json.dumps({**choices, name: place}) + "\n")

    def _choices(self) -> dict[str, str]:
        """Places by name; a damaged note counts as none: then the files are looked at."""
        try:
            values = json.loads(read_plain(self._state / _CHOICE))
        except (OSError, ValueError, RecursionError):
            return {}
        return {str(k): str(v) for k, v in values.items()} if isinstance(values, dict) else {}

    def describe(self, name: str, place: Place | None = None) -> str:
        """Where a secret is, for a person."""
        if (place or self.place(name)) == "keyring":
            return self._vault.description
        return str(self._state / name)

    def elsewhere(self, name: str) -> str:
        """Where a secret is that is not where it is looked for, with what to do; "" if nowhere."""
        other: Place = "file" if self.place(name) == "keyring" else "keyring"
        try:
            there = self._read(name, other) is not None
        except ConfigError:
            there = other == "file"
        except ExactSlackError:
            return ""
        if not there:
            return ""
        way = f"`secrets: {other}`"
        return (
            f"There is one in {self.describe(name, other)}, but the config now looks in"
            f" {self.describe(name)}: set {way} to use it"
        )

    def _read(self, name: str, place: Place) -> str | None:
        if place == "keyring":
            return self._vault.get(name)
        path = self._state / name
        return read_private(path, name).strip() if path.exists() else None

    def get(self, name: str) -> str | None:
        """A stored secret, or None."""
        secret = self._read(name, self.place(name))
        return note(secret) if secret else None

    def set(self, name: str, value: str, place: Place) -> None:
        """Store a secret in one place, and forget it in the other one."""
        if place == "keyring":
            self._vault.set(name, value)
        else:
            write_private(self._state / name, value + "\n")
        self.choose(name, place)
        self._forget(name, "file" if place == "keyring" else "keyring")

    def delete(self, name: str) -> str:
        """Forget a secret wherever it is; says where that could not be done, or ""."""
        problem = self._forget(name, "file") or self._forget(name, "keyring")
        with contextlib.suppress(ConfigError, TemporaryError):
            self.choose(name, "file")
        return problem

    def _forget(self, name: str, place: Place) -> str:
        try:
            if place == "keyring":
                self._vault.delete(name)
            else:
                (self._state / name).unlink(missing_ok=True)
        except OSError as error:
            return f"{self._state / name} cannot be removed ({error.strerror})."
        except ConfigError as error:  # no keyring at all: nothing can be in it
            return str(error) if self.place(name) == "keyring" else ""
        except TemporaryError as error:
            return f"It may still be in the keyring. {error}"
        return ""
