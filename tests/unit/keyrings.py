"""A keyring that tests can hold."""

from exact_slack.errors import TemporaryError
from exact_slack.secrets.vault import Vault


class Keyring(Vault):
    """A keyring in memory that may refuse to take or to give."""

    def __init__(self) -> None:
        super().__init__("test")
        self.kept: dict[str, str] = {}
        self.takes = self.gives = True
        self.refusal: Exception = ZeroDivisionError()  # whatever a backend thinks of

    def get(self, name: str) -> str | None:
        if not self.gives:
            raise TemporaryError("locked")
        return self.kept.get(name)

    def set(self, name: str, value: str) -> None:
        if not self.takes:
            raise self.refusal
        self.kept[name] = value

    def delete(self, name: str) -> None:
        self.kept.pop(name, None)
