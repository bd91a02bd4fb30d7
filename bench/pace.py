"""Messages at Slack's pace: how fast a backlog drains, and what is added to each message."""

from itertools import pairwise

from bench import processes
from bench.figures import Figure, Section
from bench.world import fill, world
from exact_slack.documents.kinds import Kind
from exact_slack.ledger.outgoing.outbox import POST_GAP
from tests.e2e.rig import Rig

MESSAGES, CHANNELS, LATENCY = 400, 4, 0.2
ALONE = 40
"""Messages to one channel, for the added delay."""


def measure(runs: int) -> Section:
    """A full drain takes more than a minute and a half."""
    section = Section("pace")
    drains = [_drain() for _ in range(runs)]
    section.figures.append(
        Figure(
            f"drain of {MESSAGES} messages over {CHANNELS} channels, Slack answering in 200 ms",
            tuple(rate for rate, _ in drains),
            "at least 95 % of four a second",
            3.8,
            at_least=True,
            digits=2,
            unit=" a second",
        )
    )
    section.figures.append(
        Figure(
            "429 answers in those drains",
            tuple(float(limited) for _, limited in drains),
            "none",
            0,
        )
    )
    section.figures.append(
        Figure(
            "added delay per message, beyond pace and network",
            tuple(_added() for _ in range(runs)),
            "under 5 ms",
            4.99,
            digits=1,
            unit=" ms",
            note=f"median of {ALONE} messages to one channel; the pace is {POST_GAP} s",
        )
    )
    return section


def _drain() -> tuple[float, int]:
    """Messages a second from the first arrival to the last, and how often Slack said 429."""
    with world(channels=CHANNELS, limits=True) as rig:
        rig.slack.latency = LATENCY
        processes.command(rig.config, "poll")
        fill(rig, Kind.PURCHASE_ENTRY, MESSAGES, channels=CHANNELS)
        processes.command(rig.config, "poll")
        times = _arrivals(rig)
        assert len(times) == MESSAGES, len(times)
        return (MESSAGES - 1) / (times[-1] - times[0]), rig.slack.limits.violations


def _added() -> float:
    with world(limits=True) as rig:
        processes.command(rig.config, "poll")
        fill(rig, Kind.PURCHASE_ENTRY, ALONE)
        processes.command(rig.config, "poll")
        gaps = sorted(later - earlier for earlier, later in pairwise(_arrivals(rig)))
        return (gaps[len(gaps) // 2] - POST_GAP) * 1000


def _arrivals(rig: Rig) -> list[float]:
    """When each post was answered; a message's own ts has whole seconds in the sandbox."""
    return [one.at for one in rig.slack.server.requests if one.path.endswith("chat.postMessage")]
