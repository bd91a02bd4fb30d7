"""Channels as the config names them: their ids, and which take nothing just now."""

from exact_slack.ledger.schema.database import Database

_LATER = "NOT channels.checked_at - excluded.checked_at BETWEEN 0.001 AND 120"
"""Nobody asked later. Seconds: further apart, the local clock was set back."""


class Channels:
    """The table `channels`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def id_of(self, channel: str) -> str:
        """The id of a channel as last resolved, or ""."""
        row = self._db.row("SELECT id FROM channels WHERE name=?", channel)
        return str(row["id"]) if row else ""

    def resolved(self, channel: str, channel_id: str, asked_at: float, found_ts: str = "") -> None:
        """The channel exists and takes messages: what it held back goes on. `found_ts` is Slack's
        own time of that, in the form of a message's ts. Another process may know better: who
        asked last is believed."""
        with self._db.transaction():
            self._db.run(
                "INSERT INTO channels (name, id, checked_at, found_ts) VALUES (?,?,?,?)"  # noqa: S608
                " ON CONFLICT (name) DO UPDATE SET id=excluded.id, parked='',"
                " checked_at=excluded.checked_at, found_ts=excluded.found_ts"
                f" WHERE {_LATER}",
                channel,
                channel_id,
                asked_at,
                found_ts,
            )

    def checked_since(self, channel: str, moment: float) -> bool:
        """Whether Slack was asked for the channel since then."""
        return bool(
            self._db.row("SELECT 1 FROM channels WHERE name=? AND checked_at>=?", channel, moment)
        )

    def doubt(self, channel: str) -> None:
        """Another channel may bear the name by now: Slack is asked before anything is sent."""
        self._db.run("UPDATE channels SET checked_at=0 WHERE name=?", channel)

    def park(self, channel: str, sentence: str, asked_at: float) -> None:
        """The channel takes nothing now; its deliveries wait, and no others. Who asked last is
        believed."""
        with self._db.transaction():
            self._db.run(
                "INSERT INTO channels (name, parked, checked_at) VALUES (?,?,?)"  # noqa: S608
                " ON CONFLICT (name) DO UPDATE SET"
                f" parked=excluded.parked, checked_at=excluded.checked_at WHERE {_LATER}",
                channel,
                sentence,
                asked_at,
            )

    def names_of(self, channel_id: str) -> list[str]:
        """The names under which the config knows a channel."""
        rows = self._db.rows(
            "SELECT name FROM channels WHERE id=? OR name=?", channel_id, channel_id
        )
        return [row["name"] for row in rows]

    def unpark(self, channel: str, now: float) -> None:
        """The channel is back: what it held goes on."""
        self._db.run("UPDATE channels SET parked='', checked_at=? WHERE name=?", now, channel)

    def parked(self) -> dict[str, str]:
        """Parked channels and why."""
        rows = self._db.rows("SELECT * FROM channels WHERE parked<>'' ORDER BY name")
        return {row["name"]: row["parked"] for row in rows}

    def forget_others(self, names: set[str]) -> None:
        """Drop parked channels that the config no longer has and nothing waits for."""
        for name in set(self.parked()) - names - set(self.in_use()):
            self._db.run("DELETE FROM channels WHERE name=?", name)

    def in_use(self) -> list[str]:
        """Channels with something to send."""
        rows = self._db.rows("SELECT DISTINCT channel FROM waiting_deliveries")
        return [row["channel"] for row in rows]
