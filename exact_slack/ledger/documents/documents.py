"""Documents in the ledger: the latest state of each."""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise

from exact_slack.documents.codec import fingerprint, to_json
from exact_slack.documents.document import Document
from exact_slack.documents.kinds import Kind
from exact_slack.documents.ref import Ref
from exact_slack.ledger.compared.orders import Orders
from exact_slack.ledger.compared.payees import KINDS as PAYEES
from exact_slack.ledger.compared.payees import Payees
from exact_slack.ledger.compared.purchases import KINDS as PURCHASES
from exact_slack.ledger.compared.purchases import Purchases
from exact_slack.ledger.compared.receivables import Receivables
from exact_slack.ledger.documents.finding import Finding
from exact_slack.ledger.documents.stored import Stored, stored_of
from exact_slack.ledger.incoming.saves import Saves
from exact_slack.ledger.schema.database import Database
from exact_slack.ledger.schema.trouble import DamagedRecord

_KINDS = sorted(kind.value for kind in Kind)
_BETWEEN = [
    f"kind<'{_KINDS[0]}'",
    *(f"kind>'{a}' AND kind<'{b}'" for a, b in pairwise(_KINDS)),
    f"kind>'{_KINDS[-1]}'",
]
"""What sorts between two kinds is none: an index finds it without reading what is one."""
_NO_KIND = " OR ".join(f"(division=? AND {span})" for span in _BETWEEN)


