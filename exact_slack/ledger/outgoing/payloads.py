"""What a delivery brings beside its document and its head: a type for each action.

A payload is stored as one text. Each type says how, and no text that was ever written becomes
unreadable. Most bring nothing: all they say is said of the document as it is when they are sent."""

import json
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Self

from exact_slack.documents.codec import from_json, to_json
from exact_slack.documents.document import Document
from exact_slack.ledger.outgoing.actions import Action
from exact_slack.ledger.outgoing.payload import Payload


@dataclass(frozen=True, slots=True)
class Head(Payload):
    """What was known of its document when an earlier ledger may have posted it: what changed
    since is told then."""

    action = Action.HEAD
    before: Document | None = None

    def to_text(self) -> str:
        """The document as JSON."""
        return to_json(self.before) if self.before else ""

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The document, or none."""
        return cls(from_json(text) if text else None)


class Edit(Payload):
    """The head shows the present state."""

    action = Action.EDIT


class Details(Payload):
    """What a compact head leaves out."""

    action = Action.DETAILS


@dataclass(frozen=True, slots=True)
class Changed(Payload):
    """The state that the readers know."""

    action = Action.CHANGED
    before: Document

    def to_text(self) -> str:
        """The document as JSON."""
        return to_json(self.before)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The document."""
        return cls(from_json(text))


class Paid(Payload):
    """A payment term was paid."""

    action = Action.PAID


class Deleted(Payload):
    """Exact no longer has the document."""

    action = Action.DELETED


class Present(Payload):
    """The present state, in a reply."""

    action = Action.STATE


@dataclass(frozen=True, slots=True)
class Notice(Payload):
    """So many heads are held in the channel."""

    action = Action.NOTICE
    held: int

    def to_text(self) -> str:
        """The number."""
        return str(self.held)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The number."""
        return cls(int(text))


@dataclass(frozen=True, slots=True)
class Alert(Payload):
    """What exact-slack says of itself."""

    action = Action.ALERT
    said: str

    def to_text(self) -> str:
        """The words."""
        return self.said

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The words."""
        return cls(text)


class File(Payload):
    """A file; the table `files` says which."""

    action = Action.FILE


@dataclass(frozen=True, slots=True)
class Numbered(Payload):
    """A row of a table of its own, by its number."""

    number: int

    def to_text(self) -> str:
        """The number."""
        return str(self.number)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The number."""
        return cls(int(text))


class Digest(Numbered):
    """The number of a digest in the table `digests`."""

    action = Action.DIGEST


class Report(Numbered):
    """The number of a report in the table `reports`."""

    action = Action.REPORT


class Run(Numbered):
    """The number of a payment run in the table `payment_runs`."""

    action = Action.RUN


@dataclass(frozen=True, slots=True)
class Due(Payload):
    """The due date of the document, and the exception that it brought."""

    action = Action.DUE
    exception: str
    due: date

    def to_text(self) -> str:
        """Both, in this order."""
        return f"{self.exception} {self.due.isoformat()}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Both."""
        exception, due = text.split(" ")
        return cls(exception, date.fromisoformat(due))


class DueRow(NamedTuple):
    """One document in a list: its id, the exception that its due date brought, and the route that
    asks for it."""

    document: int
    exception: str
    due: date
    route: str


@dataclass(frozen=True, slots=True)
class DueList(Payload):
    """What fell due in a channel, as it was found on a day. Part 0 is the list and has all rows;
    the others stand in its thread and have those that it does not name."""

    action = Action.DUE_LIST
    day: date
    part: int
    rows: tuple[DueRow, ...]

    def to_text(self) -> str:
        """As JSON."""
        return json.dumps([self.day, self.part, self.rows], default=str)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """As it was."""
        day, part, rows = json.loads(text)
        return cls(
            date.fromisoformat(day),
            int(part),
            tuple(
                DueRow(int(number), str(exception), date.fromisoformat(due), str(route))
                for number, exception, due, route in rows
            ),
        )


@dataclass(frozen=True, slots=True)
class ItemList(Payload):
    """Items of triage by their numbers, as they were unfinished in a channel on a day. Part 0 is
    the list and has all; the others stand in its thread and have those that it does not name."""

    action = Action.ITEMS
    day: date
    part: int
    items: tuple[int, ...]

    def to_text(self) -> str:
        """As JSON."""
        return json.dumps([self.day, self.part, self.items], default=str)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """As it was."""
        day, part, items = json.loads(text)
        return cls(date.fromisoformat(day), int(part), tuple(map(int, items)))


@dataclass(frozen=True, slots=True)
class Escalation(Payload):
    """An item of triage by its number, and when it was opened, in seconds since 1970."""

    action = Action.ESCALATION
    item: int
    opened_at: int

    def to_text(self) -> str:
        """Both, in this order."""
        return f"{self.item} {self.opened_at}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Both."""
        item, opened_at = text.split(" ")
        return cls(int(item), int(opened_at))


@dataclass(frozen=True, slots=True)
class Close(Payload):
    """The number of a close in the table `closes`."""

    action = Action.CLOSE
    close: int

    def to_text(self) -> str:
        """The number."""
        return str(self.close)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The number."""
        return cls(int(text))


@dataclass(frozen=True, slots=True)
class CloseChanged(Payload):
    """A close, how it stood when lines had changed colour (in `close_states`), and whether the
    channel is told: a line is red again after all was green."""

    action = Action.CLOSE_CHANGED
    close: int
    state: int
    loud: bool

    def to_text(self) -> str:
        """As JSON."""
        return json.dumps([self.close, self.state, self.loud])

    @classmethod
    def from_text(cls, text: str) -> Self:
        """As it was."""
        close, state, loud = json.loads(text)
        return cls(int(close), int(state), bool(loud))


@dataclass(frozen=True, slots=True)
class CloseReady(Payload):
    """A close, and how it stood when it was ready."""

    action = Action.CLOSE_READY
    close: int
    state: int

    def to_text(self) -> str:
        """As JSON."""
        return json.dumps([self.close, self.state])

    @classmethod
    def from_text(cls, text: str) -> Self:
        """As it was."""
        close, state = json.loads(text)
        return cls(int(close), int(state))


@dataclass(frozen=True, slots=True)
class CloseManual(Payload):
    """A close, and the words of one of its lines that people tick."""

    action = Action.CLOSE_MANUAL
    close: int
    words: str

    def to_text(self) -> str:
        """As JSON."""
        return json.dumps([self.close, self.words])

    @classmethod
    def from_text(cls, text: str) -> Self:
        """As it was."""
        close, words = json.loads(text)
        return cls(int(close), str(words))


TYPES: dict[Action, type[Payload]] = {
    each.action: each
    for each in (
        Head, Edit, Changed, Paid, Deleted, Present, Notice, Alert, File, Digest, Report,
        Due, DueList, Details, ItemList, Escalation, Run,
        Close, CloseChanged, CloseReady, CloseManual,
    )
}  # fmt: skip
