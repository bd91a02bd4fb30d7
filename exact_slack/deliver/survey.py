"""Before a ledger that may not know all of its messages posts, it looks for them in Slack.

One that was restored from a backup does not know what was posted since; one that begins anew knows
nothing. A message has the same key in each of them (`ledger/outgoing/keys.py`). So a channel, or a
thread, is looked through once before the first message goes there; what stands there already is
taken over, not posted again."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from exact_slack.app.summary import SLACK_WAITS
from exact_slack.deliver.session import Session
from exact_slack.errors import Notice, PersonNeeded, TemporaryError
from exact_slack.ledger.earlier import THREADS_FOR, Doubt, Sign, file_key
from exact_slack.ledger.log import Stands as Found
from exact_slack.ledger.outgoing import payloads
from exact_slack.ledger.outgoing.actions import Action, Identity
from exact_slack.ledger.outgoing.causes import Cause
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.outgoing.states import State
from exact_slack.plan.threads import Threads
from exact_slack.slack.outcome import Outcome
from exact_slack.slack.reconcile import LAG, MARGIN, LookUp

_WITNESSES = 3
_STUMBLES = 3


class Verdict(Enum):
    """What is known of a message that is about to be sent."""

    ABSENT = "it does not stand there"
    LATER = "not known yet"
    UNKNOWN = "nobody can tell"


@dataclass(frozen=True, slots=True)
class Stands:
    """It stands there, under this key and ts."""

    idempotency_key: str
    ts: str


@dataclass(frozen=True, slots=True)
class Postponed:
    """Slack does not show the place now: look again at `until`."""

    until: float


@dataclass(frozen=True, slots=True)
class Place:
    """A channel, or a thread in it."""

    channel_id: str
    thread_ts: str = ""


class Survey:
    """Looks places through, each once after a doubt came up."""

    def __init__(self, session: Session, *, asks_person: bool) -> None:
        """`asks_person`: where nobody can tell whether a message stands there, it waits."""
        self._summary = session.summary
        self._asks_person = asks_person
        self._threads = Threads(session.ledger, None)
        self._ledger = session.ledger
        self._earlier = session.ledger.earlier
        self._client = session.client
        self._clock = session.clock
        self._ending = session.ending
        self._doubt = self._sane(self._earlier.doubt())
        self._seen: set[Place] = set()
        self._under_way: dict[Place, LookUp] = {}
        self._taken_over = 0
        self._told = False
        """Whether it was said that an earlier ledger has posted."""

    def _sane(self, doubt: Doubt | None) -> Doubt | None:
        """The local clock was set back since: then it is noticed now."""
        now = self._clock.now()
        if doubt is None or doubt.noticed <= now:
            return doubt
        sane = replace(doubt, noticed=now, since=min(doubt.since, now))
        self._earlier.set_doubt(sane)
        return sane

    def settles(self, delivery: Delivery) -> bool:
        """Whether a claimed delivery needs no call: an earlier ledger posted it, or may have."""
        verdict = self._judge(delivery)
        if isinstance(verdict, Stands):
            with self._ledger.transaction():
                self._take_over(delivery, verdict)
                self._ledger.outbox.give_back(delivery)
        elif isinstance(verdict, Postponed):
            with self._ledger.transaction():
                self._move(delivery, State.PENDING, not_before=verdict.until)
                self._ledger.outbox.give_back(delivery)
        elif verdict is Verdict.LATER:
            self._move(delivery, State.PENDING)
            raise TemporaryError(
                f"{delivery.channel} cannot be looked through for what was posted before.",
                "What is pending stays pending; the next run goes on.",
                cause=SLACK_WAITS,
            )
        elif verdict is Verdict.UNKNOWN and self._asks_person:
            self._move(delivery, State.HELD, cause=Cause.NOT_FIRST_LEDGER)
            self._summary.problem(
                PersonNeeded(
                    f"{delivery.channel}: some messages may stand there already, because this "
                    "ledger is not the one that posted last, and the channel cannot be looked "
                    "through.",
                    "Give the app channels:history (groups:history for private channels) and "
                    "invite it, or look yourself; then: exact-slack replay --held",
                )
            )
        else:
            return False
        return True

    def tell(self) -> None:
        """Say what stood in Slack already."""
        if count := self._taken_over:
            stood = f"{count} messages stood" if count > 1 else "1 message stood"
            self._summary.problem(
                Notice(f"{stood} in Slack already, from before: taken over, not posted again.")
            )

    def _move(self, delivery: Delivery, state: State, **values: Any) -> Delivery:
        return self._ledger.deliveries.move(delivery, state, self._clock.now(), **values)

    def _judge(self, delivery: Delivery) -> Stands | Postponed | Verdict:
        """Whether a message stands in Slack already. An edit may be repeated."""
        if delivery.action.traits.is_edit:
            return Verdict.ABSENT
        if self._doubt and self._is_newer(delivery, self._doubt):
            return Verdict.ABSENT
        place = self._place(delivery)
        if not place.channel_id:
            return Verdict.UNKNOWN if self._doubt else Verdict.ABSENT
        if self._doubt and self._is_due(place, delivery, self._doubt):
            problem = self._look(place, self._doubt)
            if problem is not None:
                return problem
        elif not self._doubt and not place.thread_ts and self._is_new_or_slept(place):
            self._glance(place, delivery.channel)
        return self._find(place, delivery)

    def _take_over(self, delivery: Delivery, stands: Stands) -> None:
        """The message is this delivery's. A head shows what was so then."""
        place, now = self._place(delivery), self._clock.now()
        latest = self._earlier.latest_ts(place.channel_id)
        posted = self._move(delivery, State.POSTED, ts=stands.ts, channel_id=place.channel_id)
        self._earlier.adopt(place.channel_id, stands.idempotency_key, delivery.id)
        where = Found.EARLIER_LEDGER
        self._ledger.log.stands(posted, now, where, place.channel_id, stands.ts)
        if posted.action is Action.HEAD and posted.document_id is not None:
            stored = self._ledger.documents.by_id(posted.document_id)
            before = delivery.payload_of(payloads.Head).before
            self._threads.tell_taken_over(posted, before, stored, now)
        elif posted.action is Action.RUN:
            self._threads.edit(posted, now)
        self._taken_over += 1
        if self._doubt is None:  # nobody said so, but this ledger is a copy, or not the first
            newer = latest and float(stands.ts) > float(latest)
            since, gone = float(latest if newer else 0), self._earlier.latest_left(place.channel_id)
            self._doubt = Doubt(Sign.STANDS, now, since, gone_since=gone, told=self._told)
            self._earlier.set_doubt(self._doubt)

    def _place(self, delivery: Delivery) -> Place:
        if delivery.head_id is not None:
            head = self._ledger.deliveries.get(delivery.head_id)
            return Place(head.channel_id, head.ts)
        return Place(delivery.channel_id)

    def _find(self, place: Place, delivery: Delivery) -> Stands | Verdict:
        if not self._earlier.has_left(place.channel_id):
            return Verdict.ABSENT
        keys = [delivery.idempotency_key, *self._ledger.keys.others(delivery)]
        if delivery.action.traits.is_file:
            keys.append(file_key(place.thread_ts, self._ledger.files.of(delivery.id).name))
        signed = self._earlier.find(place.channel_id, keys)
        return Stands(*signed) if signed else Verdict.ABSENT

    def _is_newer(self, delivery: Delivery, doubt: Doubt) -> bool:
        """Whether the message is about something that surely came later than the doubt: no other
        ledger can have told it."""
        certain = doubt.noticed + MARGIN
        if delivery.document_id is None:
            fleeting = delivery.action.traits.identity is Identity.NONE
            return delivery.created_at > (doubt.noticed if fleeting else certain)
        document = self._ledger.documents.by_id(delivery.document_id).document
        moment = document.created if delivery.action is Action.HEAD else document.modified
        return (moment or 0) > certain * 1000

    # -- which places --------------------------------------------------------------------------

    def _is_due(self, place: Place, delivery: Delivery, doubt: Doubt) -> bool:
        """Whether the place may hold messages of ours that are not known, and was not looked
        through since that was noticed."""
        if self._earlier.surveyed_at(place.channel_id, place.thread_ts) > doubt.noticed:
            return False
        if delivery.head_id is None:
            return True
        if self._earlier.is_adopted(delivery.head_id):
            return True
        head = self._ledger.deliveries.get(delivery.head_id)
        old = (head.done_at or 0.0) <= doubt.noticed
        return old and self._clock.now() < doubt.noticed + THREADS_FOR

    def _is_new_or_slept(self, place: Place) -> bool:
        """Whether this ledger has never posted in the channel, or was not in use for a while: it
        may be another one than it was, and nobody said so."""
        if place in self._seen:
            return False
        self._seen.add(place)
        surveyed = self._earlier.surveyed_at(place.channel_id, "")
        if self._ledger.slept_until:
            return surveyed < self._ledger.slept_until
        return not surveyed and not self._earlier.latest_ts(place.channel_id)

    # -- looking -------------------------------------------------------------------------------

    def _glance(self, place: Place, channel: str) -> None:
        """One page of what came after our latest message; the rest only where there are keys on
        it that are not known. Where it cannot be read, nothing is known, as before."""
        oldest = float(self._earlier.latest_ts(place.channel_id) or 0.0)
        now = self._clock.now()
        page = self._client.conversations_history(place.channel_id, oldest, None, None)
        if isinstance(page, Outcome):
            return
        seen = {
            message.idempotency_key: message.ts
            for message in page.messages
            if message.idempotency_key
        }
        if page.cursor is not None and self._earlier.unknown(seen):
            look_up = LookUp(place.channel_id, None, oldest)
            look_up.advance(self._client, now)
            seen |= look_up.keys
        if not self._ledger.newest_ts() and self._earlier.unknown(seen):
            self._told = True
            self._summary.problem(
                Notice(
                    f"{channel} holds messages of exact-slack from before this ledger began. If a"
                    " ledger of this customer was lost, what came or changed in Exact since its"
                    " last run may be missing there.",
                    "Put a backup in its place (exact-slack backup --restore FILE), or bring that"
                    f" up: exact-slack poll --since {_day(max(seen.values()))}T00:00Z",
                )
            )
        self._earlier.surveyed(place.channel_id, "", seen, now)

    def _look(self, place: Place, doubt: Doubt) -> Postponed | Verdict | None:
        """Look a place through; None where that is done. Slack's history lags behind: not before
        everything that the earlier ledger sent must be in it."""
        if not self._settled(doubt.noticed + LAG):
            return Postponed(self._clock.now())
        now = self._clock.now()
        look_up = self._under_way.setdefault(place, self._begin(place, doubt))
        if now < look_up.resume_at:
            return Postponed(look_up.resume_at)
        look_up.advance(self._client, now)
        if look_up.complete and (look_up.sees or not doubt.since):
            self._note(place, look_up, now)
            return None
        if look_up.thread_gone or (look_up.for_good and not doubt.since and look_up.keys):
            self._note(place, look_up, now)  # as far back as a look-up reads
            return None
        if look_up.complete or look_up.for_good or look_up.stumbles >= _STUMBLES:
            del self._under_way[place]
            gone_on = look_up.complete or look_up.for_good
            return Verdict.UNKNOWN if gone_on else Verdict.LATER
        return Postponed(look_up.resume_at)

    def _settled(self, at: float) -> bool:
        while (rest := at - self._clock.now()) > 0:
            if self._ending():
                return False
            self._clock.sleep(min(rest, LAG))
        return True

    def _begin(self, place: Place, doubt: Doubt) -> LookUp:
        deliveries = self._ledger.deliveries
        if place.thread_ts:
            return LookUp(place.channel_id, place.thread_ts, float(place.thread_ts))
        latest = float(self._earlier.latest_ts(place.channel_id) or 0.0)
        if not latest:
            return LookUp(place.channel_id, None, max(doubt.since - MARGIN, 0.0))
        witnesses = deliveries.standing(place.channel_id, f"{latest:.6f}", _WITNESSES)
        near = [d for d in witnesses if float(d.ts) > latest - MARGIN]
        oldest = min([latest, *(float(d.ts) for d in near)])
        standing = {d.ts: d.idempotency_key for d in near}
        return LookUp(place.channel_id, None, oldest, standing=standing)

    def _note(self, place: Place, look_up: LookUp, now: float) -> None:
        names = {file_key(place.thread_ts, name): ts for name, ts in look_up.names.items()}
        seen = {**look_up.keys, **(names if place.thread_ts else {})}
        self._earlier.surveyed(place.channel_id, place.thread_ts, seen, now)
        self._under_way.pop(place, None)


def _day(ts: str) -> str:
    return datetime.fromtimestamp(float(ts), UTC).strftime("%Y-%m-%d")
