"""The kinds of values that a config file has: texts, lists of texts, names out of a list."""

import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from exact_slack.documents.exceptions import ExceptionKind

EVENTS = ("created", "modified", "deleted", "paid")
EXCEPTIONS = tuple(exception.value for exception in ExceptionKind)


class Section(BaseModel):
    """A mapping of the config. Unknown keys are mistakes."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, arbitrary_types_allowed=True, defer_build=True
    )


COMPANY_MAX = 40
"""Characters of a company's name in a message."""


def empty_section() -> Any:
    """The default of a section that is not given: validated within its parent, so that pydantic
    need not build it on its own at every start (a third of the time that the config took)."""
    return Field(default_factory=dict, validate_default=True)


def as_list(value: Any) -> Any:
    """One value stands for a list of one."""
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("a text")
    if not str(value).strip():
        raise ValueError("a text that is not empty")
    return str(value)


def one_of(*names: str) -> Callable[[str], str]:
    """A check that a text is one of the names, a glob for some of them, or `!` and such a one."""

    def check(value: str) -> str:
        bare = value.removeprefix("!")
        if not any(fnmatchcase(name, bare) for name in names):
            raise ValueError("one of " + ", ".join(names))
        return value

    return check


DURATION = r"^\d{1,6}[mhdwy]$"
_UNITS = {"m": 60.0, "h": 3600.0, "d": 86400.0, "w": 7 * 86400.0, "y": 365 * 86400.0}


def _duration(value: Any) -> str:
    if not re.match(DURATION, str(value), re.ASCII):
        raise ValueError("a duration such as 30m, 2h or 7d")
    return str(value)


def seconds(duration: str) -> float:
    """A duration of the config."""
    return int(duration[:-1]) * _UNITS[duration[-1]]


Duration = Annotated[str, BeforeValidator(_duration)]
Text = Annotated[str, BeforeValidator(_text)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(as_list), Field(min_length=1)]
EventName = Annotated[Text, AfterValidator(one_of(*EVENTS))]
ExceptionName = Annotated[Text, AfterValidator(one_of(*EXCEPTIONS))]
Events = Annotated[tuple[EventName, ...], BeforeValidator(as_list), Field(min_length=1)]
Exceptions = Annotated[tuple[ExceptionName, ...], BeforeValidator(as_list), Field(min_length=1)]

_COUNTRIES = {
    "en": ("GB", "US", "IE"),
    "nl": ("NL", "BE"),
    "de": ("DE", "AT", "CH", "LU"),
    "fr": ("FR", "BE", "LU", "CH"),
    "es": ("ES",),
}
LOCALES = frozenset(_COUNTRIES) | {f"{a}_{b}" for a, bs in _COUNTRIES.items() for b in bs}
"""Locales that messages can be written in; all known to Babel."""


def _known_locale(value: str) -> str:
    if value not in LOCALES:
        raise ValueError("a locale such as en_GB, nl_NL, nl_BE, de_DE, fr_FR, es_ES")
    return value


Locale = Annotated[str, AfterValidator(_known_locale)]
