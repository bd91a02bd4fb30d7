"""A ledger of a million deliveries: what it costs each command."""

import shutil
import sqlite3
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from bench import processes
from bench.figures import Figure, Section
from bench.world import fill, world
from exact_slack.documents.kinds import Kind
from tests.e2e.rig import Rig

MILLION = 1_000_000
STARTS = 5
COMMANDS = (("poll",), ("status",), ("status", "--json"), ("replay", "--failed"), ("log", "4711"))
QUICK = (("status",), ("log", "4711"))
"""That answer within half a second, however large the ledger is."""


def measure(runs: int) -> Section:
    """The ledger is made once; every run copies it."""
    section = Section("scale")
    with world() as rig:
        _first_poll(rig)
        empty = rig.state / "ledger.sqlite"
        full = rig.folder / "full.sqlite"
        shutil.copy(empty, full)
        grow(full, MILLION)
        kept = rig.folder / "empty.sqlite"
        shutil.copy(empty, kept)
        for words in COMMANDS:
            pairs = [_pair(rig, words, kept, full) for _ in range(runs)]
            section.figures.append(
                Figure(
                    f"`{' '.join(words)}` with {MILLION:,} deliveries, beside an empty ledger",
                    tuple(big / small for small, big in pairs),
                    "within 1.5 times",
                    1.5,
                    digits=2,
                    unit=" times",
                )
            )
            if words in QUICK:
                section.figures.append(
                    Figure(
                        f"`{' '.join(words)}` with {MILLION:,} deliveries, as a whole process",
                        tuple(big for _, big in pairs),
                        "under 0.5 s",
                        0.499,
                        digits=2,
                        unit=" s",
                    )
                )
    return section


def _first_poll(rig: Rig) -> None:
    processes.command(rig.config, "poll")
    fill(rig, Kind.PURCHASE_ENTRY, 1)
    processes.command(rig.config, "poll")


def grow(path: Path, deliveries: int) -> None:
    """Fill a closed ledger with copies of its one document and its one delivery, half of them
    heads and half replies, spread over two years."""
    db = sqlite3.connect(path)
    db.row_factory = sqlite3.Row
    document = dict(db.execute("SELECT * FROM documents").fetchone())
    delivery = dict(db.execute("SELECT * FROM deliveries").fetchone())
    told = [dict(row) for row in db.execute("SELECT * FROM log WHERE document=1 ORDER BY id")]
    amount = dict(db.execute("SELECT * FROM amounts").fetchone())
    heads, now = deliveries // 2, time.time()
    step = 2 * 365 * 86400 / heads
    with db:
        _copy(db, "documents", (_document(document, n, now - n * step) for n in range(1, heads)))
        _copy(db, "deliveries", (_head(delivery, n, now - n * step) for n in range(1, heads)))
        _copy(db, "deliveries", (_reply(delivery, n, heads, now - n * step) for n in range(heads)))
        _copy(db, "amounts", ({**amount, "document": n + 1} for n in range(1, heads)))
        _copy(db, "log", _log(told, heads, now, step))
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def _copy(db: sqlite3.Connection, table: str, rows: Iterator[dict[str, object]]) -> None:
    first = next(rows)
    names = ", ".join(first)
    marks = ", ".join("?" * len(first))
    statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608
    db.execute(statement, tuple(first.values()))
    db.executemany(statement, (tuple(row.values()) for row in rows))


def _document(row: dict[str, object], number: int, at: float) -> dict[str, object]:
    new = {"id": number + 1, "key": str(uuid.UUID(int=number)), "number": str(number)}
    times = {"modified": int(at * 1000), "first_seen": at, "changed_at": at, "read_at": at}
    return {**row, **new, **times, "reference": f"VD-{number}", "subject": None}


def _head(row: dict[str, object], number: int, at: float) -> dict[str, object]:
    same = {"id": number + 1, "key": f"h{number}", "document": number + 1, "subject": number + 1}
    times = {"created_at": at, "sending_at": at, "done_at": at, "ts": f"{at - 1:.6f}"}
    return {**row, **same, **times}


def _reply(row: dict[str, object], number: int, heads: int, at: float) -> dict[str, object]:
    same = {"id": heads + number + 1, "key": f"r{number}", "document": number + 1}
    reply = {"action": "changed", "head": number + 1, "subject": None}
    times = {"created_at": at, "sending_at": at, "done_at": at, "ts": f"{at:.6f}"}
    return {**row, **same, **reply, **times}


def _log(
    rows: list[dict[str, object]], heads: int, now: float, step: float
) -> Iterator[dict[str, object]]:
    """What was told of the one document, of each; of a reply what was told of the head."""
    sent = [row for row in rows if row["delivery"] is not None]
    for number in range(1, heads):
        new = {"id": None, "document": number + 1, "at": now - number * step}
        for row in rows:
            delivery = None if row["delivery"] is None else number + 1
            yield {**row, **new, "delivery": delivery}
        for row in sent:
            yield {**row, **new, "delivery": heads + number + 1}


def _pair(rig: Rig, words: tuple[str, ...], empty: Path, full: Path) -> tuple[float, float]:
    """The best of several starts with each ledger, turn by turn."""
    times: dict[Path, list[float]] = {empty: [], full: []}
    here = rig.state / "ledger.sqlite"
    for source in (empty, full):
        for stale in rig.state.glob("ledger.sqlite*"):
            stale.unlink()
        shutil.copy(source, here)
        processes.command(rig.config, *words)  # the file is in the system's cache for both
        for _ in range(STARTS):
            times[source].append(processes.command(rig.config, *words).seconds)
    return min(times[empty]), min(times[full])
