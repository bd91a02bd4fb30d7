"""From rows of the log to what a person is told of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from exact_slack.inspect.log.event import Event, What
from exact_slack.ledger.log import Entry, Happened, Stands
from exact_slack.ledger.outgoing.actions import Action, Call
from exact_slack.ledger.outgoing.causes import Cause
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.outgoing.states import State
from exact_slack.slack.outcome import Result

_FIRST = "there before the first run: noted, not told"
_OUTCOMES = {
    Result.POSTED: "posted",
    Result.LIMITED: "limited",
    Result.AMBIGUOUS: "ambiguous",
    Result.UNKNOWN: "ambiguous",
    Result.NOT_SENT: "not_sent",
    Result.LOOSE: "loose",
}
"""Of an attempt; every other answer is a refusal."""
_NO_LOOK_UP = (Cause.NO_LOOK_UP, Cause.HISTORY_BLIND, Cause.CHANNEL_UNKNOWN)


def shown_as(action: Action, *, is_reply: bool) -> What:
    """What a delivery is called once it stands in Slack."""
    if action.traits.call is Call.UPDATE:
        return What.EDITED
    if action.traits.call is Call.UPLOAD:
        return What.FILE
    return What.REPLIED if is_reply else What.POSTED


class Teller:
    """Tells entries, with the deliveries that they are about as far as those are still there."""

    def __init__(self, deliveries: Mapping[int, Delivery]) -> None:
        self._deliveries = deliveries

    def events(self, entry: Entry) -> Iterator[Event]:
        """What one row tells."""
        if entry.delivery_id is None:
            yield from _of_document(entry)
        elif entry.what is not Happened.LISTED:
            yield from self._of_delivery(entry)

    def _of_delivery(self, entry: Entry) -> Iterator[Event]:
        body, what = entry.body, entry.what
        if what is Happened.ATTEMPT:
            yield from self._attempt(entry)
        elif what is Happened.LOOKED_UP:
            yield self.event(entry, What.LOOKED_UP, outcome="not_found", cause="not there yet")
        elif what is Happened.STANDS:
            loose = body.get("why") == Stands.LOOSE.value
            cause = "in the channel itself" if loose else "an earlier ledger had posted it"
            yield self.event(entry, What.LOOKED_UP, outcome="found", cause=cause)
            yield self._standing(entry, outcome="loose" if loose else "posted", cause=cause)
        elif what is Happened.REMOVED:
            cause = "it stood outside its thread"
            yield self.event(entry, What.DELETED, outcome="removed", cause=cause)
        elif what is Happened.PAUSED:
            yield self.event(
                entry, What.HELD, outcome="waiting", cause=_cause(body), until=body["until"]
            )
        else:
            yield from self._moved(entry)

    def _attempt(self, entry: Entry) -> Iterator[Event]:
        body = entry.body
        outcome = _OUTCOMES.get(Result(body["outcome"]), "refused")
        yield self.event(
            entry,
            What.ATTEMPT,
            at=body.get("began") or entry.at,
            outcome=outcome,
            cause=str(body.get("error", "")),
        )
        if outcome == "posted":
            yield self._standing(entry)

    def _moved(self, entry: Entry) -> Iterator[Event]:
        body = entry.body
        before, state = body.get("before", ""), State(body["state"])
        cause, why = Cause(body.get("cause", "")), _cause(body)
        if before == State.AMBIGUOUS:
            yield from self._looked_up(entry, state, cause, why)
        if state is State.POSTED:
            if before == State.AMBIGUOUS or cause is Cause.STANDS_LOOSE:
                outcome = "loose" if cause is Cause.STANDS_LOOSE else "posted"
                yield self._standing(entry, outcome=outcome, cause=why)
        elif state is State.HELD:
            yield self.event(entry, What.HELD, outcome="held", cause=why)
        elif state is State.FAILED:
            yield self.event(entry, What.HELD, outcome="failed", cause=why)
        elif state is State.SUPERSEDED:
            gone = before == State.POSTED and cause is Cause.DELETED_IN_SLACK
            what = What.DELETED if gone else What.LEFT
            yield self.event(entry, what, outcome="superseded", cause=why)
        elif before != State.AMBIGUOUS:
            yield self.event(entry, What.HELD, outcome="released", cause=why)

    def _looked_up(self, entry: Entry, state: State, cause: Cause, why: str) -> Iterator[Event]:
        if state is State.POSTED:
            outcome = "found"
        elif cause in _NO_LOOK_UP:
            outcome = "impossible"
        elif cause is Cause.STOOD_LOOSE:
            return  # what was found there is told by a row of its own
        else:
            outcome = "not_found"
        yield self.event(entry, What.LOOKED_UP, outcome=outcome, cause=why)

    def _standing(self, entry: Entry, *, outcome: str = "posted", cause: str = "") -> Event:
        """From here on it stands in Slack."""
        delivery = self._deliveries.get(entry.delivery_id or 0)
        action = delivery.action if delivery else Action.HEAD
        is_reply = delivery is not None and delivery.head_id is not None
        what = shown_as(action, is_reply=is_reply)
        return self.event(entry, what, outcome=outcome, cause=cause)

    def event(self, entry: Entry, what: What, **values: Any) -> Event:
        """An event of the entry's delivery."""
        delivery, body = self._deliveries.get(entry.delivery_id or 0), entry.body
        given = {
            "at": entry.at,
            "action": delivery.action.value if delivery else "",
            "channel": str(body.get("channel", delivery.channel if delivery else "")),
            "channel_id": str(body.get("channel_id", "")),
            "ts": str(body.get("ts", "")),
            "route": delivery.route if delivery else "",
        }
        return Event(
            what=what, of=entry.document_id, delivery=entry.delivery_id, **{**given, **values}
        )


def _of_document(entry: Entry) -> Iterator[Event]:
    body, at, of = entry.body, entry.at, entry.document_id
    by = str(body.get("by", ""))
    match entry.what:
        case Happened.SEEN:
            yield Event(
                at=at, of=of, what=What.SEEN, by=by, cause=_FIRST if "first" in body else ""
            )
        case Happened.CHANGED:
            changes = body.get("changes")
            back = "it is there again" if body.get("back") else ""
            lost = "" if changes is not None else "what it said before is no longer known"
            yield Event(at=at, of=of, what=What.CHANGED, by=by, changes=changes, cause=back or lost)
        case Happened.DELETED:
            yield Event(at=at, of=of, what=What.DELETED, by=by)
        case Happened.EXCEPTION:
            yield Event(
                at=at,
                of=of,
                what=What.EXCEPTION,
                exception=str(body["name"]),
                comparison=str(body.get("comparison", "")),
                outcome="resolved" if body.get("resolved") else "fired",
            )
        case _:
            yield from _judged(entry)


def _judged(entry: Entry) -> Iterator[Event]:
    at, of = entry.at, entry.document_id
    for route, channel, collects in entry.body.get("took", ()):
        yield Event(
            at=at,
            of=of,
            what=What.ROUTED,
            route=route,
            channel=channel,
            outcome="collected" if collects else "",
        )
    for route, key, has, wanted in entry.body.get("left", ()):
        cause = f"{key}: found {has}, wanted {wanted}"
        yield Event(at=at, of=of, what=What.LEFT, route=route, cause=cause)


def _cause(body: Mapping[str, Any]) -> str:
    return Cause(body.get("cause", "")).sentence(str(body.get("detail", "")))
