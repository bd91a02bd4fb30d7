"""A purchase as later ones are compared with it: what is kept of each, also of those that Exact
had before the first run."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from exact_slack.documents.kinds import Kind

_TOKENS = re.compile(r"\d+|[^\W\d_]+")
_FEWEST_DIGITS = 3
"""A shorter number is near to too many others."""


@dataclass(frozen=True, slots=True)
class Purchase:
    """A purchase entry or invoice. `place`: later ones have a higher one."""

    kind: Kind
    key: str
    place: int
    number: str
    reference: str
    """The supplier's own number, as it was typed."""
    amount: Decimal
    """In the company's currency; a credit note's is negative."""
    day: date | None
    file: str = ""
    """Exact's document beside it: an invoice and the entry made from it have the same."""
    division: int = 0
    void: bool = False
    """Whether it was rejected: what is entered again in its place is no second one."""

    def is_same_as(self, other: "Purchase") -> bool:
        """Whether both are one: an invoice and the entry that was made from it."""
        if self.key == other.key:
            return True
        if self.kind is other.kind or self.division != other.division:
            return False
        by_number = bool(self.number) and self.number == other.number
        return by_number or (bool(self.file) and self.file == other.file)

    @property
    def names_itself(self) -> bool:
        """Whether its reference can tell it from others: "Rent" cannot."""
        return any(sign.isdigit() for sign in self.reference)


def bare(reference: str) -> str:
    """A reference without blanks, punctuation and case."""
    folded = unicodedata.normalize("NFKC", reference).casefold()
    return "".join(_TOKENS.findall(folded))


def shape(reference: str) -> str:
    """The same without the leading zeros of each number in it."""
    folded = unicodedata.normalize("NFKC", reference).casefold()
    return "".join(part.lstrip("0") or "0" for part in _TOKENS.findall(folded))


def equal_shape(first: str, other: str) -> bool:
    """Whether two references are equal but for their shape: `INV-0042` and `inv 42`."""
    return shape(first) == shape(other) or bare(first) == bare(other)


def is_near(first: str, other: str) -> bool:
    """Whether two references are one digit, or one swap of neighbours, apart; a number and the one
    after it are not, for those are two invoices."""
    a, b = bare(first), bare(other)
    if sum(sign.isdigit() for sign in a) < _FEWEST_DIGITS or a == b:
        return False
    if len(a) == len(b):
        apart = [at for at, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
        if len(apart) == 1:
            at = apart[0]
            return a[at].isdigit() and b[at].isdigit() and not _follow(first, other)
        swapped = len(apart) == 2 and apart[1] == apart[0] + 1
        return swapped and a[apart[0]] == b[apart[1]] and a[apart[1]] == b[apart[0]]
    short, long = sorted((a, b), key=len)
    if len(long) != len(short) + 1:
        return False
    return any(
        long[:at] + long[at + 1 :] == short and long[at].isdigit() for at in range(len(long))
    )


def _follow(first: str, other: str) -> bool:
    """Whether they differ in one number, and that is the next after the other's."""
    a, b = _TOKENS.findall(first), _TOKENS.findall(other)
    apart = [(x, y) for x, y in zip(a, b, strict=False) if x.casefold() != y.casefold()]
    if len(a) != len(b) or len(apart) != 1:
        return False
    x, y = apart[0]
    return x.isdecimal() and y.isdecimal() and abs(int(x) - int(y)) == 1
