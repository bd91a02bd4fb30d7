"""What `log` tells of a document, as values."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from exact_slack.config.timing import iso


class What(StrEnum):
    """What happened. What was told once is told with the same words and time for ever."""

    SEEN = "seen"
    CHANGED = "changed"
    EXCEPTION = "exception"
    ROUTED = "routed"
    LEFT = "left"
    """A route did not take it; or a message was not needed after all."""
    ATTEMPT = "attempt"
    LOOKED_UP = "looked_up"
    POSTED = "posted"
    EDITED = "edited"
    REPLIED = "replied"
    FILE = "file"
    HELD = "held"
    """A message waits for a person, or on purpose; failed; or was released."""
    TRIAGE = "triage"
    DELETED = "deleted"
    """In Exact; or, of a message, in Slack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened. `at` is in seconds since 1970; what does not apply is ""."""

    at: float
    what: What
    of: int | None = None
    """Row id of the document that it happened to, where that is another one of the story."""
    by: str = ""
    delivery: int | None = None
    action: str = ""
    channel: str = ""
    channel_id: str = ""
    ts: str = ""
    outcome: str = ""
    cause: str = ""
    route: str = ""
    exception: str = ""
    comparison: str = ""
    until: float = 0.0
    changes: list[dict[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A delivery as it stands now."""

    delivery: int
    action: str
    route: str
    channel: str
    state: str
    why: str
    since: float
    ts: str
    link: str


@dataclass(frozen=True, slots=True)
class Named:
    """What says which document it is."""

    id: int
    division: int
    kind: str
    number: str
    key: str

    def as_json(self) -> dict[str, object]:
        """For a program."""
        return {
            "division": self.division,
            "kind": self.kind,
            "number": self.number,
            "key": self.key,
        }


@dataclass(frozen=True, slots=True)
class Story:
    """A document with all that is known to have happened to it, in order of time."""

    named: Named
    account: str
    reference: str
    amount: str | None
    currency: str
    deleted: bool
    page: str
    known_since: float
    """Before this only how it stood is known; 0 where all is."""
    others: dict[int, Named]
    """Documents that share its story, by row id."""
    events: tuple[Event, ...]
    messages: tuple[Message, ...]
    workspace: str
    """Where its messages' links begin; "" where that is not known."""

    def link(self, event: Event) -> str:
        """Where the message of an event stands."""
        return link_of(self.workspace, event.channel_id, event.ts)

    def as_json(self) -> dict[str, object]:
        """An element of `documents`."""
        return {
            **self.named.as_json(),
            "account": self.account,
            "reference": self.reference,
            "amount": self.amount,
            "currency": self.currency,
            "deleted": self.deleted,
            "page": self.page,
            "known_since": iso(self.known_since) if self.known_since else None,
            "events": [self._event(event) for event in self.events],
            "messages": [_message(message) for message in self.messages],
        }

    def _event(self, event: Event) -> dict[str, object]:
        fields: dict[str, object] = {"at": iso(event.at), "what": event.what.value}
        other = self.others.get(event.of or 0)
        if other is not None:
            fields["of"] = other.as_json()
        if event.delivery is not None:
            names = ("delivery", "action", "channel", "ts")
            fields |= {name: getattr(event, name) for name in names}
            fields |= {"link": self.link(event), "outcome": event.outcome}
        rest = ("by", "route", "channel", "exception", "comparison", "outcome", "cause")
        fields |= {name: getattr(event, name) for name in rest if getattr(event, name)}
        if event.until:
            fields["until"] = iso(event.until)
        if event.changes is not None:
            fields["changes"] = event.changes
        return fields


def _message(message: Message) -> dict[str, object]:
    return {
        "delivery": message.delivery,
        "action": message.action,
        "route": message.route,
        "channel": message.channel,
        "state": message.state,
        "why": message.why,
        "since": iso(message.since),
        "ts": message.ts,
        "link": message.link,
    }


def link_of(workspace: str, channel_id: str, ts: str) -> str:
    """As Slack's own chat.getPermalink writes it."""
    if not (workspace and channel_id and ts):
        return ""
    return f"{workspace.rstrip('/')}/archives/{channel_id}/p{ts.replace('.', '')}"
