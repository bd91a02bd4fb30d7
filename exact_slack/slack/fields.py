"""Reading what another machine wrote: an object of JSON, in which any field may hold anything."""

import re
from collections.abc import Mapping

_TS = re.compile(r"[0-9]{1,12}\.[0-9]{6}")
"""How Slack writes the ts of a message."""


class Fields:
    """A JSON object, read field by field. What is of another type than asked for is not there."""

    def __init__(self, values: object) -> None:
        self._values: Mapping[str, object] = values if isinstance(values, dict) else {}

    def text(self, name: str, most: int = 65_536) -> str:
        """A text that is not too long, and that every place can store; "" where there is none."""
        value = self._values.get(name)
        return value if isinstance(value, str) and len(value) <= most and _storable(value) else ""

    def readable(self, name: str) -> bool:
        """Whether there is such a text in the field, or nothing."""
        value = self._values.get(name)
        return value is None or value == self.text(name)

    def ts(self, name: str) -> str:
        """The ts of a message; "" where there is none."""
        value = self.text(name)
        return value if _TS.fullmatch(value) else ""

    def true(self, name: str) -> bool:
        """Whether the field is `true`, and nothing that merely counts as true."""
        return self._values.get(name) is True

    def texts(self, name: str, most: int) -> tuple[str, ...]:
        """The texts of a list that are not longer than that; none where there is no list."""
        values = self._values.get(name)
        listed = values if isinstance(values, list) else []
        return tuple(v for v in listed if isinstance(v, str) and len(v) <= most and _storable(v))

    def number(self, name: str) -> int:
        """A whole number; 0 where there is none."""
        value = self._values.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else 0

    def given(self, name: str) -> bool:
        """Whether there is anything in the field."""
        return bool(self._values.get(name))

    def fits(self, name: str, kind: type) -> bool:
        """Whether the field is of this type, or not there."""
        value = self._values.get(name)
        return value is None or isinstance(value, kind)

    def fields(self, name: str) -> "Fields":
        """An object; an empty one where there is none."""
        return Fields(self._values.get(name))

    def items(self, name: str) -> "tuple[Fields | None, ...] | None":
        """The objects in a list, None for an item that is none; None where there is no list."""
        values = self._values.get(name)
        if not isinstance(values, list):
            return None
        return tuple(Fields(value) if isinstance(value, dict) else None for value in values)


def _storable(text: str) -> bool:
    """Whether there is no half of a character in it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
