"""Slack's channels as a config names them: `#finance`, or by id.

"Conversation names can only contain lowercase letters, numbers, hyphens, and underscores, and must
be 80 characters or less" (docs.slack.dev, conversations.rename, naming). Letters of every script
that has no capitals are in use as well."""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator

NAME = r"#(?:[a-z0-9_-]|[^\x00-\x7F]){1,80}"
ID = r"[CG][A-Z0-9]{4,}"
_OUTSIDE_ASCII = {"Ll", "Lo", "Lm", "Mn", "Mc", "Nd"}
_LONGEST = 80


def channel(value: str) -> str:
    """The name or id as it is; ValueError says which one is meant."""
    if re.fullmatch(ID, value) or (re.fullmatch(NAME, value) and all(map(_fits, value[1:]))):
        return value
    raise ValueError(
        _meant(value) or 'a channel such as "#finance" (in quotes) or its id C0123ABCD'
    )


def _fits(letter: str) -> bool:
    if letter.isascii():
        return letter in "-_" or (letter.isalnum() and not letter.isupper())
    return unicodedata.category(letter) in _OUTSIDE_ASCII


_ID_ALONE = r"[CGDUW](?=[A-Z]*[0-9])[A-Z0-9]{7,}"
_IN_A_LINK = re.compile(rf"(?:<#|/archives/|/client/T[A-Z0-9]+/)({_ID_ALONE})")
"""Slack's own way to write a channel, and the two forms of its address."""


def _meant(value: str) -> str:
    bare = value.strip().lstrip("#")
    if link := _IN_A_LINK.search(value):
        return f"its id alone, {link[1]}"
    if re.fullmatch(_ID_ALONE, bare) or re.fullmatch(r"[cgduw]0[a-z0-9]{6,}", bare):
        if bare[0] in "DUWduw":
            return "a channel: this is the id of a person or a conversation with one"
        return f"{bare.upper()}: an id has capitals and digits only, and no # before it"
    cut = "".join(letter if _fits(letter) else " " for letter in bare.lower())
    name = "-".join(cut.split())[:_LONGEST]
    if not name:
        return ""
    return f'"#{name}" (in quotes): names in Slack have small letters, digits, - and _, at most 80'


Channel = Annotated[str, AfterValidator(channel)]
