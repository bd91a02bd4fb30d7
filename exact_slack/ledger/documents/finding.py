"""Finding documents by what people know of them. A ledger may hold a million deliveries: every
question here goes through an index."""

import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum

from exact_slack.documents.document import Document
from exact_slack.documents.kinds import TERMS, Kind
from exact_slack.ledger.outgoing.delivery import Delivery, delivery_of
from exact_slack.ledger.outgoing.states import SETTLED, State
from exact_slack.ledger.schema.database import Database
from exact_slack.ledger.schema.words import in_sql

_Question = tuple[str, tuple[object, ...]]
"""A statement with its values."""
_MOST_CENTS = 2**62
_LAST = 2**62
"""An id that no document has."""
_MANY = 500
"""Values in one statement."""
_FIRST, _GROWS, _LARGEST = 200, 4, 51_200
"""Ids in the first page of an answer; each page is so many times as long as the one before."""
_SOME = 100
"""Accounts that are asked for one by one."""
_LONGEST_CALL = 86400.0
"""Seconds: an attempt is told as of when it began, and is logged when it is over."""
_TERMS = in_sql(sorted(TERMS))
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
_NAMED = "(instr(a.name, ?) OR a.code=?)"
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
        return sorted(self._any(asked), reverse=True)[:most]

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

    # -- all of them ---------------------------------------------------------------------------

    def page(self, after: int, most: int) -> list[int]:
        """The next documents in the order in which they were first seen."""
        rows = self._db.rows("SELECT id FROM documents WHERE id>? ORDER BY id LIMIT ?", after, most)
        return [row["id"] for row in rows]

    def first(self) -> float:
        """When the first document was first seen, seconds since 1970; 0 where there is none."""
        row = self._db.row("SELECT min(first_seen) AS at FROM documents")
        return float(row["at"]) if row and row["at"] is not None else 0.0

    def happened(self, since: float, until: float, logged_since: float) -> set[int]:
        """Documents to which something may have happened between two moments: all to which it
        did, few others. What was before `logged_since` is not in the log."""
        logged = (since, until + _LONGEST_CALL)
        asked: list[_Question] = [
            ("SELECT id FROM documents WHERE first_seen BETWEEN ? AND ?", (since, until)),
            (
                "SELECT DISTINCT document AS id FROM log WHERE at BETWEEN ? AND ?"
                " AND document IS NOT NULL",
                logged,
            ),
            (
                "SELECT d.document AS id FROM item_steps s CROSS JOIN items i ON i.id=s.item"
                " CROSS JOIN deliveries d ON d.id=i.head WHERE s.at BETWEEN ? AND ?",
                (since, until),
            ),
            *_told_by(
                "SELECT DISTINCT delivery AS id FROM log WHERE at BETWEEN ? AND ?"
                " AND document IS NULL AND delivery IS NOT NULL",
                *logged,
            ),
            *_told_by("SELECT id FROM unsettled_deliveries WHERE state='sending'"),
        ]
        if since < logged_since:
            asked += _told_by(
                "SELECT id FROM deliveries WHERE state='posted' AND done_at BETWEEN ? AND ?",
                since,
                min(until, logged_since),
            )
            asked += _told_by(
                "SELECT delivery AS id FROM log WHERE what='moved'"
                " AND instr(body, '\"posted_at\":') AND delivery IS NOT NULL"
            )
        return self._any(asked)

    def in_states(self, states: Iterable[State]) -> set[int]:
        """Documents of which a message is in one of these states now."""
        asked: list[_Question] = []
        for state in states:
            table = "deliveries" if state in SETTLED else "unsettled_deliveries"
            asked += _told_by(f"SELECT id FROM {table} WHERE state='{state}'")  # noqa: S608
        return self._any(asked)

    def with_exceptions(self) -> set[int]:
        """Documents on which an exception ever fired."""
        return self._any([("SELECT DISTINCT document AS id FROM log WHERE what='exception'", ())])

    def of(self, kinds: Iterable[str], divisions: Iterable[int]) -> Iterator[int]:
        """Documents of these kinds and divisions, of every one where none is named, in the order
        in which they were first seen."""
        own, some = tuple(divisions), tuple(kinds) or tuple(Kind)
        within = _marks(own) if own else "SELECT code FROM known"
        question = (
            f"{_DIVISIONS} SELECT id FROM documents WHERE division IN ({within})"  # noqa: S608
            f" AND kind IN ({_marks(some)}) AND +id>? ORDER BY +id LIMIT ?"
        )
        return _paged(
            lambda after, most: [
                row["id"] for row in self._db.rows(question, *own, *some, after, most)
            ],
            0,
        )

    def in_channels(self, channels: Iterable[str]) -> Iterator[set[int]]:
        """Documents of which anything went to one of these channels, or is to, the first ones soon:
        those whose deliveries name it are found by index. For those that were only routed there,
        or whose channel had another name then, the log is read, last."""
        names = [name for channel in channels for name in (channel, f"#{channel}")]
        for name in names:
            after = 0
            while page := self._in_channel(name, after):
                yield set(page)
                after = page[-1]
            of_none = "SELECT id FROM deliveries WHERE channel=? AND document IS NULL"
            yield self._any(_told_by(of_none, name))
        for name in names:
            said = json.dumps(name, ensure_ascii=False)
            yield self._any(
                [
                    ("SELECT DISTINCT document AS id FROM log WHERE instr(body, ?)", (said,)),
                    *_told_by(
                        "SELECT DISTINCT delivery AS id FROM log WHERE document IS NULL"
                        " AND delivery IS NOT NULL AND instr(body, ?)",
                        said,
                    ),
                ]
            )

    def _in_channel(self, name: str, after: int) -> list[int]:
        rows = self._db.rows(
            "SELECT DISTINCT document AS id FROM deliveries WHERE channel=? AND document>?"
            " ORDER BY document LIMIT ?",
            *(name, after, _FIRST),
        )
        return [row["id"] for row in rows]

    def relatives(self, numbers: Iterable[int]) -> set[int]:
        """These documents, and those that share a message with one of them."""
        found = set(numbers)
        asked = [
            (
                "WITH subjects AS MATERIALIZED (SELECT DISTINCT coalesce(subject, id) AS id"  # noqa: S608
                f" FROM documents WHERE id IN ({_marks(some)})) SELECT id FROM subjects UNION ALL"
                " SELECT d.id FROM subjects s CROSS JOIN documents d ON d.subject=s.id",
                some,
            )
            for some in _parts(sorted(found))
        ]
        return found | self._any(asked)

    def terms(self, numbers: Iterable[int]) -> list[int]:
        """Those of these documents that are payment terms."""
        asked = [
            (
                f"SELECT id FROM documents WHERE id IN ({_marks(some)}) AND +kind IN {_TERMS}",  # noqa: S608
                some,
            )
            for some in _parts(sorted(numbers))
        ]
        return sorted(self._any(asked))

    def _any(self, asked: Iterable[_Question]) -> set[int]:
        """What any of these questions finds: as one they would be slower by far."""
        return {
            row["id"]
            for sql, values in asked
            for row in self._db.rows(sql, *values)
            if row["id"] is not None
        }


