"""What a delivery does in its channel, and all that differs by it: one row of traits an action.

Nothing else in the program lists actions, so a new one is a row here, its payload in `payloads.py`
and how it is shown in `deliver/presenter.py`. What asks for `Action.HEAD` asks for the head of a
document: there is one of those for each document and channel, and no other action is one."""

from dataclasses import dataclass
from enum import Enum, StrEnum

from exact_slack.documents.event import Event


class Action(StrEnum):
    """What a delivery does in its channel."""

    HEAD = "head"
    EDIT = "edit"
    RUN = "run"
    """A payment run, as a head of its own."""
    DETAILS = "details"
    """A reply: what a compact head leaves out."""
    CHANGED = "changed"
    PAID = "paid"
    DELETED = "deleted"
    STATE = "state"
    """The present state as a reply, where Slack no longer lets the head be edited."""
    NOTICE = "notice"
    ALERT = "alert"
    FILE = "file"
    """A file in the thread of a head, a digest or a report, or the line that says why it is not
    there."""
    DIGEST = "digest"
    REPORT = "report"
    DUE = "due"
    """A reply: the document became due soon, or overdue."""
    DUE_LIST = "due_list"
    """All that became due soon or overdue in a channel on one day; what does not fit into one
    message follows in its thread."""

    ITEMS = "items"
    """What is unfinished in a channel on one day; what does not fit follows in its thread."""
    ESCALATION = "escalation"
    """A reply: nobody has taken the item."""
    CLOSE = "close"
    """How the end of a period stands in a company; it is edited as a document's head is."""
    CLOSE_CHANGED = "close_changed"
    """A reply: which lines of a close changed colour."""
    CLOSE_READY = "close_ready"
    """A reply: nothing is left to do."""
    CLOSE_MANUAL = "close_manual"
    """A reply on which somebody ticks a line of a close."""

    @property
    def traits(self) -> "Traits":
        """What is so of every delivery of this action."""
        return TRAITS[self]


class Call(StrEnum):
    """Slack's methods that bring a delivery; each has its own limit, and its own pace."""

    POST = "chat.postMessage"
    UPDATE = "chat.update"
    """Shows nothing new, so it may be repeated, and needs no key to be found again."""
    UPLOAD = "files"
    """Bears no key of ours: Slack's id of the file tells which one it is."""


class Identity(Enum):
    """What tells one message from all others, in every ledger of a customer (`keys.py`)."""

    NONE = "it is of the moment, or needs none"
    DOCUMENT = "its document"
    STATE = "its document and the state that this has reached: each may be told"
    FILE = "its document and Exact's id of the file"
    DIGEST = "its route and when it was due"
    REPORT = "its name and when it was due, or asked for"
    DUE = "its document, and which exception its due date brought"
    DAY = "its channel and day"
    RUN = "when and by whom its payments were selected"
    OPENING = "its document, and when it was opened as an item"
    CLOSE = "its company and period, and which of its lines or mornings"


class Broadcast(Enum):
    """When a reply is shown in the channel, too."""

    NEVER = "never"
    EXCEPTION = "if it tells of an exception"
    PAYMENT = "unless the route says otherwise"
    TOLD = "if what it brings says so"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What is so of every delivery of an action."""

    call: Call = Call.POST
    identity: Identity
    event: Event = Event.MODIFIED
    """What a silence takes it for."""
    broadcast: Broadcast = Broadcast.NEVER
    has_thread: bool = False
    """Other deliveries go under it, and wait for it."""
    shows_head: bool = False
    """It shows what a head shows."""
    tells_later: bool = False
    """It is rendered when it is sent, so it tells what a later one of its kind would, too."""
    head_tells: bool = False
    """A head that is posted after it was planned leaves it nothing to say."""
    is_kept: bool = False
    """Retention leaves it in the ledger: other records refer to it."""
    tells_of_change: bool = False
    """It tells of what happened in Exact, as soon as it can: how long that took is counted."""
    drops_payload: bool = False
    """Once it is over, nothing asks what it brought."""

    @property
    def is_edit(self) -> bool:
        """Whether it changes what stands in Slack already."""
        return self.call is Call.UPDATE

    @property
    def is_file(self) -> bool:
        """Whether it brings a file."""
        return self.call is Call.UPLOAD

    @property
    def bears_key(self) -> bool:
        """Whether its message bears our key in Slack."""
        return self.call is Call.POST


_OF_DOCUMENT, _OF_STATE = Identity.DOCUMENT, Identity.STATE
TRAITS: dict[Action, Traits] = {
    Action.HEAD: Traits(
        identity=_OF_DOCUMENT,
        event=Event.CREATED,
        has_thread=True,
        shows_head=True,
        is_kept=True,
        tells_of_change=True,
        drops_payload=True,
    ),
    Action.EDIT: Traits(call=Call.UPDATE, identity=Identity.NONE, shows_head=True, head_tells=True),
    Action.RUN: Traits(
        identity=Identity.RUN, event=Event.CREATED, has_thread=True, shows_head=True, is_kept=True
    ),
    Action.DETAILS: Traits(identity=_OF_DOCUMENT, event=Event.CREATED, tells_later=True),
    Action.CHANGED: Traits(
        identity=_OF_STATE,
        broadcast=Broadcast.EXCEPTION,
        tells_later=True,
        tells_of_change=True,
        head_tells=True,
    ),
    Action.PAID: Traits(
        identity=_OF_DOCUMENT,
        event=Event.PAID,
        broadcast=Broadcast.PAYMENT,
        tells_later=True,
        tells_of_change=True,
        is_kept=True,
    ),
    Action.DELETED: Traits(identity=_OF_DOCUMENT, event=Event.DELETED),
    Action.STATE: Traits(identity=_OF_STATE, shows_head=True, tells_later=True),
    Action.NOTICE: Traits(identity=Identity.NONE),
    Action.ALERT: Traits(identity=Identity.NONE),
    Action.FILE: Traits(call=Call.UPLOAD, identity=Identity.FILE, is_kept=True),
    Action.DIGEST: Traits(identity=Identity.DIGEST, has_thread=True),
    Action.REPORT: Traits(identity=Identity.REPORT, has_thread=True),
    Action.DUE: Traits(identity=Identity.DUE, broadcast=Broadcast.EXCEPTION),
    Action.DUE_LIST: Traits(identity=Identity.DAY, has_thread=True),
    Action.ITEMS: Traits(identity=Identity.DAY, has_thread=True),
    Action.ESCALATION: Traits(identity=Identity.OPENING, broadcast=Broadcast.ALWAYS),
    Action.CLOSE: Traits(
        identity=Identity.CLOSE, has_thread=True, shows_head=True, tells_later=True, is_kept=True
    ),
    Action.CLOSE_CHANGED: Traits(identity=Identity.CLOSE, broadcast=Broadcast.TOLD),
    Action.CLOSE_READY: Traits(identity=Identity.CLOSE, broadcast=Broadcast.ALWAYS),
    Action.CLOSE_MANUAL: Traits(identity=Identity.CLOSE, is_kept=True),
}
