"""The idempotency key of a message, from what the message is: the same message has the same key in
every ledger of a customer. So one that was restored, or begins anew, finds what an earlier one has
posted.

A key is a hash over Exact's own random id of the document: it tells nothing to who has not got
that. Messages that are of the moment (alerts, notices) keep a random key; edits need none."""

import hashlib
from typing import TypeVar

from exact_slack.ledger.outgoing import payloads
from exact_slack.ledger.outgoing.actions import Action, Identity
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.outgoing.payload import Payload
from exact_slack.ledger.schema.database import Database
from exact_slack.ledger.schema.trouble import DamagedRecord

_Payload = TypeVar("_Payload", bound=Payload)


class Keys:
    """Derives keys, over the tables `deliveries`, `documents`, `files`, `digests`, `reports` and
    `payment_runs`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of(self, delivery: Delivery) -> str:
        """The key of a message that is about to be sent for the first time."""
        parts = self._parts(delivery, delivery.document_id)
        return self._first_free(delivery, parts)[0] if parts else delivery.idempotency_key

    def others(self, delivery: Delivery) -> list[str]:
        """Keys that a head may have as well: an earlier ledger may have met the documents that it
        stands for (an invoice and its entry) in another order."""
        if delivery.action is not Action.HEAD or delivery.subject_id is None:
            return []
        parts = self._parts(delivery, delivery.document_id)
        number = self._first_free(delivery, parts)[1] if parts else 0
        subject = delivery.subject_id
        rows = self._db.rows("SELECT id FROM documents WHERE id=? OR subject=?", subject, subject)
        return [_hashed(self._parts(delivery, row["id"]), number) for row in rows]

    def _first_free(self, delivery: Delivery, parts: list[object]) -> tuple[str, int]:
        """The same may be said again (a head that was deleted, a change back and forth): the first
        of its keys that no other delivery has, and which one that is."""
        number = 0
        while True:
            key = _hashed(parts, number)
            sql = "SELECT 1 FROM deliveries WHERE key=? AND id<>?"
            if self._db.row(sql, key, delivery.id) is None:
                return key, number
            number += 1

    def _parts(self, delivery: Delivery, document_id: int | None) -> list[object]:
        """What tells one message from all others, in words that any ledger has; empty where only
        this one knows."""
        identity = delivery.action.traits.identity
        what: list[object] = [delivery.action.value, delivery.channel]
        of_many = {
            Identity.DIGEST: self._digest,
            Identity.REPORT: self._report,
            Identity.RUN: self._run,
            Identity.DAY: self._day,
            Identity.CLOSE: self._close,
        }.get(identity)
        if of_many is not None:
            parts = of_many(delivery)
            return [*what, *parts] if parts else []
        if identity is Identity.OPENING:
            opened = self._payload(delivery, payloads.Escalation)
            if opened is None:
                return []
            what.append(opened.opened_at)
        if identity is Identity.DUE:
            due = self._payload(delivery, payloads.Due)
            if due is None:
                return []
            what += [due.exception, due.due]
        if identity is Identity.FILE:
            row = self._db.row("SELECT source FROM files WHERE delivery=?", delivery.id)
            what.append(row["source"] if row else "")
        if document_id is None or identity is Identity.NONE:
            return []
        row = self._db.row(
            "SELECT division, kind, key, fingerprint FROM documents WHERE id=?", document_id
        )
        if row is None:
            return []
        what += [row["division"], row["kind"], row["key"]]
        return [*what, row["fingerprint"]] if identity is Identity.STATE else what

    def _digest(self, delivery: Delivery) -> list[object]:
        digest = self._payload(delivery, payloads.Digest)
        if digest is None:
            return []
        row = self._db.row("SELECT route, due_at FROM digests WHERE id=?", digest.number)
        return [row["route"], int(row["due_at"])] if row else [digest.number]

    def _day(self, delivery: Delivery) -> list[object]:
        listed: payloads.DueList | payloads.ItemList | None
        if delivery.action is payloads.DueList.action:
            listed = self._payload(delivery, payloads.DueList)
        else:
            listed = self._payload(delivery, payloads.ItemList)
        return [listed.day, listed.part] if listed else []

    def _run(self, delivery: Delivery) -> list[object]:
        brought = self._payload(delivery, payloads.Run)
        if brought is None:
            return []
        row = self._db.row(
            "SELECT division, account, selector, day FROM payment_runs WHERE id=?", brought.number
        )
        return list(row) if row else []

    @staticmethod
    def _payload(delivery: Delivery, kind: type[_Payload]) -> _Payload | None:
        """What it brings. None where its record is damaged: its key stays the random one, and it
        is told when it is to be shown."""
        try:
            return delivery.payload_of(kind)
        except DamagedRecord:
            return None

    def _close(self, delivery: Delivery) -> list[object]:
        try:
            brought = delivery.payload
        except DamagedRecord:
            return []
        number, more = 0, list[object]()
        match brought:
            case payloads.Close(close=number):
                pass
            case payloads.CloseManual(close=number, words=words):
                more = [words]
            case payloads.CloseReady(close=number):
                pass
            case payloads.CloseChanged(close=number, state=state):
                row = self._db.row("SELECT due_at, made_at FROM close_states WHERE id=?", state)
                if row is None:
                    return []
                asked = row["due_at"] is None
                more = [f"asked {row['made_at']}" if asked else int(row["due_at"])]
        row = self._db.row("SELECT division, year, period FROM closes WHERE id=?", number)
        return [*row, *more] if row else []

    def _report(self, delivery: Delivery) -> list[object]:
        report = self._payload(delivery, payloads.Report)
        if report is None:
            return []
        row = self._db.row("SELECT name, due_at, made_at FROM reports WHERE id=?", report.number)
        if row is None:
            return [report.number]
        asked = row["due_at"] is None
        return [row["name"], f"asked {row['made_at']}" if asked else int(row["due_at"])]


def _hashed(parts: list[object], number: int) -> str:
    text = "\0".join(map(str, (*parts, number)))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
