"""Routes that collect: what goes into their digests, and closing each when it is due.

A digest collects from the first document on and is due at the next time of its route. It is closed
in one transaction: what it says of each document is written down together with the delivery of its
message, so it is made once, whoever looks and however often. What comes later, even in the same
minute, is collected for the next one."""

import json
import logging
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from exact_slack.config.model import Config
from exact_slack.config.route import Route
from exact_slack.config.timing import local
from exact_slack.documents.document import Document
from exact_slack.errors import ExactSlackError
from exact_slack.exact.pages import page_of
from exact_slack.ledger.compared.history import Earlier
from exact_slack.ledger.documents.stored import Stored
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.log import Happened
from exact_slack.ledger.outgoing import payloads
from exact_slack.ledger.outgoing.actions import Action
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.outgoing.states import MOVABLE, NEEDS_PERSON
from exact_slack.ledger.recurring.digests import Digest
from exact_slack.ledger.schema.trouble import DamagedRecord, record
from exact_slack.plan.listed.digest_lines import code_of, list_name
from exact_slack.plan.owed import owed
from exact_slack.plan.waiting.pauses import Pauses
from exact_slack.routing import exceptions

if TYPE_CHECKING:
    from exact_slack.rendering.digest.rows import Line

log = logging.getLogger("exact_slack.plan")
_MONTHS = 12


