"""Many customers in one `poll -c FOLDER`: all done, memory flat."""

import json
import sys
from pathlib import Path
from statistics import median

from bench import processes
from bench.figures import Figure, Section, Table
from bench.world import fill, world
from exact_slack.documents.kinds import Kind
from tests.e2e.rig import Rig

SIZES = (10, 100, 1_000)


def measure(runs: int) -> Section:
    """A second poll, in which every customer has a new document to post."""
    section = Section("customers")
    found = {size: [_poll(size) for _ in range(runs)] for size in SIZES}
    done, peaks = found[SIZES[-1]], {size: [one[2] for one in got] for size, got in found.items()}
    section.figures.append(
        Figure(
            f"customers of {SIZES[-1]:,} that one `poll -c FOLDER` did not get done",
            tuple(float(SIZES[-1] - one[0]) for one in done),
            "none",
            0,
        )
    )
    section.figures.append(
        Figure(
            f"peak memory with {SIZES[-1]:,} customers, beside {SIZES[1]} customers",
            tuple(
                big / small for small, big in zip(peaks[SIZES[1]], peaks[SIZES[-1]], strict=True)
            ),
            "flat: at most 1.2 times",
            1.2,
            digits=2,
            unit=" times",
        )
    )
    section.tables.append(
        Table(
            "Many customers in one `poll -c FOLDER`, each with a document to post",
            ("customers", "done", "seconds", "peak memory, MB"),
            tuple(
                (f"{size:,}", *(f"{median(column):,.0f}" for column in zip(*got, strict=True)))
                for size, got in found.items()
            ),
            "Eight at a time; one sandbox plays every customer's Exact and Slack.",
        )
    )
    return section


def _poll(size: int) -> tuple[int, float, float]:
    """How many ended with exit code 0 and one post, the seconds, and the peak memory in MB."""
    with world() as rig:
        folder = rig.folder / "customers"
        folder.mkdir()
        for number in range(size):
            _customer(rig, number, folder)
        words = [sys.executable, "-m", "exact_slack", "-c", str(folder), "poll", "--json"]
        processes.run(words)
        fill(rig, Kind.PURCHASE_ENTRY, 1)
        ran = processes.run(words)
        each = json.loads(ran.out[ran.out.index("{") : ran.out.rindex("}") + 1]).values()
        return sum(one.get("posted") == 1 for one in each), ran.seconds, ran.peak


def _customer(rig: Rig, number: int, folder: Path) -> None:
    state = rig.folder / f"state-{number}"
    mine = Rig(rig.folder, rig.exact, rig.slack, rig.routes, rig.divisions, rig.extra, {}, state)
    mine.write_config()
    mine.log_in()
    mine.config.rename(folder / f"c{number:04d}.yaml")
