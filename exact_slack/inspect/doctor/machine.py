"""What is looked at on this machine, without asking anybody."""

import os
import platform
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from exact_slack import __version__
from exact_slack.app.allowance import too_often
from exact_slack.app.customer import Customer
from exact_slack.app.origin import MARK
from exact_slack.app.today import today
from exact_slack.config.load import exposed
from exact_slack.config.together import ended_silences
from exact_slack.errors import CONFIG, TEMPORARY, ExactSlackError
from exact_slack.inspect.doctor.findings import Check, State, Subject
from exact_slack.inspect.login import EXACT_LOGIN, EXACT_WRITING, readable, readable_from_cron, told
from exact_slack.inspect.often import seen_too_often
from exact_slack.inspect.templates import check_templates
from exact_slack.ledger.ledger import FILE
from exact_slack.ledger.schema import disk
from exact_slack.ledger.schema.engine import check_engine
from exact_slack.ledger.schema.filesystem import refuse_network
from exact_slack.ledger.schema.trouble import damaged
from exact_slack.network.authorities import VARIABLES
from exact_slack.routing.doubts import doubts
from exact_slack.runs.frame.alerts import gone_stale, never_well
from exact_slack.runs.frame.busy import stuck

_DAY = 86400.0
_OLD_BACKUP = 8 * _DAY
"""Seconds after which a backup is old: a week and a day."""
_LITTLE = 100 * 1024 * 1024
"""Bytes of a disk that fills up soon."""
_PASSING = ("/tmp", "/var/tmp", "/dev/shm", "/run")  # noqa: S108 - to warn of them
"""Folders that somebody empties."""
_PROXIES = ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")
_CLOSED = "End all that uses it, and look what a run says of it."
Checks = Iterator[Check]
Look = Callable[[], Checks]


def guarded(name: Subject, look: Look, cure: str = "") -> list[Check]:
    """What a look finds; an error in it is a finding, too."""
    checks: list[Check] = []
    try:
        checks.extend(look())
    except ExactSlackError as error:
        checks.append(Check.of(name, error, cure=cure))
    except OSError as error:
        sentence = f"{error.filename or name.value}: {error.strerror or type(error).__name__}."
        cure = "Give this user access to it."
        sort = type(error).__name__
        checks.append(Check(name=name, state=State.BROKEN, problem=sentence, cure=cure, sort=sort))
    return checks or [Check(name=name)]


def program() -> Checks:
    """Python and SQLite."""
    check_engine()
    python, engine = platform.python_version(), sqlite3.sqlite_version
    saw = f"exact-slack {__version__}, Python {python}, SQLite {engine}"
    yield Check(name=Subject.PROGRAM, saw=saw)


def config(customer: Customer) -> Checks:
    """What `config check` says of the file."""
    config = customer.config
    check_templates(config)
    day = today(config, customer.clock)
    told = filter(None, [exposed(config), too_often(config)])
    notices = [*told, *ended_silences(config, day), *doubts(config)]
    yield from (
        Check(
            name=Subject.CONFIG,
            state=State.WARNING,
            problem=sentence,
            cure="See: exact-slack config check",
        )
        for sentence in [*notices, *seen_too_often(customer)]
    )


def secrets(customer: Customer) -> Checks:
    """Whether each secret can be read here."""
    for name, why in readable(customer).items():
        if why and name not in (EXACT_LOGIN, EXACT_WRITING):
            yield _unreadable(
                Subject.SECRETS,
                State.BROKEN,
                told(customer.config, name, why),
                "Mend what it names, or name another source in the config: docs/secrets.md",
            )


def _unreadable(subject: Subject, state: State, problem: str, cure: str) -> Check:
    return Check(
        name=subject,
        state=state,
        problem=problem,
        cure=cure,
        exit_code=CONFIG,
        sort="unreadable",
    )


def cron(customer: Customer, here: frozenset[str]) -> Checks:
    """Whether a job of cron could work as this command does; what cannot be read here either is
    told there."""
    for name, why in readable_from_cron(customer.config).items():
        if not why or name in here:
            continue
        yield _unreadable(
            Subject.CRON,
            State.WARNING,
            f"{name}: A job of cron cannot use it: {why.removeprefix(f'{name}: ')}",
            "Set what is missing in the crontab, unless something else starts exact-slack:"
            " docs/how-to/cron.md",
        )
    named = [name for name in (*_PROXIES, *VARIABLES) if os.environ.get(name)]
    if named:
        yield Check(
            name=Subject.CRON,
            state=State.WARNING,
            problem=f"What is set here a job of cron does not have: {', '.join(named)}.",
            cure="Set it in the crontab, too: docs/how-to/proxies.md",
        )


