"""Where money to suppliers goes: the account numbers of payment terms and of bank accounts."""

import sqlite3
from collections.abc import Iterable
from datetime import date

from exact_slack.account_number import AccountNumber
from exact_slack.documents.compared.payee import Payee
from exact_slack.documents.document import Document
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import day_of
from exact_slack.ledger.compared.kept import Kept

KINDS = frozenset({Kind.PAYMENT, Kind.BANK_ACCOUNT})
_PROCESSED = frozenset({"processed", "matched"})


class Payees(Kept):
    """The table `payees`."""

    _fact = "payees kept"

    def keep(self, documents: Iterable[Document]) -> None:
        """From now on they are kept; `documents`: those that the ledger has."""
        for document in documents:
            self.note(document)
        self._keep_from_now_on()

    def note(self, document: Document) -> None:
        """A payment term, or a bank account, as it stands."""
        number = _number(document)
        ref = document.ref
        if not (number and document.account.id):
            return
        day, changed, changed_by, was = None, None, "", ""
        if ref.kind is Kind.BANK_ACCOUNT:
            before = self._get(document)
            if before and before.number.is_same_as(number):
                changed, changed_by, was = before.changed, before.changed_by, before.was
            elif before:
                changed, changed_by = day_of(document.modified), document.modifier
                was = before.number.shown
            else:
                changed, changed_by = day_of(document.created), document.creator
        else:
            day = _paid_on(document)
        self._db.run(
            "INSERT OR REPLACE INTO payees (division, kind, key, supplier, name, mark, shown, day,"
            " changed, changed_by, was, entry) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
            ref.division,
            ref.kind.value,
            ref.guid,
            document.account.id,
            document.account.label,
            number.mark,
            number.shown,
            day.isoformat() if day else None,
            changed.isoformat() if changed else None,
            changed_by,
            was,
            document.settlement.entry_id if document.settlement else "",
        )

    def note_past(self, document: Document) -> None:
        """One of before the ledger; what is known of it is newer."""
        if self._get(document) is None:
            self.note(document)

    def forget(self, division: int, kind: Kind, key: str) -> None:
        """Exact no longer has it. What was paid stays known."""
        self._db.run(
            "DELETE FROM payees WHERE division=? AND kind=? AND key=? AND day IS NULL",
            division,
            kind.value,
            key,
        )

    def _get(self, document: Document) -> Payee | None:
        ref = document.ref
        row = self._db.row(
            "SELECT * FROM payees WHERE division=? AND kind=? AND key=?",
            ref.division,
            ref.kind.value,
            ref.guid,
        )
        return _payee(row) if row else None

    def of_supplier(self, division: int, supplier: str, key: str) -> list[Payee]:
        """Where money to a supplier goes, but for one payment: of the payments to each number the
        latest, and every bank account."""
        rows = self._db.rows(
            "SELECT *, max(coalesce(day, '')) FROM payees"
            " INDEXED BY payees_supplier WHERE division=? AND supplier=?"
            " AND (kind='bank_account' OR key<>?)"
            " GROUP BY mark, CASE kind WHEN 'payment' THEN '' ELSE key END",
            division,
            supplier,
            key,
        )
        return self._db.each(rows, _payee)

    def paid_on(self, division: int, entry: str) -> date | None:
        """When a purchase was paid, as far as payments say which they pay."""
        row = self._db.row(
            "SELECT max(day) AS day FROM payees INDEXED BY payees_entry"
            " WHERE division=? AND entry=? AND entry<>''",
            division,
            entry,
        )
        return date.fromisoformat(row["day"]) if row and row["day"] else None

    def of_others(self, division: int, supplier: str, number: AccountNumber) -> list[Payee]:
        """Other accounts with the same number."""
        if not number.mark:
            return []
        rows = self._db.rows(
            "SELECT * FROM payees INDEXED BY payees_mark"
            " WHERE division=? AND mark=? AND supplier<>?",
            division,
            number.mark,
            supplier,
        )
        return self._db.each(rows, _payee)

    def is_supplier(self, division: int, account: str) -> bool:
        """Whether anything was ever bought from an account, or paid to it."""
        row = self._db.row(
            "SELECT 1 FROM documents WHERE division=? AND account=?"
            " AND kind IN ('purchase_entry', 'purchase_invoice', 'purchase_order', 'payment')"
            " UNION SELECT 1 FROM purchases WHERE division=? AND supplier=?"
            " UNION SELECT 1 FROM payees WHERE division=? AND supplier=? AND kind='payment'"
            " LIMIT 1",
            *(division, account) * 3,
        )
        return row is not None


def _number(document: Document) -> AccountNumber:
    if document.bank is not None:
        return document.bank.account_number
    return document.settlement.payee if document.settlement else AccountNumber()


def _paid_on(term: Document) -> date | None:
    settlement = term.settlement
    if settlement is None or term.status_word not in _PROCESSED:
        return None
    return settlement.paid_on or settlement.end_date or day_of(term.modified)


def _payee(row: sqlite3.Row) -> Payee:
    return Payee(
        kind=Kind(row["kind"]),
        key=row["key"],
        supplier=row["supplier"],
        name=row["name"],
        number=AccountNumber(row["shown"], row["mark"]),
        day=date.fromisoformat(row["day"]) if row["day"] else None,
        changed=date.fromisoformat(row["changed"]) if row["changed"] else None,
        changed_by=row["changed_by"],
        was=row["was"],
    )
