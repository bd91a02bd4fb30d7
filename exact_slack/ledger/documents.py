"""Documents in the ledger: the latest state of each, and how they belong together."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise

from exact_slack.documents.codec import fingerprint, from_json, to_json
from exact_slack.documents.document import Account, Document, Ref
from exact_slack.documents.kinds import BOOKED_AS, ON_THEIR_WAY, SETTLED_BY, Kind
from exact_slack.ledger.compared.orders import Orders
from exact_slack.ledger.compared.payees import KINDS as PAYEES
from exact_slack.ledger.compared.payees import Payees
from exact_slack.ledger.compared.purchases import KINDS as PURCHASES
from exact_slack.ledger.compared.purchases import Purchases
from exact_slack.ledger.compared.receivables import Receivables
from exact_slack.ledger.finding import Finding
from exact_slack.ledger.schema import trouble
from exact_slack.ledger.schema.database import Database
from exact_slack.ledger.schema.trouble import DamagedRecord


@dataclass(frozen=True, slots=True)
class Stored:
    """A document as the ledger has it. `subject_id` is the document whose head shows it:
    itself, or the invoice from which this entry was made."""

    id: int
    subject_id: int
    version: int
    document: Document
    fingerprint: str
    modified: int
    saved: int
    """The ledger's count of saves when it was stored."""
    deleted: bool
    forgotten: bool
    """Whether the ledger no longer knows what it said (retention, or its record is damaged)."""
    damage: DamagedRecord | None = None
    """Why what it says now cannot be told either."""


def _stored(row: sqlite3.Row, document: Document | None = None) -> Stored:
    """The row as an object; `document` where it is known what the row says."""
    damage = None
    if document is None:
        document, damage = _read(row)
    return Stored(
        id=row["id"],
        subject_id=row["subject"] or row["id"],
        version=row["version"],
        document=document,
        forgotten=not row["data"] or damage is not None,
        damage=damage,
        fingerprint=row["fingerprint"],
        modified=row["modified"],
        saved=row["saved"],
        deleted=row["deleted_at"] is not None,
    )


def _read(row: sqlite3.Row) -> tuple[Document, DamagedRecord | None]:
    """What it says, as far as that can be read."""
    if not row["data"]:
        return _forgotten(row), None
    try:
        with trouble.record("document", row["key"]):
            return _document(row["data"]), None
    except DamagedRecord as error:
        return _forgotten(row), error


@lru_cache(maxsize=16)  # what a message shows of a document is read several times
def _document(text: str) -> Document:
    return from_json(text)