class Digests:
    """Collects and closes, inside the transaction of whoever calls."""

    def __init__(self, config: Config, ledger: Ledger) -> None:
        self._config = config
        self._ledger = ledger
        self._zone = config.zone()
        self._routes = {route.name: route for route in config.routes if route.digest}
        self._pauses = Pauses(config, ledger)

    # -- collecting ------------------------------------------------------------------------

    def collect(self, stored: Stored, routes: Iterable[Route], now: float) -> None:
        """Put a document into the digests of these routes, and of those that had it before."""
        names = {route.name for route in routes if self._is_told(stored)}
        if self._routes:
            names |= self._ledger.digests.routes_of(stored.subject_id)
        for name in sorted(names & set(self._routes)):
            self._close_due(self._routes[name], now)
            self._ledger.digests.collect(name, stored.subject_id, now)

    def _is_told(self, stored: Stored) -> bool:
        """An open payment term says no more than the invoice that is known."""
        settlement = stored.document.settlement
        if settlement is None or settlement.paid:
            return True
        return self._ledger.together.settled_by(stored.document) is None

    # -- closing ---------------------------------------------------------------------------

    def close_due(self, now: float) -> None:
        """Close every digest whose time has come."""
        for digest in self._ledger.digests.collecting():
            if digest.route in self._routes:
                self._close_due(self._routes[digest.route], now)

    def any_due(self, now: float) -> bool:
        """Whether one is to be closed now."""
        collecting = self._ledger.digests.collecting()
        return any(self.due(d, now) <= now for d in collecting if d.route in self._routes)

    def due(self, digest: Digest, now: float) -> float:
        """When a digest that collects is due: the route's next time after it began, but no time
        for which there was one already."""
        return self._following(self._routes[digest.route], min(digest.since, now))

    def _following(self, route: Route, after: float) -> float:
        assert route.digest is not None
        due = route.digest.following(after, self._zone)
        if due == self._ledger.digests.last_due(route.name):
            due = route.digest.following(due, self._zone)
        return due

    def standing(self, now: float) -> list[dict[str, object]]:
        """What each route that collects has, and when it is due: for `status`."""
        return [self._stands(route, now) for route in self._routes.values()]

    def _stands(self, route: Route, now: float) -> dict[str, object]:
        assert route.digest is not None
        digest = self._ledger.digests.open_of(route.name)
        due = self.due(digest, now) if digest else self._following(route, now)
        return {
            "route": route.name,
            "channel": route.channel,
            "every": route.digest.every,
            "documents": self._ledger.digests.count(digest) if digest else 0,
            "since": local(digest.since, self._zone).isoformat() if digest else None,
            "due": local(due, self._zone).isoformat(),
        }

    def _close_due(self, route: Route, now: float) -> None:
        digest = self._ledger.digests.open_of(route.name)
        if digest is None:
            return
        if digest.since > now:  # the local clock was set back
            self._ledger.digests.restart(digest, now)
        due = self.due(digest, now)
        if due <= now:
            self._close(route, digest, due, now)

    def _close(self, route: Route, digest: Digest, due: float, now: float) -> None:
        lines: dict[int, str] = {}
        later: list[int] = []
        silenced: Counter[str] = Counter()
        for subject in self._ledger.digests.subjects(digest):
            try:
                stored = self._shown(subject)
                why = self._pauses.silence_of(route, stored, now)
                early = not why and self._is_early(route, stored, due)
                line = None if why or early else self._line(route, subject, stored, due)
            except DamagedRecord as error:
                self._ledger.db.note(error)
                later.append(subject)
                continue
            except (ExactSlackError, sqlite3.Error):
                raise
            except Exception:  # one that cannot be told waits for the next: the others are told
                log.exception("document %s cannot stand in the digest %s", subject, route.name)
                later.append(subject)
                continue
            if early:
                later.append(subject)
            elif why:
                silenced[why] += 1
                later.append(subject)
            elif line is not None:
                lines[subject] = line.to_json()
        if lines:
            self._send(route, digest, due, lines=lines, silenced=silenced, now=now)
        else:
            self._ledger.digests.drop(digest)
        for subject in later:
            self._ledger.digests.collect(route.name, subject, now)

    def _send(
        self,
        route: Route,
        digest: Digest,
        due: float,
        *,
        lines: dict[int, str],
        silenced: Counter[str],
        now: float,
    ) -> None:
        assert route.digest is not None
        counts = self._ledger.backlog.counts(now)
        left_out: dict[str, object] = {
            "every": route.digest.every,
            "silenced": dict(silenced.most_common()),
            "waiting": sum(counts[state] for state in NEEDS_PERSON),
        }
        if route.digest.by == "period":
            left_out["covers"] = [day.isoformat() for day in route.digest.covers(due, self._zone)]
        self._ledger.digests.close(digest, due, lines, json.dumps(left_out), now)
        head = self._ledger.deliveries.add(
            payloads.Digest(digest.id),
            route=route.name,
            channel=route.channel,
            now=now,
        )
        for subject in lines:
            self._ledger.log.add(Happened.LISTED, now, document=subject, delivery=head)
        if route.digest.lists:
            number = self._ledger.deliveries.add(
                payloads.File(), route=route.name, channel=route.channel, head=head, now=now
            )
            name = list_name(self._config, route, due)
            self._ledger.files.add(number, "", name, "")

    # -- one document ----------------------------------------------------------------------

    def _shown(self, subject: int) -> Stored:
        """The document that a line is about: of those that share a message the first that is
        still there."""
        together = self._ledger.together.under_one_head(subject)
        return next((stored for stored in together if not stored.deleted), together[0])

    def _line(self, route: Route, subject: int, stored: Stored, due: float) -> "Line | None":
        """What the digest says of a document; None where the last one said the same."""
        from exact_slack.rendering.digest.rows import Part, line_of

        said = self._ledger.digests.told(route.name, subject)
        before = self._before(said, subject)
        is_known = said is not None and (before is None or before.known)
        part = Part.DELETED if stored.deleted else Part.CHANGED if is_known else Part.COUNTED
        late = self._late(route, stored, due) if part is Part.COUNTED else None
        if late:
            part = Part.LATE
        line = replace(
            line_of(stored.document, part, self._division(stored)),
            exceptions=self._fired(stored, due) if part is Part.COUNTED else (),
            open_amount=owed(self._ledger, stored).left,
            known=is_known or part in (Part.COUNTED, Part.LATE),
            account_code=code_of(self._ledger, stored.document),
            link=page_of(self._config, stored.document),
            late=late,
        )
        if is_known and before is not None:
            line = line.after(before)
        if before is not None and part is not Part.COUNTED and not line.differs(before):
            return None
        return line

    def _is_early(self, route: Route, stored: Stored, due: float) -> bool:
        """By period: it belongs to a period that has not ended."""
        assert route.digest is not None
        day = belongs_to(stored.document, route.digest.every)
        if route.digest.by != "period" or day is None or stored.deleted:
            return False
        return day > route.digest.covers(due, self._zone)[1]

    def _late(self, route: Route, stored: Stored, due: float) -> tuple[date, date] | None:
        """By period: the one that it belongs to, if the digest of that is out."""
        assert route.digest is not None
        day = belongs_to(stored.document, route.digest.every)
        if route.digest.by != "period" or day is None:
            return None
        out = day < route.digest.covers(due, self._zone)[0]
        return route.digest.around(day) if out else None

    def _before(self, said: str | None, subject: int) -> "Line | None":
        """What the last one said. One that cannot be read counts as forgotten."""
        from exact_slack.rendering.digest.rows import Line

        if not said:
            return None
        try:
            with record("what a digest said of document", subject):
                return Line.from_json(said)
        except DamagedRecord as error:
            self._ledger.db.note(error)
            return None

    def _fired(self, stored: Stored, due: float) -> tuple[str, ...]:
        today: date = local(due, self._zone).date()
        history, tuning = Earlier(self._ledger.db, stored), self._config.exceptions
        return tuple(exceptions.find(exceptions.Given(stored.document, history, tuning, today)))

    def _division(self, stored: Stored) -> str:
        """Its company's name: the config's, else Exact's."""
        division = stored.document.ref.division
        record = self._ledger.cursors.divisions().get(division)
        return self._config.exact.names.get(division) or (record.name if record else "")

    # -- a config that changed -------------------------------------------------------------

    def reroute(self, bring_up: Callable[[Stored], None]) -> None:
        """What a route collected that no longer collects goes where the rules now say."""
        for digest in self._ledger.digests.collecting():
            if digest.route in self._routes:
                continue
            subjects = self._ledger.digests.subjects(digest)
            self._ledger.digests.drop(digest)
            for subject in subjects:
                bring_up(self._ledger.documents.by_id(subject))
        for action in (Action.DIGEST, Action.DUE_LIST, Action.ITEMS):
            for delivery in self._ledger.deliveries.walk(*MOVABLE, action=action):
                self._follow(delivery)

    def _follow(self, delivery: Delivery) -> None:
        """The route's channel is another one now: what was not sent yet goes there."""
        route = self._config.route_named(delivery.route)
        if route is not None and route.channel != delivery.channel:
            self._ledger.deliveries.redirect(delivery, route.channel)


def belongs_to(document: Document, every: str) -> date | None:
    """A day of the period that a document belongs to: the day on which a term was paid, else its
    own; of a month, Exact's own period if that is the calendar's month next to that day (financial
    years begin when they like). None if it has no date."""
    settlement = document.settlement
    day = document.date
    if settlement and settlement.paid:
        day = settlement.paid_on or settlement.end_date or day
    if day is None or every != "month" or not (document.year and document.period):
        return day
    apart = document.year * 12 + document.period - (day.year * 12 + day.month)
    if abs(apart) != 1 or document.period > _MONTHS:
        return day
    return date(document.year, document.period, 1)
