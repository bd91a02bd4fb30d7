"""What one kind of a division has that cannot be taken in. It is told in every poll, looked at in
every poll, and forgotten when it was taken in or is gone."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.ledger.incoming.unreadable import Unreadable
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.schema.trouble import DamagedRecord

if TYPE_CHECKING:
    from exact_slack.documents.document import Document
    from exact_slack.exact.reader import Broken, Page, Reader

UNREADABLE_CURE = "It is looked at in every poll: correct it in Exact Online."
_DAY_MS = 86_400_000
_SPANS = 10
"""Rows without a key that are looked for in one poll: each is a call."""


class Unread:
    """Those of one division and kind, for one reading."""

    def __init__(self, ledger: Ledger, division: int, kind: Kind, now: float) -> None:
        self._ledger = ledger
        self._division = division
        self._kind = kind
        self._now = now
        self._known = {row.mark: row for row in ledger.unreadable.of(division, kind)}
        self._met: set[str] = set()

    def broken(
        self, rows: "Iterable[Broken]", after: ServerMs, until: ServerMs | None = None
    ) -> None:
        """Rows that are no documents, met between two times; inside the transaction."""
        for row in rows:
            ends = ServerMs(after + _DAY_MS) if until is None else until
            self._note(row.key, row.modified, after, ends, row.sentence)

    def failed(self, document: "Document", error: Exception) -> None:
        """A document that cannot be taken in; inside the transaction."""
        ref = document.ref
        why = error.sentence if isinstance(error, DamagedRecord) else type(error).__name__
        sentence = (
            f"{ref.kind.label} {ref.guid} of division {ref.division} cannot be taken in ({why})."
        )
        self._note(ref.guid, document.modified, ServerMs(0), None, sentence)

    def taken(self, document: "Document") -> None:
        """A document was taken in; inside the transaction."""
        row = self._known.pop(document.ref.guid, None)
        if row is not None:
            self._ledger.unreadable.clear(row)

    def _note(
        self,
        key: str,
        modified: ServerMs | None,
        after: ServerMs,
        until: ServerMs | None,
        sentence: str,
    ) -> None:
        row = Unreadable(self._division, self._kind, key, modified, after, until, sentence)
        self._ledger.unreadable.note(row, self._now)
        self._known[row.mark] = row
        self._met.add(row.mark)

    def look_again(self, reader: "Reader", take_in: "Callable[[Page, ServerMs], None]") -> None:
        """Ask for those that this reading did not meet: mended, they are taken in; gone, they are
        forgotten."""
        missed = [row for mark, row in self._known.items() if mark not in self._met]
        keyed = [row for row in missed if row.key]
        spans = [row for row in missed if not row.key][:_SPANS]
        if keyed:
            take_in(
                reader.many(self._division, self._kind, [row.key for row in keyed]), ServerMs(0)
            )
        for row in spans:
            after = row.after if row.modified is None else ServerMs(row.modified - 1)
            until = row.until if row.modified is None else row.modified
            for page in reader.changed(self._division, self._kind, after, until):
                take_in(replace(page, by_key=True), after)
        with self._ledger.transaction():
            for row in (*keyed, *spans):
                if row.mark not in self._met:
                    self._ledger.unreadable.clear(row)
