"""One delivery, as its row says."""

import math
import re
import sqlite3
from dataclasses import dataclass
from typing import TypeVar

from exact_slack.ledger.outgoing.actions import Action
from exact_slack.ledger.outgoing.causes import Cause
from exact_slack.ledger.outgoing.payload import Payload
from exact_slack.ledger.outgoing.states import State
from exact_slack.ledger.schema import trouble

_Payload = TypeVar("_Payload", bound=Payload)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row: a message, an edit or a reply on its way to a channel."""

    id: int
    idempotency_key: str
    document_id: int | None
    subject_id: int | None
    head_id: int | None
    action: Action
    route: str
    channel: str
    channel_id: str
    state: State
    cause: Cause
    detail: str
    plain: bool
    attempts: int
    exceptions: tuple[str, ...]
    payload_text: str
    ts: str
    after_ts: str
    not_before: float
    paused_until: float
    """It waits on purpose until then; the columns are called `hold_*`."""
    pause_cause: Cause
    pause_detail: str
    owner: str
    created_at: float
    sending_at: float | None
    done_at: float | None
    ended_at: float
    """When the last attempt was over, where its outcome is unknown."""
    looks: int
    """Complete look-ups since then that did not find it."""
    urgency: int
    shown: str
    """Of a head: the imprint of what it surely shows, "" where that is not known. Of an edit: that
    of its head when it was claimed."""
    loose: str
    loose_channel: str
    """The ts of a reply that stands in the channel itself, and is to be deleted there first."""

    @property
    def sentence(self) -> str:
        """Why it is in its state, for a person."""
        return self.cause.sentence(self.detail)

    @property
    def payload(self) -> Payload:
        """What it brings. DamagedRecord where no version writes such a one."""
        from exact_slack.ledger.outgoing.payloads import TYPES

        return self.payload_of(TYPES[self.action])

    def payload_of(self, kind: type[_Payload]) -> _Payload:
        """What a delivery of a known action brings."""
        assert kind.action is self.action
        with trouble.record("delivery", self.id):
            return kind.from_text(self.payload_text)


_TIMES = ("not_before", "hold_until", "created_at", "ended_at")
_TS = re.compile(r"(\d+\.\d+)?", re.ASCII)


def delivery_of(row: sqlite3.Row) -> Delivery:
    """The row as an object. DamagedRecord where no version writes such a one."""
    with trouble.record("delivery", row["id"]):
        if not all(math.isfinite(row[name]) for name in _TIMES):
            raise ValueError("a time that is none")
        if not _TS.fullmatch(row["ts"]) or not _TS.fullmatch(row["after_ts"]):
            raise ValueError("a ts that is none")
        return _delivery(row)


def _delivery(row: sqlite3.Row) -> Delivery:
    return Delivery(
        id=row["id"],
        idempotency_key=row["key"],
        document_id=row["document"],
        subject_id=row["subject"],
        head_id=row["head"],
        action=Action(row["action"]),
        route=row["route"],
        channel=row["channel"],
        channel_id=row["channel_id"],
        state=State(row["state"]),
        cause=Cause(row["cause"]),
        detail=row["detail"],
        plain=bool(row["plain"]),
        attempts=row["attempts"],
        exceptions=tuple(row["reasons"].split()),
        payload_text=row["before"],
        ts=row["ts"],
        after_ts=row["after_ts"],
        not_before=row["not_before"],
        paused_until=row["hold_until"],
        pause_cause=Cause(row["hold_cause"]),
        pause_detail=row["hold_detail"],
        owner=row["owner"],
        created_at=row["created_at"],
        sending_at=row["sending_at"],
        done_at=row["done_at"],
        ended_at=row["ended_at"],
        looks=row["looks"],
        urgency=row["urgency"],
        shown=row["shown"],
        loose=row["loose"],
        loose_channel=row["loose_channel"],
    )
