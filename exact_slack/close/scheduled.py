"""The closes of the config: looked after each morning of their days, once, and put into the ledger
together with their deliveries. What sends them is the same as for every other message.

Mornings that were missed are made up for by the latest of them. Where Exact cannot be asked just
now it waits, and is tried again half an hour later. Outside its days nothing is read but the
periods."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from exact_slack.app.allowance import calls_left
from exact_slack.app.customer import Customer
from exact_slack.app.reserve import reserve
from exact_slack.app.summary import Summary
from exact_slack.close import journal, periods
from exact_slack.close.books import MOST_CALLS, Deliveries, Ticked, Wishes
from exact_slack.close.codec import from_json, journal_to_json, to_json
from exact_slack.close.make import Asked, close_of, divisions_of
from exact_slack.close.message import changes
from exact_slack.config.closing import Close
from exact_slack.config.model import Config
from exact_slack.config.timing import day_of
from exact_slack.documents.closing import Closing, Light, Posting
from exact_slack.documents.compared.period import Period
from exact_slack.errors import ExactSlackError, LoginNeeded, TemporaryError
from exact_slack.exact.values import Unreadable
from exact_slack.failpoints import failpoint
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.outgoing import payloads
from exact_slack.ledger.outgoing.actions import Action
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.outgoing.payload import Payload
from exact_slack.ledger.outgoing.states import State, Urgency
from exact_slack.ledger.recurring.closes import CloseRow
from exact_slack.ledger.schema.trouble import record

_AGAIN = 1800.0
"""Seconds after which what could not be read is tried again."""
_PERIODS_LAST, _UNKNOWN_AGAIN = 7 * 86400.0, 86400.0
"""Seconds for which the periods of a company are believed; the second where they do not tell of
today."""
ROUTE = "close"
"""What its deliveries are called by, in place of a route."""
Ticks = Callable[[int, Sequence[str]], Mapping[str, Ticked]]
"""Who ticked which of the words of a close."""


@dataclass(frozen=True, slots=True)
class Due:
    """A company's period that is to be looked after, and the morning for which; None: a person
    asks."""

    close: Close
    division: int
    period: Period
    at: float | None


def wishes_of(close: Close) -> Wishes:
    """What a close of the config asks for."""
    return Wishes(close.lines or (), close.suspense, close.manual)


def make_due(customer: Customer, summary: Summary, deliveries: Deliveries, ticks: Ticks) -> bool:
    """Look after what is due; whether anything was. A problem of one leaves the others alone."""
    _know_periods(customer, summary)
    dues = list(due(customer.config, customer.ledger, customer.clock.now()))
    look_after(customer, dues, summary, deliveries, ticks)
    return bool(dues)


def due(config: Config, ledger: Ledger, now: float) -> Iterator[Due]:
    """What is to be looked after now."""
    zone = config.zone()
    for close in config.close:
        for division in close.divisions or config.exact.divisions:
            for period in ledger.closes.periods(division):
                at = close.due(period.end, config.quiet, now, zone)
                if at is None:
                    continue
                row = ledger.closes.find(close.channel, division, period)
                handled = ledger.closes.handled(row.id) if row else 0.0
                if at > handled and not (row and 0 <= now - row.tried_at < _AGAIN):
                    yield Due(close, division, period, at)


def wants_periods(config: Config, ledger: Ledger, now: float) -> list[int]:
    """The companies whose periods are to be read: rarely, and not by each poll."""
    today, wanted = day_of(now, config.zone()), []
    for division in _divisions(config):
        stored = ledger.closes.periods(division)
        holds = any(period.holds(today) for period in stored)
        rest = _PERIODS_LAST if holds else _UNKNOWN_AGAIN
        if not 0 <= now - ledger.moment(_read_fact(division)) < rest:
            wanted.append(division)
    return wanted


def is_due(config: Config, ledger: Ledger, now: float) -> bool:
    """Whether a run is worth it."""
    return bool(wants_periods(config, ledger, now)) or any(due(config, ledger, now))


def _divisions(config: Config) -> list[int]:
    named = [close.divisions or config.exact.divisions for close in config.close]
    return list(dict.fromkeys(code for codes in named for code in codes))


def _read_fact(division: int) -> str:
    return f"periods of {division} read"


def _know_periods(customer: Customer, summary: Summary) -> None:
    ledger, now = customer.ledger, customer.clock.now()
    problems: list[ExactSlackError] = []
    wanted = wants_periods(customer.config, ledger, now)
    year = day_of(now, customer.config.zone()).year
    for info in divisions_of(customer, wanted, problems) if wanted else ():
        fresh, spent = None, 0.0
        try:
            fresh = periods.read(customer.exact, info.code, year)
        except LoginNeeded:
            raise
        except TemporaryError as error:
            problems.append(error)
            spent = _UNKNOWN_AGAIN - _AGAIN
        except ExactSlackError as error:  # what was refused is not asked for again before tomorrow
            problems.append(error)
        with ledger.transaction():
            ledger.set_fact(_read_fact(info.code), str(now - spent))
            if fresh is not None:
                ledger.closes.know(info.code, fresh)
    for problem in problems:
        summary.problem(problem)


# -- one morning -----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Read:
    """A company's period as it was read, and what it was before."""

    due: Due
    row: CloseRow
    closing: Closing
    before: Closing | None
    journal: tuple[Posting, ...] | None = None
    """The rows that go with the word that it is ready."""


