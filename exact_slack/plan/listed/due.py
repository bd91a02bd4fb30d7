"""What time brings: documents that become due soon or overdue, told once a day.

Where a document stands already, its message says so from then on and a reply tells it; where it
does not, it gets a message. Several of one day and channel are one list, with quiet replies."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from exact_slack.app.isolated import isolated
from exact_slack.config.match import matches
from exact_slack.config.route import Route
from exact_slack.documents.document import Document
from exact_slack.documents.event import Event
from exact_slack.documents.exceptions import BY_TIME, ExceptionKind
from exact_slack.ledger.compared.history import Earlier
from exact_slack.ledger.documents.stored import Stored
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.log import Happened
from exact_slack.ledger.outgoing import payloads
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.outgoing.states import Urgency
from exact_slack.plan.planning import Planning
from exact_slack.plan.threads import unseen
from exact_slack.plan.waiting.pauses import Pauses
from exact_slack.routing import exceptions
from exact_slack.routing.rules import Judgement, Occasion, judge

_SOON_JUDGED = "due_soon_judged"
"""The fact that says how many days ahead they were looked at."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Fell:
    """A due date that a channel is to be told of."""

    stored: Stored
    told: Stored
    """What a reply or a line names: of a payment term its invoice, if that is due on that day."""
    subject: int
    due: date
    exception: ExceptionKind
    route: Route
    judged: Judgement
    head: Delivery | None
    """Its message in the channel."""