class Documents:
    """The table `documents`."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._finding = Finding(db)
        self._saves = Saves(db)
        self._purchases = Purchases(db)
        self._payees = Payees(db)
        self._orders = Orders(db)
        self._receivables = Receivables(db)
        self._lost: dict[int, frozenset[str]] = {}

    def get(self, ref: Ref) -> Stored | None:
        """The stored state of a document, or None where it was never seen."""
        row = self._row(ref)
        if row is None and ref.guid in self._kindless(ref.division):
            raise DamagedRecord(f"document {ref.guid}", "its kind is none")
        return stored_of(row) if row else None

    def _kindless(self, division: int) -> frozenset[str]:
        """Keys of the division's documents whose kind no version writes: they are not new."""
        if division not in self._lost:
            rows = self._db.rows(
                f"SELECT key FROM documents WHERE {_NO_KIND}",  # noqa: S608
                *(division for _ in _BETWEEN),
            )
            self._lost[division] = frozenset(row["key"] for row in rows)
        return self._lost[division]

    def _row(self, ref: Ref) -> sqlite3.Row | None:
        return self._db.row(
            "SELECT * FROM documents WHERE division=? AND kind=? AND key=?",
            ref.division,
            ref.kind.value,
            ref.guid,
        )

    def by_id(self, number: int) -> Stored:
        """The document with this row id."""
        row = self._db.row("SELECT * FROM documents WHERE id=?", number)
        assert row is not None
        return stored_of(row)

    def find(self, text: str) -> list[Stored]:
        """Documents with this key or number."""
        numbers = {*self._finding.by_key(text.lower()), *self._finding.by_number(text)}
        return [self.by_id(number) for number in sorted(numbers)]

    def first_seen(self, number: int) -> float:
        """When it was first seen, seconds since 1970."""
        row = self._db.row("SELECT first_seen FROM documents WHERE id=?", number)
        return float(row["first_seen"]) if row else 0.0

    def save(self, document: Document, now: float, mark: str = "") -> Stored:
        """Insert or update; the version counts up where the fingerprint differs. `mark` is the
        document's fingerprint, where it is known."""
        mark = mark or fingerprint(document)
        settles = document.settlement.entry_id if document.settlement else ""
        ref = document.ref
        self._db.run(
            "INSERT INTO documents (division, kind, key, number, account, reference, file,"
            " settles, modified, fingerprint, version, data, first_seen, changed_at, saved)"
            " VALUES (?,?,?,?,?,?,?,?,?,?,1,?,?,?,?)"
            " ON CONFLICT (division, kind, key) DO UPDATE SET number=excluded.number,"
            " account=excluded.account, reference=excluded.reference, file=excluded.file,"
            " settles=excluded.settles, modified=excluded.modified, deleted_at=NULL,"
            " version=version + (fingerprint<>excluded.fingerprint OR deleted_at IS NOT NULL),"
            " changed_at=CASE WHEN fingerprint<>excluded.fingerprint THEN excluded.changed_at"
            " ELSE changed_at END, fingerprint=excluded.fingerprint, data=excluded.data,"
            " saved=excluded.saved",
            ref.division,
            ref.kind.value,
            ref.guid,
            document.number,
            document.account.id,
            document.reference,
            document.document_id,
            settles,
            document.modified,
            mark,
            to_json(document),
            now,
            now,
            self._saves.one_more(),
        )
        row = self._row(ref)
        assert row is not None
        if row["changed_at"] == now:
            self._finding.note(row["id"], document)
        if ref.kind in PURCHASES and self._purchases.are_kept():
            self._purchases.note(document, row["id"])
            if ref.kind is Kind.PURCHASE_INVOICE:
                self._orders.note_bills(document, row["id"])
        if ref.kind in PAYEES and self._payees.are_kept():
            self._payees.note(document)
        if ref.kind is Kind.RECEIPT and self._receivables.are_kept():
            self._receivables.note(document)
        return stored_of(row, document)

    def mark_deleted(self, stored: Stored, now: float) -> None:
        """Remember that Exact no longer has it: a reading that began before is overtaken."""
        ref = stored.document.ref
        if ref.kind in PURCHASES:
            self._purchases.forget(ref.division, ref.kind, ref.guid)
            self._orders.forget_bills(ref.division, ref.guid)
        if ref.kind in PAYEES:
            self._payees.forget(ref.division, ref.kind, ref.guid)
        self._receivables.forget(ref.division, ref.kind, ref.guid)
        self._db.run(
            "UPDATE documents SET deleted_at=?, version=version+1, changed_at=?, saved=?"
            " WHERE id=?",
            now,
            now,
            self._saves.one_more(),
            stored.id,
        )

    def of_kinds(self, kinds: Iterable[Kind]) -> Iterator[tuple[int, Document]]:
        """All documents of these kinds that Exact still has and the ledger still knows, with their
        row ids."""
        for kind in sorted(kind.value for kind in kinds):
            rows = self._db.rows(
                "SELECT * FROM documents WHERE kind=? AND data<>'' AND deleted_at IS NULL", kind
            )
            for stored in self._db.each(rows, stored_of):
                if not stored.forgotten:
                    yield stored.id, stored.document

    def due_between(self, since: date, until: date) -> list[Stored]:
        """Documents that Exact still has and that are due in [since, until]."""
        rows = self._db.rows(
            "SELECT * FROM documents WHERE deleted_at IS NULL AND CASE WHEN json_valid(data) THEN"
            " json_extract(data, '$.due_date') BETWEEN ? AND ? END ORDER BY id",
            since.isoformat(),
            until.isoformat(),
        )
        return self._db.each(rows, stored_of)

    def latest(self, divisions: tuple[int, ...], kind: Kind, count: int) -> list[Stored]:
        """The documents of a kind that changed last, of all these divisions, which Exact still has
        and the ledger still knows."""
        rows = [
            row
            for division in divisions
            for row in self._db.rows(
                "SELECT * FROM documents WHERE division=? AND kind=? AND deleted_at IS NULL"
                " AND data<>'' ORDER BY modified DESC LIMIT ?",
                division,
                kind.value,
                count,
            )
        ]
        rows.sort(key=lambda row: int(row["modified"]), reverse=True)
        return self._db.each(rows[:count], stored_of)

    def changed_since(self, division: int, kind: Kind, since: int, until: int) -> list[Stored]:
        """Documents whose Modified lies in (since, until]."""
        rows = self._db.rows(
            "SELECT * FROM documents WHERE division=? AND kind=? AND modified>? AND modified<=?",
            division,
            kind.value,
            since,
            until,
        )
        return self._db.each(rows, stored_of)

    def is_told(self, ref: Ref) -> bool:
        """Whether something in some channel tells of it: a message of its own, the head that it
        shares, a digest, or the payment run that it is in."""
        row = self._db.row(
            "SELECT 1 FROM documents o WHERE o.division=? AND o.kind=? AND o.key=? AND ("
            "EXISTS (SELECT 1 FROM deliveries WHERE document=o.id AND state='posted')"
            " OR EXISTS (SELECT 1 FROM deliveries WHERE subject=coalesce(o.subject, o.id)"
            " AND action='head' AND state<>'superseded' AND state='posted')"
            " OR EXISTS (SELECT 1 FROM collected c JOIN digests g ON g.id=c.digest"
            " WHERE c.subject=o.id AND g.closed_at IS NOT NULL AND c.digest NOT IN"
            " (SELECT CAST(before AS INTEGER) FROM unsettled_deliveries WHERE action='digest'))"
            " OR EXISTS (SELECT 1 FROM payment_run_terms t JOIN deliveries d ON d.action='run'"
            " AND d.before=CAST(t.run AS TEXT) WHERE t.document=o.id AND d.state='posted'))",
            ref.division,
            ref.kind.value,
            ref.guid,
        )
        return row is not None

    def undelivered(self, division: int, kind: Kind, since: int, until: int) -> list[Stored]:
        """Documents with Modified in (since, until] of which something failed, is held, waits for
        a parked channel or has an unknown outcome; or that are in such a digest."""
        rows = self._db.rows(
            "WITH stuck AS (SELECT document, action, before FROM replayable_deliveries"
            " UNION SELECT document, action, before FROM waiting_deliveries"
            " WHERE channel IN (SELECT name FROM channels WHERE parked<>''))"
            " SELECT * FROM documents"
            " WHERE division=? AND kind=? AND modified>? AND modified<=?"
            " AND (id IN (SELECT document FROM stuck) OR id IN (SELECT c.subject FROM collected c"
            " JOIN stuck s ON s.action='digest' AND c.digest=CAST(s.before AS INTEGER))"
            " OR id IN (SELECT t.document FROM payment_run_terms t"
            " JOIN stuck s ON s.action='run' AND t.run=CAST(s.before AS INTEGER)))",
            division,
            kind.value,
            since,
            until,
        )
        return self._db.each(rows, stored_of)
