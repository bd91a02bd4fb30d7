"""From Exact Online to the ledger: read what changed, write it with the deliveries it causes.

A cursor moves in the transaction that writes its page. What was seen is decided by Exact's own
`Modified` values; the local clock only says when the long overlap is due."""

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from exact_slack.app.allowance import Allowance
from exact_slack.app.divisions import not_allowed, usable
from exact_slack.app.isolated import isolated, unforeseen
from exact_slack.app.today import today
from exact_slack.collect.closing import Closing
from exact_slack.collect.completer import Completer
from exact_slack.collect.divisions import tell_changes
from exact_slack.collect.due import Place
from exact_slack.collect.exact_now import ExactNow
from exact_slack.collect.past import Past
from exact_slack.collect.reading import Reading
from exact_slack.collect.unreadable import UNREADABLE_CURE, Unread
from exact_slack.collect.window import NEWS, Window, first_after, hour_is_over, wall
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref
from exact_slack.errors import ExactSlackError, LoginNeeded, Notice, PersonNeeded
from exact_slack.exact.catalogue import DELETED, DELETED_AS, ENDPOINTS
from exact_slack.exact.errors import ExactRefused
from exact_slack.exact.reader import Page
from exact_slack.exact.times import OVERLAP_MS
from exact_slack.failpoints import failpoint
from exact_slack.ledger.incoming.breakers import Breaker
from exact_slack.ledger.incoming.cursors import Cursor
from exact_slack.ledger.incoming.rhythm import hour_of
from exact_slack.ledger.incoming.unreadable import Unreadable
from exact_slack.ledger.log import Happened, Seen
from exact_slack.plan.late import LatePlanner

if TYPE_CHECKING:
    from exact_slack.documents.document import Document

_REFUSED_FOR = 900.0
"""Seconds for which a plan believes that the login may not use a division; a person who types
`poll` has just changed that."""
REFUSED = "refused"
"""The capability word of a question that Exact does not answer."""
log = logging.getLogger("exact_slack.collect")


@dataclass(frozen=True, slots=True)
class Span:
    """What to read; an open window is "what is new"."""

    window: Window = NEWS
    kinds: tuple[Kind, ...] = ()
    divisions: tuple[int, ...] = ()
    deletions: bool = False
    """Ask for deletions now, not only once an hour."""
    due: frozenset[Place] | None = None
    """Of all that is new only these, as what the others bring is not worth a call yet."""

    def kinds_of(self, division: int, routed: tuple[Kind, ...]) -> tuple[Kind, ...]:
        """What is read in a division, of what the routes want."""
        kinds = self.kinds or routed
        if self.due is None:
            return kinds
        return tuple(kind for kind in kinds if (division, kind) in self.due)

    @property
    def is_news(self) -> bool:
        """Whether all that is new was read when it ends, now or within the bound."""
        return self.window == NEWS and not (self.kinds or self.divisions)


@dataclass(frozen=True, slots=True)
class _Turn:
    """One reading of one kind in one division."""

    cursor: Cursor
    window: Window
    after: ServerMs
    """It reads what was changed after this moment."""
    asked: int
    """The ledger's count of saves when it began: what was saved since is newer."""
    unread: Unread


