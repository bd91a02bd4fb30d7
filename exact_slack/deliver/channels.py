"""Channels by name: their ids, and which take nothing just now.

A name in the config means the channel that bears it now. Its id is kept, and before a run sends
something there, Slack is asked whether that channel still has the name: where another one bears it
by now, that one is meant; where none does, the channel was only renamed, and messages go on."""

from exact_slack.app.summary import SLACK_WAITS
from exact_slack.config.people import is_person
from exact_slack.deliver.people import DirectMessages
from exact_slack.deliver.session import Session
from exact_slack.errors import PersonNeeded, SlackLoginNeeded, TemporaryError
from exact_slack.ledger.ledger import called_fact, renamed_fact
from exact_slack.ledger.outgoing.outbox import Wait
from exact_slack.slack.answers import Channel, odd
from exact_slack.slack.listing import Listing
from exact_slack.slack.outcome import Outcome, Result

_UNKNOWN = (
    "there is no such channel, or it is private and the bot is not in it. "
    "Create it, or write /invite @exact-slack in it."
)
CHANNEL_CURES = {
    "channel_not_found": _UNKNOWN,
    "messages_tab_disabled": "the app takes no direct messages. Switch on its Messages Tab (App "
    "Home in the app's settings).",
    "not_in_channel": "the bot is not in the channel. Write /invite @exact-slack in it.",
    "is_inactive": "the channel is archived. Unarchive it, or name another one in the config.",
    "is_archived": "the channel is archived. Unarchive it, or name another one in the config.",
}
_LISTING = "listing of channels"
_RENAMED = "Slack calls it otherwise by now; whether another channel has its name is not known yet."
_RECENT = 3600.0
"""Seconds for which it is believed that nobody else bears the name of a renamed channel."""
_NEVER = 1.0
"""Before that, nobody was asked."""
_PATIENCE = 90.0
"""Seconds a run waits for Slack's list before it leaves the rest to the next one."""


def is_untold(answer: Outcome) -> bool:
    """Whether Slack cannot say how a channel stands; posting may work all the same."""
    return answer.is_not_offered


class ChannelTakesNothing(PersonNeeded):
    """A channel is parked: nothing can be posted there until a person mends it."""

    def __init__(self, channel: str, cure: str) -> None:
        super().__init__(f"{channel}: {cure}", cause=f"channel {channel}")
        self.channel = channel


