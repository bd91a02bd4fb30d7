"""Where this ledger comes from: is it the one that posted last, a copy that was put back, or a new
one in the place of another? A small file beside it remembers which ledger ran last, and its run."""

import contextlib
import json
import os
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from exact_slack.config.model import Config
from exact_slack.errors import ExactSlackError, Notice, PersonNeeded
from exact_slack.files import read_plain
from exact_slack.ledger.earlier import Doubt
from exact_slack.ledger.ledger import FILE, Ledger

MARK = "ledger.last"
_PAUSE = 3600.0
"""Seconds without a run after which a ledger may be another one than it was."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """Which ledger ran last in a state folder, the number of that run, and when (seconds since
    1970)."""

    ledger: str
    run: int
    at: float


def settle(ledger: Ledger, state: Path, config: Config, now: float) -> None:
    """Called by whoever opens the ledger to work with it: notice what it may not know."""
    run, last = ledger.last_run_number(), ledger.last_run()
    began = last.started_at if last else 0.0
    identity = ledger.earlier.identity(secrets.token_hex(8))
    doubt = _doubt(ledger, _read(state), identity, run, began, now)
    if doubt is None and run == 0:
        doubt = _left_elsewhere(state, config, now)
    if doubt is not None:
        ledger.earlier.set_doubt(doubt)
        _write(state, _Mark(identity, run, now))
    ledger.slept_until = now if run and abs(now - began) > _PAUSE else 0.0


def _doubt(
    ledger: Ledger, mark: _Mark | None, identity: str, run: int, began: float, now: float
) -> Doubt | None:
    copied = ledger.earlier.copied_at()
    if copied is not None:
        return Doubt(now, copied or began)
    if mark is None:
        return None
    if run == 0 and mark.ledger != identity:
        return Doubt(now, 0.0, gone_since=mark.at)
    if mark.ledger != identity or mark.run > run:
        return Doubt(now, began)
    return None


def _left_elsewhere(state: Path, config: Config, now: float) -> Doubt | None:
    """The first run, and beside this state folder lies one of the same divisions whose config is
    gone: it was renamed."""
    path = config.path.resolve()
    known = {one.stem for one in path.parent.glob("*.y*ml")}
    try:
        folders = [one for one in state.parent.iterdir() if one.name not in known and one != state]
    except OSError:
        return None
    for folder in sorted(folders):
        if (folder / FILE).is_file():
            with contextlib.suppress(ExactSlackError, OSError):
                since = _last_run_of(folder, config)
                if since is not None:
                    return Doubt(now, 0.0, gone_since=since, lies_in=str(folder))
    return None


def _last_run_of(folder: Path, config: Config) -> float | None:
    old = Ledger(folder, reading=True)
    try:
        owner, last = old.fact("config"), old.last_run()
        ours = {cursor.division for cursor in old.cursors.all()} & set(config.exact.divisions)
        gone = owner is not None and not Path(owner).exists()
        return last.started_at if gone and ours and last else None
    finally:
        old.close()


def began(ledger: Ledger, state: Path, run: int, now: float) -> list[ExactSlackError]:
    """A run began: remember it, and say once what was noticed."""
    _write(state, _Mark(ledger.earlier.identity(secrets.token_hex(8)), run, now))
    doubt = ledger.earlier.doubt()
    if doubt is None or doubt.told:
        return []
    ledger.earlier.set_doubt(replace(doubt, told=True))
    return [_sentence(doubt, state)]


def _sentence(doubt: Doubt, state: Path) -> ExactSlackError:
    if doubt.since:
        return Notice(
            f"This ledger is a copy of {_said(doubt.since)}: what was posted since is not in it.",
            "Each channel is looked through before anything is posted there.",
        )
    day = datetime.fromtimestamp(doubt.gone_since, UTC).strftime("%Y-%m-%d")
    cure = f"else bring up what came since: exact-slack poll --since {day}"
    if doubt.lies_in:
        return PersonNeeded(
            "This ledger begins anew. One of the same divisions, last used "
            f"{_said(doubt.gone_since)}, lies in {doubt.lies_in}, and its config is gone.",
            f"If that was renamed, write `state: {doubt.lies_in}` into the new one; {cure}",
        )
    return PersonNeeded(
        f"The ledger that was in {state} is gone, and this one begins anew. The last run of the "
        f"old one was {_said(doubt.gone_since)}.",
        f"Put a backup in its place (exact-slack backup --restore FILE); {cure}",
    )


def _said(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _read(state: Path) -> _Mark | None:
    try:
        found = json.loads(read_plain(state / MARK, follow=False))
        return _Mark(str(found["ledger"]), int(found["run"]), float(found["at"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _write(state: Path, mark: _Mark) -> None:
    """Whole or not at all; where that fails, a restored copy is noticed by other signs."""
    new = state / f"{MARK}.{secrets.token_hex(4)}"
    with contextlib.suppress(OSError):
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(new, flags, 0o600), "w", encoding="utf-8") as file:
            json.dump(asdict(mark), file)
        new.replace(state / MARK)
    with contextlib.suppress(OSError):
        new.unlink(missing_ok=True)
