"""Calls to Exact: for a thousand changed documents of each kind, for an idle poll, for a day."""

import math
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bench import processes
from bench.figures import Figure, Section, Table
from bench.world import ALL, SIX, fill, world
from exact_slack.app.customer import customer
from exact_slack.clock import Clock
from exact_slack.config.load import load
from exact_slack.config.model import Config
from exact_slack.documents.kinds import Kind
from exact_slack.exact.catalogue import ENDPOINTS
from exact_slack.ledger.outgoing import outbox
from exact_slack.runs.poll import PollOptions, poll
from tests.e2e.rig import Rig

CHANGED = 1000
MARK = math.ceil(CHANGED / 60) + 1
DAY, EVERY = 86_400, 300
CHANGES_A_DAY = 500


def measure(runs: int) -> Section:
    """All three."""
    section = Section("calls")
    rows = []
    for kind in ALL:
        counts = [_changed(kind) for _ in range(runs)]
        own = [float(count[ENDPOINTS[kind].path]) for count in counts]
        section.figures.append(
            Figure(
                f"calls for {CHANGED:,} changed documents: {kind.value}",
                tuple(own),
                f"at most {MARK}",
                MARK,
            )
        )
        rows.append((kind.value, f"{own[0]:.0f}", *_beside(counts[0], kind)))
    section.tables.append(
        Table(
            f"Calls for {CHANGED:,} changed documents with two lines each",
            ("kind", "documents and lines", "relations", "linked documents", "other"),
            tuple(rows),
            "Look-ups are batched and remembered: the next change of the same document needs none. "
            "Every document here links another one; the fifty relations repeat.",
        )
    )
    for kinds, divisions in (((Kind.PURCHASE_ENTRY,), 1), (SIX, 1), (SIX, 3), (ALL, 3)):
        expected = len(kinds) * divisions
        section.figures.append(
            Figure(
                f"calls of an idle poll: {len(kinds)} kinds, {divisions} divisions",
                tuple(_idle(kinds, divisions) for _ in range(runs)),
                f"{len(kinds)} x {divisions} = {expected}",
                expected,
            )
        )
    section.figures.append(
        Figure(
            f"calls a day: every 5 minutes, six kinds, one division, {CHANGES_A_DAY} changes",
            tuple(_day() for _ in range(runs)),
            "under 1,800",
            1799,
            note="played with a clock that is set on: 288 polls in one process",
        )
    )
    return section


def _counted(rig: Rig, work: Callable[[], object]) -> Counter[str]:
    before = Counter(rig.exact.api.calls)
    work()
    found: Counter[str] = Counter()
    for (_, path), number in (rig.exact.api.calls - before).items():
        found[path] += number
    return found


def _changed(kind: Kind) -> Counter[str]:
    with world((kind,)) as rig:
        processes.command(rig.config, "poll")
        fill(rig, kind, CHANGED)
        words = ("poll", "--max-posts", "0")
        return _counted(rig, lambda: processes.command(rig.config, *words))


def _beside(count: Counter[str], kind: Kind) -> tuple[str, str, str]:
    relations, documents = count["crm/Accounts"], count["documents/Documents"]
    other = count.total() - relations - documents - count[ENDPOINTS[kind].path]
    return str(relations), str(documents), str(other)


def _idle(kinds: tuple[Kind, ...], divisions: int) -> float:
    with world(kinds, divisions=divisions) as rig:
        processes.command(rig.config, "poll")
        processes.command(rig.config, "poll")  # deletions are asked for once an hour: here
        return float(_counted(rig, lambda: processes.command(rig.config, "poll")).total())


class _Played(Clock):
    """A clock that is set on from poll to poll; waiting takes no time."""

    def __init__(self, at: float) -> None:
        self.at = at

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += max(seconds, 0.0)


def _day() -> float:
    gaps = outbox.POST_GAP, outbox.WORKSPACE_GAP, outbox.EDIT_GAP
    outbox.POST_GAP = outbox.WORKSPACE_GAP = outbox.EDIT_GAP = 0.0
    try:
        with world(SIX) as rig:
            return _play(rig)
    finally:
        outbox.POST_GAP, outbox.WORKSPACE_GAP, outbox.EDIT_GAP = gaps


def _play(rig: Rig) -> float:
    """288 polls; the changes come spread over the day and over the kinds."""
    start = datetime.now(UTC).timestamp()
    clock, config, made = _Played(start), load(rig.config), 0
    rig.exact.store.clock = lambda: (
        datetime.fromtimestamp(clock.at, UTC).replace(tzinfo=None) + timedelta(hours=1)
    )
    rig.exact.oauth.clock = rig.exact.server.clock = clock.now
    _poll(config, clock)  # the first run sets the cursors
    before = sum(rig.exact.api.calls.values())
    for number in range(DAY // EVERY):
        clock.at = start + (number + 1) * EVERY
        while made < CHANGES_A_DAY * (number + 1) * EVERY / DAY:
            fill(rig, SIX[made % len(SIX)], 1)
            made += 1
        _poll(config, clock)
    assert made == CHANGES_A_DAY
    assert len(rig.messages("feed-0")) > 0
    return float(sum(rig.exact.api.calls.values()) - before)


def _poll(config: Config, clock: Clock) -> None:
    with customer(config, clock) as one:
        poll(one, PollOptions())
