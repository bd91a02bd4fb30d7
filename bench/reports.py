"""A report of many open terms: calls and memory."""

from datetime import UTC, datetime, timedelta

from bench import processes
from bench.figures import Figure, Section
from bench.world import RELATIONS, world
from exact_slack.documents.subjects import Side
from exact_slack.exact.standing import LISTS, OVERVIEW, TERMS
from tests.e2e.rig import DIVISION, Rig

MANY, FEW = 5_000, 50
_WORDS = {
    "in the terminal": ("report", "aging", "--side", "receivable"),
    "sent to its channel": ("report", "who owes us", "--post"),
}
_CONFIG = """\
reports:
  - {name: who owes us, report: aging, side: receivable, channel: "#feed-0", every: week}
"""


def measure(runs: int) -> Section:
    """Both numbers of terms, so many runs of each."""
    section = Section("reports")
    peaks: dict[tuple[str, int], list[float]] = {}
    for terms in (FEW, MANY):
        with world() as rig:
            rig.extra += _CONFIG
            rig.write_config()
            fill(rig, terms)
            for way, words in _WORDS.items():
                peaks[way, terms] = [
                    processes.command(rig.config, *words).peak for _ in range(runs)
                ]
            section.figures += _calls(rig, runs * len(_WORDS)) if terms == MANY else []
    for way in _WORDS:
        many, few = peaks[way, MANY], peaks[way, FEW]
        section.figures.append(
            Figure(
                f"peak memory of a report of {MANY:,} open terms, {way}",
                tuple(many),
                "under 150 MB",
                149.9,
                unit=" MB",
            )
        )
        section.figures.append(
            Figure(
                f"memory with {MANY:,} beside {FEW} open terms, {way}",
                tuple(a / b for a, b in zip(many, few, strict=True)),
                "flat: at most 1.5 times",
                1.5,
                digits=2,
                unit=" times",
            )
        )
    return section


def _calls(rig: Rig, reports: int) -> list[Figure]:
    side = Side.RECEIVABLE
    calls = {
        "of its list": (LISTS[side], 86),
        "of the terms themselves (100 credits and 100 in dollars among them)": (TERMS[side], 86),
        "of the overview": (OVERVIEW, 2),
    }
    return [
        Figure(
            f"calls for a report of {MANY:,} open terms: {name}",
            (rig.exact.calls[DIVISION, path] / reports,),
            f"at most {most}",
            most,
        )
        for name, (path, most) in calls.items()
    ]


def fill(rig: Rig, terms: int) -> None:
    """So many open terms, some of them credits, some in dollars."""
    today = datetime.now(UTC).date()
    with rig.exact.store.quietly():
        for number in range(terms):
            credit, dollars = number % 50 == 7, number % 50 == 11
            owed = -(number + 1) if credit else number + 1
            rig.exact.store.upsert(
                DIVISION,
                TERMS[Side.RECEIVABLE],
                {
                    "Account": RELATIONS[number % len(RELATIONS)],
                    "AccountName": f"Customer {number % len(RELATIONS)}",
                    "AccountCode": str(number % len(RELATIONS)),
                    "AmountDC": -owed,
                    "AmountFC": -owed,
                    "Currency": "USD" if dollars else "EUR",
                    "DueDate": today - timedelta(days=number % 120 - 20),
                    "EntryNumber": 1_000_000 + number,
                    "InvoiceNumber": 1_000_000 + number,
                    "IsFullyPaid": False,
                    "Journal": "60",
                    "Status": 20,
                    "TransactionType": 21 if credit else 20,
                    "TransactionAmountDC": owed,
                    "YourRef": f"R{number}",
                },
            )