def look_after(
    customer: Customer,
    dues: Sequence[Due],
    summary: Summary,
    deliveries: Deliveries,
    ticks: Ticks,
) -> list[Closing]:
    """Read each company, then write them all down: each says which of the others are ready."""
    done: list[_Read] = []
    for each in dues:
        ledger = customer.ledger
        with ledger.transaction():
            row = ledger.closes.of(each.close.channel, each.division, each.period)
        try:
            done.append(_read(customer, each, row, deliveries, ticks))
        except LoginNeeded:
            raise
        except ExactSlackError as error:
            with ledger.transaction():
                ledger.closes.tried(row.id, customer.clock.now())
            summary.problem(error)
    for read in done:
        read.closing = replace(read.closing, others=_others(customer, read, done))
        failpoint("before_close")
        with customer.ledger.transaction():
            _post(customer.ledger, read, customer.clock.now())
        failpoint("after_close")
    return [read.closing for read in done]


def _read(
    customer: Customer, due: Due, row: CloseRow, deliveries: Deliveries, ticks: Ticks
) -> _Read:
    _afford(customer, due.division)
    problems: list[ExactSlackError] = []
    [*infos] = divisions_of(customer, (due.division,), problems)
    if not infos:
        raise problems[0]
    [info] = infos
    stored = customer.ledger.closes.periods(due.division)
    asked = Asked(wishes_of(due.close), deliveries, ticks(row.id, due.close.manual))
    closing = close_of(customer, info, due.period, stored, asked)
    read = _Read(due, row, closing, _last(customer.ledger, row))
    if closing.ready and not row.ready_at:
        try:
            read.journal = journal.read(customer.exact, info.code, due.period)
        except Unreadable as odd:
            raise TemporaryError(
                f"Division {info.code}: the invoice journal of {due.period.name} cannot be read "
                f"({odd}), and the close waits.",
                "Look at its entries in Exact Online.",
            ) from odd
    return read


def _last(ledger: Ledger, row: CloseRow) -> Closing | None:
    state = ledger.closes.latest(row.id)
    if state is None:
        return None
    with record("close", state.id):
        return from_json(state.body)


def _others(customer: Customer, read: _Read, done: Sequence[_Read]) -> tuple[tuple[str, bool], ...]:
    """Each company of the same close, and whether it is ready; one that could not be read just now
    is as it was."""
    close, ledger, config = read.due.close, customer.ledger, customer.config
    divisions = close.divisions or config.exact.divisions
    if len(divisions) < 2:
        return ()
    now = {
        other.due.division: other.closing
        for other in done
        if other.due.close is close and other.due.period.name == read.due.period.name
    }
    reads = []
    for code in divisions:
        closing = now.get(code)
        if closing is None:
            row = ledger.closes.find(close.channel, code, read.due.period)
            closing = _last(ledger, row) if row else None
        record_ = ledger.cursors.division(code)
        name = config.company(code, record_.name if record_ else "")
        reads.append((name, bool(closing and closing.ready)))
    return tuple(reads)


def _afford(customer: Customer, division: int) -> None:
    """TemporaryError where the company has too few calls left today."""
    left, kept = calls_left(customer, division), reserve(customer.config)
    if left - kept < MOST_CALLS:
        raise TemporaryError(
            f"Division {division}: {left} calls to Exact are left today, {kept} of them are kept "
            f"for webhooks and logins; the close needs up to {MOST_CALLS} and waits.",
            "It is looked after once there are more.",
        )


def _post(ledger: Ledger, read: _Read, now: float) -> None:
    """How it stands and all its deliveries, inside the transaction of the caller."""
    close, row, closing = read.due.close, read.row, read.closing
    state = ledger.closes.add(row.id, read.due.at, now, to_json(closing))
    ledger.closes.tried(row.id, 0.0)
    head = ledger.closes.head(row.id)
    if head is None:
        number = ledger.deliveries.add(
            payloads.Close(row.id), route=ROUTE, channel=close.channel, now=now
        )
        head = ledger.deliveries.get(number)
    else:
        _edit(ledger, head, now)
    _manual(ledger, read, head, now)
    if read.before is not None and (changed := changes(read.before, closing)):
        loud = bool(row.ready_at) and any(line.light is Light.RED for line in changed)
        _reply(ledger, head, payloads.CloseChanged(row.id, state, loud), now)
    if read.journal is not None:
        ledger.closes.ready(row.id, now, journal_to_json(read.journal))
        _reply(ledger, head, payloads.CloseReady(row.id, state), now)
        file = _reply(ledger, head, payloads.File(), now)
        name = f"close-{closing.period.year}-{closing.period.number:02}-{closing.division}.csv"
        ledger.files.add(file, "", name, "")


def _reply(ledger: Ledger, head: Delivery, payload: Payload, now: float) -> int:
    return ledger.deliveries.add(payload, route=ROUTE, channel=head.channel, head=head.id, now=now)


def _edit(ledger: Ledger, head: Delivery, now: float) -> None:
    """One waiting edit is enough; a head that nobody has seen shows the present state anyhow."""
    if head.state.is_waiting or (head.state is State.HELD and head.sending_at is None):
        return
    if ledger.deliveries.waiting(head.id, Action.EDIT, None) is None:
        ledger.deliveries.add(
            payloads.Edit(),
            route=ROUTE,
            channel=head.channel,
            head=head.id,
            now=now,
            urgency=int(Urgency.NEWS),
        )


def _manual(ledger: Ledger, read: _Read, head: Delivery, now: float) -> None:
    """Each of the config's words has a reply under the message that stands."""
    for words in read.due.close.manual:
        if not any(reply.head_id == head.id for reply in ledger.closes.replies(read.row.id, words)):
            _reply(ledger, head, payloads.CloseManual(read.row.id, words), now)
