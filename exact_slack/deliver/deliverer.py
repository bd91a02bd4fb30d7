"""From the ledger to Slack: claim, render, send, record.

Every send is committed as `sending` before its call. A send has one of the outcomes of
`exact_slack.slack.outcome`; each leads to one step in the table of states."""

import logging
import sqlite3
from contextlib import suppress
from math import inf

from exact_slack.app.isolated import unforeseen
from exact_slack.app.summary import SLACK_WAITS
from exact_slack.deliver.channels import Channels
from exact_slack.deliver.files import FileSender
from exact_slack.deliver.loose import remove
from exact_slack.deliver.newer_blocks import NewerBlocks
from exact_slack.deliver.outcomes import Outcomes
from exact_slack.deliver.people import DirectMessages
from exact_slack.deliver.presenter import Presenter
from exact_slack.deliver.reconciler import Reconciler
from exact_slack.deliver.session import Session
from exact_slack.deliver.survey import Survey
from exact_slack.errors import (
    ExactSlackError,
    TemporaryError,
)
from exact_slack.failpoints import failpoint
from exact_slack.ledger.ledger import ADDRESS
from exact_slack.ledger.outgoing.causes import Cause
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.outgoing.outbox import LONGEST_CALL, Wait
from exact_slack.ledger.outgoing.states import MovedOn, State
from exact_slack.ledger.schema.trouble import DamagedRecord
from exact_slack.plan.waiting.pauses import Pauses
from exact_slack.rendering.message import Message, plain
from exact_slack.slack.answers import AuthTest
from exact_slack.slack.outcome import Outcome, Result
from exact_slack.slack.reconcile import SETTLE

log = logging.getLogger("exact_slack.deliver")
LONGEST_WAIT = 90.0
"""Seconds a run waits for Slack before it leaves the rest to the next run."""
_GLANCE = 0.25
_GLANCES = int(LONGEST_CALL / _GLANCE) + 1
"""So often a run looks whether another process has finished its call: longer than one lasts."""