class Collector:
    """Reads one customer's divisions, one request at a time."""

    def __init__(
        self,
        reading: Reading,
        planner: LatePlanner,
        allow: Callable[[int, tuple[Kind, ...]], Allowance],
        past: Past | None = None,
    ) -> None:
        """`allow`: the kinds for which a division has calls enough left. `past`: what was there
        before the first run is read, too."""
        self._allow = allow
        self._past = past
        self._completer = Completer(reading)
        self._config = reading.config
        self._ledger = reading.ledger
        self._reader = reading.reader
        self._late = planner
        self._clock = reading.clock
        self._summary = reading.summary
        self._now = ExactNow(reading.ledger, reading.reader)
        self._closing = Closing(reading, self._now)

    def run(self, span: Span) -> None:
        """Every division and kind in the span; the failure of one leaves the others alone."""
        late, day = self._late, today(self._config, self._clock)
        self._planned(late.keep_past)
        if late.must_reroute:
            self._planned(partial(late.planner.reroute, day, self._clock.now()))
        allowed = self._allowed(span)
        if not span.divisions:
            tell_changes(self._config, self._ledger, self._summary, allowed)
        for division in allowed:
            wanted = span.kinds_of(division, self._config.read_kinds())
            kinds = self._affordable(division, wanted)
            self._begin(division, kinds, span)
            if self._past is not None:
                self._past.run(division)
            self._closing.run(division)
            for kind in kinds:
                self._guarded(division, kind, span)
            if span.deletions or (span.window.since is None and not span.kinds):
                self._guarded_deletions(division, now=span.deletions)
        with self._ledger.transaction():
            self._now.remember()
        day = today(self._config, self._clock)
        if span.is_news and late.must_fall_due(day):  # what is open is known
            self._planned(partial(late.planner.fall_due, day, self._clock.now()))
        if late.must_tell_floods:
            self._planned(partial(late.planner.tell_floods, self._clock.now()))

    def _begin(self, division: int, kinds: tuple[Kind, ...], span: Span) -> None:
        """What is read only up to a moment is not read as far as the plan is concerned."""
        if span.window.until is None:
            with self._ledger.transaction():
                self._ledger.cursors.begin(division, kinds, self._clock.now())

    def _planned(self, work: Callable[[], None]) -> None:
        """A step of its own; what nobody foresaw in it stops no other."""
        with self._ledger.transaction():
            error = isolated(self._ledger, work)
        if error is not None:
            self._summary.problem(unforeseen("what waits already", error))

    # -- which divisions -------------------------------------------------------------------

    def _allowed(self, span: Span) -> list[int]:
        """The configured divisions that the login may use; the others are told."""
        wanted = span.divisions or self._config.exact.divisions
        believed = 0.0 if span.due is None else _REFUSED_FOR
        records = usable(self._ledger, self._reader, wanted, self._clock.now(), believed)
        self._reader.currencies.update({code: record.currency for code, record in records.items()})
        for code in wanted:
            if not records[code].allowed:
                self._summary.problem(not_allowed(self._config, code, records))
                self._begin(code, span.kinds_of(code, self._config.read_kinds()), span)
        return [code for code in wanted if records[code].allowed]

    def _affordable(self, division: int, kinds: tuple[Kind, ...]) -> tuple[Kind, ...]:
        allowance = self._allow(division, kinds)
        if allowance.waiting is not None:
            self._summary.problem(allowance.waiting)
        return allowance.kinds

    # -- one kind in one division ----------------------------------------------------------

    def _guarded(self, division: int, kind: Kind, span: Span) -> None:
        breaker, now = self._ledger.breakers.of(division, ENDPOINTS[kind].path), self._clock.now()
        if breaker.is_open(now):
            self._summary.problem(_resting(breaker))
            return
        try:
            self._read(division, kind, span)
        except LoginNeeded:
            raise
        except ExactRefused as error:
            breaker.refused(error.status, error.sentence, error.cure, now)
            self._summary.problem(error)
        except ExactSlackError as error:
            self._summary.problem(error)
        except sqlite3.Error:
            raise
        except Exception as error:  # what nobody foresaw in one kind never stops the others
            log.debug("%s of division %s", kind, division, exc_info=True)
            self._summary.problem(unforeseen(f"{kind} of division {division}", error))
        else:
            breaker.worked()
        finally:
            for row in self._ledger.unreadable.of(division, kind):
                self._summary.problem(_unread(row))

    def _read(self, division: int, kind: Kind, span: Span) -> None:
        cursor = self._ledger.cursors.get(division, kind)
        if cursor is None and span.window.since is None:
            self._prime(division, kind)
            return
        if cursor is None:
            assert span.window.since is not None
            with self._ledger.transaction():
                since, now = span.window.since, self._clock.now()
                read_at = now if span.window.until is None else 0.0
                self._ledger.cursors.start(division, kind, since, since, read_at)
                self._ledger.rhythm.begin(division, kind, hour_of(int(now * 1000)))
            cursor = self._ledger.cursors.get(division, kind)
            assert cursor is not None
        if self._read_from(cursor, span):
            return
        back = self._ledger.cursors.get(division, kind)
        assert back is not None
        self._read_from(back, span)

    def _read_from(self, cursor: Cursor, span: Span) -> bool:
        """Read what changed since the cursor. False where it lay ahead of Exact's now, so that
        something may have been passed over; it was put back."""
        division, kind = cursor.division, cursor.kind
        deep = hour_is_over(cursor.deep_read_at, self._clock.now())
        after = span.window.after(cursor.high_watermark, deep=deep)
        asked = self._ledger.saves.count()
        at: int | None = None
        unread = Unread(self._ledger, division, kind, self._clock.now())
        turn = _Turn(cursor, span.window, after, asked, unread)
        for page in self._reader.changed(division, kind, after, span.window.until):
            failpoint("after_page")
            self._take_in(turn, page)
            failpoint("after_page_commit")
            at = page.at
        self._look_again(turn)
        ends = self._now.limit(at, cursor.high_watermark)
        ahead = ends is not None and ends < cursor.high_watermark
        with self._ledger.transaction():
            if span.window.until is None:
                done_deep = deep and span.window.whole
                self._ledger.cursors.finished(division, kind, done_deep, self._clock.now())
            if ahead:
                self._ledger.cursors.put_back(division, kind, ends or ServerMs(0))
        return not ahead

    def _look_again(self, turn: _Turn) -> None:
        """At what could not be taken in and was not met; a refusal of that is no refusal of the
        kind, and is not repeated."""
        cursor, cursors = turn.cursor, self._ledger.cursors
        what = f"unreadable {cursor.kind}"
        if REFUSED in cursors.capabilities(cursor.division, what, self._clock.now()):
            return
        try:
            turn.unread.look_again(
                self._reader,
                lambda page, after: self._take_in(replace(turn, window=NEWS, after=after), page),
            )
        except LoginNeeded:
            raise
        except ExactRefused as error:
            cursors.add_capability(cursor.division, what, REFUSED, self._clock.now())
            self._summary.problem(error)
        except ExactSlackError as error:
            self._summary.problem(error)

    def _take_in(self, turn: _Turn, page: Page) -> None:
        cursor = turn.cursor
        documents = self._completer.complete(cursor.division, page.documents)
        newest = None if page.newest is None else self._now.limit(page.at, page.newest)
        day, now = today(self._config, self._clock), self._clock.now()
        if documents:
            self._late.load()
        with self._ledger.transaction():
            turn.unread.broken(page.broken, turn.after, page.newest)
            news = [document for document in documents if self._one(turn, document, day, now)]
            fresh = [document.modified for document in news]
            if turn.window.since is None:
                self._ledger.rhythm.add(cursor.division, cursor.kind, fresh, now)
                if fresh and ENDPOINTS[cursor.kind].topic:
                    self._ledger.inbox.polled(cursor.division, cursor.kind, len(fresh))
            if newest is not None and not page.by_key:
                self._ledger.cursors.advance(cursor.division, cursor.kind, newest)
        latest = max(fresh, default=None)
        if newest is not None and latest is not None and latest > newest + OVERLAP_MS:
            self._summary.problem(_ahead(cursor, latest))

    def _one(self, turn: _Turn, document: "Document", day: date, now: float) -> bool:
        """Take in one document; whether it was news. One that cannot be is noted, and the others
        go on."""
        news, summary = False, self._summary
        counted = summary.new, summary.changed, summary.unrouted

        def work() -> None:
            nonlocal news
            news = self._late.planner.take_in(
                document,
                first_run_at=turn.cursor.complete_since,
                today=day,
                now=now,
                asked=turn.asked,
                again=turn.window.asks_again(document.modified),
            )
            turn.unread.taken(document)

        error = isolated(self._ledger, work)
        if error is None:
            return news
        summary.new, summary.changed, summary.unrouted = counted
        turn.unread.failed(document, error)
        return False

    def _prime(self, division: int, kind: Kind) -> None:
        """The first run: the cursor starts at Exact's own now. What is in the overlap is noted
        without a message, so that the overlap brings up only what comes late."""
        start, now = self._now.ask(), self._clock.now()
        after = first_after(start)
        unread = Unread(self._ledger, division, kind, now)
        there: list[Document] = []
        pages: list[Page] = []
        for page in self._reader.changed(division, kind, after):
            documents = self._completer.complete(division, page.documents)
            there += [d for d in documents if self._was_there(d, start, page)]
            pages.append(page)
        with self._ledger.transaction():
            for document in there:
                error = isolated(self._ledger, partial(self._note, document, now))
                if error is not None:
                    unread.failed(document, error)
            for page in pages:
                unread.broken(page.broken, after, page.newest)
            self._ledger.rhythm.begin(division, kind, hour_of(start))
            self._ledger.cursors.start(division, kind, start, after, now)
            self._ledger.cursors.finished(division, kind, deep=True, now=now)

    def _note(self, document: "Document", now: float) -> None:
        stored = self._ledger.documents.save(document, now)
        by = Seen.POLL.value
        self._ledger.log.add(Happened.SEEN, now, document=stored.id, by=by, first=True)
        self._summary.seen += 1

    def _was_there(self, document: "Document", start: ServerMs, page: Page) -> bool:
        """Whether it was changed before the first run: also where it says that it will be."""
        if document.modified <= start:
            return True
        now = self._now.limit(page.at, document.modified)
        return now is not None and document.modified > now

    # -- deletions -------------------------------------------------------------------------

    def _guarded_deletions(self, division: int, *, now: bool) -> None:
        """sync/Deleted, once an hour; it knows only some kinds."""
        routed = set(self._config.routed_kinds())
        if not routed & set(DELETED_AS.values()):
            return
        cursors, time = self._ledger.cursors, self._clock.now()
        last = cursors.deletions(division)
        refused = REFUSED in cursors.capabilities(division, DELETED, time)
        recent = last is not None and not hour_is_over(last[1], time)
        if not now and (refused or recent):
            return
        try:
            self._read_deletions(division, last[0] if last else None, time)
        except LoginNeeded:
            raise
        except ExactRefused as error:
            cursors.add_capability(division, DELETED, REFUSED, time)
            self._summary.problem(
                PersonNeeded(
                    f"Division {division} does not tell what was deleted ({error.sentence})",
                    'Tick "Organization administration" (read) for the app. Asked again in a week.',
                )
            )
        except ExactSlackError as error:
            self._summary.problem(error)

    def _read_deletions(self, division: int, after: int | None, now: float) -> None:
        rows, newest = self._reader.deleted(division, after or 1)
        if rows:
            self._late.load()
        with self._ledger.transaction():
            for row in rows:
                kind = DELETED_AS.get(row.entity_type)
                stored = kind and self._ledger.documents.get(Ref(division, kind, row.key))
                if stored:
                    self._late.planner.deleted(stored, today(self._config, self._clock), now)
            self._ledger.cursors.set_deletions(division, newest, now)


def _resting(breaker: Breaker) -> ExactRefused:
    """The refusal for which an endpoint is left alone."""
    return ExactRefused(
        breaker.sentence,
        f"{breaker.cure} Left alone for up to an hour.".strip(),
        status=breaker.status,
        endpoint=breaker.endpoint,
        division=breaker.division,
    )


def _unread(row: Unreadable) -> PersonNeeded:
    cause = f"unreadable {row.division} {row.kind}"
    return PersonNeeded(row.sentence, UNREADABLE_CURE, cause=cause, subject=row.mark)


def _ahead(cursor: Cursor, modified: ServerMs) -> Notice:
    return Notice(
        f"Exact sent a {cursor.kind.label.lower()} of division {cursor.division} that says it was "
        f"changed at {wall(modified)}, which is ahead of Exact's own clock. It was taken in, and "
        "reading goes on from before it.",
        cause=f"ahead {cursor.division} {cursor.kind}",
    )
