"""The states of a delivery and which may follow which. docs/promise.md shows the same table."""

from enum import IntEnum, StrEnum

from exact_slack.ledger.schema.words import in_sql


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

    @property
    def is_waiting(self) -> bool:
        """Whether it surely did not arrive, and goes out in its turn."""
        return self in WAITING

    @property
    def is_over(self) -> bool:
        """Whether nothing is done about it any more, unless a person asks."""
        return self in (State.POSTED, State.FAILED, State.SUPERSEDED)

    @property
    def needs_person(self) -> bool:
        """Whether it goes on only when a person says so, or when its head does."""
        return self in NEEDS_PERSON

    @property
    def is_movable(self) -> bool:
        """Whether it may still go elsewhere: it was surely not posted, or a person decides."""
        return self in MOVABLE


_S = State
WAITING = (_S.PENDING, _S.LIMITED, _S.REFUSED)
UNSURE = (_S.SENDING, _S.AMBIGUOUS)
"""It may have arrived."""
UNFINISHED = (*WAITING, *UNSURE)
"""What `status` counts as backlog: it will be worked off without a person."""
NEEDS_PERSON = (_S.FAILED, _S.HELD)
REPLAYABLE = (*NEEDS_PERSON, _S.AMBIGUOUS)
"""What `replay` takes up."""
MOVABLE = (*WAITING, *NEEDS_PERSON)
SETTLED = (_S.POSTED, _S.SUPERSEDED)
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

_UNSETTLED = f"state NOT IN {in_sql(SETTLED)}"
"""SQLite takes the partial index `unsettled` only if these very words stand in the query."""
VIEWS = {
    "waiting_deliveries": f"state IN {in_sql(WAITING)}",
    "unsettled_deliveries": _UNSETTLED,
    "unfinished_deliveries": f"{_UNSETTLED} AND state IN {in_sql(UNFINISHED)}",
    "replayable_deliveries": f"{_UNSETTLED} AND state IN {in_sql(REPLAYABLE)}",
}
"""The sets that statements ask for: each connection has them as views of its own."""


class Urgency(IntEnum):
    """Which edits go first."""

    PEOPLE = 0
    """What people said, or clicked: they look at it."""
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
