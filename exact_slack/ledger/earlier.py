"""What an earlier life of this customer's ledger left in Slack: a ledger that was restored does not
know what was posted since its copy was made, one that begins anew knows nothing at all."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from exact_slack.ledger.schema.database import Database

_DOUBT, _COPIED, _ID = "doubt", "copied at", "ledger id"
THREADS_FOR = 7 * 86400.0
"""Seconds after a restore for which threads that the copy knows are looked through before a reply
goes there: by then everything since the copy was read anew."""


class Sign(StrEnum):
    """By what it was noticed that this ledger may not know all of its messages."""

    COPY = "copy"
    """It says so itself, or another one ran after it."""
    UNMARKED = "unmarked"
    """It has run, and nothing beside it tells which ledger ran last."""
    GONE = "gone"
    """It begins anew, and another one ran before it."""
    LEFT = "left"
    """It begins anew, and what runs leave behind is older."""
    ELSEWHERE = "elsewhere"
    """It begins anew, and one of a config that is gone lies elsewhere."""
    STANDS = "stands"
    """A message that it was about to post stood in Slack already."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Slack may hold messages that this ledger does not know. Seconds since 1970."""

    sign: Sign
    noticed: float
    since: float
    """When the copy was made; 0 where the ledger begins anew."""
    gone_since: float = 0.0
    """When the ledger that was there before was last used."""
    lies_in: str = ""
    """Where that lies, if it does."""
    told: bool = False


class Earlier:
    """The tables `left_behind` and `surveyed`, and the facts about where this ledger comes from."""

    def __init__(self, db: Database) -> None:
        self._db = db

    # -- is there a doubt ---------------------------------------------------------------------

    def doubt(self) -> Doubt | None:
        """The latest one."""
        value = self._fact(_DOUBT)
        try:
            return _doubt(json.loads(value)) if value else None
        except (ValueError, TypeError):
            # damaged: rather look once too often
            return Doubt(Sign.STANDS, 0.0, 0.0, told=True)

    def set_doubt(self, doubt: Doubt) -> None:
        """From now on places are looked through before anything goes there."""
        with self._db.transaction():
            self._set(_DOUBT, json.dumps(asdict(doubt)))
            self._db.run("DELETE FROM facts WHERE name=?", _COPIED)

    def copied_at(self) -> float | None:
        """When this file was made as a copy; None for one that is the ledger itself."""
        value = self._fact(_COPIED)
        try:
            return float(value) if value else None
        except ValueError:
            return 0.0

    def mark_copy(self, now: float) -> None:
        """This file is a copy: whoever opens it as the ledger has restored it."""
        with self._db.transaction():
            self._set(_COPIED, repr(now))

    def is_named(self) -> bool:
        """Whether it has a name: one that an early version made has none."""
        return self._fact(_ID) is not None

    def identity(self, fresh: str) -> str:
        """What tells this ledger from others; `fresh` where it has no name yet."""
        identity = self._fact(_ID)
        if identity is None:
            with self._db.transaction():
                self._set(_ID, fresh)
        return identity or fresh

    def _fact(self, name: str) -> str | None:
        row = self._db.row("SELECT value FROM facts WHERE name=?", name)
        return str(row["value"]) if row else None

    def _set(self, name: str, value: str) -> None:
        self._db.run("INSERT OR REPLACE INTO facts VALUES (?,?)", name, value)

    # -- what stands in Slack -----------------------------------------------------------------

    def surveyed_at(self, channel_id: str, thread_ts: str) -> float:
        """When a channel or thread was last looked through; 0 where never."""
        row = self._db.row(
            "SELECT at FROM surveyed WHERE channel_id=? AND thread_ts=?", channel_id, thread_ts
        )
        return float(row["at"]) if row else 0.0

    def surveyed(
        self, channel_id: str, thread_ts: str, seen: Mapping[str, str], now: float
    ) -> None:
        """A channel or thread was looked through: remember which keys stand there that this ledger
        does not know, with their ts."""
        with self._db.transaction():
            self._db.run(
                "INSERT OR REPLACE INTO surveyed VALUES (?,?,?)", channel_id, thread_ts, now
            )
            for key, ts in seen.items():
                self._db.run(
                    "INSERT INTO left_behind (channel_id, key, ts) SELECT ?,?,? WHERE NOT EXISTS"
                    " (SELECT 1 FROM deliveries WHERE key=? AND state='posted')"
                    " ON CONFLICT DO NOTHING",
                    channel_id,
                    key,
                    ts,
                    key,
                )

    def unknown(self, keys: Iterable[str]) -> bool:
        """Whether one of these keys is none of this ledger's."""
        sql = "SELECT 1 FROM deliveries WHERE key=?"
        return any(self._db.row(sql, key) is None for key in keys)

    def has_left(self, channel_id: str) -> bool:
        """Whether anything stands in the channel that this ledger did not know when it looked."""
        sql = "SELECT 1 FROM left_behind WHERE channel_id=? LIMIT 1"
        return self._db.row(sql, channel_id) is not None

    def find(self, channel_id: str, keys: Iterable[str]) -> tuple[str, str] | None:
        """Key and ts of the first of these that stands there and is nobody's yet."""
        for key in keys:
            row = self._db.row(
                "SELECT ts FROM left_behind WHERE channel_id=? AND key=? AND delivery IS NULL",
                channel_id,
                key,
            )
            if row:
                return key, str(row["ts"])
        return None

    def adopt(self, channel_id: str, key: str, delivery: int) -> None:
        """That message is this delivery's."""
        self._db.run(
            "UPDATE left_behind SET delivery=? WHERE channel_id=? AND key=?",
            delivery,
            channel_id,
            key,
        )

    def latest_left(self, channel_id: str) -> float:
        """When the latest of those messages was posted; 0 where there is none."""
        row = self._db.row(
            "SELECT max(ts) AS ts FROM left_behind WHERE channel_id=? AND ts<':'", channel_id
        )
        return float(row["ts"] or 0.0) if row else 0.0

    def is_adopted(self, delivery: int) -> bool:
        """Whether an earlier ledger posted it."""
        return self._db.row("SELECT 1 FROM left_behind WHERE delivery=?", delivery) is not None

    def latest_ts(self, channel_id: str) -> str:
        """The ts of our latest message in a channel as far as this ledger knows, or "". What comes
        after the digits is none: a damaged record."""
        row = self._db.row(
            "SELECT max(ts) AS ts FROM deliveries WHERE channel_id=? AND ts<>'' AND ts<':'",
            channel_id,
        )
        return str(row["ts"] or "") if row else ""


def _doubt(values: dict[str, Any]) -> Doubt:
    """As it is remembered; one without a sign was noticed by an earlier version."""
    doubt = Doubt(**{"sign": Sign.STANDS, **values})
    if "sign" in values:
        return replace(doubt, sign=Sign(doubt.sign))
    if doubt.since:
        return replace(doubt, sign=Sign.COPY)
    if doubt.lies_in:
        return replace(doubt, sign=Sign.ELSEWHERE)
    return replace(doubt, sign=Sign.GONE) if doubt.gone_since else doubt


def file_key(thread_ts: str, name: str) -> str:
    """What a file in a thread is known by: it bears no key of ours."""
    return f"file {thread_ts} {name}"
