"""A route of the config: which documents it takes, and how their messages go out."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_validator

from exact_slack.config.match import takes_kind
from exact_slack.config.people import Address, ByRole, Mentioned, Role, plain_mention
from exact_slack.config.template import Template
from exact_slack.config.timing import Day, Digest, Quiet, TimeOfDay
from exact_slack.config.values import (
    Duration,
    Events,
    Exceptions,
    Locale,
    Section,
    Text,
    Texts,
    as_list,
    empty_section,
    one_of,
)
from exact_slack.documents.kinds import BY_NAME_ONLY, Kind

_COMPARISON = re.compile(r"(>=|<=|!=|==|=|>|<)\s*(-?\d[\d_]*(?:\.(?!\d{3}$)\d+)?)")
"""Three decimals are refused: who writes 10.000 may mean ten thousand."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison of an amount: `>= 10000`."""

    operator: str
    amount: Decimal

    @classmethod
    def parse(cls, value: str) -> tuple["Comparison", ...]:
        """From ">= 1000" or ">= 1000 and < 5000"; all must hold. ValueError where it is none."""
        comparisons = [_COMPARISON.fullmatch(part.strip()) for part in str(value).split(" and ")]
        if not all(comparisons):
            raise ValueError(
                'a comparison such as ">= 10000", or ">= 1000 and < 5000" (no point in thousands)'
            )
        return tuple(
            cls(operator=m[1], amount=Decimal(m[2].replace("_", ""))) for m in comparisons if m
        )

    def holds(self, amount: Decimal) -> bool:
        """Whether the amount satisfies it."""
        return {
            ">=": amount >= self.amount,
            "<=": amount <= self.amount,
            ">": amount > self.amount,
            "<": amount < self.amount,
            "!=": amount != self.amount,
        }.get(self.operator, amount == self.amount)


def _amounts(value: Any) -> Any:
    return [Comparison.parse(item) for item in as_list(value)]


KindName = Annotated[Text, AfterValidator(one_of(*[k.value for k in Kind]))]
Kinds = Annotated[tuple[KindName, ...], BeforeValidator(as_list), Field(min_length=1)]


Amounts = Annotated[
    tuple[tuple[Comparison, ...], ...], BeforeValidator(_amounts), Field(min_length=1)
]


def _given(value: Any) -> Any:
    """A key that is there but empty would silently mean "no condition"."""
    if value is None:
        raise ValueError("a value, or no such key")
    return value


class When(Section):
    """The conditions of a route. All given keys must hold; a list is any of its plain values
    and none of its "!x" values."""

    @field_validator("*", mode="before")
    @classmethod
    def _not_empty(cls, value: Any) -> Any:
        return _given(value)

    kind: Kinds | None = None

    def takes(self, kind: Kind) -> bool:
        """Whether it takes documents of this kind, as far as `kind` decides that."""
        return takes_kind(self.kind, kind.value, by_name_only=kind in BY_NAME_ONLY)

    division: Texts | None = None
    event: Events | None = None
    amount: Amounts | None = None
    currency: Texts | None = None
    account: Texts | None = None
    cost_center: Texts | None = None
    cost_unit: Texts | None = None
    gl_account: Texts | None = None
    journal: Texts | None = None
    project: Texts | None = None
    status: Texts | None = None
    creator: Texts | None = None
    exception: Exceptions | None = None


class Silence(Section):
    """What is held back up to the end of a day. Nothing is dropped: it goes out afterwards."""

    match: When
    until: Day
    reason: Text


Mention = Annotated[str, AfterValidator(plain_mention)]


class Escalate(Section):
    """What nobody has taken after so long is told in its thread and in the channel."""

    after: Duration
    mention: Mention | None = None


class Triage(Section):
    """Each message of the route is somebody's until it is done. `true`: neither list nor
    escalation."""

    remind: TimeOfDay | None = None
    escalate: Escalate | None = None
    alert_after: Duration = "5d"


class Route(Section):
    """Which documents go to which channel. With `digest` it collects them into one message."""

    name: Text
    when: When = empty_section()
    address: Address = Field(alias="channel")
    mention: Mentioned | None = None
    otherwise: bool = False
    attachments: bool = False
    broadcast_payments: bool = True
    steps: bool = False
    layout: Literal["full", "compact"] = "full"
    group: Literal["batch"] | None = None
    locale: Locale | None = None
    template: Template | None = None
    digest: Digest | None = None
    triage: Triage | None = None
    quiet: Quiet | None = None
    silences: tuple[Silence, ...] = ()

    @property
    def channel(self) -> str:
        """Where its messages go; where they go to people, what has none goes there."""
        return self.address if isinstance(self.address, str) else self.address.otherwise or ""

    @property
    def to_people(self) -> Role | None:
        """Whom its messages go to, where they go to people."""
        return self.address.person if isinstance(self.address, ByRole) else None

    @property
    def is_compact(self) -> bool:
        """Whether its messages have two lines, and a reply the rest."""
        return self.layout == "compact"

    @field_validator("triage", mode="before")
    @classmethod
    def _switched(cls, value: Any) -> Any:
        return {True: {}, False: None}[value] if isinstance(value, bool) else value