class Channels:
    """Resolves the channels that have something to send; parked ones are tried again."""

    def __init__(self, session: Session, people: DirectMessages | None = None) -> None:
        self._ledger = session.ledger
        self._channels = session.ledger.channels
        self._client = session.client
        self._clock = session.clock
        self._summary = session.summary
        self._people = people
        self._listing: Listing | None = None
        self._asked_at = 0.0
        self._resume_at = 0.0
        self._waited = 0.0

    def resolve(self, recheck: bool) -> None:
        """Give every channel in use its id, or park it with a sentence. What Slack does not tell
        now waits for the next run; `recheck` also looks at what was parked, and at names."""
        parked, names = self._channels.parked(), []
        if self._people:
            self._people.look_again()
        for name in self._channels.in_use():
            if self._people and is_person(name):
                self._people.resolve(name)
                continue
            channel_id = name not in parked and self._channels.id_of(name)
            asks = channel_id and (recheck or not self._channels.checked_since(name, _NEVER))
            if channel_id and not (asks and self._lost_its_name(name, channel_id)):
                continue
            if name in parked and not (recheck or self._is_listed(name)):
                continue
            if name.startswith("#"):
                names.append(name)
            else:
                self._check(name, name)
        if names:
            kept = self._ledger.fact(_LISTING) or ""
            self._listing = Listing.of(kept, names, self._clock.now())
            self._advance(self._listing)

    def go_on(self) -> None:
        """Read on in Slack's list, where that was a matter of time."""
        if self._listing and self._resume_at and self._resume_at <= self._clock.now():
            self._advance(self._listing)

    def wait(self) -> Wait | None:
        """How long until Slack's list can be read on, where that is soon."""
        seconds = self._resume_at - self._clock.now() if self._resume_at else 0.0
        if seconds <= 0 or self._waited + seconds > _PATIENCE:
            return None
        self._waited += seconds
        return Wait(seconds)

    def unfinished(self) -> None:
        """Tell of what Slack did not say until the end of the run."""
        if self._listing is None or self._listing.stopped is None:
            return
        names = ", ".join(self._listing.names)
        self._summary.problem(
            TemporaryError(
                f"Slack cannot list its channels now ({self._listing.stopped.error}), and {names} "
                "waits for that.",
                "The next run goes on; a channel's id in the config needs no list.",
                cause=SLACK_WAITS,
            )
        )

    # -- Slack's list ------------------------------------------------------------------------

    def _is_listed(self, name: str) -> bool:
        """Whether it is looked for in a listing that goes on."""
        kept = self._ledger.fact(_LISTING)
        return kept is not None and name in Listing.of(kept, [], self._clock.now()).names

    def _advance(self, listing: Listing) -> None:
        self._resume_at, self._asked_at = 0.0, self._clock.now()
        listing.advance(self._client, self._judge)
        problem = listing.stopped
        if problem and problem.result is Result.TOKEN and not is_untold(problem):
            raise SlackLoginNeeded(
                f"Slack refuses the token ({problem.error}).",
                "Store a working bot token: exact-slack auth slack. Nothing pending is lost.",
            )
        self._ledger.set_fact(_LISTING, listing.kept())
        if problem is None or not _passes(problem):
            self._absent(listing, problem)
        elif problem.result is Result.LIMITED:
            self._resume_at = self._clock.now() + problem.retry_after

    def _absent(self, listing: Listing, problem: Outcome | None) -> None:
        """What is not in the list."""
        listing.stopped = None if listing.whole else odd()
        for name in listing.names:
            id_ = self._channels.id_of(name)
            if problem or not listing.private:
                # without the scope to list it: post by name, the answer tells the id
                self._found(name, id_)
            elif not listing.whole:
                continue  # it may be what could not be read
            elif self._ledger.fact(renamed_fact(name)):
                self._check(name, id_)  # renamed, and nobody else bears its name
            else:
                self._park(name, _UNKNOWN)

    # -- one channel -------------------------------------------------------------------------

    def _lost_its_name(self, name: str, channel_id: str) -> bool:
        """Whether the channel that is meant may be another one by now: Slack calls the one with
        this id otherwise. What Slack does not say, sending finds out."""
        if not name.startswith("#"):
            return False
        self._asked_at = self._clock.now()
        answer = self._client.conversations_info(channel_id)
        if not isinstance(answer, Channel):
            return False
        renamed, fact = f"#{answer.name}", renamed_fact(name)
        new = "" if renamed == name else renamed
        remembered = self._ledger.fact(fact) or ""
        recent = self._clock.now() - _RECENT
        if new and remembered == new and self._channels.checked_since(name, recent):
            return False
        if remembered != new:
            self._ledger.set_fact(fact, new)
        if new:
            self._channels.park(name, _RENAMED, self._asked_at)
        elif not self._channels.checked_since(name, _NEVER):
            self._found(name, channel_id)
        return bool(new)

    def _check(self, name: str, channel_id: str) -> None:
        self._asked_at = self._clock.now()
        answer = self._client.conversations_info(channel_id)
        if isinstance(answer, Channel):
            self._judge(name, answer)
        elif answer.result is Result.CHANNEL:
            self._park(name, CHANNEL_CURES.get(answer.error, f"Slack says {answer.error}."))
        else:
            self._found(name, channel_id)

    def _judge(self, name: str, channel: Channel) -> None:
        if f"#{channel.name}" == name and self._ledger.fact(renamed_fact(name)):
            self._ledger.set_fact(renamed_fact(name), "")
        if not name.startswith("#"):
            self._ledger.set_fact(called_fact(name), f"#{channel.name}")
        if channel.is_archived:
            self._park(name, CHANNEL_CURES["is_archived"])
        else:
            self._found(name, channel.id)

    def _found(self, name: str, channel_id: str) -> None:
        self._channels.resolved(name, channel_id, self._asked_at, self._client.answered_ts)

    def _park(self, name: str, cure: str) -> None:
        self._channels.park(name, cure, self._asked_at)
        self._summary.problem(ChannelTakesNothing(name, cure))


def _passes(problem: Outcome) -> bool:
    """Whether Slack may well list its channels a little later."""
    return not is_untold(problem) and problem.result in (
        Result.NOT_SENT,
        Result.AMBIGUOUS,
        Result.LIMITED,
    )
