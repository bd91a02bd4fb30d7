"""Whom a message is for: what Exact knows of people, and who that is in Slack. Ids come from here
only, never from data."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, Field, PlainSerializer, PlainValidator

from exact_slack.config.channels import channel
from exact_slack.config.values import Section, Text


class Role(StrEnum):
    """What somebody is to a document. The order is that of the section `people`."""

    CREATOR = "creator"
    ACCOUNT_MANAGER = "account_manager"
    COST_CENTER = "cost_center"


ROLES = tuple(role.value for role in Role)
_SLACK_ID = r"[USW][A-Z0-9]{2,}"


def _slack_id(value: str) -> str:
    if not re.fullmatch(_SLACK_ID, value):
        raise ValueError("the id of a Slack user (U…) or user group (S…)")
    return value


SlackId = Annotated[Text, AfterValidator(_slack_id)]
Entries = Annotated[dict[Text, SlackId], Field(min_length=1)]


def is_group(slack_id: str) -> bool:
    """Whether it is a user group: nobody to write to."""
    return slack_id.startswith("S")


def is_person(channel: str) -> bool:
    """Whether what a delivery has for its channel is a person: a direct message."""
    return channel.startswith(("U", "W"))


class People(Section):
    """What Exact knows of people, and who that is in Slack. Of what fits, the first counts."""

    creator: Entries | None = None
    account_manager: Entries | None = None
    cost_center: Entries | None = None

    def of(self, role: Role) -> dict[str, str]:
        """The entries of a role, in the order of the file."""
        entries: dict[str, str] | None = getattr(self, role.value)
        return entries or {}


@dataclass(frozen=True, slots=True)
class ByRole:
    """Somebody who is found through `people`, and what is taken where nobody is."""

    person: Role
    otherwise: str | None = None


_LIKE = "{person: creator, account_manager or cost_center, else: %s}"


def _by_role(value: dict[Any, Any], form: str) -> ByRole:
    person = value.get("person")
    if not {*value} <= {"person", "else"} or person not in ROLES:
        raise ValueError(_LIKE % form)
    return ByRole(Role(person), value.get("else"))


def mention(value: Any) -> str | ByRole:
    """Whom a message mentions; ValueError says what may stand there."""
    if isinstance(value, ByRole):
        return value
    wanted = f"a Slack user (U…), a user group (S…), here, or {_LIKE % 'U0123ABCD'}"
    if not isinstance(value, dict):
        return plain_mention(value, wanted)
    by_role = _by_role(value, "U0123ABCD")
    if by_role.otherwise is not None:
        plain_mention(by_role.otherwise, "for else a Slack user (U…), a user group (S…) or here")
    return by_role


def plain_mention(value: Any, wanted: str = "a Slack user (U…), a user group (S…) or here") -> str:
    """Somebody by id, or here."""
    text = str(value) if isinstance(value, str) else ""
    if text != "here" and not re.fullmatch(_SLACK_ID, text):
        raise ValueError(wanted)
    return text


def address(value: Any) -> str | ByRole:
    """Where messages go: a channel, or a person; ValueError says what may stand there."""
    if isinstance(value, ByRole):
        return value
    if not isinstance(value, dict):
        if value is None:
            raise ValueError('a text; one that begins with # stands in quotes, as "#finance"')
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ValueError("a text")
        return channel(str(value))
    by_role = _by_role(value, '"#finance"')
    if not isinstance(by_role.otherwise, str):
        raise ValueError('else as well, a channel such as "#finance": not everybody is in `people`')
    channel(by_role.otherwise)
    return by_role


def _written(value: str | ByRole) -> Any:
    if isinstance(value, ByRole):
        return {"person": value.person.value, **({"else": o} if (o := value.otherwise) else {})}
    return value


Mentioned = Annotated[str | ByRole, PlainValidator(mention), PlainSerializer(_written)]
Address = Annotated[str | ByRole, PlainValidator(address), PlainSerializer(_written)]
