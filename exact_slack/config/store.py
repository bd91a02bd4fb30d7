"""Where the secrets of a customer are kept that exact-slack stores itself: the keyring or private
files in the state folder. `secrets: auto` uses the keyring only where cron can use it, too."""

import os
from pathlib import Path
from typing import Literal

from exact_slack.config.secrets import read_private
from exact_slack.config.vault import Vault, usable_from_cron
from exact_slack.errors import TemporaryError

Place = Literal["keyring", "file"]
_CHOICE = "secrets"
SLACK_TOKEN = "slack-token"  # noqa: S105 - the name of a secret


def write_private(path: Path, text: str) -> None:
    """Replace a file of mode 0600 as a whole, in a folder of mode 0700."""
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
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
        self._vault = Vault(str(state))

    @property
    def place(self) -> Place:
        """Where secrets are looked for: what the config says; with `auto`, what the login
        found usable."""
        if self._wanted != "auto":
            return self._wanted
        try:
            chosen = (self._state / _CHOICE).read_text(encoding="utf-8").strip()
        except OSError:
            return "file"
        return "keyring" if chosen == "keyring" else "file"

    def choose(self) -> str:
        """At a login, with `auto`: use the keyring where cron can; returns why not, or ""."""
        if self._wanted != "auto":
            return ""
        problem = usable_from_cron(str(self._state))
        write_private(self._state / _CHOICE, "file\n" if problem else "keyring\n")
        return problem

    @property
    def vault(self) -> Vault:
        """The keyring, for the token store."""
        return self._vault

    def describe(self, name: str) -> str:
        """Where a secret is, for a person."""
        if self.place == "keyring":
            return self._vault.description
        return str(self._state / name)

    def get(self, name: str) -> str | None:
        """A stored secret, or None."""
        if self.place == "keyring":
            found = self._vault.get(name)
            if found is not None:
                return found
        path = self._state / name
        return read_private(path, name).strip() if path.exists() else None

    def set(self, name: str, value: str) -> None:
        """Store a secret."""
        if self.place == "keyring":
            self._vault.set(name, value)
            (self._state / name).unlink(missing_ok=True)
        else:
            write_private(self._state / name, value + "\n")

    def delete(self, name: str) -> None:
        """Forget a secret, wherever it is."""
        if self.place == "keyring":
            self._vault.delete(name)
        (self._state / name).unlink(missing_ok=True)
