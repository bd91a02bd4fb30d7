"""Finding documents by what people know of them. A ledger may hold a million deliveries: every
question here goes through an index."""

import unicodedata
from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum

from exact_slack.documents.document import Document
from exact_slack.documents.kinds import Kind
from exact_slack.ledger.outgoing.delivery import Delivery, delivery_of
from exact_slack.ledger.schema.database import Database
from exact_slack.ledger.schema.words import in_sql

_MOST_CENTS = 2**62
_KINDS = in_sql(Kind)
_DIVISIONS = (
    "WITH RECURSIVE known(code) AS (SELECT min(division) FROM documents UNION ALL"
    " SELECT (SELECT min(division) FROM documents WHERE division>known.code) FROM known"
    " WHERE known.code IS NOT NULL)"
)
"""Every division of the ledger, a step in an index for each."""
_WITHIN = f"division IN (SELECT code FROM known) AND kind IN {_KINDS}"  # noqa: S608 - names of kinds
_BY_NUMBER = f"{_DIVISIONS} SELECT id FROM documents WHERE {_WITHIN} AND number=?"  # noqa: S608
_BY_KEY = f"{_DIVISIONS} SELECT id FROM documents WHERE {_WITHIN} AND key=?"  # noqa: S608
_BY_FILE = (
    f"{_DIVISIONS} SELECT id FROM documents"  # noqa: S608
    " WHERE division IN (SELECT code FROM known) AND file=? AND file<>''"
)


class By(StrEnum):
    """What of a document was asked for."""

    NUMBER = "number"
    REFERENCE = "reference"
    KEY = "key"
    AMOUNT = "amount"
    DELIVERY = "delivery"
    MESSAGE = "message"
    PAGE = "page"
    ACCOUNT = "account"


def folded(name: str) -> str:
    """A name without what people leave out: capitals and accents."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(char for char in plain if not unicodedata.combining(char))


def cents(amount: Decimal) -> int:
    """An amount without its sign, to the cent."""
    whole = (abs(amount) * 100).to_integral_value(ROUND_HALF_EVEN)
    return min(int(whole), _MOST_CENTS)


class Finding:
    """The tables `accounts` and `amounts`, and the indexes of `documents` and `deliveries`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def note(self, number: int, document: Document) -> None:
        """A document that is new, or changed."""
        account, division = document.account, document.ref.division
        if account.id and account.label:
            self._db.run(
                "INSERT INTO accounts VALUES (?,?,?,?) ON CONFLICT (division, id) DO UPDATE SET"
                " name=excluded.name, code=excluded.code WHERE (name, code)"
                "<>(excluded.name, excluded.code)",
                division,
                account.id,
                folded(account.name),
                account.code,
            )
        for amount in {document.total, document.total_dc} - {None}:
            assert amount is not None
            self._db.run(
                "INSERT OR IGNORE INTO amounts VALUES (?,?)",
                number,
                cents(amount),
            )

    def forget(self, documents: Iterable[int]) -> None:
        """These are forgotten: so is what they came to."""
        for number in documents:
            self._db.run("DELETE FROM amounts WHERE document=?", number)

    def forget_accounts(self) -> None:
        """Names of accounts of which every document is forgotten."""
        self._db.run(
            "DELETE FROM accounts WHERE NOT EXISTS (SELECT 1 FROM documents d"
            " WHERE d.division=accounts.division AND d.account=accounts.id AND d.data<>'')"
        )

    # -- questions: ids of documents, newest first ---------------------------------------------

    def by_number(self, number: str) -> list[int]:
        """With this number."""
        return self._ids(_BY_NUMBER, number)

    def by_key(self, key: str) -> list[int]:
        """With this key of Exact, or with an attached document that has it."""
        return self._ids(_BY_KEY, key) or self._ids(_BY_FILE, key)

    def by_reference(self, reference: str) -> list[int]:
        """With this reference of theirs, as `history.py` compares them."""
        return self._ids(
            "SELECT id FROM documents WHERE replace(lower(reference), ' ', '')"
            "=replace(lower(?), ' ', '') AND reference<>''",
            reference,
        )

    def by_amount(self, amount: Decimal) -> list[int]:
        """That come to this amount, or once did."""
        return self._ids("SELECT document AS id FROM amounts WHERE cents=?", cents(amount))

    def by_account(self, part: str, most: int | None = None) -> list[int]:
        """Of an account with this in its name, or with this code; only the newest so many."""
        accounts = self._db.rows(
            "SELECT division, id FROM accounts WHERE instr(name, ?) OR code=?",
            folded(part),
            part,
        )
        limit = "" if most is None else f" ORDER BY id DESC LIMIT {most}"
        found: set[int] = set()
        for row in accounts:
            for kind in Kind:
                rows = self._db.rows(
                    "SELECT id FROM documents WHERE division=? AND account=?"  # noqa: S608 - a number
                    f" AND kind=?{limit}",
                    row["division"],
                    row["id"],
                    kind.value,
                )
                found.update(each["id"] for each in rows)
        return sorted(found, reverse=True)[:most]

    def _ids(self, sql: str, *values: object) -> list[int]:
        return sorted((row["id"] for row in self._db.rows(sql, *values)), reverse=True)

    def at(self, channel_id: str, ts: str) -> list[Delivery]:
        """What stands there, or edited what stands there."""
        rows = self._db.rows(
            "SELECT * FROM deliveries WHERE channel_id=? AND ts=? AND ts<>'' ORDER BY id",
            channel_id,
            ts,
        )
        return self._db.each(rows, delivery_of)

    def digested(self, number: int) -> list[int]:
        """The documents of a closed digest."""
        rows = self._db.rows("SELECT subject FROM collected WHERE digest=?", number)
        return [row["subject"] for row in rows]

    # -- all of them ---------------------------------------------------------------------------

    def page(self, after: int, most: int, where: str = "", *values: object) -> list[int]:
        """The next documents in the order in which they were first seen."""
        rows = self._db.rows(
            f"SELECT id FROM documents WHERE id>?{where} ORDER BY id LIMIT ?",  # noqa: S608 - from the code
            after,
            *values,
            most,
        )
        return [row["id"] for row in rows]

    def happened(self, since: float, until: float) -> list[int]:
        """Documents of which the log tells something between two moments, in the order in which
        they were first seen."""
        rows = self._db.rows(
            "SELECT DISTINCT document AS id FROM log WHERE at BETWEEN ? AND ?"
            " AND document IS NOT NULL UNION SELECT l.document FROM log m JOIN log l"
            " ON l.delivery=m.delivery AND l.document IS NOT NULL AND l.what='listed'"
            " WHERE m.at BETWEEN ? AND ? AND m.document IS NULL ORDER BY id",
            since,
            until,
            since,
            until,
        )
        return [row["id"] for row in rows]