class DueDates:
    """Plans one run, inside the transaction of whoever calls."""

    def __init__(
        self, planning: Planning, new_head: Callable[[Stored, Route, Judgement, float], None]
    ) -> None:
        self._config, self._ledger, self._run = planning.config, planning.ledger, planning.run
        self._digests, self._threads = planning.digests, planning.threads
        self._items, self._log = planning.items, planning.log
        self._new_head = new_head
        self._addressees = planning.addressees
        self._soon = timedelta(days=planning.config.exceptions.due_soon_days)

    def plan(
        self, today: date, now: float, problem: Callable[[Stored | None, Exception], None]
    ) -> None:
        """Once a day: what was reached since the last time goes to the routes that ask for it.
        Only what is known to be open: time alone must not raise an alarm about what was paid
        unseen. What fails is told as a problem, and looked at again by the next run."""
        if self._ledger.due.is_judged(today):
            return
        since = self._ledger.due.judged_until()
        routes = [route for route in self._config.routes if asks_for(route, BY_TIME)]
        whole = True
        if since is not None and since <= today and routes:
            by_channel: dict[str, dict[tuple[int, str, date], _Fell]] = {}
            for stored in self._ledger.documents.due_between(since, today + self._soon):
                if stored.document.ref.division not in self._config.exact.divisions:
                    continue
                look = partial(self._look, stored, since, today, now, by_channel)
                if error := isolated(self._ledger, look):
                    problem(stored, error)
                    whole = False
            for channel, fallen in by_channel.items():
                tell = partial(self._tell, channel, list(fallen.values()), today, now)
                if error := isolated(self._ledger, tell):
                    problem(None, error)
                    whole = False
        if whole:  # also where it is the first run, or the local clock was far ahead before
            self._ledger.due.judged(today)
            self._ledger.set_fact(_SOON_JUDGED, str(self._soon.days))

    def _crossed(self, document: Document, since: date, today: date) -> ExceptionKind | None:
        """The exception that a due date has reached between two days; `due_soon_days` may have
        grown since."""
        due = document.due_date
        if due is None:
            return None
        if since <= due < today:
            return ExceptionKind.OVERDUE
        days = self._ledger.fact(_SOON_JUDGED) or ""
        before = timedelta(days=int(days)) if days.isdecimal() else self._soon
        soon = max(today, since + before + _DAY) <= due
        return ExceptionKind.DUE_SOON if soon else None

    def _look(
        self,
        stored: Stored,
        since: date,
        today: date,
        now: float,
        fallen: dict[str, dict[tuple[int, str, date], _Fell]],
    ) -> None:
        document, history = stored.document, Earlier(self._ledger.db, stored)
        crossed = self._crossed(document, since, today)
        if crossed is None or document.due_date is None:
            return
        given = exceptions.Given(document, history, self._config.exceptions, today)
        fired = tuple(exceptions.find(given, self._config.exceptions_of(document.kind)))
        if crossed not in fired or not (document.is_term or history.is_open()):
            return
        invoice = self._ledger.together.settled_by(document) if document.is_term else None
        same_day = invoice is not None and invoice.document.due_date == document.due_date
        subjects = [stored.subject_id, *([invoice.subject_id] if invoice else [])]
        there = {h.channel: h for s in subjects for h in self._ledger.deliveries.heads(s)}
        judged = judge(
            self._config.routes, Occasion(document, Event.MODIFIED, fired), self._addressees
        )
        for verdict in judged.verdicts:
            route = verdict.route
            if not verdict.taken or not asks_for(route, (crossed,)):
                continue
            if route.digest:
                self._digests.collect(stored, [route], now)
                continue
            fell = _Fell(
                stored=stored,
                told=invoice if invoice and same_day else stored,
                subject=subject_of(self._ledger, stored),
                due=document.due_date,
                exception=crossed,
                route=route,
                judged=judged,
                head=there.get(route.channel),
            )
            key = (fell.subject, crossed.value, fell.due)
            if not self._ledger.due.is_told(*key, route.channel):
                fallen.setdefault(route.channel, {}).setdefault(key, fell)

    def _tell(self, channel: str, fallen: list[_Fell], today: date, now: float) -> None:
        pauses = Pauses(self._config, self._ledger)
        listed: list[_Fell] = []
        for fell in fallen:
            self._ledger.due.mark(fell.subject, fell.exception, fell.due, channel)
            self._log.fell_due(fell.stored, fell.exception, now)
            if fell.head is not None:
                self._ledger.deliveries.notice(fell.head.id, (fell.exception,))
                self._items.notice(fell.head, (fell.exception,), fell.judged, now)
                if unseen(fell.head):
                    continue  # it says so itself
            alone = fell.head is None and fell.route.triage is not None  # each is somebody's
            alone = alone and not self._in_run(fell)
            if alone or pauses.silence_of(fell.route, fell.told, now):
                self._alone(fell, now)
            else:
                listed.append(fell)
        if len(listed) == 1 and not self._in_run(listed[0]):
            self._alone(listed[0], now)
        elif listed:
            self._list(channel, listed, today, now)

    def _in_run(self, fell: _Fell) -> bool:
        """Whether it is a payment in a run and no message of its channel: it never gets one."""
        in_run = self._ledger.payment_runs.of(fell.stored.id) is not None
        return fell.head is None and in_run

    def _alone(self, fell: _Fell, now: float) -> None:
        if fell.head is None:
            self._new_head(fell.stored, fell.route, fell.judged, now)
        else:
            self._reply(fell, fell.head, now, loud=True)

    def _reply(self, fell: _Fell, head: Delivery, now: float, *, loud: bool) -> None:
        self._threads.edit(head, now, Urgency.NEWS)
        self._threads.reply(
            head,
            payloads.Due(fell.exception.value, fell.due),
            fell.told.id,
            now,
            exceptions=(fell.exception,) if loud else (),
            route=fell.route.name,
        )

    def _list(self, channel: str, fallen: list[_Fell], today: date, now: float) -> None:
        from exact_slack.rendering.due import NAMED

        ordered = sorted(fallen, key=lambda each: (BY_TIME[::-1].index(each.exception), each.due))
        rows = tuple(
            payloads.DueRow(each.told.id, each.exception.value, each.due, each.route.name)
            for each in ordered
        )
        head = None
        for part in range(-(-len(rows) // NAMED)):
            brought = rows[part * NAMED : (part + 1) * NAMED] if part else rows
            number = self._ledger.deliveries.add(
                payloads.DueList(today, part, brought),
                route=ordered[0].route.name,
                channel=channel,
                head=head,
                run=self._run,
                now=now,
            )
            head = number if head is None else head
            for fell in ordered[part * NAMED : (part + 1) * NAMED]:
                self._ledger.log.add(Happened.LISTED, now, document=fell.told.id, delivery=number)
        for fell in ordered:
            if fell.head is not None:
                self._reply(fell, fell.head, now, loud=False)


def asks_for(route: Route, names: tuple[ExceptionKind, ...]) -> bool:
    """Whether the route takes documents for one of these exceptions."""
    asked = route.when.exception
    return asked is not None and any(matches(asked, name) for name in names)


def subject_of(ledger: Ledger, stored: Stored) -> int:
    """What falls due together: an invoice, the entry made from it, and its payment terms."""
    invoice = ledger.together.settled_by(stored.document) if stored.document.is_term else None
    return invoice.subject_id if invoice else stored.subject_id
