"""How documents belong together: an invoice and its entry, a payment term and what it settles."""

from exact_slack.documents.document import Document
from exact_slack.documents.kinds import BOOKED_AS, ON_THEIR_WAY, SETTLED_BY, Kind
from exact_slack.documents.ref import Ref
from exact_slack.ledger.documents.documents import Documents
from exact_slack.ledger.documents.stored import Stored, stored_of
from exact_slack.ledger.schema.database import Database


class Together:
    """Which documents one head stands for, and what is paid of them."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._documents = Documents(db)

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
                return stored_of(row)
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
        same = [s for s in map(stored_of, rows) if s.document.journal == document.journal]
        return same[0] if same else None

    def is_told(self, document: Document) -> bool:
        """Whether something in some channel tells of it. That a payment term is open its invoice
        tells, if that is known."""
        if self._documents.is_told(document.ref):
            return True
        settlement = document.settlement
        if settlement is None or settlement.paid:
            return False
        invoice = self.settled_by(document)
        return invoice is not None and self._documents.is_told(invoice.document.ref)

    def settled_by(self, term: Document) -> Stored | None:
        """The document that a payment term belongs to: by the entry's key, else by its number
        and account."""
        assert term.settlement is not None
        for kind in SETTLED_BY[term.kind]:
            invoice = self._documents.get(Ref(term.ref.division, kind, term.settlement.entry_id))
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
                return stored_of(row)
        return None

    def under_one_head(self, subject_id: int) -> list[Stored]:
        """All documents that one head stands for: the subject and what is joined to it."""
        rows = self._db.rows(
            "SELECT * FROM documents WHERE id=? OR subject=? ORDER BY id", subject_id, subject_id
        )
        return [stored_of(row) for row in rows]

    def _beside(self, stored: Stored) -> list[Stored]:
        """The others that its head stands for."""
        subject = stored.subject_id
        rows = self._db.rows(
            "SELECT * FROM documents WHERE (id=? OR subject=?) AND id<>?",
            subject,
            subject,
            stored.id,
        )
        return [stored_of(row) for row in rows]

    def terms_of(self, stored: Stored, same: list[Stored] | None = None) -> list[Stored]:
        """The payment terms known of a document (through any document joined with it): those of
        which `settled_by` says so. `same`: what `under_one_head` says, where that is known."""
        same = same or [stored, *self._beside(stored)]
        keys = [s.document.ref.guid for s in same]
        marks = ",".join("?" * len(keys))
        # the last condition is that of the index: without it every document would be looked at
        sql = (
            "SELECT * FROM documents WHERE division=?"  # noqa: S608
            f" AND settles IN ({marks}) AND settles<>''"
        )
        rows = self._db.rows(sql, stored.document.ref.division, *keys)
        terms = {term.id: term for term in map(stored_of, rows)}
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
        return [stored_of(row) for row in rows]

    def on_their_way(self, division: int, account: str) -> list[Stored]:
        """The payments to an account that are selected or processed, and not paid yet."""
        rows = self._db.rows(
            "SELECT * FROM documents WHERE division=? AND account=? AND kind='payment'"
            " AND deleted_at IS NULL AND data<>''",
            division,
            account,
        )
        payments = self._db.each(rows, stored_of)
        return [s for s in payments if s.document.status_word in ON_THEIR_WAY]
