"""Bringing one file into a thread: out of Exact (or a digest), to Slack, into view.

Only the last of Slack's three steps shows anything, and Slack's id of the file is committed before
it: whatever happens then, the file is looked up in the thread by that id. Nothing here ever stops
the messages; what cannot be brought is said in the thread in one line."""

import tempfile
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import BinaryIO

from exact_slack.app.allowance import calls_left
from exact_slack.app.customer import Customer
from exact_slack.app.reserve import reserve
from exact_slack.app.summary import Summary
from exact_slack.errors import ExactSlackError, LoginNeeded, PersonNeeded, TemporaryError
from exact_slack.exact.attachments import NotTheFile, Take, TooLarge, download
from exact_slack.exact.errors import ExactRefused
from exact_slack.failpoints import failpoint
from exact_slack.ledger.outgoing.actions import Action
from exact_slack.ledger.outgoing.causes import Cause
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.outgoing.files import FileRow, Shared
from exact_slack.ledger.outgoing.states import State
from exact_slack.plan.items import address_of
from exact_slack.plan.listed.digest_lines import write_list
from exact_slack.rendering.files import Missing
from exact_slack.slack.client import SlackClient
from exact_slack.slack.files import share, upload
from exact_slack.slack.outcome import Outcome, Result

_MB = 1024 * 1024
_TRIES = 6
"""So often Exact is asked for a file that it does not give out, before the thread is told."""
_PAUSE, _LONGEST = 60.0, 3600.0
"""Seconds between two tries: doubled each time, up to an hour."""
_ENDPOINT = "attachment downloads"
"""What the breaker of a division's files is called."""
_UNSEEN_TIMES = 3
"""So often a file goes to Slack that takes it and never shows it, before the thread is told."""
_FIRST_LOOK = 2.0
"""Seconds after which a file that Slack took is first looked for."""
_NOT_NOW = (Result.LIMITED, Result.NOT_SENT, Result.TOKEN)
NEVER_SHOWN = "taken, but never shown"


