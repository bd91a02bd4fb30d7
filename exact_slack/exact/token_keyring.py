"""Exact's rotating tokens in the keyring: the same rules as in the file, another place."""

from pathlib import Path

from exact_slack.config.vault import Vault
from exact_slack.errors import ExactSlackError, LoginNeeded
from exact_slack.exact.errors import LOGIN_CURE
from exact_slack.exact.token_file import Tokens, TokenStore, dump, parse


class KeyringTokenStore(TokenStore):
    """One entry of the keyring; the lock is a file beside the ledger, as ever."""

    def __init__(self, path: Path, vault: Vault) -> None:
        super().__init__(path)
        self._vault = vault

    def load(self) -> Tokens | None:
        """The stored tokens; None before the first login."""
        text = self._vault.get(self.path.name)
        if text is None:
            return None
        tokens = parse(text)
        if tokens is None:
            raise LoginNeeded("The Exact login in the keyring is damaged.", LOGIN_CURE)
        return tokens

    def recover(self) -> None:
        """Take over tokens that the keyring refused at the moment they had to be stored."""
        left = super().load()
        if left is None:
            return
        known = self.load()
        if known is None or left.obtained_at > known.obtained_at:
            self._vault.set(self.path.name, dump(left))
        super().delete()

    def reserve(self) -> None:
        """See that the keyring takes a secret of this size before Exact is asked."""
        self._vault.set("reserved", "x" * 4096)

    def save(self, tokens: Tokens) -> None:
        """Store and read back; only then are the tokens safe to use. A keyring that fails just
        now must not cost the login: a private file keeps the tokens until it is back."""
        try:
            self._vault.set(self.path.name, dump(tokens))
        except ExactSlackError:
            super().save(tokens)

    def delete(self) -> None:
        """Forget the login."""
        self._vault.delete(self.path.name)
        self._vault.delete("reserved")
        super().delete()
