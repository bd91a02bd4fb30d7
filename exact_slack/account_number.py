"""Bank account numbers, which are never shown whole: country and last four. Texts that come from
outside are masked as they are read, and all that is logged or repeated of an error (`redact`)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_TABLE = (
    "AD24 AE23 AT20 BE16 BG22 CH21 CY28 CZ24 DE22 DK18 EE20 ES24 FI18 FO18 FR27 GB22 GI23 "
    "GL18 GR27 HR21 HU28 IE22 IL23 IS26 IT27 LI21 LT20 LU20 LV21 MC27 MT31 NL18 NO15 PL28 "
    "PT25 RO24 SA24 SE24 SI19 SK24 SM27 TR26"
)
_LENGTHS: Final = {part[:2]: int(part[2:]) for part in _TABLE.split()}
"""Characters of an IBAN (ISO 13616) by country; others are found by their check digits alone."""
_SHORTEST, _LONGEST = 15, 34
_BETWEEN = " .\t\n\u00a0\u202f-"
_START = re.compile(
    rf"(?:(?<![A-Za-z0-9])[A-Za-z]{{2}}|{'|'.join(_LENGTHS)})[0-9]{{2}}"
    rf"(?=[{_BETWEEN}]{{0,2}}[A-Za-z0-9])"
)
"""At the beginning of a word; of the countries of the table, in capitals, also within one."""
_KEY = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){2}-"
    r"|(?:(?:[0-9a-f]{4}-){2,3}|(?<=-)[0-9a-f]{4}-)[0-9a-f]{12}(?![0-9a-z])"
)
"""What begins like one by chance, and is the key of a record."""
_LAST = 4
_LONG_ENOUGH = 8
"""A shorter number shows its last two signs only."""
DOTS: Final = "··"


@dataclass(frozen=True, slots=True)
class AccountNumber:
    """`shown`: `NL··1234`. `mark`: a keyed hash; two of the same key are equal where the numbers
    are."""

    shown: str = ""
    mark: str = ""

    def __bool__(self) -> bool:
        return bool(self.shown)

    def is_same_as(self, other: "AccountNumber") -> bool:
        """Whether both are one number, as far as can be known: the key may have been lost."""
        if self.mark[:_KEY_NAME] == other.mark[:_KEY_NAME]:
            return self.mark == other.mark
        return self.shown == other.shown


NO_NUMBER: Final = AccountNumber()
_KEY_NAME = 8
"""A mark begins with the name of its key."""
Marks = Callable[[str], str]
"""From a whole number to its mark."""


def plain(number: str) -> str:
    """The number without blanks and punctuation, in capitals."""
    return "".join(sign for sign in number.upper() if sign.isalnum())


def shown(number: str) -> str:
    """How a number is shown; "" for none."""
    signs = plain(number)
    if not signs:
        return ""
    country = signs[:2] if is_iban(signs) else ""
    return f"{country}{DOTS}{signs[-(_LAST if len(signs) >= _LONG_ENOUGH else 2) :]}"


def is_iban(signs: str) -> bool:
    """Whether it is one: its length, and its check digits (ISO 7064, mod 97)."""
    length = _LENGTHS.get(signs[:2])
    if length is not None and len(signs) != length:
        return False
    if not (_SHORTEST <= len(signs) <= _LONGEST and signs.isascii() and signs.isalnum()):
        return False
    if not (signs[:2].isalpha() and signs[2:4].isdigit()):
        return False
    return int("".join(str(int(sign, 36)) for sign in signs[4:] + signs[:4])) % 97 == 1


def mask(text: str) -> str:
    """A free text with every IBAN in it as it is shown."""
    start = _START.search(text)
    if start is None:
        return text
    kept: list[str] = []
    at = 0
    while start is not None:
        end = _end(text, start.start())
        kept.append(text[at : start.start()])
        at = start.start()
        if end:
            kept.append(shown(text[start.start() : end]))
            at = end
        start = _START.search(text, max(at, start.end()))
    return "".join([*kept, text[at:]])


def _end(text: str, start: int) -> int:
    """Where the IBAN that begins there ends; 0 where none does."""
    if _KEY.match(text, start):
        return 0
    signs, ends = "", []
    for at in range(start, len(text)):
        if text[at].isascii() and text[at].isalnum():
            signs += text[at].upper()
            ends.append(at + 1)
        elif text[at] not in _BETWEEN or text[at - 2 : at].strip(_BETWEEN) == "":
            break
        if len(signs) == _LONGEST:
            break
    right = _LENGTHS.get(signs[:2])
    lengths = [right] if right else range(len(signs), _SHORTEST - 1, -1)
    for length in lengths:
        if length > len(signs) or not is_iban(signs[:length]):
            continue
        end = ends[length - 1]
        glued = bool(right) and text[start:end].isupper()
        if glued or end == len(text) or not text[end].isalnum():
            return end
    return 0
