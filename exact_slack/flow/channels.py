"""Channels by name: their ids, and which take nothing just now."""

from exact_slack.clock import Clock
from exact_slack.errors import PersonNeeded, SlackLoginNeeded, TemporaryError
from exact_slack.flow.summary import Summary
from exact_slack.ledger.ledger import Ledger
from exact_slack.slack.client import Channel, SlackClient
from exact_slack.slack.outcome import Result

_UNKNOWN = (
    "there is no such channel, or it is private and the bot is not in it. "
    "Create it, or write /invite @exact-slack in it."
)
CHANNEL_CURES = {
    "channel_not_found": _UNKNOWN,
    "not_in_channel": "the bot is not in the channel. Write /invite @exact-slack in it.",
    "is_inactive": "the channel is archived. Unarchive it, or name another one in the config.",
    "is_archived": "the channel is archived. Unarchive it, or name another one in the config.",
}


class Channels:
    """Resolves the channels that have something to send; parked ones are tried again."""

    def __init__(self, ledger: Ledger, client: SlackClient, clock: Clock, summary: Summary) -> None:
        self._channels = ledger.channels
        self._client = client
        self._clock = clock
        self._summary = summary

    def resolve(self, recheck_parked: bool) -> None:
        """Give every channel in use its id, or park it with a sentence."""
        parked = self._channels.parked()
        wanted = [
            name
            for name in self._channels.in_use()
            if (recheck_parked if name in parked else not self._channels.id_of(name))
        ]
        by_id = [name for name in wanted if not name.startswith("#")]
        for name in by_id:
            self._check(name, name)
        by_name = [name for name in wanted if name.startswith("#")]
        if by_name:
            self._resolve_names(by_name)

    def _resolve_names(self, names: list[str]) -> None:
        listed, problem = self._client.channels()
        known = {f"#{channel.name}": channel for channel in listed}
        if problem and problem.result is Result.TOKEN and problem.error not in (
            "missing_scope",
            "unknown_method",
        ):  # fmt: skip
            raise SlackLoginNeeded(
                f"Slack refuses the token ({problem.error}).",
                "Store a working bot token: exact-slack auth slack. Nothing pending is lost.",
            )
        unlisted = problem is not None and problem.error == "HTTP 404"
        if (
            problem
            and not unlisted
            and problem.result in (Result.NOT_SENT, Result.AMBIGUOUS, Result.LIMITED)
        ):
            raise TemporaryError(f"Slack cannot list its channels now ({problem.error}).")
        for name in names:
            if name in known:
                self._judge(name, known[name])
            elif problem:
                # without the scope to list them: post by name, the answer tells the id
                self._found(name, "")
            else:
                self._park(name, _UNKNOWN)

    def _check(self, name: str, channel_id: str) -> None:
        found = self._client.channel(channel_id)
        if isinstance(found, Channel):
            self._judge(name, found)
        elif found.result is Result.CHANNEL:
            self._park(name, CHANNEL_CURES.get(found.error, f"Slack says {found.error}."))
        else:
            self._found(name, channel_id)

    def _judge(self, name: str, channel: Channel) -> None:
        if channel.is_archived:
            self._park(name, CHANNEL_CURES["is_archived"])
        else:
            self._found(name, channel.id)

    def _found(self, name: str, channel_id: str) -> None:
        self._channels.resolved(name, channel_id, self._clock.now(), self._client.answered_ts)

    def _park(self, name: str, cure: str) -> None:
        self._channels.park(name, cure, self._clock.now())
        self._summary.problem(PersonNeeded(f"{name}: {cure}"))
