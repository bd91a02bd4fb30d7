"""Values of secrets that this process knows, so that no report of trouble shows them.

Sentences of exact-slack name no values at all. This is the last net under what nobody foresaw: a
library that puts a header or a form into its error."""

import re
import traceback
from urllib.parse import quote, quote_plus

_SHORTEST = 4
_known: set[str] = set()
_TOKENS = re.compile(r"xox[a-z]*[-.][\w.-]+|stamp[A-Z]{2}\d+\.[^\s'\"]+|(?<=Bearer )[^\s'\"]+")
"""How the tokens of Slack and Exact look, for those that were never noted."""


def note(value: str) -> str:
    """Remember a secret as long as the process lives; gives it back."""
    if len(value) >= _SHORTEST:
        _known.add(value)
    return value


def hide(text: str) -> str:
    """The text with every known secret, also as a program writes it, replaced by "…"."""
    for secret in sorted(_known, key=len, reverse=True):
        for form in (secret, repr(secret)[1:-1], *_encoded(secret)):
            text = text.replace(form, "…")
    return _TOKENS.sub("…", text)


def _encoded(secret: str) -> tuple[str, ...]:
    try:
        return quote(secret, safe=""), quote_plus(secret)
    except UnicodeEncodeError:  # a lone surrogate has no encoding
        return ()


def trace(error: BaseException) -> str:
    """The whole traceback, without secrets."""
    return hide("".join(traceback.format_exception(error)))