def state(customer: Customer) -> Checks:
    """Where the state folder lies."""
    folder = customer.config.state_dir()
    refuse_network(folder)
    folder = customer.state
    if any(folder.resolve().is_relative_to(place) for place in {*_PASSING, tempfile.gettempdir()}):
        yield Check(
            name=Subject.STATE,
            state=State.WARNING,
            problem=f"The state folder {folder} lies where files are removed now and then.",
            cure="Set `state` in the config to a folder that stays.",
        )


def room(customer: Customer) -> Checks:
    """Whether the disk takes more, and for how long."""
    file = customer.state / FILE
    if not customer.state.is_dir():
        yield Check(name=Subject.DISK, saw="the state folder is not there yet")
        return
    obstacle = disk.obstacle(file)
    if obstacle:
        yield Check.of(Subject.DISK, disk.no_room(file, obstacle))
        return
    free = shutil.disk_usage(customer.state).free
    size = file.stat().st_size if file.exists() else 0
    if free < max(_LITTLE, 2 * size):
        yield Check(
            name=Subject.DISK,
            state=State.WARNING,
            saw=f"{free / 1e6:.0f} MB free",
            problem=f"Only {free / 1e6:.0f} MB are free beside the ledger ({size / 1e6:.0f} MB).",
            cure="Make room: an upgrade or a backup needs as much again.",
        )
    else:
        yield Check(name=Subject.DISK, saw=f"{free / 1e9:.1f} GB free")


def ledger(customer: Customer) -> Checks:
    """Whether the ledger is there, can be read, and is whole."""
    file = customer.state / FILE
    if not file.exists():
        yield _no_ledger(customer.state)
        return
    opened = customer.ledger
    if damage := opened.db.damage():
        raise damaged(file, damage)
    yield from (Check.of(Subject.LEDGER, error) for error in opened.db.damaged_records.values())
    yield Check(name=Subject.LEDGER, saw=f"{opened.db.size() / 1e6:.1f} MB")


def _no_ledger(folder: Path) -> Check:
    if not (folder / MARK).exists():
        return Check(name=Subject.LEDGER, saw="not there yet: the first poll makes it")
    return Check(
        name=Subject.LEDGER,
        state=State.BROKEN,
        problem=f"There was a ledger in {folder}, and it is gone.",
        cure="Put a backup in its place: exact-slack backup --restore FILE. Without one the next"
        " poll begins anew, and looks into the channels before it posts.",
        sort="gone",
    )


def backup(customer: Customer) -> Checks:
    """When the ledger was last copied."""
    at, now = customer.ledger.backed_up_at(), customer.clock.now()
    if not (customer.state / FILE).exists():
        yield Check(name=Subject.BACKUP, state=State.SKIPPED, saw="there is no ledger")
    elif now - at > _OLD_BACKUP:
        days = f"The latest is {int((now - at) / _DAY)} days old."
        yield Check(
            name=Subject.BACKUP,
            state=State.WARNING,
            problem=days if at else "There is no backup of the ledger yet.",
            cure="Let cron make one each night: exact-slack backup FILE (docs/how-to/backup.md)",
        )


def runs(customer: Customer) -> Checks:
    """Whether polls run and end."""
    hanging, now = stuck(customer), customer.clock.now()
    if hanging:
        yield Check.of(Subject.RUNS, hanging.problem, cure=_CLOSED)
    silent = gone_stale(customer) or never_well(customer)
    if silent:
        yield Check(
            name=Subject.RUNS,
            state=State.WARNING,
            problem=silent,
            cure="See: exact-slack status. If nothing starts it: docs/how-to/cron.md",
            exit_code=TEMPORARY,
        )
    last = customer.ledger.last_success()
    if not (hanging or silent):
        saw = "none yet" if last is None else f"the last one ended well {int(now - last)} s ago"
        yield Check(name=Subject.RUNS, saw=saw)
