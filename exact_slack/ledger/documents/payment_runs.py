"""Payments that Exact puts into one run.

A run bears a code once Exact has processed it: that of the batch, else that of the bank file. Until
then its payments are those that one person selected on one day, to be paid from one account. When
the code comes the same run goes on."""

from typing import NamedTuple, Self

from exact_slack.documents.document import Document
from exact_slack.documents.moment import day_of
from exact_slack.ledger.schema.database import Database

_FILE = "file "
"""What a code begins with that is only the bank file's: the code of a batch is worth more."""


class RunSigns(NamedTuple):
    """What tells which run a payment is in."""

    division: int
    code: str
    account: str
    selector: str
    day: str
    batch: str

    @classmethod
    def of(cls, payment: Document) -> Self:
        """Out of a payment term."""
        settlement = payment.settlement
        assert settlement is not None
        code = settlement.batch
        if not code and settlement.processed and settlement.bank_file:
            code = f"{_FILE}{settlement.bank_file}"
        day = day_of(settlement.selected) or settlement.processed or day_of(payment.modified)
        return cls(
            payment.ref.division,
            code,
            settlement.paid_from_id or settlement.paid_from.shown,
            settlement.selector_id or settlement.selector,
            day.isoformat() if day else "",
            settlement.batch_number,
        )


class PaymentRun(NamedTuple):
    """A run as it is known."""

    id: int
    division: int
    code: str
    batch: str
    successor: int | None

    def takes(self, signs: RunSigns) -> bool:
        """Whether a payment of it that bears these signs now is still in it."""
        if signs.code:
            return self.code in ("", signs.code) or self._is_outdone_by(signs.code)
        return "" in (self.batch, signs.batch) or self.batch == signs.batch

    def _is_outdone_by(self, code: str) -> bool:
        return self.code.startswith(_FILE) and not code.startswith(_FILE)


class PaymentRuns:
    """The tables `payment_runs` and `payment_run_terms`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, number: int) -> PaymentRun | None:
        """The run with this number."""
        row = self._db.row(
            "SELECT id, division, code, batch, successor FROM payment_runs WHERE id=?", number
        )
        return PaymentRun(*row) if row else None

    def of(self, document: int | None) -> int | None:
        """The run that a payment is in."""
        row = self._db.row("SELECT run FROM payment_run_terms WHERE document=?", document)
        return int(row["run"]) if row else None

    def members(self, run: int) -> list[int]:
        """The payments in a run."""
        sql = "SELECT document FROM payment_run_terms WHERE run=? ORDER BY document"
        return [int(row["document"]) for row in self._db.rows(sql, run)]

    def join(self, document: int, payment: Document) -> int:
        """Put a payment into its run."""
        signs, before = RunSigns.of(payment), self.of(document)
        own = self.get(before) if before is not None else None
        run = self._coded(signs) or (own if own and own.takes(signs) else None)
        number = run.id if run else self._selected(signs) or self._new(signs)
        self._note(number, signs)
        if number != before:
            self._db.run(
                "INSERT INTO payment_run_terms (document, run, told) VALUES (?,?,'')"
                " ON CONFLICT (document) DO UPDATE SET run=excluded.run, told=''",
                document,
                number,
            )
            self._db.run("UPDATE payment_runs SET successor=? WHERE id=?", number, before)
        return number

    def leave(self, document: int) -> None:
        """A payment is in no run any more."""
        self._db.run("UPDATE payment_runs SET successor=NULL WHERE id=?", self.of(document))
        self._db.run("DELETE FROM payment_run_terms WHERE document=?", document)

    def tell(self, document: int, exceptions: tuple[str, ...]) -> tuple[str, ...]:
        """The readers of its run know these exceptions of a payment from now on. Returns those that
        they did not know."""
        row = self._db.row("SELECT told FROM payment_run_terms WHERE document=?", document)
        earlier = row["told"].split() if row else []
        fresh = tuple(name for name in exceptions if name not in earlier)
        if fresh:
            self._db.run(
                "UPDATE payment_run_terms SET told=? WHERE document=?",
                " ".join((*earlier, *fresh)),
                document,
            )
        return fresh

    def _coded(self, signs: RunSigns) -> PaymentRun | None:
        """The run that has the code already."""
        row = self._db.row(
            "SELECT id FROM payment_runs WHERE division=? AND code=? AND code<>''",
            signs.division,
            signs.code,
        )
        return self.get(row["id"]) if row else None

    def _selected(self, signs: RunSigns) -> int | None:
        """The run of what was selected with it and bears no code yet."""
        row = self._db.row(
            "SELECT id FROM payment_runs WHERE division=? AND code='' AND account=? AND selector=?"
            " AND day=? AND (batch=? OR '' IN (batch, ?)) ORDER BY batch=? DESC, id DESC",
            *(signs.division, signs.account, signs.selector, signs.day),
            *(signs.batch, signs.batch, signs.batch),
        )
        return int(row["id"]) if row else None

    def _new(self, signs: RunSigns) -> int:
        return self._db.run(
            "INSERT INTO payment_runs (division, code, account, selector, day, batch)"
            " VALUES (?,?,?,?,?,?)",
            *signs,
        )

    def _note(self, number: int, signs: RunSigns) -> None:
        """What one of its payments tells of a run."""
        run = self.get(number)
        if run is None:
            return
        code = signs.code if signs.code and run.takes(signs) else run.code
        batch = run.batch or signs.batch
        if (code, batch) != (run.code, run.batch):
            self._db.run("UPDATE payment_runs SET code=?, batch=? WHERE id=?", code, batch, number)