def _newest_first(ask: Callable[[int, int], list[int]]) -> Iterator[int]:
    return _paged(ask, _LAST)


def _paged(ask: Callable[[int, int], list[int]], last: int) -> Iterator[int]:
    """All that a question finds, a page at a time: the first one comes soon, and the questions are
    few. `ask`: for the next ids after one, and at most so many."""
    most = _FIRST
    while page := ask(last, most):
        yield from page
        if len(page) < most:
            return
        last, most = page[-1], min(most * _GROWS, _LARGEST)


def _named(part: str) -> tuple[str, str]:
    """The values of `_NAMED`."""
    return folded(part), part


def _marks(values: tuple[object, ...]) -> str:
    return ",".join("?" * len(values))


def _parts(ids: list[int]) -> Iterator[tuple[object, ...]]:
    return (tuple(ids[at : at + _MANY]) for at in range(0, len(ids), _MANY))


def _told_by(deliveries: str, *values: object) -> list[_Question]:
    """The documents that deliveries are about: their own, that of the message above them, and
    those in a digest or a list."""
    some = f"WITH some AS MATERIALIZED ({deliveries})"
    return [
        (f"{some} {rest}", values)
        for rest in (
            "SELECT d.document AS id FROM some CROSS JOIN deliveries d ON d.id=some.id",
            "SELECT h.document AS id FROM some CROSS JOIN deliveries d ON d.id=some.id"
            " CROSS JOIN deliveries h ON h.id=d.head",
            "SELECT l.document AS id FROM some CROSS JOIN log l"
            " ON l.delivery=some.id AND l.what='listed'",
        )
    ]
