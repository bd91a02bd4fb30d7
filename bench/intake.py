"""`serve`: how fast it takes notifications in, and how soon they are messages."""

import time
from functools import partial

from bench import webhooks
from bench.figures import Figure, Section
from bench.world import fill, world
from exact_slack.documents.kinds import Kind
from tests.e2e.rig import DIVISION, ENTRIES, Rig
from tests.e2e.serving import serving, until

RATE, SECONDS, FORGED = 500, 10, 100_000
NOTIFIED = 20


def measure(runs: int) -> Section:
    """Each run with its forged requests."""
    section = Section("intake")
    taken = [webhooks.measure(RATE, SECONDS, FORGED) for _ in range(runs)]
    section.figures.append(
        Figure(
            f"99th percentile of the answers to {RATE} signed notifications a second",
            tuple(float(str(one["p99_ms"])) for one in taken),
            "under 250 ms",
            249.9,
            digits=1,
            unit=" ms",
        )
    )
    lost = [int(str(one["sent"])) - int(str(one["stored_after_kill"])) for one in taken]
    section.figures.append(
        Figure(
            f"of {RATE * SECONDS:,} accepted, missing from the ledger after kill -9",
            tuple(map(float, lost)),
            "none",
            0,
        )
    )
    section.figures.append(
        Figure(
            f"of {FORGED:,} forged, stale, cut off or random requests, not answered 401",
            tuple(float(_let_in(one["forged_statuses"])) for one in taken),
            "none",
            0,
        )
    )
    section.figures.append(
        Figure(
            "from the webhook to the message in the channel",
            tuple(_to_message() for _ in range(runs)),
            "under 1 s",
            0.999,
            digits=2,
            unit=" s",
            note=f"each the median of {NOTIFIED} notifications, one every 1.2 s",
        )
    )
    return section


def _let_in(statuses: object) -> int:
    assert isinstance(statuses, dict)
    return sum(count for status, count in statuses.items() if status != 401)


def _arrived(rig: Rig, count: int) -> bool:
    return len(rig.messages("feed-0")) >= count


def _to_message() -> float:
    with world(limits=False) as rig, serving(rig) as serve:
        rig.poll()
        serve.start()
        times = []
        for number in range(NOTIFIED):
            fill(rig, Kind.PURCHASE_ENTRY, 1)
            newest = rig.exact.store.rows(DIVISION, ENTRIES)[-1]["EntryID"]
            started = time.perf_counter()
            assert serve.notify(newest).status_code == 200
            until(partial(_arrived, rig, number + 1))
            times.append(time.perf_counter() - started)
            time.sleep(max(0.0, 1.2 - times[-1]))
        serve.stop()
    return sorted(times)[len(times) // 2]
