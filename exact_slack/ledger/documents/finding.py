"""Finding documents by what people know of them. A ledger may hold a million deliveries: every
question here goes through an index."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum

from exact_slack.documents.document import Document
from exact_slack.documents.kinds import Kind
from exact_slack.ledger.documents.asking import DIVISIONS, any_of, pages
from exact_slack.ledger.outgoing.delivery import Delivery, delivery_of
from exact_slack.ledger.schema.database import Database
from exact_slack.ledger.schema.words import in_sql

_MOST_CENTS = 2**62
_LAST = 2**62
"""An id that no document has."""
_SOME = 100
"""Accounts that are asked for one by one."""
_KINDS = in_sql(Kind)
_WITHIN = f"division IN (SELECT code FROM known) AND kind IN {_KINDS}"  # noqa: S608 - names of kinds
_BY_NUMBER = f"{DIVISIONS} SELECT id FROM documents WHERE {_WITHIN} AND number=?"  # noqa: S608
_BY_KEY = f"{DIVISIONS} SELECT id FROM documents WHERE {_WITHIN} AND key=?"  # noqa: S608
_NAMED = "(instr(a.name, ?) OR a.code=?)"
_BY_FILE = (
    f"{DIVISIONS} SELECT id FROM documents"  # noqa: S608
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
                " name=excluded.name, code=CASE excluded.code WHEN '' THEN code"
                " ELSE excluded.code END WHERE (name, code)<>(excluded.name, excluded.code)",
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

    def code_of(self, division: int, account: str) -> str:
        """The code of an account, by any document that names it; entries do not."""
        row = self._db.row("SELECT code FROM accounts WHERE division=? AND id=?", division, account)
        return str(row["code"]) if row else ""

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

    def by_reference(self, reference: str) -> Iterator[int]:
        """With this reference of theirs, as `history.py` compares them."""
        return _newest_first(
            lambda below, most: self._ids(
                "SELECT id FROM documents WHERE replace(lower(reference), ' ', '')"
                "=replace(lower(?), ' ', '') AND reference<>'' AND id<? ORDER BY id DESC LIMIT ?",
                *(reference, below, most),
            )
        )

    def by_amount(self, amount: Decimal) -> Iterator[int]:
        """That come to this amount, or once did."""
        return _newest_first(
            lambda below, most: self._ids(
                "SELECT document AS id FROM amounts WHERE cents=? AND document<?"
                " ORDER BY document DESC LIMIT ?",
                *(cents(amount), below, most),
            )
        )

    def by_account(self, part: str) -> Iterator[int]:
        """Of an account with this in its name, or with this code."""
        rows = self._db.rows(
            f"SELECT division, id FROM accounts a WHERE {_NAMED}",  # noqa: S608 - from the code
            *_named(part),
        )
        accounts = [(row["division"], row["id"]) for row in rows]
        if len(accounts) > _SOME:
            return _newest_first(lambda below, most: self._of_many(part, below, most))
        return _newest_first(lambda below, most: self._of_some(accounts, below, most))

    def _of_some(self, accounts: Iterable[tuple[int, str]], below: int, most: int) -> list[int]:
        """However many documents each has."""
        asked = [
            (
                "SELECT id FROM documents WHERE division=? AND account=? AND kind=? AND id<?"
                " ORDER BY id DESC LIMIT ?",
                (*account, kind.value, below, most),
            )
            for account in accounts
            for kind in Kind
        ]
        return sorted(any_of(self._db, asked), reverse=True)[:most]

    def _of_many(self, part: str, below: int, most: int) -> list[int]:
        return self._ids(
            "SELECT d.id FROM accounts a CROSS JOIN documents d ON d.division=a.division"  # noqa: S608
            f" AND d.account=a.id WHERE {_NAMED} AND d.id<? ORDER BY d.id DESC LIMIT ?",
            *(*_named(part), below, most),
        )

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


def _newest_first(ask: Callable[[int, int], list[int]]) -> Iterator[int]:
    return (number for page in pages(ask, _LAST) for number in page)


def _named(part: str) -> tuple[str, str]:
    """The values of `_NAMED`."""
    return folded(part), part
