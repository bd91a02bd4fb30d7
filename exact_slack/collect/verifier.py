"""`status --verify`: is everything that Exact knows of a period in the ledger, and as it is now?

One reading of the period per division and kind (a call per 60 documents), and a call per 30 or so
documents that Exact no longer names there."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from exact_slack.app.isolated import isolated
from exact_slack.app.today import today
from exact_slack.collect.completer import Completer
from exact_slack.collect.reading import Reading
from exact_slack.documents.codec import fingerprint
from exact_slack.documents.document import Document
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.errors import ExactSlackError, LoginNeeded
from exact_slack.exact.errors import ExactDown
from exact_slack.exact.reader import Unusable
from exact_slack.ledger.documents.stored import Stored
from exact_slack.ledger.incoming.cursors import Cursor
from exact_slack.ledger.ledger import Ledger
from exact_slack.plan.planner import Planner


@dataclass(frozen=True, slots=True)
class Gap:
    """One document that differs. `what`: missing, stale, deleted, undelivered or unreadable."""

    what: str
    key: str
    number: str
    day: dt.date | None = None
    """The document's own; None where it has none, or cannot be read."""


@dataclass(slots=True)
class Total:
    """What a kind comes to in a company: in Exact, and of that in a channel. Amounts are the
    company's own currency, credits with their sign."""

    count: int = 0
    amount: Decimal = Decimal(0)
    currency: str = ""
    posted: int = 0
    posted_amount: Decimal = Decimal(0)

    def add(self, document: Document, *, posted: bool) -> None:
        """One document of Exact."""
        amount = document.total_dc or Decimal(0)
        self.count += 1
        self.amount += amount
        self.currency = self.currency or document.company_currency or document.currency
        if posted:
            self.posted += 1
            self.posted_amount += amount


@dataclass(slots=True)
class Checked:
    """The comparison of one division and kind."""

    division: int
    kind: Kind
    in_exact: int = 0
    gaps: list[Gap] = field(default_factory=list)
    healed: int = 0
    problem: str = ""
    total: Total = field(default_factory=Total)

    def as_json(self) -> dict[str, object]:
        """Counts, and the gaps by what they are."""
        kinds = ("missing", "stale", "deleted", "undelivered", "unreadable")
        return {
            "division": self.division,
            "kind": self.kind.value,
            "in_exact": self.in_exact,
            "healed": self.healed,
            "problem": self.problem,
            **{
                what: [{"key": g.key, "number": g.number} for g in self.gaps if g.what == what]
                for what in kinds
            },
        }


