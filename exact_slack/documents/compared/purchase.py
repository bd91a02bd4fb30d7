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
_LOOK_ALIKES = str.maketrans("oilsbz", "011582")


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
    """Whether two references are equal but for their shape: `INV-0042` and `inv 42`; or but for a
    word before the number, which some type and others don't: `Factuur 2026/99` and `2026-99`."""
    if shape(first) == shape(other) or bare(first) == bare(other):
        return True
    (word, number), (other_word, other_number) = _named(first), _named(other)
    if number != other_number or min(map(_digits, (first, other))) < _FEWEST_DIGITS:
        return False
    return word.endswith(other_word) or other_word.endswith(word)


def _named(reference: str) -> tuple[str, str]:
    """What stands before the number, and the number with all that follows."""
    text = shape(reference)
    start = next((at for at, sign in enumerate(text) if sign.isdigit()), len(text))
    return text[:start], text[start:]


def _digits(text: str) -> int:
    return sum(sign.isdigit() for sign in text)


def is_near(first: str, other: str) -> bool:
    """Whether two references are one digit, or one swap of neighbours, apart, or one letter that
    looks like a digit; a number and the one after it are not, for those are two invoices."""
    a, b = bare(first), bare(other)
    if _digits(a) < _FEWEST_DIGITS or a == b:
        return False
    if len(a) == len(b):
        apart = [at for at, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
        if len(apart) == 1:
            x, y = a[apart[0]], b[apart[0]]
            typed = x.isdigit() and y.isdigit()
            return _is_mistaken(x, y) or (typed and not is_next(first, other, 1))
        swapped = len(apart) == 2 and apart[1] == apart[0] + 1
        return swapped and a[apart[0]] == b[apart[1]] and a[apart[1]] == b[apart[0]]
    apart_in = _apart(first, other)
    if apart_in is None:
        return False
    short, long = sorted(apart_in, key=len)
    if len(long) != len(short) + 1:
        return False
    return any(
        long[:at] + long[at + 1 :] == short and long[at].isdigit() for at in range(len(long))
    )


def _is_mistaken(one: str, other: str) -> bool:
    """Whether a digit was read as the letter that looks like it."""
    return one.translate(_LOOK_ALIKES) == other.translate(_LOOK_ALIKES)


def is_next(first: str, other: str, most: int) -> bool:
    """Whether they differ in one number, by so many at most."""
    apart = _apart(first, other)
    if apart is None:
        return False
    x, y = apart
    return x.isdecimal() and y.isdecimal() and abs(int(x) - int(y)) <= most


def _apart(first: str, other: str) -> tuple[str, str] | None:
    """The one word or number in which they differ; None where it is not one."""
    a, b = _TOKENS.findall(first.casefold()), _TOKENS.findall(other.casefold())
    apart = [pair for pair in zip(a, b, strict=False) if pair[0] != pair[1]]
    return apart[0] if len(a) == len(b) and len(apart) == 1 else None
