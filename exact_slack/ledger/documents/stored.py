"""A document as its row says."""

import sqlite3
from dataclasses import dataclass
from functools import lru_cache

from exact_slack.documents.codec import from_json
from exact_slack.documents.document import Account, Document
from exact_slack.documents.kinds import Kind
from exact_slack.documents.ref import Ref
from exact_slack.ledger.schema import trouble
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


def stored_of(row: sqlite3.Row, document: Document | None = None) -> Stored:
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