class Verifier:
    """Compares a period. With `heal` what is missing is planned, as a poll would have done."""

    def __init__(self, reading: Reading, ledger: Ledger, planner: Planner, *, heal: bool) -> None:
        """`ledger`: what is compared; that of the reading is a copy if nothing is to be kept."""
        self._config = reading.config
        self._ledger = ledger
        self._reader = reading.reader
        self._completer = Completer(reading)
        self._planner = planner
        self._clock = reading.clock
        self._heal = heal
        self._asked = 0
        """The ledger's count of saves when Exact was asked: what was saved since is newer."""

    def run(
        self, since: ServerMs, until: ServerMs, divisions: tuple[int, ...] = ()
    ) -> list[Checked]:
        """Every routed kind of these divisions (none: all of the config); `since` and `until` in
        ms of Exact's clock, both belonging to the period."""
        results = []
        for division in divisions or self._config.exact.divisions:
            for kind in self._config.routed_kinds():
                result = Checked(division, kind)
                results.append(result)
                try:
                    self._check(result, since, until)
                except (LoginNeeded, ExactDown):
                    raise
                except ExactSlackError as error:
                    result.problem = str(error)
        return results

    def _check(self, result: Checked, since: ServerMs, until: ServerMs) -> None:
        cursor = self._ledger.cursors.get(result.division, result.kind)
        if cursor is None:
            result.problem = "never read: run exact-slack poll first"
            return
        # before the first run nothing was promised
        after = ServerMs(max(since - 1, cursor.complete_since))
        seen: set[str] = set()
        self._asked = self._ledger.saves.count()
        for page in self._reader.changed(result.division, result.kind, after, until):
            for document in self._completer.complete(result.division, page.documents):
                seen.add(document.ref.guid)
                posted = self._ledger.together.is_told(document)
                result.total.add(document, posted=posted)
                self._guarded(result, cursor, document)
            for broken in page.broken:
                self._unreadable(result, broken.key, broken.sentence)
        for row in self._ledger.unreadable.of(result.division, result.kind):
            self._unreadable(result, row.key, row.sentence)
        result.in_exact = len(seen)
        seen |= {gap.key for gap in result.gaps}
        self._look_for_deleted(result, cursor, after, until, seen)
        self._undelivered(result, after, until)

    @staticmethod
    def _unreadable(result: Checked, key: str, sentence: str) -> None:
        """A row that is there and cannot be taken in, told once."""
        gap = Gap("unreadable", key or sentence, "")
        if gap not in result.gaps:
            result.gaps.append(gap)

    def _guarded(self, result: Checked, cursor: Cursor, document: Document) -> None:
        """One document that cannot be compared or taken in leaves the others."""
        with self._ledger.transaction():
            error = isolated(self._ledger, lambda: self._compare(result, cursor, document))
        if error is not None:
            self._unreadable(result, document.ref.guid, str(error))

    def _compare(self, result: Checked, cursor: Cursor, document: Document) -> None:
        stored = self._ledger.documents.get(document.ref)
        if stored is not None and stored.saved > self._asked:
            return  # `serve` has read it since
        if stored is None or stored.deleted:
            what = "missing"
        elif stored.fingerprint != fingerprint(document):
            what = "stale"
        else:
            return
        result.gaps.append(Gap(what, document.ref.guid, document.number, document.date))
        if self._heal:
            self._take_in(result, cursor, document)

    def _take_in(self, result: Checked, cursor: Cursor, document: Document) -> None:
        with self._ledger.transaction():
            self._planner.take_in(
                document,
                first_run_at=cursor.complete_since,
                today=today(self._config, self._clock),
                now=self._clock.now(),
                asked=self._asked,
                again=True,
            )
        result.healed += 1

    def _look_for_deleted(
        self, result: Checked, cursor: Cursor, after: int, until: int, seen: set[str]
    ) -> None:
        documents = self._ledger.documents.changed_since(result.division, result.kind, after, until)
        doubtful = [s for s in documents if not s.deleted and s.document.ref.guid not in seen]
        there = self._reader.existing(
            result.division, result.kind, [s.document.ref.guid for s in doubtful]
        )
        for stored in doubtful:
            if stored.document.ref.guid in there:
                self._moved_on(result, cursor, stored)
            else:
                self._gone(result, stored)

    def _gone(self, result: Checked, stored: Stored) -> None:
        gone = stored.document
        result.gaps.append(Gap("deleted", gone.ref.guid, gone.number, gone.date))
        if not self._heal:
            return
        with self._ledger.transaction():
            now_known = self._ledger.documents.by_id(stored.id)
            if now_known.saved <= self._asked:  # else `serve` has read it since
                self._planner.deleted(
                    now_known, today(self._config, self._clock), self._clock.now()
                )
        result.healed += 1

    def _moved_on(self, result: Checked, cursor: Cursor, stored: Stored) -> None:
        """Changed again after the period: stale only where the ledger has not seen it."""
        self._asked = self._ledger.saves.count()
        try:
            now_there = self._reader.one(stored.document.ref)
        except Unusable as unusable:
            self._unreadable(result, stored.document.ref.guid, str(unusable))
            return
        if now_there is not None:
            for document in self._completer.complete(result.division, (now_there,)):
                self._guarded(result, cursor, document)

    def _undelivered(self, result: Checked, after: int, until: int) -> None:
        noted = {gap.key for gap in result.gaps}
        for stored in self._ledger.documents.undelivered(
            result.division, result.kind, after, until
        ):
            document = stored.document
            if document.ref.guid not in noted:
                gap = Gap("undelivered", document.ref.guid, document.number, document.date)
                result.gaps.append(gap)
