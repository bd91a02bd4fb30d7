"""What happened to documents and their messages, as rows that are only ever added.

Each is written in the transaction of the change that it tells, so it never tells what did not
happen, nor misses what did. Nothing but retention takes one away, together with its document."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from exact_slack.ledger.outgoing.causes import Cause
from exact_slack.ledger.outgoing.states import State
from exact_slack.ledger.schema.database import Database
from exact_slack.ledger.schema.trouble import record

if TYPE_CHECKING:
    from exact_slack.ledger.outgoing.delivery import Delivery

LOG_SINCE = "log since"
"""The fact that says when this ledger began to keep a log."""
_MANY = 500
"""Values in one statement."""


class Happened(StrEnum):
    """What a row tells; below it what its body has."""

    SEEN = "seen"
    """`by`; `first` where it was there before the first run, which tells of nothing."""
    CHANGED = "changed"
    """`by`, `changes` (None where what it said before is no longer known), `back` where it had been
    deleted."""
    DELETED = "deleted"
    """`by`"""
    JUDGED = "judged"
    """`took`: route, channel and whether it collects; `left`: route, key, found, wanted;
    `exceptions`: those that fire."""
    EXCEPTION = "exception"
    """`name`, and `comparison` where there is one."""
    LISTED = "listed"
    """It is told by a delivery that is not its own: a digest, a list of what fell due."""
    ATTEMPT = "attempt"
    """One call to Slack: `number`, `began`, `outcome`, `error`, `channel`, `channel_id`, `ts`."""
    LOOKED_UP = "looked up"
    """A complete look-up that did not find it, and is not the last word."""
    STANDS = "stands"
    """It stands in Slack all the same, at `ts`: `why` is how that is known."""
    REMOVED = "removed"
    """We deleted what stood at `ts`."""
    MOVED = "moved"
    """From one state to another: `before`, `state`, `cause`, `detail`, `channel_id`, `ts`; of what
    was posted also `posted_at`."""
    PAUSED = "paused"
    """It waits on purpose: `until`, `cause`, `detail`."""


class Seen(StrEnum):
    """Who noticed a document, or a change of it."""

    POLL = "poll"
    WEBHOOK = "webhook"
    VERIFY = "verify"


class Stands(StrEnum):
    """How a message that stands in Slack was found there."""

    EARLIER_LEDGER = "earlier ledger"
    """An earlier ledger had posted it."""
    LOOSE = "loose"
    """In the channel itself: its thread is gone."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. `at` is in seconds since 1970."""

    id: int
    at: float
    what: Happened
    document_id: int | None
    delivery_id: int | None
    body: dict[str, Any]


