"""One JSON value on stdout, written while its parts are found: there may be a million of them."""

import json
from typing import TYPE_CHECKING

from exact_slack.cli.frame.out import out_raw

if TYPE_CHECKING:
    from exact_slack.cli.frame.done import Done


class JsonStream:
    """An object with one list; with several config files an object of such, by file name."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._several = False
        self._customers = self._parts = 0

    def begin(self, *, several: bool) -> None:
        """Before the first customer."""
        self._several = several
        if several:
            out_raw("{")

    def open(self, name: str) -> None:
        """Before a customer."""
        self._parts = 0
        if self._several:
            out_raw(f"{',' if self._customers else ''}\n{json.dumps(name)}: ")
        self._customers += 1
        out_raw(f'{{"{self._name}": [')

    def add(self, value: object) -> None:
        """One part of the customer's list."""
        text = json.dumps(value, indent=2, default=str, ensure_ascii=False)
        out_raw(f"{',' if self._parts else ''}\n{text}")
        self._parts += 1

    def close(self, done: "Done") -> None:
        """After a customer: what went wrong stands beside what was found."""
        rest = done.value if isinstance(done.value, dict) else {}
        more = "".join(
            f", {json.dumps(key)}: {json.dumps(value, default=str, ensure_ascii=False)}"
            for key, value in rest.items()
        )
        out_raw(f"]{more}}}")

    def end(self) -> None:
        """After the last one."""
        out_raw("\n}\n" if self._several else "\n")
