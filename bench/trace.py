"""A working week of documents, drawn from week.json; and how little they can wait, if it is known
beforehand how often each kind changes at each hour."""

import heapq
import json
import random
from collections.abc import Mapping
from math import exp
from pathlib import Path
from typing import Any

from exact_slack.documents.kinds import Kind

HOUR, DAY = 3600.0, 86_400.0
OFFICE = range(8, 18)
WORKDAYS = range(5)
_DATA: dict[str, Any] = json.loads(Path(__file__).with_name("week.json").read_text("utf-8"))
KINDS = tuple(map(Kind, _DATA["documents"]))
WITH_FILE = frozenset(map(Kind, _DATA["with_file"]))


def trace(seed: int, days: int = 7) -> dict[Kind, list[float]]:
    """When each change happens, by kind, in seconds since Monday began."""
    draw = random.Random(seed)
    return {kind: sorted(_of(kind, days, draw)) for kind in KINDS}


def _of(kind: Kind, days: int, draw: random.Random) -> list[float]:
    moments = []
    for day in range(days):
        for _ in range(round(_DATA["documents"][kind] * _DATA["days"][day % 7])):
            (hour,) = draw.choices(range(24), _DATA["hours"])
            moments.append(day * DAY + (hour + draw.random()) * HOUR)
        for one in _DATA["imports"] if day % 7 in WORKDAYS else ():
            if one["kind"] == kind:
                step = one["minutes"] * 60 / one["documents"]
                begins = day * DAY + one["hour"] * HOUR
                moments += [begins + number * step for number in range(one["documents"])]
    return moments


def in_office_hours(moment: float) -> bool:
    """From 8 to 18, Monday to Friday."""
    return int(moment % DAY // HOUR) in OFFICE and int(moment // DAY) % 7 in WORKDAYS


def least(calls: int, longest: int) -> float:
    """The mean delay in office hours of the best plan there is of so many calls a day, in seconds:
    every rate known beforehand, readings at whole minutes, and outside office hours each kind at
    the longest interval (in minutes) and not more often.

    Minutes are taken off one after the other, there where that saves most waiting a call. What
    saves less each time is spent best so."""
    waits, changes = zip(*(_least(part, calls, longest) for part in _DATA["days"][:5]), strict=True)
    return float(sum(waits) / sum(changes))


def _least(part: float, calls: int, longest: int) -> tuple[float, float]:
    """Waiting and changes in the office hours of a day with such a part of the usual changes."""
    shares: Mapping[int, float] = dict(enumerate(_DATA["hours"]))
    rates = {
        (kind, hour): _DATA["documents"][kind] * part * share / sum(shares.values()) / 60
        for kind in KINDS
        for hour, share in shares.items()
    }
    minutes = dict.fromkeys(rates, longest)

    def cost(cell: tuple[Kind, int], interval: int) -> float:
        look_ups = 1 - exp(-rates[cell] * interval) if cell[0] in WITH_FILE else 0.0
        return 60 / interval * (1 + look_ups)

    def step(cell: tuple[Kind, int]) -> tuple[float, tuple[Kind, int], float]:
        more = cost(cell, minutes[cell] - 1) - cost(cell, minutes[cell])
        return -rates[cell] * 60 * 30 / more, cell, more

    left = calls - 24 - sum(cost(cell, longest) for cell in rates)  # deletions: one an hour
    steps = [step(cell) for cell in rates if cell[1] in OFFICE]
    heapq.heapify(steps)
    while steps and (best := heapq.heappop(steps))[2] <= left:
        cell, left = best[1], left - best[2]
        minutes[cell] -= 1
        if minutes[cell] > 1:
            heapq.heappush(steps, step(cell))
    office = [cell for cell in rates if cell[1] in OFFICE]
    waits = sum(rates[cell] * 60 * minutes[cell] * 30 for cell in office)
    return waits, sum(rates[cell] * 60 for cell in office)
