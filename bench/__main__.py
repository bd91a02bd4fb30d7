"""`python -m bench [SECTION …]`: measure, keep, and write docs/benchmarks.md."""

import argparse
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

from bench import (
    calls,
    cost,
    customers,
    growth,
    intake,
    pace,
    peers,
    report,
    reports,
    scale,
    week,
)
from bench.figures import Section, load

SECTIONS: dict[str, Callable[[int], Section]] = {
    "calls": calls.measure,
    "pace": pace.measure,
    "cost": cost.measure,
    "scale": scale.measure,
    "intake": intake.measure,
    "growth": growth.measure,
    "customers": customers.measure,
    "peers": peers.measure,
    "reports": reports.measure,
    "week": week.measure,
}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sections", nargs="*", help=f"some of: {' '.join(SECTIONS)}")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--report", action="store_true", help="only write the document again")
    args = parser.parse_args()
    for name in [] if args.report else args.sections or SECTIONS:
        started = time.monotonic()
        section = SECTIONS[name](args.runs)
        section.measured = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
        section.save()
        print(report.as_text(section), flush=True)
        print(f"({name}: {time.monotonic() - started:.0f} s)", file=sys.stderr, flush=True)
    kept = load(SECTIONS)
    if missing := SECTIONS.keys() - {section.name for section in kept}:
        # what was measured elsewhere stands in the page alone, and would be lost
        told = f"{report.DOCUMENT} stays as it is: never measured in this folder:"
        print(told, *sorted(missing), file=sys.stderr)
        return
    report.write(kept)


if __name__ == "__main__":
    main()
