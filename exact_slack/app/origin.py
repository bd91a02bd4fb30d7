"""Where this ledger comes from: is it the one that posted last, a copy that was put back, or a new
one in the place of another? A small file beside it remembers which ledger ran last, and its run."""

import contextlib
import json
import math
import os
import secrets
import stat
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from exact_slack.config.model import Config
from exact_slack.errors import ConfigError, ExactSlackError, Notice, PersonNeeded
from exact_slack.files import check_own, own, read_plain
from exact_slack.ledger.earlier import Doubt, Sign
from exact_slack.ledger.ledger import FILE, Ledger

MARK = "ledger.last"
_YEAR_9999 = 253_370_000_000.0
_LOOKS = "Each channel is looked through before anything is posted there."
_PAUSE = 3600.0
"""Seconds without a run after which a ledger may be another one than it was."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """Which ledger ran last in a state folder, the number of that run, and when (seconds since
    1970)."""

    ledger: str
    run: int
    at: float


_OF_RUNS = ("run.lock", "senders")
"""What only runs make in a state folder."""
_SET_UP = 86400.0
"""Seconds for which a login may be renewed before the first run: while a config is tried out."""
LoginUsed = Callable[[], tuple[float, float] | None]
"""When the login began and when it was last renewed, where there is one."""


def settle(ledger: Ledger, state: Path, config: Config, now: float, login_used: LoginUsed) -> None:
    """Called by whoever opens the ledger to work with it: notice what it may not know."""
    run, last = ledger.last_run_number(), ledger.last_run()
    began = last.started_at if last else 0.0
    named = ledger.earlier.is_named()
    identity = ledger.earlier.identity(secrets.token_hex(8))
    mark = _read(state)
    doubt = _doubt(ledger, mark, _Mark(identity, run, now), began)
    if doubt is None and mark is None:
        if run == 0:
            doubt = _left_elsewhere(state, config, now) or _left_here(state, now, login_used)
        elif named:
            doubt = Doubt(Sign.UNMARKED, now, began)
    if doubt is not None:
        ledger.earlier.set_doubt(doubt)
    if doubt is not None or mark is None:
        _write(state, _Mark(identity, run, now))
    ledger.slept_until = now if run and abs(now - began) > _PAUSE else 0.0


def _doubt(ledger: Ledger, mark: _Mark | None, own: _Mark, began: float) -> Doubt | None:
    copied = ledger.earlier.copied_at()
    if copied is not None:
        return Doubt(Sign.COPY, own.at, copied or began)
    if mark is None:
        return None
    if own.run == 0 and mark.ledger != own.ledger:
        return Doubt(Sign.GONE, own.at, 0.0, gone_since=mark.at)
    if mark.ledger != own.ledger or mark.run > own.run:
        return Doubt(Sign.COPY, own.at, began)
    return None


def _left_elsewhere(state: Path, config: Config, now: float) -> Doubt | None:
    """The first run, and beside this state folder lies one of the same divisions whose config is
    gone: it was renamed."""
    path = config.path.absolute()
    names = {file.stem for file in path.parent.glob("*.y*ml")}
    try:
        folders = [
            file for file in state.parent.iterdir() if file.name not in names and file != state
        ]
    except OSError:
        return None
    for folder in sorted(folders):
        if (folder / FILE).is_file():
            with contextlib.suppress(ExactSlackError, OSError):
                since = _last_run_of(folder, config)
                if since is not None:
                    there = str(folder)
                    return Doubt(Sign.ELSEWHERE, now, 0.0, gone_since=since, lies_in=there)
    return None


def _left_here(state: Path, now: float, login_used: LoginUsed) -> Doubt | None:
    """The first run, and what runs make is there before it: the lock of one, or a login that has
    been renewed for longer than a config is tried out."""
    with contextlib.suppress(OSError):
        used = [(state / name).lstat() for name in _OF_RUNS if os.path.lexists(state / name)]
        ours = [
            status.st_mtime for status in used if stat.S_ISREG(status.st_mode) or _is_folder(status)
        ]
        if ours:
            return Doubt(Sign.LEFT, now, 0.0, gone_since=max(ours))
    with contextlib.suppress(ExactSlackError, OSError):
        login = login_used()
        if login is not None and login[1] - login[0] > _SET_UP:
            return Doubt(Sign.LEFT, now, 0.0, gone_since=login[1])
    return None


def _is_folder(status: os.stat_result) -> bool:
    return stat.S_ISDIR(status.st_mode)


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
    noticed = _unmarkable(state)
    doubt = ledger.earlier.doubt()
    if doubt is not None and not doubt.told:
        ledger.earlier.set_doubt(replace(doubt, told=True))
        noticed.append(_sentence(doubt, state))
    return noticed


def _unmarkable(state: Path) -> list[ExactSlackError]:
    """What stands in the place of the mark and cannot be replaced."""
    try:
        with contextlib.suppress(OSError), own():
            check_own(state / MARK)
    except ConfigError as told:
        return [PersonNeeded(told.sentence, told.cure)]
    return []


def _sentence(doubt: Doubt, state: Path) -> ExactSlackError:
    since = f"exact-slack poll --since {_said(doubt.gone_since)[:10]}T00:00Z"
    match doubt.sign:
        case Sign.COPY:
            return Notice(
                f"This ledger is a copy of {_said(doubt.since)}: what was posted since is not in"
                " it.",
                _LOOKS,
            )
        case Sign.UNMARKED:
            return Notice(
                f"{state / MARK} is missing or cannot be read. It tells which ledger ran last, so"
                f" this one, last used {_said(doubt.since)}, may be an old copy.",
                _LOOKS,
            )
        case Sign.ELSEWHERE:
            return PersonNeeded(
                "This ledger begins anew. One of the same divisions, last used "
                f"{_said(doubt.gone_since)}, lies in {doubt.lies_in}, and its config is gone.",
                f"If that was renamed, write `state: {doubt.lies_in}` into the new one; else"
                f" bring up what came since: {since}",
            )
        case Sign.GONE:
            return PersonNeeded(
                f"The ledger that was in {state} is gone, and this one begins anew. The last run"
                f" of the old one was {_said(doubt.gone_since)}.",
                "Put a backup in its place (exact-slack backup --restore FILE); else bring up what"
                f" came since: {since}",
            )
        case Sign.LEFT:
            return PersonNeeded(
                f"This ledger begins anew, but exact-slack has run with {state} before, last at"
                f" {_said(doubt.gone_since)}. What came or changed in Exact since then may be"
                " missing in Slack.",
                "Put a backup in its place (exact-slack backup --restore FILE); else bring up what"
                f" came since: {since}",
            )
        case Sign.STANDS:
            return _stood(doubt, since)


def _stood(doubt: Doubt, since: str) -> Notice:
    sentence = "Messages stood in Slack that this ledger did not know"
    if doubt.since:
        return Notice(f"{sentence}: it may be an old copy.", _LOOKS)
    return Notice(
        f"{sentence}: it is not the first one here. What came or changed in Exact before it began"
        " may be missing in Slack.",
        f"{_LOOKS} Bring up what came since: {since}",
    )


def _said(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _read(state: Path) -> _Mark | None:
    try:
        values = json.loads(read_plain(state / MARK, follow=False))
        mark = _Mark(str(values["ledger"]), int(values["run"]), float(values["at"]))
    except (OSError, ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None
    return mark if math.isfinite(mark.at) and 0 <= mark.at < _YEAR_9999 else None


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
