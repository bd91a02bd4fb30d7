"""Values of secrets that this process knows, so that nothing that is stored or shown has them.

Sentences of exact-slack name no values at all. What comes from outside may: a proxy that repeats
our headers in its error, a library that puts a form into its own. Every error text from outside
passes here (`foreign.said`, `ExactSlackError`), and so does every line of a log."""

import base64
import binascii
import contextlib
import json
import re
import traceback
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote, quote_plus, unquote_plus

from exact_slack.account_number import mask

_SHORTEST: Final = 4
_PART: Final = 12
"""So many characters of a secret, in a row, count as the secret."""
_MOST: Final = 256
"""Secrets that are kept in mind: `serve` gets two new tokens every ten minutes."""
_GONE: Final = "…"
_known: dict[str, tuple[str, ...]] = {}
"""Each secret with the ways in which programs write it, the latest last."""

_TOKENS: Final = re.compile(
    r"(?<=authorization: bearer )[^\s'\"]+|xox[a-z]*[-.][\w.-]+|xapp-[\w-]+"
    r"|stamp[A-Z]{2}\d+\.[^\s'\"]+|eyJ[\w-]{10,}\.[\w.-]+"
    r"|(?<=bearer )(?=\S*[\d=_-])[^\s'\"]{8,}|(?<=basic )(?=\S*[\d=])[\w+/=-]{8,}"
    r"|(?<=://)[^\s/@'\"]+:[^\s/@'\"]+(?=@)"
    r"|(?<=access_token=)[^\s'\"&;]+|(?<=refresh_token=)[^\s'\"&;]+"
    r"|(?<=client_secret=)[^\s'\"&;]+|(?<=[?&]code=)[^\s'\"&;]+",
    re.IGNORECASE,
)
"""How the tokens of Slack and Exact look, and where secrets stand, for those never noted."""
_RUN: Final = re.compile(r"[\w%+/.~\\-]{12,}={0,2}")
"""What may be a secret in another writing."""
_WORD: Final = re.compile(rf"\S{{{_PART},}}")


def note(value: str) -> str:
    """Remember a secret as long as the process lives; gives it back."""
    if len(value) >= _SHORTEST:
        forms = _known.pop(value, None) or _forms(value)
        _known[value] = forms  # the last one noted is the last to be forgotten
        if len(_known) > _MOST:
            del _known[next(iter(_known))]
    return value


def hide(text: str) -> str:
    """The text with every known secret, however it is written, replaced by "…", and with bank
    account numbers as they are shown."""
    for forms in sorted(_known.values(), key=lambda words: len(words[0]), reverse=True):
        for form in forms:
            if form in text:
                text = _without(text, form)
    return mask(_RUN.sub(_hide_run, _WORD.sub(_hide_parts, _TOKENS.sub(_GONE, text))))


def _forms(secret: str) -> tuple[str, ...]:
    """The secret as it is, as Python and JSON write it, and as addresses, forms and pages do."""
    page = secret.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    written = [secret, repr(secret)[1:-1], json.dumps(secret)[1:-1], page]
    with contextlib.suppress(UnicodeEncodeError):  # a lone surrogate has no encoding
        written += [quote(secret, safe=""), quote_plus(secret)]
    return tuple(dict.fromkeys(written))


def _without(text: str, secret: str) -> str:
    if len(secret) >= _PART:
        return text.replace(secret, _GONE)
    # a short one may be a part of our own words: `secret` of `client_secret`
    return re.sub(rf"(?<![\w.-]){re.escape(secret)}(?![\w-])", _GONE, text)


def _hide_parts(hit: re.Match[str]) -> str:
    """A word without what it has of a secret: somebody may have cut the secret."""
    word, kept, at = hit[0], "", 0
    for start, end in _parts(word):
        kept += word[at:start] + _GONE
        at = end
    return kept + word[at:]


def _parts(word: str) -> Iterator[tuple[int, int]]:
    secrets = [secret for secret in _known if len(secret) >= _PART]
    at = 0
    while at + _PART <= len(word):
        end = at
        for secret in secrets:
            reach = at + _PART
            while reach <= len(word) and word[at:reach] in secret:
                end, reach = max(end, reach), reach + 1
        if end > at:
            yield at, end
        at = max(end, at + 1)


def _hide_run(hit: re.Match[str]) -> str:
    readings = _readings(hit[0])
    return _GONE if any(True for read in readings for _ in _parts(read)) else hit[0]


def _readings(run: str) -> Iterator[str]:
    """What a word may stand for: without percent signs, out of base64."""
    plain = unquote_plus(run)
    if plain != run:
        yield plain
        yield unquote_plus(plain)
    packed = plain.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        whole = packed[: len(packed) - (len(packed) % 4 == 1)]
        data = base64.b64decode(whole + "=" * (-len(whole) % 4), validate=True)
    except (binascii.Error, ValueError):
        return
    yield data.decode("utf-8", "replace")


def trace(error: BaseException) -> str:
    """The whole traceback, without secrets."""
    return hide("".join(traceback.format_exception(error)))
