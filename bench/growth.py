"""How cost grows: with the number of divisions, and with the number of changes."""

from bench import processes
from bench.figures import Section, Table
from bench.world import fill, world
from exact_slack.documents.kinds import Kind

DIVISIONS = (1, 10, 100)
CHANGES = (100, 1_000, 10_000, 100_000)


def measure(runs: int) -> Section:
    """The median of the runs for each size; of a hundred thousand changes one run."""
    section = Section("growth")
    rows = []
    for count in DIVISIONS:
        found = [_idle(count) for _ in range(runs)]
        rows.append((f"{count}", *_row(found)))
    section.tables.append(
        Table(
            "An idle poll of one kind",
            ("divisions", "calls to Exact", "processor time, s", "peak memory, MB"),
            tuple(rows),
        )
    )
    rows = []
    for count in CHANGES:
        found = [_changed(count) for _ in range(1 if count == CHANGES[-1] else runs)]
        rows.append((f"{count:,}", *_row(found)))
        calls, cpu, peak = found[0]
        for name, value in (("calls", calls), ("processor time, ms", cpu * 1000), ("MB", peak)):
            section.series.setdefault(name, []).append((float(count), value))
    section.tables.append(
        Table(
            "A poll that takes in changed purchase entries with two lines each",
            ("changes", "calls to Exact", "processor time, s", "peak memory, MB"),
            tuple(rows),
            "Calls of all kinds: pages of 60 and the batched look-ups of linked documents.",
        )
    )
    return section


def _row(found: list[tuple[float, float, float]]) -> tuple[str, str, str]:
    calls, cpu, peak = (sorted(column)[len(column) // 2] for column in zip(*found, strict=True))
    return f"{calls:,.0f}", f"{cpu:.2f}", f"{peak:.0f}"


def _idle(divisions: int) -> tuple[float, float, float]:
    with world(divisions=divisions) as rig:
        processes.command(rig.config, "poll")
        processes.command(rig.config, "poll")
        before = sum(rig.exact.api.calls.values())
        ran = processes.command(rig.config, "poll")
        return sum(rig.exact.api.calls.values()) - before, ran.cpu, ran.peak


def _changed(count: int) -> tuple[float, float, float]:
    with world() as rig:
        processes.command(rig.config, "poll")
        fill(rig, Kind.PURCHASE_ENTRY, count)
        before = sum(rig.exact.api.calls.values())
        ran = processes.command(rig.config, "poll", "--max-posts", "0")
        return sum(rig.exact.api.calls.values()) - before, ran.cpu, ran.peak
