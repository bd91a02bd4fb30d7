"""How cost grows: with the number of divisions, and with the number of changes."""

from dataclasses import dataclass
from statistics import median

from bench import processes
from bench.figures import Figure, Section, Table
from bench.world import fill, world
from exact_slack.documents.kinds import Kind

DIVISIONS = (1, 10, 100)
CHANGES = (100, 1_000, 10_000, 100_000)
DELIVERED = 20
_EXCEPTIONS = """\
  - name: odd
    when: {kind: [purchase_entry], exception: [duplicate_reference, unusual_amount]}
    channel: "#feed-0"
"""


@dataclass(frozen=True, slots=True)
class _Grown:
    """What one run cost. `cpu` in seconds, peak memory in MB; `delivering`: that of the poll that
    sends the first of what was taken in."""

    calls: int
    cpu: float
    peak: float
    delivering: float = 0.0


def measure(runs: int) -> Section:
    """Every size, so many runs of each."""
    section = Section("growth")
    idle = {count: [_idle(count) for _ in range(runs)] for count in DIVISIONS}
    changed = {count: [_changed(count) for _ in range(runs)] for count in CHANGES}
    section.figures += _memory(changed)
    section.tables.append(
        Table(
            "An idle poll of one kind",
            ("divisions", "calls to Exact", "processor time, s", "peak memory, MB"),
            tuple((f"{count:,}", *_row(found)[:3]) for count, found in idle.items()),
        )
    )
    section.tables.append(
        Table(
            "A poll that takes in changed purchase entries with two lines each",
            (
                "changes",
                "calls to Exact",
                "processor time, s",
                "peak memory, MB",
                f"peak memory delivering the first {DELIVERED}, MB",
            ),
            tuple((f"{count:,}", *_row(found)) for count, found in changed.items()),
            "Calls of all kinds: pages of 60 and the batched look-ups of linked documents. A route "
            "asks for exceptions, so each document is compared with the supplier's earlier ones.",
        )
    )
    for count, found in changed.items():
        for name, value in (
            ("calls", median(one.calls for one in found)),
            ("processor time, ms", median(one.cpu for one in found) * 1000),
            ("MB", median(one.peak for one in found)),
        ):
            section.series.setdefault(name, []).append((float(count), value))
    return section


def _memory(changed: dict[int, list[_Grown]]) -> list[Figure]:
    most, fewer = CHANGES[-1], CHANGES[-2]
    peaks = {
        f"peak memory of a poll that takes in {most:,} documents": [g.peak for g in changed[most]],
        f"peak memory of a poll that delivers from a backlog of {most:,}": [
            g.delivering for g in changed[most]
        ],
    }
    figures = [
        Figure(name, tuple(values), "under 150 MB", 149.9, unit=" MB")
        for name, values in peaks.items()
    ]
    figures.append(
        Figure(
            f"memory with {most:,} beside {fewer:,} in the backlog",
            tuple(
                max(big.peak, big.delivering) / max(small.peak, small.delivering)
                for big, small in zip(changed[most], changed[fewer], strict=True)
            ),
            "flat: at most 1.1 times",
            1.1,
            digits=2,
            unit=" times",
        )
    )
    return figures


def _row(found: list[_Grown]) -> tuple[str, str, str, str]:
    """The medians."""
    return (
        f"{median(one.calls for one in found):,.0f}",
        f"{median(one.cpu for one in found):.2f}",
        f"{median(one.peak for one in found):.0f}",
        f"{median(one.delivering for one in found):.0f}",
    )


def _idle(divisions: int) -> _Grown:
    with world(divisions=divisions) as rig:
        processes.command(rig.config, "poll")
        processes.command(rig.config, "poll")
        before = sum(rig.exact.api.calls.values())
        ran = processes.command(rig.config, "poll")
        return _Grown(sum(rig.exact.api.calls.values()) - before, ran.cpu, ran.peak)


def _changed(count: int) -> _Grown:
    with world() as rig:
        rig.routes += _EXCEPTIONS
        rig.write_config()
        processes.command(rig.config, "poll")
        fill(rig, Kind.PURCHASE_ENTRY, count)
        before = sum(rig.exact.api.calls.values())
        ran = processes.command(rig.config, "poll", "--max-posts", "0")
        calls = sum(rig.exact.api.calls.values()) - before
        delivered = processes.unpaced(rig.config, "poll", "--max-posts", str(DELIVERED))
        return _Grown(calls, ran.cpu, ran.peak, delivered.peak)
