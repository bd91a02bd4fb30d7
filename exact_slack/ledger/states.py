"""The states of a delivery and which may follow which. docs/promise.md shows the same table."""

from enum import IntEnum, StrEnum


class State(StrEnum):
    """Where one delivery (a message, an edit, a reply) stands."""

    PENDING = "pending"
    SENDING = "sending"
    POSTED = "posted"
    REFUSED = "refused"
    LIMITED = "limited"
    AMBIGUOUS = "ambiguous"
    HELD = "held"
    FAILED = "failed"
    SUPERSEDED = "superseded"


_S = State
TRANSITIONS: dict[State, frozenset[State]] = {
    _S.PENDING: frozenset({_S.SENDING, _S.HELD, _S.FAILED, _S.SUPERSEDED}),
    # committed with its key before the call; every answer, and none, leads on from here
    _S.SENDING: frozenset(
        {_S.POSTED, _S.REFUSED, _S.LIMITED, _S.AMBIGUOUS, _S.HELD, _S.FAILED, _S.PENDING}
        | {_S.SUPERSEDED}
    ),
    # Slack refused the payload; it goes once more as plain text
    _S.REFUSED: frozenset({_S.SENDING, _S.HELD, _S.FAILED, _S.SUPERSEDED}),
    # Slack or its proxy said "later"
    _S.LIMITED: frozenset({_S.SENDING, _S.HELD, _S.SUPERSEDED}),
    # nobody knows whether it arrived: looked up in the channel before anything else
    _S.AMBIGUOUS: frozenset({_S.POSTED, _S.PENDING, _S.HELD, _S.FAILED, _S.SUPERSEDED}),
    # waits for a person (flood, unknown outcome) or for its channel to come back
    _S.HELD: frozenset({_S.PENDING, _S.AMBIGUOUS, _S.SUPERSEDED}),
    _S.FAILED: frozenset({_S.PENDING, _S.SUPERSEDED}),
    # a head that somebody deleted in Slack is superseded by a new one
    _S.POSTED: frozenset({_S.SUPERSEDED}),
    _S.SUPERSEDED: frozenset(),
}

BACKLOG = (_S.PENDING, _S.SENDING, _S.LIMITED, _S.REFUSED, _S.AMBIGUOUS)
"""What `status` counts as backlog: it will be worked off without a person."""


class Urgency(IntEnum):
    """Which edits go first. What has no urgency of its own has 0: it goes in its turn."""

    NEWS = 1
    """Exceptions, paid, deleted."""
    STEP = 2
    """Everything else that a head shows."""


class MovedOn(Exception):
    """Another process has moved this delivery on: what was decided about it is void, and whoever
    decided it lets go."""


def check(before: State, after: State) -> None:
    """Raise where the table above does not know this step."""
    if after not in TRANSITIONS[before]:
        raise AssertionError(f"no transition from {before} to {after}")
