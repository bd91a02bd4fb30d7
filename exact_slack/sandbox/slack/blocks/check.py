"""Checks on JSON values that name the place of a fault by JSON pointer.

The wording of "must be less than N characters", "no more than N items allowed"
and "missing required field" is Slack's, as public issues quote it; the other
sentences are not documented and are ours.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

Check = Callable[["Findings", Any, str], None]


@dataclass(frozen=True)
class Finding:
    """One fault: where, what, and the short code `blocks.validate` gives it."""

    pointer: str
    message: str
    code: str = "failed_constraint"

    def __str__(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"


@dataclass
class Findings:
    """What is wrong with a list of blocks, and what was counted on the way."""

    items: list[Finding] = field(default_factory=list)
    text_length: int = 0
    """All block text together."""
    markdown_length: int = 0
    tables: int = 0
    charts: int = 0
    block_ids: set[str] = field(default_factory=set)

    def add(self, pointer: str, message: str, code: str = "failed_constraint") -> None:
        """Note a fault."""
        self.items.append(Finding(pointer, message, code))

    def obj(self, value: Any, pointer: str, required: Collection[str], optional: str = "") -> bool:
        """Check that a value is an object with exactly these keys; `type` is always there."""
        if not isinstance(value, dict):
            self.add(pointer, "must provide an object", "wrong_type")
            return False
        fields = {"type", *required, *optional.split()}
        for key in value:
            if key not in fields:
                self.add(pointer, f"invalid additional property: {key}", "unknown_property")
        missing = [key for key in required if value.get(key) is None]
        for key in missing:
            self.add(pointer, f"missing required field: {key}", "missing_field")
        return not missing

    def string(
        self,
        value: Any,
        pointer: str,
        longest: int | None,
        *,
        shortest: int = 1,
        text: bool = False,
    ) -> None:
        """Check a string and its length; with `text` it counts to the message's total."""
        if not isinstance(value, str):
            self.add(pointer, "must provide a string", "wrong_type")
            return
        if text:
            self.text_length += len(value)
        if len(value) < shortest:
            self.add(pointer, f"must be more than {shortest - 1} characters")
        if longest is not None and len(value) > longest:
            self.add(pointer, f"must be less than {longest + 1} characters")

    def maybe_string(self, holder: dict[str, Any], key: str, pointer: str, longest: int) -> None:
        """Check an optional string."""
        if holder.get(key) is not None:
            self.string(holder[key], f"{pointer}/{key}", longest)

    def maybe_bool(self, holder: dict[str, Any], key: str, pointer: str) -> None:
        """Check an optional boolean."""
        if key in holder and not isinstance(holder[key], bool):
            self.add(f"{pointer}/{key}", "must provide a boolean", "wrong_type")

    def maybe_number(self, holder: dict[str, Any], key: str, pointer: str) -> None:
        """Check an optional whole number."""
        value = holder.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            self.add(f"{pointer}/{key}", "must provide a number", "wrong_type")

    def one_of(self, holder: dict[str, Any], key: str, pointer: str, allowed: str) -> None:
        """Check an optional value against a list of words."""
        if holder.get(key) is not None and holder[key] not in allowed.split():
            words = ", ".join(allowed.split())
            self.add(f"{pointer}/{key}", f"must be one of: {words}", "enum")

    def items_of(self, value: Any, pointer: str, most: int | None, check: Check) -> None:
        """Check a list that is not empty, and each of its items."""
        if not isinstance(value, list):
            self.add(pointer, "must provide an array", "wrong_type")
            return
        if not value:
            self.add(pointer, "no fewer than 1 items allowed")
        if most is not None and len(value) > most:
            self.add(pointer, f"no more than {most} items allowed")
        for index, item in enumerate(value):
            check(self, item, f"{pointer}/{index}")

    def typed(self, value: Any, pointer: str, kinds: dict[str, Check]) -> None:
        """Check an object by what its `type` says."""
        if not isinstance(value, dict):
            self.add(pointer, "must provide an object", "wrong_type")
            return
        kind = value.get("type")
        check = kinds.get(kind) if isinstance(kind, str) else None
        if kind is None:
            self.add(pointer, "missing required field: type", "missing_field")
        elif check is None:
            self.add(f"{pointer}/type", f"unsupported type: {kind}", "unsupported_type")
        else:
            check(self, value, pointer)
