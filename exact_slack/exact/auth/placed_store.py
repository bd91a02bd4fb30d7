"""The choice between the file and the keyring, made anew at every step, because a login may change
it."""

import contextlib
from contextlib import AbstractContextManager
from pathlib import Path

from exact_slack.errors import ConfigError, TemporaryError
from exact_slack.exact.auth.file_store import FileTokenStore
from exact_slack.exact.auth.keyring_store import KeyringTokenStore
from exact_slack.exact.auth.store import Tokens, TokenStore
from exact_slack.secrets.store import Place, SecretStore


class PlacedTokenStore:
    """The file or the keyring: whichever `SecretStore` names at that moment, so that a process
    that runs on finds a login that another one put elsewhere."""

    def __init__(self, path: Path, secrets: SecretStore) -> None:
        self._path = path
        self._file = FileTokenStore(path)
        self.mark = self._file.mark
        self._secrets = secrets
        self._target: Place | None = None

    def lock(self) -> AbstractContextManager[int]:
        """One lock, wherever the login is."""
        return self._file.lock()

    def aim(self, place: Place) -> None:
        """Where the login that is being made goes."""
        self._target = place

    def _at(self, place: Place) -> TokenStore:
        if place == "keyring":
            return KeyringTokenStore(self._path, self._secrets.vault)
        return self._file

    @property
    def _place(self) -> Place:
        return self._secrets.place(self._path.name)

    def load(self) -> Tokens | None:
        """The stored tokens; None before the first login."""
        return self._at(self._place).load()

    def elsewhere(self) -> str:
        """Where a login is that the config does not look at; "" where there is none."""
        return self._secrets.elsewhere(self._path.name)

    def recover(self) -> None:
        """Take over what a killed process, or a keyring that failed, left behind."""
        self._at(self._place).recover()

    def reserve(self) -> None:
        """Put space aside for the next tokens; TemporaryError where there is none."""
        self._at(self._target or self._place).reserve()

    def save(self, tokens: Tokens, instead_of: Tokens | None = None) -> None:
        """Only then are the tokens safe to use."""
        self._at(self._place).save(tokens, instead_of)

    def save_login(self, tokens: Tokens) -> None:
        """Keep a new login where it is aimed at, and forget the other place: its tokens are dead.
        Where the note of the new place cannot be written, the old place takes it."""
        place = self._target or self._place
        self._target = None
        try:
            self._secrets.choose(self._path.name, place)
        except (ConfigError, TemporaryError):
            place = self._place
        self._at(place).save_login(tokens)
        self._at("file" if place == "keyring" else "keyring").delete()

    def delete(self) -> str:
        """Forget the login in every place; says what could not be removed, or ""."""
        in_keyring = self._place == "keyring"
        problem = self._file.delete()
        try:
            self._secrets.vault.get(self._path.name)
        except ConfigError as error:  # no keyring: nothing can be in it
            sentence = str(error) if in_keyring else ""
        except TemporaryError as error:
            sentence = f"The keyring may still hold the login. {error}"
        else:
            sentence = self._at("keyring").delete()
        with contextlib.suppress(ConfigError, TemporaryError):
            self._secrets.choose(self._path.name, "file")
        return problem or sentence

    def check_writing(self) -> None:
        """Whether the next tokens could be stored; TemporaryError or ConfigError where not."""
        self._at(self._place).check_writing()
