"""Exact's rotating tokens in the keyring: the same rules as in the file, another place."""

import contextlib
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from exact_slack.errors import ConfigError, ExactSlackError, LoginNeeded, TemporaryError
from exact_slack.exact.auth.file_store import FileTokenStore
from exact_slack.exact.auth.store import Tokens, dump, parse
from exact_slack.exact.errors import LOGIN_CURE
from exact_slack.secrets.vault import Vault

_ROOM = "reserved"


class _Rescue(FileTokenStore):
    """A private file for tokens that the keyring did not take. They carry the digest of what they
    replace there: whether they are newer is not a matter of clocks."""

    def newest(self) -> Tokens | None:
        """What was written last, even where it was not renamed any more; None where none is."""
        with contextlib.suppress(LoginNeeded, ConfigError):
            return self._left() or self._kept()
        return None

    def reserve(self) -> None:
        """Put space aside, after what a killed process left has its name."""
        if self._left() is not None:
            self._rename()
        super().reserve()

    def keep(self, tokens: Tokens, instead_of: Tokens | None) -> None:
        """Write, fsync, rename, as ever; what they replace is what the keyring still has."""
        if instead_of is not None and instead_of.replaces:
            tokens = replace(tokens, replaces=instead_of.replaces)
        elif instead_of is not None:
            tokens = replace(tokens, replaces=instead_of.digest)
        self.write(tokens)

    def forget(self) -> None:
        """Remove it. One that stays does no harm: it replaces what is not there any more."""
        with contextlib.suppress(OSError):
            self.remove()


class KeyringTokenStore:
    """One entry of the keyring; lock and mark are files beside the ledger, as ever."""

    def __init__(self, path: Path, vault: Vault) -> None:
        self._beside = FileTokenStore(path)
        self.mark = self._beside.mark
        self._name = path.name
        self._folder = path.parent
        self._vault = vault
        self._rescue = _Rescue(path.with_suffix(".rescue"))

    def lock(self) -> AbstractContextManager[int]:
        """The lock that the file has: one login is in one place only."""
        return self._beside.lock()

    def elsewhere(self) -> str:
        """Nowhere that it would know of."""
        return ""

    def load(self) -> Tokens | None:
        """The stored tokens; None before the first login. Those in the rescue file come first
        where they replace what the keyring has, or the keyring does not say what it has."""
        saved = self._rescue.newest()
        try:
            kept = self._in_keyring()
        except (ConfigError, TemporaryError):
            if saved is None:
                raise
            return saved
        if saved is not None and (kept is None or saved.replaces == kept.digest):
            return saved
        return kept

    def _in_keyring(self) -> Tokens | None:
        text = self._vault.get(self._name)
        if text is None:
            return None
        tokens = parse(text)
        if tokens is None:
            raise LoginNeeded("The Exact login in the keyring is damaged.", LOGIN_CURE)
        return tokens

    def recover(self) -> None:
        """Bring into the keyring what it refused at the moment it had to be stored. Where it
        still refuses, the rescue file goes on."""
        saved = self._rescue.newest()
        if saved is None:
            return
        try:
            kept = self._in_keyring()
            if kept is None or saved.replaces == kept.digest:
                self._vault.set(self._name, dump(replace(saved, replaces="")))
        except (ConfigError, TemporaryError):
            return
        self._rescue.forget()

    def reserve(self) -> None:
        """See that the next tokens can be stored before Exact is asked: in the keyring, else in
        the rescue file. TemporaryError where in neither."""
        try:
            self._vault.set(_ROOM, "x" * 4096)
        except (ConfigError, TemporaryError):
            self._rescue.reserve()

    def save(self, tokens: Tokens, instead_of: Tokens | None = None) -> None:
        """Store and read back; only then are the tokens safe to use. A keyring that fails just
        now must not cost the login: a private file keeps the tokens until it is back."""
        try:
            self._vault.set(self._name, dump(replace(tokens, replaces="")))
        except Exception:  # noqa: BLE001 - a backend may raise anything, and these tokens exist only here
            self._rescue.keep(tokens, instead_of)
        else:
            self._rescue.forget()

    def save_login(self, tokens: Tokens) -> None:
        """Keep the tokens of a new login; what was kept before is dead from now on."""
        try:
            before = self.load()
        except (ConfigError, LoginNeeded, TemporaryError):
            before = None
        self.save(tokens, before)

    def delete(self) -> str:
        """Forget the login; says what could not be removed, or ""."""
        try:
            self._rescue.remove()
            self.mark.clear()
            self._vault.delete(self._name)
            self._vault.delete(_ROOM)
        except OSError as error:
            return f"{self._folder} cannot be written ({error.strerror})."
        except ExactSlackError as error:
            return f"The keyring may still hold the login. {error}"
        return ""

    def check_writing(self) -> None:
        """Whether the next tokens could be stored in the keyring itself."""
        self._beside.check_writing()  # the lock and the mark are files
        self._vault.set(_ROOM, "x" * 4096)