class Deliverer:
    """Works off what is due."""

    def __init__(
        self,
        session: Session,
        files: FileSender,
        *,
        resend: frozenset[int] = frozenset(),
        recheck_parked: bool = True,
    ) -> None:
        """`resend`: deliveries to send also if no look-up is possible. `recheck_parked`: ask again
        for the channels that take no message."""
        self._files = files
        self._recheck_parked = recheck_parked
        self._ending = session.ending
        self._ledger = session.ledger
        self._client = session.client
        self._owner = session.owner
        self._clock = session.clock
        self._summary = session.summary
        self._patience = _GLANCES
        newer_blocks = NewerBlocks(self._ledger, self._clock)
        config, tell = session.config, self._summary.problem
        self._presenter = Presenter(config, self._ledger, tell, newer_blocks.refused)
        self._pauses = Pauses(config, self._ledger)
        self._channels = Channels(session, DirectMessages(session))
        self._outcomes = Outcomes(session, newer_blocks)
        asks = config.on_ambiguous != "repost" and not resend
        self._survey = Survey(session, asks_person=asks)
        self._reconciler = Reconciler(session, resend)

    def run(self, max_posts: int | None = None, until: float = inf) -> bool:
        """Deliver until nothing is due, `max_posts` are out or it is `until` (True), or Slack asks
        for a long wait."""
        self._ledger.trust(self._clock.now())
        self._channels.resolve(self._recheck_parked)
        before = self._summary.posted
        try:
            return self._work_off(max_posts, until)
        finally:
            self._channels.unfinished()
            self._survey.tell()
            if self._summary.posted > before:
                self._learn_workspace()

    def _learn_workspace(self) -> None:
        """Once: where its messages' links begin, which no answer to a post tells."""
        if self._ledger.fact(ADDRESS) is not None:
            return
        answer = self._client.auth_test()
        if isinstance(answer, AuthTest) and answer.url.startswith("https://"):
            self._ledger.set_fact(ADDRESS, answer.url.rstrip("/") + "/")

    def _work_off(self, max_posts: int | None, until: float) -> bool:
        before = self._summary.posted
        while max_posts is None or self._summary.posted - before < max_posts:
            if self._ending():
                return False
            if self._clock.now() >= until:
                return True
            self._channels.go_on()
            self._reconciler.run()
            step = self._ledger.outbox.claim(self._owner.name, self._clock.now())
            if step is None:
                step = self._reconciler.wait() or self._channels.wait() or self._wait_for_others()
            if step is None:
                return False
            if isinstance(step, Wait):
                if step.seconds > LONGEST_WAIT:
                    raise TemporaryError(
                        f"Slack asked to wait {step.seconds:.0f} s; the next run goes on.",
                        cause=SLACK_WAITS,
                    )
                self._clock.sleep(step.seconds)
                continue
            failpoint("after_claim")
            try:
                self._send(step)
            except MovedOn:  # it is another's now
                continue
            except DamagedRecord as error:
                self._unforeseen(step, error)
            except (ExactSlackError, sqlite3.Error):
                raise
            except Exception as error:
                log.debug("delivery %s", step.id, exc_info=True)
                self._unforeseen(step, error)
        return True

    def _unforeseen(self, delivery: Delivery, error: Exception) -> None:
        """It waits for a person, who has it looked up by `replay`; the others go on."""
        self._summary.problem(unforeseen(f"delivery {delivery.id} to {delivery.channel}", error))
        with suppress(MovedOn):
            unknown = Cause.OUTCOME_UNKNOWN
            self._outcomes.move(delivery, State.HELD, cause=unknown, detail=type(error).__name__)

    def _wait_for_others(self) -> Wait | None:
        """Another process is sending: what waits for its outcome may still be ours to send."""
        self._patience -= 1
        if self._patience < 0 or not self._ledger.deliveries.any_in(State.SENDING):
            return None
        return Wait(_GLANCE) if self._ledger.deliveries.any_in(State.PENDING) else None

    # -- one delivery ----------------------------------------------------------------------

    def _send(self, delivery: Delivery) -> None:
        if self._moved_elsewhere(delivery) or self._held_back(delivery):
            return
        if delivery.loose:
            cleared = self._clear(delivery)
            if cleared is None:
                return
            delivery = cleared
        elif self._survey.settles(delivery):
            return
        if delivery.action.traits.is_file and not self._files.is_told(delivery):
            outcome = self._files.send(delivery)
            if outcome is not None:
                self._outcomes.record(delivery, outcome)
            return
        try:
            message = self._rendered(delivery)
        except DamagedRecord as error:
            self._summary.problem(error)
            self._outcomes.move(delivery, State.FAILED, cause=Cause.DAMAGED, detail=error.sentence)
            return
        except Exception as error:  # one document that cannot be shown never stops the others
            log.exception("delivery %s cannot be rendered", delivery.id)
            cause = Cause.CANNOT_BE_RENDERED
            self._outcomes.move(delivery, State.FAILED, cause=cause, detail=type(error).__name__)
            return
        if message is None:
            with self._ledger.transaction():
                self._outcomes.move(delivery, State.SUPERSEDED, cause=Cause.NOTHING_TO_SAY)
                self._ledger.outbox.give_back(delivery)
            return
        if self._shown_already(delivery, message):
            return
        if delivery.plain:
            message = plain(message)
        self._outcomes.record(delivery, self._call(delivery, message), message)

    def _rendered(self, delivery: Delivery) -> Message | None:
        if _older_than_head(delivery):
            return None
        with self._ledger.db.snapshot():
            return self._presenter.message(delivery)

    def _clear(self, delivery: Delivery) -> Delivery | None:
        """Delete the reply that stands loose; None where this has to wait, or it stays there."""
        done = remove(delivery, self._ledger, self._client, self._clock)
        if done is None:
            self._summary.posted += 1
        elif isinstance(done, Outcome):
            log.warning("delivery %s stands loose, not deleted yet: %s", delivery.id, done.error)
            if done.result is Result.TOKEN:
                self._outcomes.token_refused(delivery, done, done.error)
            wait = done.retry_after if done.result is Result.LIMITED else SETTLE
            self._outcomes.move(delivery, State.PENDING, not_before=self._clock.now() + wait)
            if done.result is not Result.LIMITED:
                self._outcomes.trouble(f"Slack does not answer ({done.error}).")
        return done if isinstance(done, Delivery) else None

    def _shown_already(self, delivery: Delivery, message: Message) -> bool:
        """An edit after which the head would look as it does costs no call and nobody's pace."""
        if not delivery.action.traits.is_edit or delivery.head_id is None:
            return False
        if delivery.shown not in (message.imprint(), plain(message).imprint()):
            return False
        with self._ledger.transaction():
            self._outcomes.move(delivery, State.SUPERSEDED, cause=Cause.SHOWN_ALREADY)
            self._ledger.deliveries.shows(delivery.head_id, delivery.shown)
            self._ledger.outbox.give_back(delivery)
        return True

    def _moved_elsewhere(self, delivery: Delivery) -> bool:
        """Whether a head is there already, under another name of its channel."""
        deliveries, now = self._ledger.deliveries, self._clock.now()
        if not delivery.channel_id:
            return False
        twin = deliveries.twin_of(delivery)
        if twin is None:
            return False
        with self._ledger.transaction():
            deliveries.take_over(twin, delivery, now)
        return True

    def _held_back(self, delivery: Delivery) -> bool:
        """Quiet hours began since the run did, or the delivery is newer than the run."""
        now = self._clock.now()
        pause = self._pauses.of(delivery, now)
        if not pause.until:
            return False
        with self._ledger.transaction():
            waiting = self._outcomes.move(delivery, State.PENDING)
            self._ledger.deliveries.pause(waiting, *pause, now=now)
        return True

    def _call(self, delivery: Delivery, message: Message) -> Outcome:
        blocks = list(message.blocks)
        head = self._ledger.deliveries.get(delivery.head_id) if delivery.head_id else None
        if delivery.action.traits.is_edit:
            assert head is not None
            return self._client.chat_update(head.channel_id, head.ts, message.text, blocks)
        channel = delivery.channel_id or delivery.channel
        return self._client.chat_post_message(
            head.channel_id if head else channel,
            message.text,
            blocks,
            delivery.idempotency_key,
            thread_ts=head.ts if head else None,
            broadcast=self._presenter.broadcast(delivery),
        )


def _older_than_head(delivery: Delivery) -> bool:
    """Whether it would tell the state in place of a head that was renewed since, and shows it."""
    traits = delivery.action.traits
    in_thread = traits.shows_head and not traits.is_edit
    return in_thread and delivery.id < (delivery.head_id or 0)