def _forgotten(row: sqlite3.Row) -> Document:
    with trouble.record("document", row["id"]):
        ref = Ref(row["division"], Kind(row["kind"]), row["key"])
    return Document(ref, row["modified"], number=row["number"], account=Account(row["account"]))


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
        return _stored(row) if row else None

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
        return _stored(row)

    def find(self, text: str) -> list[Stored]:
        """Documents with this key or number."""
        found = {*self._finding.by_key(text.lower()), *self._finding.by_number(text)}
        return [self.by_id(number) for number in sorted(found)]

    def first_seen(self, number: int) -> float:
        """When it was first seen, seconds since 1970."""
        row = self._db.row("SELECT first_seen FROM documents WHERE id=?", number)
        return float(row["first_seen"]) if row else 0.0

    def saves(self) -> int:
        """How often any document was saved: whoever is about to ask Exact remembers it, and so
        sees whether another process has stored something since, whatever the clocks say."""
        row = self._db.row("SELECT n FROM saves")
        return int(row["n"]) if row else 0

    def _saved(self) -> int:
        self._db.run("UPDATE saves SET n=n+1")
        return self.saves()

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
            self._saved(),
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
        return _stored(row, document)

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
            self._saved(),
            stored.id,
        )

    def join(self, stored: Stored, subject: Stored) -> None:
        """From now on the head of `subject` shows `stored`, too."""
        self._db.run("UPDATE documents SET subject=? WHERE id=?", subject.id, stored.id)

    def counterpart(self, document: Document) -> Stored | None:
        """The invoice of an entry, or the entry of an invoice: by the attached document, else
        by journal, number and account."""
        pairs = {**BOOKED_AS, **{entry: invoice for invoice, entry in BOOKED_AS.items()}}
        other = pairs.get(document.kind)
        if other is None:
            return None
        if document.document_id:
            row = self._db.row(
                "SELECT * FROM documents WHERE division=? AND file=? AND file<>'' AND kind=?"
                " AND deleted_at IS NULL LIMIT 1",
                document.ref.division,
                document.document_id,
                other.value,
            )
            if row:
                return _stored(row)
        return self._by_number(document, other)

    def _by_number(self, document: Document, other: Kind) -> Stored | None:
        if not (document.number and document.account.id):
            return None
        rows = self._db.rows(
            "SELECT * FROM documents WHERE division=? AND kind=? AND number=? AND account=?"
            " AND deleted_at IS NULL",
            document.ref.division,
            other.value,
            document.number,
            document.account.id,
        )
        same = [s for s in map(_stored, rows) if s.document.journal == document.journal]
        return same[0] if same else None

    def settled_by(self, term: Document) -> Stored | None:
        """The document that a payment term belongs to: by the entry's key, else by its number
        and account."""
        assert term.settlement is not None
        for kind in SETTLED_BY[term.kind]:
            invoice = self.get(Ref(term.ref.division, kind, term.settlement.entry_id))
            if invoice:
                return invoice
        number = term.settlement.invoice_number or term.number
        if not (number and term.account.id):
            return None
        for kind in SETTLED_BY[term.kind]:
            row = self._db.row(
                "SELECT * FROM documents WHERE division=? AND kind=? AND number=? AND account=?"
                " AND deleted_at IS NULL",
                term.ref.division,
                kind.value,
                number,
                term.account.id,
            )
            if row:
                return _stored(row)
        return None

    def together(self, subject_id: int) -> list[Stored]:
        """All documents that one head stands for: the subject and what is joined to it."""
        rows = self._db.rows(
            "SELECT * FROM documents WHERE id=? OR subject=? ORDER BY id", subject_id, subject_id
        )
        return [_stored(row) for row in rows]

    def _beside(self, stored: Stored) -> list[Stored]:
        """The others that its head stands for."""
        subject = stored.subject_id
        rows = self._db.rows(
            "SELECT * FROM documents WHERE (id=? OR subject=?) AND id<>?",
            subject,
            subject,
            stored.id,
        )
        return [_stored(row) for row in rows]

    def terms_of(self, stored: Stored, same: list[Stored] | None = None) -> list[Stored]:
        """The payment terms known of a document (through any document joined with it): those of
        which `settled_by` says so. `same`: what `together` says, where that is known."""
        same = same or [stored, *self._beside(stored)]
        keys = [s.document.ref.guid for s in same]
        marks = ",".join("?" * len(keys))
        # the last condition is that of the index: without it every document would be looked at
        sql = (
            "SELECT * FROM documents WHERE division=?"  # noqa: S608
            f" AND settles IN ({marks}) AND settles<>''"
        )
        rows = self._db.rows(sql, stored.document.ref.division, *keys)
        terms = {term.id: term for term in map(_stored, rows)}
        for term in (t for s in same for t in self._numbered_terms(s.document)):
            if term.id not in terms:  # an invoice whose entry is not read is found by its number
                invoice = self.settled_by(term.document)
                if invoice and invoice.subject_id == stored.subject_id:
                    terms[term.id] = term
        return list(terms.values())

    def _numbered_terms(self, invoice: Document) -> list[Stored]:
        terms = [term for term, kinds in SETTLED_BY.items() if invoice.ref.kind in kinds]
        if not (terms and invoice.number and invoice.account.id):
            return []
        rows = self._db.rows(
            "SELECT * FROM documents WHERE division=? AND kind=? AND number=? AND account=?"
            " AND data<>''",  # what was forgotten does not say what it settled
            invoice.ref.division,
            terms[0].value,
            invoice.number,
            invoice.account.id,
        )
        return [_stored(row) for row in rows]

    def on_their_way(self, division: int, account: str) -> list[Stored]:
        """The payments to an account that are selected or processed, and not paid yet."""
        rows = self._db.rows(
            "SELECT * FROM documents WHERE division=? AND account=? AND kind='payment'"
            " AND deleted_at IS NULL AND data<>''",
            division,
            account,
        )
        found = self._db.each(rows, _stored)
        return [s for s in found if s.document.status_word in ON_THEIR_WAY]

    def of_kinds(self, kinds: Iterable[Kind]) -> Iterator[tuple[int, Document]]:
        """All documents of these kinds that Exact still has and the ledger still knows, with their
        row ids."""
        for kind in sorted(kind.value for kind in kinds):
            rows = self._db.rows(
                "SELECT * FROM documents WHERE kind=? AND data<>'' AND deleted_at IS NULL", kind
            )
            for stored in self._db.each(rows, _stored):
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
        return self._db.each(rows, _stored)

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
        return self._db.each(rows[:count], _stored)

    def changed_since(self, division: int, kind: Kind, since: int, until: int) -> list[Stored]:
        """Documents whose Modified lies in (since, until]."""
        rows = self._db.rows(
            "SELECT * FROM documents WHERE division=? AND kind=? AND modified>? AND modified<=?",
            division,
            kind.value,
            since,
            until,
        )
        return self._db.each(rows, _stored)

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
        return self._db.each(rows, _stored)
