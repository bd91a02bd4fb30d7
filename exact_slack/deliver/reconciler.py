"""Settling sends whose outcome nobody knows: each is looked up in its channel by its key.

Found: that message is adopted. Not found by two complete look-ups, the second at least a minute
after the send and able to see the keys of what stands there: it is sent again (or held, under
`strict`). Where no such look-up is possible `on_ambiguous` decides.

Whoever sent it looks it up: it stays the owner until the outcome is known. Another process takes
over where that one died, or leaves a look-up undone for too long."""

from contextlib import suppress

from exact_slack.app.summary import SLACK_WAITS
from exact_slack.deliver.loose import tell_together
from exact_slack.deliver.session import Session
from exact_slack.errors import PersonNeeded, SlackLoginNeeded, TemporaryError
from exact_slack.failpoints import failpoint
from exact_slack.ledger.log import Happened
from exact_slack.ledger.outgoing.actions import Action
from exact_slack.ledger.outgoing.causes import Cause
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.outgoing.files import Shared
from exact_slack.ledger.outgoing.outbox import LONGEST_CALL, LONGEST_PAUSE, Wait
from exact_slack.ledger.outgoing.states import UNSURE, MovedOn, State
from exact_slack.slack.outcome import Outcome, Result
from exact_slack.slack.reconcile import LAG, MARGIN, SETTLE, LookUp

TOKEN_CURE = "Store a working bot token: exact-slack auth slack. Nothing pending is lost."  # noqa: S105
_STUMBLES = 3
"""So many unreadable pages in a row end the run: Slack is not well."""
_PATIENCE = 900.0
"""Seconds a run waits for look-ups altogether."""
LONGEST_WAIT = 90.0
"""Seconds a run waits for a look-up before it leaves it to the next run."""
_LAPSE = 180.0
"""Seconds after which a look-up that its owner leaves undone is anybody's."""
_WITNESSES = 3
"""So many of our messages in a channel show that a look-up sees what stands there: some may have
been deleted by people."""
_LOOK_YOURSELF = "Look into the channel; where it is missing: exact-slack replay --ambiguous --held"
_GIVE_ACCESS = (
    "Give the app channels:history (groups:history for private channels) and invite it; then: "
    "exact-slack replay --ambiguous --held"
)
_Place = tuple[str, str | None]


