"""What was entered after a period's end is of the period; of what was before the first run the
ledger knows nothing."""

from datetime import date
from pathlib import Path

import pytest

from exact_slack.documents.closing import Light
from exact_slack.runs.close import close
from tests.e2e.clocked import ClockedRig, clocked
from tests.e2e.rig import DIVISION

ROUTES = '  - {name: feed, when: {kind: purchase_entry}, channel: "#feed", triage: true}\n'
LINES = 'close:\n  - {channel: "#feed", lines: [exceptions, delivered]}\n'


def period(rig: ClockedRig, number: int, begin: date, end: date) -> None:
    row = {"FinYear": 2026, "FinPeriod": number, "StartDate": begin, "EndDate": end}
    rig.exact.store.upsert(DIVISION, "financial/FinancialPeriods", row)


def lights(rig: ClockedRig) -> dict[str, Light]:
    made = rig.with_customer(lambda customer: close(customer, "2026/10", (DIVISION,)))
    return {line.name: line.light for line in made.closings[0].lines}


@pytest.mark.parametrize("start", ["2026-10-20 10:00", "2026-11-05 10:00"])
def test_a_ledger_that_begins_after_the_period_knows_nothing_of_it(
    tmp_path: Path, start: str
) -> None:
    with clocked(tmp_path, start, ROUTES, LINES) as rig:
        period(rig, 10, date(2026, 10, 1), date(2026, 10, 31))
        rig.go("2026-11-05 11:00")
        late = start.startswith("2026-11")
        wanted = Light.UNKNOWN if late else Light.GREEN
        assert lights(rig) == {"exceptions": wanted, "delivered": wanted}


def test_what_is_dated_in_the_period_and_entered_after_it_is_to_be_delivered(
    tmp_path: Path,
) -> None:
    lines = LINES.replace("exceptions, delivered", "delivered")
    with clocked(tmp_path, "2026-10-20 10:00", ROUTES, lines) as rig:
        period(rig, 10, date(2026, 10, 1), date(2026, 10, 31))
        rig.clock.set("2026-11-05 10:00")
        rig.entry(1, EntryDate=date(2026, 11, 2))
        assert lights(rig) == {"delivered": Light.GREEN}
        rig.entry(2, EntryDate=date(2026, 10, 30))
        assert lights(rig) == {"delivered": Light.RED}
        rig.go()
        assert lights(rig) == {"delivered": Light.GREEN}