class FileSender:
    """Sends the deliveries with the action `file`."""

    def __init__(self, customer: Customer, client: SlackClient, summary: Summary) -> None:
        self._customer = customer
        self._ledger = customer.ledger
        self._client = client
        self._clock = customer.clock
        self._summary = summary
        self._no_scope = False

    def is_told(self, delivery: Delivery) -> bool:
        """Whether a line goes into the thread, in place of the file."""
        return bool(self._ledger.files.of(delivery.id).problem)

    def send(self, delivery: Delivery) -> Outcome | None:
        """What became of it; None where that is recorded already."""
        row = self._ledger.files.of(delivery.id)
        if self._no_scope:
            self._without_scope(delivery, row)
            return None
        if row.unseen >= _UNSEEN_TIMES:
            self._tell(delivery, row, Missing.REFUSED, NEVER_SHOWN)
            return None
        if not row.upload:
            stands = self._elsewhere(delivery, row)
            if stands is not None:
                return stands if isinstance(stands, Outcome) else None
            outcome = self._upload(delivery, row)
            if outcome is not None:
                return self._judge(delivery, row, outcome)
            row = self._ledger.files.of(delivery.id)
            if not row.upload:
                return None
            failpoint("after_upload")
        outcome = self._share(delivery, row)
        if outcome.upload_is_gone:
            # completed before, perhaps by a call whose answer was lost; or it is too old
            self._ledger.files.answered(delivery.id, Shared.GONE)
            outcome = replace(outcome, result=Result.AMBIGUOUS)
        elif outcome.result is Result.POSTED:
            self._await_share(delivery)
            return None
        return self._judge(delivery, row, outcome)

    def _elsewhere(self, delivery: Delivery, row: FileRow) -> Outcome | str | None:
        """Where the same file stands in the channel already (under a head that was deleted, or that
        of another document): its link, which a line in the thread brings in its place, or "" where
        another upload of it is still in doubt and this one waits. None where it stands nowhere; an
        Outcome where Slack does not say so now."""
        assert delivery.head_id is not None
        channel_id = self._ledger.deliveries.get(delivery.head_id).channel_id
        for other in self._ledger.files.others_in(delivery.id, row.source, channel_id):
            if other.state is not State.POSTED:
                self._wait_for(delivery)
                return ""
            link = self._link(other)
            if isinstance(link, Outcome):
                return link
            if link:
                self._tell(delivery, row, Missing.STANDS_ELSEWHERE, link)
                return link
        return None

    def _link(self, other: Delivery) -> str | Outcome:
        """The address of a file's message; "" where it is not there any more."""
        if not other.ts:
            return ""
        link = self._client.chat_get_permalink(other.channel_id, other.ts)
        if isinstance(link, str):
            return link
        if link.is_not_offered:
            return address_of(self._ledger, other)
        if link.result is Result.AMBIGUOUS:
            return replace(link, result=Result.NOT_SENT)  # nothing was to be shown
        return link if link.result in _NOT_NOW else ""

    def _wait_for(self, delivery: Delivery) -> None:
        """The same file is on its way into the channel: whether it arrived is seen soon."""
        now = self._clock.now()
        with self._ledger.transaction():
            cause, at = Cause.FILE_UNSEEN, now + _FIRST_LOOK
            self._ledger.deliveries.move(delivery, State.PENDING, now, cause=cause, not_before=at)
            self._ledger.outbox.give_back(delivery)

    def _await_share(self, delivery: Delivery) -> None:
        """Slack says ok before it shows a file, and when it never will: it counts once it is
        seen."""
        now = self._clock.now()
        with self._ledger.transaction():
            self._ledger.files.answered(delivery.id, Shared.DONE)
            self._ledger.outbox.answered(delivery, now)
            self._ledger.log.attempt(delivery, now, Result.AMBIGUOUS.value)
            self._ledger.deliveries.doubt(
                delivery,
                now,
                cause=Cause.FILE_UNSEEN,
                not_before=now + _FIRST_LOOK,
                by=delivery.owner,
            )

    def _share(self, delivery: Delivery, row: FileRow) -> Outcome:
        head = self._ledger.deliveries.get(delivery.head_id) if delivery.head_id else None
        channel = self._ledger.channels.id_of(delivery.channel) or delivery.channel
        self._ledger.outbox.counts_from(delivery, self._clock.now())
        return share(
            self._client,
            row.upload,
            row.name,
            head.channel_id if head else channel,
            head.ts if head else None,
        )

    # -- what Slack says -------------------------------------------------------------------

    def _judge(self, delivery: Delivery, row: FileRow, outcome: Outcome) -> Outcome | None:
        if outcome.result is Result.TOKEN and outcome.lacks_scope:
            self._no_scope = True
            self._without_scope(delivery, row)
            return None
        if outcome.result in (Result.CHANNEL, Result.RECORD):
            # never a reason to keep the channel's messages: files need more than they do
            with self._ledger.transaction():
                now, said = self._clock.now(), Result.RECORD.value
                self._ledger.log.attempt(delivery, now, said, error=outcome.error)
            self._tell(delivery, row, Missing.REFUSED, outcome.error)
            return None
        return outcome

    def _without_scope(self, delivery: Delivery, row: FileRow) -> None:
        cause = Cause.NO_FILE_SCOPE
        self._summary.problem(
            PersonNeeded(
                f"{delivery.channel}: files cannot be put in the threads: {cause.sentence()}.",
                "Add it to the app and install the app again; then: exact-slack replay --held",
            )
        )
        if not row.source:
            self._tell(delivery, row, Missing.NO_LIST, cause.sentence())
            return
        self._ledger.deliveries.move(delivery, State.HELD, self._clock.now(), cause=cause)

    def _tell(self, delivery: Delivery, row: FileRow, problem: Missing, detail: str = "") -> None:
        """Let a line in the thread say it, at once."""
        missing = Missing.NO_LIST if not row.source else problem
        with self._ledger.transaction():
            self._ledger.files.give_up(delivery.id, missing.value, detail)
            now, said = self._clock.now(), Cause.SAID if detail else Cause.NONE
            if missing is Missing.STANDS_ELSEWHERE:
                said = Cause.FILE_ELSEWHERE
            self._ledger.deliveries.move(delivery, State.PENDING, now, cause=said, detail=detail)

    # -- the content -----------------------------------------------------------------------

    def _upload(self, delivery: Delivery, row: FileRow) -> Outcome | None:
        """Fetch the content and give it to Slack; an Outcome where Slack did not take it. What
        Exact does not give is recorded here."""
        try:
            with self._room() as content:
                size = self._fetch(delivery, row, content)
                if size is None:
                    return None
                done = upload(self._client, content, size, row.name)
        except OSError as error:
            trouble = TemporaryError(f"No room for a file on this machine ({error.strerror}).")
            self._later(delivery, row, trouble, counts=False)
            return None
        if isinstance(done, Outcome):
            return done
        self._ledger.files.uploaded(delivery.id, done)
        return None

    def _room(self) -> AbstractContextManager[BinaryIO]:
        """A file without a name, beside the ledger: gone with the process."""
        return tempfile.TemporaryFile(dir=self._customer.state)

    def _fetch(self, delivery: Delivery, row: FileRow, into: BinaryIO) -> int | None:
        """Write the content; its bytes, or None where the delivery has taken another way."""
        if not row.source:
            return self._list(delivery, into)
        assert delivery.document_id is not None
        division = self._ledger.documents.by_id(delivery.document_id).document.ref.division
        breaker, now = self._ledger.breakers.of(division, _ENDPOINT), self._clock.now()
        if breaker.is_open(now):
            self._later(delivery, row, TemporaryError(breaker.sentence, breaker.cure), counts=False)
            return None
        if calls_left(self._customer, division) <= reserve(self._customer.config):
            self._later(delivery, row, None, counts=False)
            return None
        most = self._customer.config.attachments_max_mb * _MB
        try:
            size = download(self._customer.exact, division, row.url, Take(row.name, into, most))
        except TooLarge:
            self._tell(delivery, row, Missing.TOO_LARGE)
        except NotTheFile:
            self._later(delivery, row, None)
        except ExactRefused as error:
            breaker.refused(error.status, error.sentence, error.cure, now)
            self._tell(delivery, row, Missing.UNREADABLE, error.sentence)
        except ExactSlackError as error:
            self._later(delivery, row, error, counts=not isinstance(error, LoginNeeded))
        else:
            breaker.worked()
            return size
        return None

    def _list(self, delivery: Delivery, into: BinaryIO) -> int:
        """The list of a digest, of a report or of a close."""
        assert delivery.head_id is not None
        head = self._ledger.deliveries.get(delivery.head_id)
        if head.action is Action.REPORT:
            from exact_slack.reports.message import write_list as write_report

            return write_report(self._customer.config, self._ledger, head, into)
        if head.action is Action.CLOSE:
            from exact_slack.close.drawn import write_list as write_journal

            return write_journal(self._customer.config, self._ledger, head, into)
        return write_list(self._customer.config, self._ledger, delivery, into)

    def _later(
        self,
        delivery: Delivery,
        row: FileRow,
        error: ExactSlackError | None,
        *,
        counts: bool = True,
    ) -> None:
        """Try again in a later run; after some tries the thread is told."""
        if error is not None:
            self._summary.problem(error)
        tries = self._ledger.files.failed(delivery.id) if counts else row.tries
        if tries >= _TRIES:
            self._tell(delivery, row, Missing.UNREADABLE)
            return
        until = self._clock.now() + min(_PAUSE * 2**tries, _LONGEST)
        with self._ledger.transaction():
            deliveries, now = self._ledger.deliveries, self._clock.now()
            waiting = deliveries.move(delivery, State.PENDING, now, cause=Cause.FILE_LATER)
            deliveries.pause(waiting, until, Cause.FILE_LATER, now=now)