class Reconciler:
    """Works through `sending` rows of dead senders and `ambiguous` ones."""

    def __init__(self, session: Session, resend: frozenset[int]) -> None:
        self._policy = session.config.on_ambiguous
        self._ledger = session.ledger
        self._client = session.client
        self._owner = session.owner
        self._clock = session.clock
        self._summary = session.summary
        self._resend = resend
        """The deliveries that `replay` was asked to send where a look-up does not find them,
        whatever `on_ambiguous` says."""
        self._waited = 0.0
        self._under_way: dict[_Place, LookUp] = {}
        self._beside: dict[_Place, LookUp] = {}
        """For threads: the look-ups in the channel itself, for what stands there loose."""

    def run(self) -> None:
        """One step: what can be settled now."""
        if not self._ledger.deliveries.any_in(*UNSURE):  # cheap: it is asked before each message
            return
        now = self._clock.now()
        unsure = self._ledger.deliveries.in_states(*UNSURE)
        for delivery in unsure:
            # ours, too: whoever asks here is not in the middle of a send
            if delivery.state is State.SENDING and self._is_free(delivery):
                with suppress(MovedOn):
                    self._abandoned(delivery, now)
        due = [d for d in unsure if d.state is State.AMBIGUOUS and self._is_due(d, now)]
        places: dict[_Place, list[Delivery]] = {}
        for delivery in due:
            if self._is_free(delivery) or self._lapsed(delivery, now):
                with suppress(MovedOn):
                    mine = self._ledger.deliveries.set(delivery, owner=self._owner.name)
                    places.setdefault(self._place(mine), []).append(mine)
        for place, waiting in places.items():
            self._look_up(place, waiting, now)

    def wait(self) -> Wait | None:
        """How long until the next step, where there is one soon that is ours to make."""
        now = self._clock.now()
        unsure = self._ledger.deliveries.in_states(State.AMBIGUOUS)
        times = [d.not_before for d in unsure if self._is_free(d) or self._lapsed(d, now)]
        if not times:
            return None
        seconds = max(min(0.0 if at > now + LONGEST_PAUSE else at - now for at in times), 0.05)
        self._waited += seconds
        if seconds > LONGEST_WAIT or self._waited > _PATIENCE:
            raise TemporaryError(
                "What became of some messages is not settled yet; the next run looks again.",
                cause=SLACK_WAITS,
            )
        return Wait(seconds)

    def _is_free(self, delivery: Delivery) -> bool:
        """Whether no other living process sends it or looks it up."""
        return delivery.owner == self._owner.name or self._owner.is_dead(delivery.owner)

    @staticmethod
    def _lapsed(delivery: Delivery, now: float) -> bool:
        return now > delivery.not_before + _LAPSE

    @staticmethod
    def _is_due(delivery: Delivery, now: float) -> bool:
        # further away than any pause: the local clock was set back
        return delivery.not_before <= now or delivery.not_before > now + LONGEST_PAUSE

    def _abandoned(self, delivery: Delivery, now: float) -> None:
        """Its sender died. An edit can be repeated, and a file that Slack did not have yet;
        anything else is looked up."""
        deliveries = self._ledger.deliveries
        harmless = delivery.action.traits.is_edit or (
            delivery.action.traits.is_file and self._ledger.files.nothing_shown(delivery.id)
        )
        sent = min(delivery.sending_at or now, now)
        settled, cause = sent + SETTLE, Cause.SENDER_ENDED
        with self._ledger.transaction():
            self._ledger.outbox.counts_from(delivery, now)  # its call may still be on the way
            self._ledger.log.attempt(delivery, now, Result.AMBIGUOUS.value, error=cause.value)
            if harmless:
                deliveries.move(delivery, State.PENDING, now, cause=cause, not_before=settled)
            else:
                ended, me = min(sent + LONGEST_CALL, now), self._owner.name
                deliveries.doubt(delivery, ended, cause=cause, not_before=settled, by=me)

    def _place(self, delivery: Delivery) -> _Place:
        deliveries = self._ledger.deliveries
        if delivery.head_id is not None:
            head = deliveries.get(delivery.head_id)
            return head.channel_id, head.ts
        return delivery.channel_id or self._ledger.channels.id_of(delivery.channel), None

    def _look_up(self, place: _Place, waiting: list[Delivery], now: float) -> None:
        if not place[0]:
            for delivery in waiting:
                with suppress(MovedOn):
                    self._impossible(delivery, Cause.CHANNEL_UNKNOWN)
            return
        look_up = self._under_way.get(place)
        if look_up is None:
            look_up = self._under_way[place] = self._begin(place, waiting, now)
        look_up.advance(self._client, now)
        loose = self._look_beside(place, waiting, look_up, now)
        failpoint("after_look_up")
        for delivery in waiting:
            with suppress(MovedOn):
                self._settle(delivery, look_up, loose)
        last = loose or look_up
        if last.complete or last.for_good:
            self._under_way.pop(place)
            self._beside.pop(place, None)
        if last.token_dead and last.refused:
            raise SlackLoginNeeded(f"Slack refuses the token ({last.refused.error}).", TOKEN_CURE)
        if last.stumbles >= _STUMBLES and last.refused:
            raise TemporaryError(
                f"Slack's history cannot be read ({last.refused.error}).",
                "What is pending stays pending; the next run goes on.",
                cause=SLACK_WAITS,
            )

    def _look_beside(
        self, place: _Place, waiting: list[Delivery], look_up: LookUp, now: float
    ) -> LookUp | None:
        """What is not in its thread may stand loose in the channel: Slack says ok to a reply whose
        head was deleted. None where that is not, or not yet, to be looked up."""
        if place[1] is None or not (look_up.complete or look_up.thread_gone):
            return None
        if all(self._ts(delivery, look_up) for delivery in waiting):
            return None
        loose = self._beside.get(place)
        if loose is None:
            loose = self._beside[place] = self._begin((place[0], None), waiting, now)
            if look_up.thread_gone:  # its head bears no witness
                loose.standing = {ts: key for ts, key in loose.standing.items() if ts != place[1]}
        loose.advance(self._client, now)
        return loose

    def _begin(self, place: _Place, waiting: list[Delivery], now: float) -> LookUp:
        """A look-up whose span holds messages that are known to stand there."""
        head_id = waiting[0].head_id
        if place[1] is not None and head_id is not None:
            head, below = self._ledger.deliveries.get(head_id), self._under(head_id)
            standing, oldest = [head, *below], float(head.ts or 0)
        else:
            oldest = min(self._since(d) for d in waiting)
            standing = self._standing(place[0], oldest)
            oldest = min([oldest, *(float(d.ts) for d in standing)])
        return LookUp(
            *place,
            oldest,
            began=now,
            covers=frozenset((d.id, d.attempts) for d in waiting),
            standing={d.ts: d.idempotency_key for d in standing},
        )

    def _under(self, head_id: int) -> list[Delivery]:
        return [
            d
            for d in self._ledger.deliveries.under(head_id)
            if d.state is State.POSTED and d.ts and d.action.traits.bears_key
        ]

    def _standing(self, channel_id: str, until: float) -> list[Delivery]:
        """Our latest message there, and those of the day before it."""
        standing = self._ledger.deliveries.standing(channel_id, f"{until:.6f}", _WITNESSES)
        return [
            d for d in standing if d is standing[0] or float(d.ts) > float(standing[0].ts) - MARGIN
        ]

    @staticmethod
    def _since(delivery: Delivery) -> float:
        """Where the window begins: at our last message before it, by Slack's own clock."""
        if delivery.after_ts:
            return float(delivery.after_ts)
        return (delivery.sending_at or delivery.created_at) - MARGIN

    def _ts(self, delivery: Delivery, look_up: LookUp) -> str:
        """The ts of the message that a look-up found; "" where it found none."""
        ts = look_up.keys.get(delivery.idempotency_key, "")
        if not ts and delivery.action.traits.is_file:
            ts = look_up.files.get(self._ledger.files.of(delivery.id).upload, "")
        return ts

    def _settle(self, delivery: Delivery, in_place: LookUp, loose: LookUp | None) -> None:
        now, last = self._clock.now(), loose or in_place
        ts = self._ts(delivery, in_place) or (self._ts(delivery, loose) if loose else "")
        astray = loose is not None and not self._ts(delivery, in_place) and ts not in loose.threads
        if ts and astray:
            self._astray(delivery, last.channel_id, ts, in_place.thread_gone, now)
        elif ts:
            self._ledger.deliveries.move(
                delivery, State.POSTED, now, ts=ts, channel_id=in_place.channel_id
            )
            self._summary.posted += 1
        elif last.complete and (delivery.id, delivery.attempts) in last.covers:
            both = (in_place, loose)
            looked = [look_up for look_up in both if look_up and not look_up.thread_gone]
            self._not_seen(delivery, looked, in_place.thread_gone, now)
        elif last.complete:
            self._ledger.deliveries.postpone(delivery, now)
        elif last.for_good and last.refused:
            self._impossible(delivery, Cause.NO_LOOK_UP, last.refused)
        else:
            self._ledger.deliveries.postpone(delivery, last.resume_at)

    def _astray(
        self, delivery: Delivery, channel_id: str, ts: str, thread_gone: bool, now: float
    ) -> None:
        with self._ledger.transaction():
            if delivery.action.traits.is_file:
                self._ledger.files.uploaded(delivery.id, "")  # an upload is shared once only
            self._ledger.deliveries.astray(delivery, channel_id, ts, now)
            self._renew(delivery, thread_gone, now)

    def _renew(self, delivery: Delivery, thread_gone: bool, now: float) -> None:
        if thread_gone and delivery.head_id is not None:
            head = self._ledger.deliveries.get(delivery.head_id)
            self._ledger.deliveries.renew(head, now, Cause.DELETED_IN_SLACK)

    def _not_seen(
        self, delivery: Delivery, looked: list[LookUp], thread_gone: bool, now: float
    ) -> None:
        """The first look-up may come before Slack shows the message: only a later one counts."""
        ended = min(delivery.ended_at or delivery.sending_at or 0.0, now)
        if delivery.looks == 0 or min(look_up.began for look_up in looked) < ended + LAG:
            with self._ledger.transaction():
                self._ledger.log.of_delivery(Happened.LOOKED_UP, now, delivery)
                self._ledger.deliveries.set(
                    delivery,
                    looks=delivery.looks + 1,
                    ended_at=ended,
                    not_before=self._again_at(delivery, ended, now),
                )
        elif all(look_up.sees for look_up in looked):
            self._absent(delivery, thread_gone, now)
        else:
            self._impossible(delivery, Cause.HISTORY_BLIND)

    def _again_at(self, delivery: Delivery, ended: float, now: float) -> float:
        """A file that Slack took is seen after some seconds, mostly; of what got no answer, only
        the look-up after a minute counts."""
        at = max(ended + LAG, now + SETTLE)
        if self._was_shared(delivery):
            at = min(at, now + max(SETTLE, now - ended))
        return at

    def _was_shared(self, delivery: Delivery) -> bool:
        if not delivery.action.traits.is_file:
            return False
        return self._ledger.files.of(delivery.id).shared is Shared.DONE

    def _absent(self, delivery: Delivery, thread_gone: bool, now: float) -> None:
        if self._policy == "strict" and delivery.id not in self._resend:
            cause, why = Cause.OUTCOME_UNKNOWN, delivery.sentence
            self._ledger.deliveries.move(delivery, State.HELD, now, cause=cause, detail=why)
            return
        with self._ledger.transaction():
            self._ledger.deliveries.move(delivery, State.PENDING, now, cause=Cause.NOT_ARRIVED)
            self._renew(delivery, thread_gone, now)
            if delivery.action.traits.is_file:
                self._ledger.files.not_seen(delivery.id)
            elif delivery.action is Action.HEAD:
                self._nobody_saw(delivery, now)
            else:
                tell_together(self._ledger, self._ledger.deliveries.get(delivery.id), now)

    def _nobody_saw(self, head: Delivery, now: float) -> None:
        """The head will show the latest state by itself: nothing is left to tell of changes."""
        for below in self._ledger.deliveries.under(head.id):
            if below.id < head.id or not below.action.traits.head_tells:
                continue  # what is older than a head that was renewed was told of another one
            if below.state is State.PENDING:
                cause = Cause.HEAD_SHOWS_IT
                self._ledger.deliveries.move(below, State.SUPERSEDED, now, cause=cause)

    def _impossible(self, delivery: Delivery, cause: Cause, refused: Outcome | None = None) -> None:
        """No look-up can tell whether it arrived; `refused`: what Slack said to it."""
        deliveries, now = self._ledger.deliveries, self._clock.now()
        if self._was_shared(delivery):  # Slack's word is all there is
            deliveries.move(delivery, State.POSTED, now, cause=Cause.FILE_UNSEEN)
            self._summary.posted += 1
            return
        again = self._policy == "repost" or delivery.id in self._resend
        state = State.PENDING if again else State.HELD
        deliveries.move(delivery, state, now, cause=cause, detail=refused.error if refused else "")
        if not again:
            self._summary.problem(_in_doubt(delivery.channel, cause, refused))


def _in_doubt(channel: str, cause: Cause, refused: Outcome | None) -> PersonNeeded:
    """What a person is told of a message that may or may not have arrived."""
    why = refused.error if refused else "the channel is not known"
    said = (
        f"{channel}: a message may or may not have arrived, and the channel's history does not "
        "show what stands there."
        if cause is Cause.HISTORY_BLIND
        else f"{channel}: a message may or may not have arrived, and the channel cannot be looked "
        f"into ({why})."
    )
    by_hand = refused is None or refused.result is Result.RECORD
    return PersonNeeded(said, _LOOK_YOURSELF if by_hand else _GIVE_ACCESS)
