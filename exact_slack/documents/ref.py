"""Which document it is."""

from dataclasses import dataclass
from typing import Any, ClassVar

from exact_slack.documents.kinds import Kind


@dataclass(frozen=True, slots=True)
class Ref:
    """Which document: division, kind and Exact's GUID, in lower case."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {
        "alias_generator": lambda name: "key" if name == "guid" else name
    }
    """Ledgers call it `key`, in their documents and under their fingerprints."""

    division: int
    kind: Kind
    guid: str

    @property
    def key(self) -> str:
        """What a template of the config may call it: `document.ref.key`."""
        return self.guid

    def __str__(self) -> str:
        return f"{self.division}/{self.kind}/{self.guid}"