class Log:
    """The table `log`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(
        self,
        what: Happened,
        at: float,
        *,
        document: int | None = None,
        delivery: int | None = None,
        **body: object,
    ) -> None:
        """One more row, in the transaction of the change that it tells."""
        self._db.run(
            "INSERT INTO log (at, what, document, delivery, body) VALUES (?,?,?,?,?)",
            at,
            what.value,
            document,
            delivery,
            json.dumps(body, ensure_ascii=False, separators=(",", ":")) if body else "",
        )

    def of_delivery(self, what: Happened, at: float, of: "Delivery", **body: object) -> None:
        """The same about a delivery."""
        self.add(what, at, document=of.document_id, delivery=of.id, **body)

    def attempt(
        self,
        of: "Delivery",
        now: float,
        outcome: str,
        *,
        error: str = "",
        channel_id: str = "",
        ts: str = "",
    ) -> None:
        """A call to Slack is over, whatever became of it."""
        body = {"error": error, "channel_id": channel_id, "ts": ts}
        self.of_delivery(
            Happened.ATTEMPT,
            now,
            of,
            number=of.attempts,
            began=of.sending_at,
            channel=of.channel,
            outcome=outcome,
            **{name: value for name, value in body.items() if value},
        )

    def moved(self, seen: "Delivery", now: "Delivery", at: float) -> None:
        """One step in the table of states, but for those that an attempt tells already."""
        if seen.state is State.SENDING and not _is_told_by_itself(now):
            return
        body = {"cause": now.cause.value, "detail": now.detail}
        stood = seen.state is State.POSTED
        if stood or now.state is State.POSTED:
            body |= {"channel_id": now.channel_id, "ts": now.ts}
        self.of_delivery(
            Happened.MOVED,
            at,
            now,
            before=seen.state.value,
            state=now.state.value,
            channel=now.channel,
            **{name: value for name, value in body.items() if value},
            **({"posted_at": seen.done_at} if stood else {}),
        )

    def carried(
        self,
        at: float,
        document: int | None,
        delivery: int,
        *,
        state: State,
        channel: str,
        cause: Cause,
    ) -> None:
        """It is held from the beginning; or it goes where its head goes."""
        body = {"state": state.value, "channel": channel, "cause": cause.value}
        self.add(Happened.MOVED, at, document=document, delivery=delivery, **body)

    def stands(self, of: "Delivery", now: float, why: Stands, channel_id: str, ts: str) -> None:
        """It was found in Slack, without an attempt that put it there as it should."""
        body = {"why": why.value, "channel": of.channel, "channel_id": channel_id, "ts": ts}
        self.of_delivery(Happened.STANDS, now, of, **body)

    def latest(self, document: int, what: Happened) -> Entry | None:
        """The latest row of a sort about a document."""
        row = self._db.row(
            "SELECT * FROM log WHERE document=? AND +what=? ORDER BY id DESC LIMIT 1",
            document,
            what.value,
        )
        return _entry(row) if row else None

    def of_documents(self, documents: Iterable[int]) -> list[Entry]:
        """All rows about these documents and their deliveries, in the order of writing."""
        return self._found("document", documents)

    def of_deliveries(self, deliveries: Iterable[int]) -> list[Entry]:
        """All rows about these deliveries that are of no document of their own."""
        return self._found("document IS NULL AND delivery", deliveries)

    def _found(self, column: str, ids: Iterable[int]) -> list[Entry]:
        entries: list[Entry] = []
        for some in _by(list(dict.fromkeys(ids)), _MANY):
            marks = ",".join("?" * len(some))
            rows = self._db.rows(f"SELECT * FROM log WHERE {column} IN ({marks})", *some)  # noqa: S608
            entries += self._db.each(rows, _entry)
        return sorted(entries, key=lambda entry: entry.id)

    def since(self) -> float:
        """When this ledger began to keep a log, seconds since 1970: of what was before it only
        knows how it stood then."""
        row = self._db.row("SELECT value FROM facts WHERE name=?", LOG_SINCE)
        return float(row["value"]) if row else 0.0

    def forget(self, documents: Iterable[int], deliveries: Iterable[int], before: float) -> None:
        """Take away what was told before then of documents that the ledger has forgotten, and of
        deliveries that it no longer has."""
        for name, ids in (("document", documents), ("document IS NULL AND delivery", deliveries)):
            for some in _by(list(ids), _MANY):
                marks = ",".join("?" * len(some))
                self._db.run(f"DELETE FROM log WHERE {name} IN ({marks}) AND at<?", *some, before)  # noqa: S608


def _is_told_by_itself(now: "Delivery") -> bool:
    """Whether a step that ended a claim needs a row beside the attempt: no call was made, or what
    came of it is for a person."""
    over = now.state in (State.HELD, State.FAILED, State.SUPERSEDED)
    return over or now.cause is Cause.STANDS_LOOSE


def _entry(row: Any) -> Entry:
    with record("a row of the log,", row["id"]):
        body = json.loads(row["body"]) if row["body"] else {}
        if not isinstance(body, dict):
            raise TypeError("a body that is none")
        what = Happened(row["what"])
        return Entry(row["id"], row["at"], what, row["document"], row["delivery"], body)


def _by(ids: list[int], most: int) -> Iterator[list[int]]:
    return (ids[at : at + most] for at in range(0, len(ids), most))
