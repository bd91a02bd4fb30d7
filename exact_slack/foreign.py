"""Text that comes from outside: names, descriptions, and what a service says of an error.

Two rules, each at one place. What is shown, on a terminal, in a log or in a message, is `visible`:
letters of every script stay, and nothing that steers a terminal, turns the direction of reading or
hides. What is repeated of somebody's error goes through `said`, which also takes secrets out."""

import re
import unicodedata
from typing import Final

from exact_slack.redact import hide

_MOST_READ: Final = 20_000
"""Characters of an error that are looked at."""
_NOTHING_TO_SEE: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
"""Marks and letters by category, and yet invisible: the joiner of graphemes, fillers."""
_NUMBER_SIGNS: Final = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
"""Format characters by category, and yet visible: they are written around digits."""
_SPACES: Final = frozenset("\u2028\u2029\u2800")
_SELECTOR: Final = re.compile("[\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_JOINERS: Final = "\u200c\u200d"
_VIRAMA: Final = 9
_PICTURES: Final = ("So", "Sk")
_ODD: Final = re.compile(
    "[\\x7f-\\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""What has no place on a terminal, or only beside certain neighbours."""


def visible(text: str) -> str:
    """The text on one line, without control characters, directions and what cannot be seen."""
    kept = text.replace("\xa0", " ").replace("\u202f", " ")  # what holds an amount together stays
    if kept.isprintable() and not _ODD.search(text):
        return text
    return "".join(_shown(text, at) for at in range(len(text)))


def is_visible(text: str) -> bool:
    """Whether `visible` would leave it as it is."""
    return visible(text) == text


def _shown(text: str, at: int) -> str:
    char = text[at]
    if " " <= char <= "~":
        return char
    if char in _JOINERS or _SELECTOR.match(char):
        return char if _belongs(text, at) else ""
    category = unicodedata.category(char)
    if category == "Cc" or char in _SPACES:
        return " " if char.isspace() or char in _SPACES else ""
    if category in ("Cs", "Cn") or char in _NOTHING_TO_SEE:
        return ""
    return char if category != "Cf" or char in _NUMBER_SIGNS else ""


def _belongs(text: str, at: int) -> bool:
    """Whether a joiner or selector changes how its neighbours look, as in Persian words, Indic
    scripts, pictures and variants of Chinese letters. Elsewhere it makes two texts differ that
    look the same."""
    char, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if not before:
        return False
    kind = unicodedata.category(before)
    if char not in _JOINERS:
        return kind in (*_PICTURES, "Sm", "Po", "Lo") or after == "\u20e3"
    if not after:
        return False
    if unicodedata.combining(before) == _VIRAMA:
        return True
    if unicodedata.bidirectional(before) == unicodedata.bidirectional(after) == "AL":
        return True
    picture = kind in _PICTURES or before == "\ufe0f"
    return char == "\u200d" and picture and unicodedata.category(after) == "So"


def said(text: str, most: int = 200) -> str:
    """What a service or a library says of an error, for a sentence: one line, without secrets.
    They are taken out before the text is cut: half a secret is none that can be recognised."""
    line = " ".join(visible(text[:_MOST_READ]).split())
    return hide(line)[:most]


def escaped(json_text: str) -> str:
    """A JSON text, the same value, with escapes for what a terminal must not get raw."""
    return _ODD.sub(_escape, json_text)


def _escape(hit: re.Match[str]) -> str:
    code = ord(hit[0])
    if code < 0x10000:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
