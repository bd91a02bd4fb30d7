"""The cases of `route test`: a document in a few words, and where it must go.

They stand in the config under `tests`, or in a file of their own as a list."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import (
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from exact_slack.config.file.source import Location, Source, mistakes, read
from exact_slack.config.values import (
    EXCEPTIONS,
    EventName,
    ExceptionName,
    Section,
    Text,
    Texts,
    as_list,
)
from exact_slack.documents.kinds import STATUS_WORDS, Kind
from exact_slack.errors import ConfigError

_MOST_CENTS = Decimal("1e15")
Amount = Annotated[Decimal, Field(allow_inf_nan=False, ge=-_MOST_CENTS, le=_MOST_CENTS)]


class CaseDocument(Section):
    """What the rules can look at. A list stands for several lines (cost centers, accounts of
    the ledger, projects), or for the code and the name of the other party or the journal."""

    kind: Kind
    division: Annotated[int, Field(strict=True, ge=1)] | None = None
    """None: the first one of the config."""
    amount: Amount | None = None
    """In the company's currency."""
    currency: Text = "EUR"
    account: Texts | None = None
    cost_center: Texts | None = None
    cost_unit: Texts | None = None
    gl_account: Texts | None = None
    journal: Texts | None = None
    project: Text | None = None
    status: Text | None = None
    creator: Text | None = None
    number: Text | None = None
    reference: Text | None = None
    description: Text | None = None

    @field_validator("status")
    @classmethod
    def _known_status(cls, status: str | None, info: ValidationInfo) -> str | None:
        kind = info.data.get("kind")
        if status and kind and not status.isdigit() and status not in STATUS_WORDS[kind].values():
            words = ", ".join(dict.fromkeys(STATUS_WORDS[kind].values()))
            raise ValueError(f"for a {kind} one of {words}, or Exact's number")
        return status

    def status_code(self) -> int | None:
        """Exact's number for the status."""
        if self.status is None or self.status.isdigit():
            return int(self.status) if self.status else None
        words = STATUS_WORDS[self.kind]
        return next(code for code, word in words.items() if word == self.status)


def _names(value: Any) -> Any:
    return () if value is None else as_list(value)


class Case(Section):
    """One case. The routes or the channels are those that get a message of it."""

    name: Text
    document: CaseDocument
    event: EventName = "created"
    exception: tuple[ExceptionName, ...] = ()
    """Exceptions that fire: they depend on the ledger, so the case says which."""
    routes: tuple[Text, ...] | None = None
    channels: tuple[Text, ...] | None = None

    @model_validator(mode="before")
    @classmethod
    def _lists(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        lists = ("routes", "channels", "exception")
        return {k: _names(v) if k in lists else v for k, v in values.items()}

    @model_validator(mode="after")
    def _expects(self) -> "Case":
        if self.routes is None and self.channels is None:
            raise ValueError("routes or channels (an empty list for none)")
        if any(mark in self.event for mark in "!*?["):
            raise ValueError("one event: created, modified, deleted or paid")
        if any(name not in EXCEPTIONS for name in self.exception):
            raise ValueError("exceptions by their names")
        return self


class Known(NamedTuple):
    """What the config has, in its order."""

    routes: tuple[str, ...]
    channels: tuple[str, ...]


def load_cases(path: Path, names: Known) -> tuple[tuple[Case, ...], Source]:
    """The cases of a file and where they stand; ConfigError names file, line and key."""
    source = read(path)
    if not isinstance(source.values, list) or not source.values:
        raise ConfigError(f"{path}:1: found no list, expected cases: - {{name: …, document: …}}.")
    try:
        cases = TypeAdapter(tuple[Case, ...]).validate_python(source.values)
    except ValidationError as error:
        raise mistakes(source, error, Case) from None
    check_known(source, (), cases, names)
    return cases, source


def check_known(source: Source, before: Location, cases: tuple[Case, ...], listed: Known) -> None:
    """ConfigError where a case names a route or a channel that the config does not have."""
    lines: list[str] = []
    for index, case in enumerate(cases):
        for key, names in (("routes", listed.routes), ("channels", listed.channels)):
            for place, name in enumerate(getattr(case, key) or ()):
                if name not in names:
                    where = (*before, index, key, place)
                    lines.append(source.mistake(where, repr(name), "one of " + ", ".join(names)))
    if lines:
        raise ConfigError("\n".join(lines))
