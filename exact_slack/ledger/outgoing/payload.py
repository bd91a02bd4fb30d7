"""What a delivery brings beside its document and its head, whatever its action."""

from dataclasses import dataclass
from typing import ClassVar, Self

from exact_slack.ledger.outgoing.actions import Action


@dataclass(frozen=True, slots=True)
class Payload:
    """Nothing."""

    action: ClassVar[Action]

    def to_text(self) -> str:
        """As it is stored."""
        return ""

    @classmethod
    def from_text(cls, text: str) -> Self:
        """As it was stored. ValueError where no version writes such a text."""
        return cls()
