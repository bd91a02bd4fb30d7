"""The configuration as data: one file is one customer (one Exact login, one Slack workspace)."""

import re
from datetime import tzinfo
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import (
    AfterValidator,
    Field,
    ValidationInfo,
    field_validator,
)

from exact_slack.config.cases import Case, Known
from exact_slack.config.channels import Channel
from exact_slack.config.closing import Close
from exact_slack.config.people import ByRole, People, Role, is_group
from exact_slack.config.route import Route, Silence
from exact_slack.config.sides import Address, Division, ExactConfig, SlackConfig, once
from exact_slack.config.timing import Quiet, Rhythm, ZoneName, zone
from exact_slack.config.values import (
    Duration,
    Locale,
    Section,
    Text,
    empty_section,
    seconds,
)
from exact_slack.documents.kinds import Kind
from exact_slack.documents.subjects import Side, Subject
from exact_slack.secrets.source import Secret

if TYPE_CHECKING:
    from exact_slack.documents.exceptions import Question


def _report_name(value: str) -> str:
    """`exact-slack report aging` must mean one thing."""
    if value in {subject.value for subject in Subject}:
        raise ValueError("a name that is none of " + ", ".join(Subject))
    return value


SubjectName = Literal["aging", "due", "cash"]
SideName = Literal["receivable", "payable"]


class Report(Rhythm):
    """What is open, due or in the bank, read from Exact when it is due: one message a day, week or
    month."""

    name: Annotated[Text, AfterValidator(_report_name)]
    report: SubjectName
    side: SideName | None = None
    channel: Channel
    locale: Locale | None = None
    divisions: Annotated[tuple[Division, ...], Field(min_length=1), AfterValidator(once)] | None = (
        None
    )

    @field_validator("side")
    @classmethod
    def _both_ways(cls, side: str | None, info: ValidationInfo) -> str | None:
        if side is not None and info.data.get("report") == Subject.CASH:
            raise ValueError("no such key with report: cash, which goes both ways")
        return side

    @property
    def subject(self) -> Subject:
        """What it is about."""
        return Subject(self.report)

    @property
    def of_side(self) -> Side | None:
        """Its side; None for both."""
        return Side(self.side) if self.side else None


def _listen(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not re.fullmatch(r"[0-9]{1,5}", port) or int(port) >= 2**16:
        raise ValueError("HOST:PORT, as 127.0.0.1:8080")
    return value


class Monitoring(Section):
    """Who hears how it goes: a monitor that raises the alarm when it hears nothing, one that reads
    numbers; and how long temporary trouble lasts before a person hears of it."""

    ping_url: Address | None = None
    metrics_file: Text | None = None
    patience: Duration = "30m"


class Retention(Section):
    """Days after which the ledger forgets what a document said, and runs."""

    documents_days: Annotated[int, Field(ge=90)] = 800
    runs_days: Annotated[int, Field(ge=7)] = 90


Limit = Annotated[Decimal, Field(gt=0, le=10**13)]


class ExceptionsConfig(Section):
    """What counts as an exception."""

    unusual_factor: Annotated[Decimal, Field(ge=1, le=1000)] = Decimal(3)
    unusual_from: Annotated[int, Field(ge=1, le=50)] = 5
    due_soon_days: Annotated[int, Field(ge=0, le=365)] = 7
    payee_days: Annotated[int, Field(ge=1, le=3650)] = 30
    below_limits: tuple[Limit, ...] = ()
    dormant_days: Annotated[int, Field(ge=30, le=3650)] = 365
    backdated_days: Annotated[int, Field(ge=1, le=3650)] = 31
    order_tolerance: Annotated[Decimal, Field(ge=0, le=100)] = Decimal("0.5")
    history: Duration = "2y"


class ServeConfig(Section):
    """Where `serve` listens, and the address under which the internet reaches it."""

    listen: Annotated[str, AfterValidator(_listen)] = "127.0.0.1:8080"
    public_url: Address | None = None


def _a_minute(value: str) -> str:
    if not seconds(value):
        raise ValueError("a minute at least, as 15m")
    return value


class Config(Section):
    """One customer. `path` is the file it came from."""

    exact: ExactConfig
    slack: SlackConfig = empty_section()
    secrets: Literal["auto", "keyring", "file"] = "auto"
    state: Text | None = None
    locale: Locale = "en_GB"
    poll_at_least_every: Annotated[Duration, AfterValidator(_a_minute)] = "15m"
    on_ambiguous: Literal["hold", "repost", "strict"] = "hold"
    flood_limit: Annotated[int, Field(ge=1)] = 200
    attachments_max_mb: Annotated[int, Field(ge=1, le=1000)] = 10
    timezone: ZoneName | None = None
    quiet: Quiet | None = None
    silences: tuple[Silence, ...] = ()
    alerts: Channel | None = None
    serve: ServeConfig = empty_section()
    monitoring: Monitoring = empty_section()
    retention: Retention = empty_section()
    exceptions: ExceptionsConfig = empty_section()
    routes: Annotated[tuple[Route, ...], Field(min_length=1)]
    people: People = empty_section()
    reports: tuple[Report, ...] = ()
    close: tuple[Close, ...] = ()
    tests: tuple[Case, ...] = ()
    """What `route test` proves."""
    path: Path = Field(default=Path("config.yaml"), exclude=True)

    def state_dir(self) -> Path:
        """The folder of the ledger, locks and token file."""
        from exact_slack.config.file.paths import as_text, default_state_dir
        from exact_slack.files import beside

        named = beside(self.path, self.state) if self.state else default_state_dir(self.path)
        return as_text(named)

    def metrics_file(self) -> Path | None:
        """The file for a monitor that reads numbers."""
        from exact_slack.files import beside

        named = self.monitoring.metrics_file
        return beside(self.path, named) if named else None

    def known(self) -> Known:
        """The routes and channels that a case may name."""
        channels = dict.fromkeys(route.channel for route in self.routes)
        channels |= dict.fromkeys(self.direct_messages())
        return Known(tuple(route.name for route in self.routes), tuple(channels))

    def channels(self) -> dict[str, list[str]]:
        """Every channel that is named, and by what: routes, reports, closes, `alerts`."""
        named_by: dict[str, list[str]] = {}
        named = [(route.channel, route.name) for route in self.routes]
        named += [(report.channel, report.name) for report in self.reports]
        for where, name in [*named, *((close.channel, "close") for close in self.close)]:
            named_by.setdefault(where, []).append(name)
        if self.alerts:
            named_by.setdefault(self.alerts, []).append("alerts")
        return named_by

    def read_kinds(self) -> tuple[Kind, ...]:
        """The kinds that are read: those that a route can take, and what their exceptions are
        compared with."""
        from exact_slack.config.match import matches
        from exact_slack.documents.exceptions import COMPARES_WITH, FIRES

        wanted = set(self.routed_kinds())
        for route in self.routes:
            asked = route.when.exception
            for name, kinds in COMPARES_WITH.items() if asked is not None else ():
                plain = [p for p in asked or () if not p.startswith("!")]
                if plain and matches(asked or (), name) and any(map(route.when.takes, FIRES[name])):
                    wanted |= kinds
        return tuple(kind for kind in Kind if kind in wanted)

    def listed_kinds(self) -> frozenset[Kind]:
        """The kinds that the list of a digest may name."""
        listing = [route for route in self.routes if route.digest and route.digest.lists]
        return frozenset(kind for kind in Kind if any(r.when.takes(kind) for r in listing))

    def sends_files(self) -> bool:
        """Whether files go into threads: attachments, the list of a digest, a report or a close."""
        by_route = any(r.attachments or (r.digest and r.digest.lists) for r in self.routes)
        return by_route or bool(self.reports or self.close)

    def roles(self) -> frozenset[Role]:
        """The roles through which routes find people."""
        wanted = (who for route in self.routes for who in (route.address, route.mention))
        return frozenset(who.person for who in wanted if isinstance(who, ByRole))

    def direct_messages(self) -> dict[str, list[str]]:
        """Whom routes may write to, by Slack's id, and the names of those routes."""
        named_by: dict[str, list[str]] = {}
        for route in self.routes:
            entries = self.people.of(route.to_people) if route.to_people else {}
            for slack_id in dict.fromkeys(entries.values()):
                if not is_group(slack_id):
                    named_by.setdefault(slack_id, []).append(route.name)
        return named_by

    def has_triage(self) -> bool:
        """Whether any message is somebody's until it is done."""
        return any(route.triage is not None for route in self.routes)

    def hears_slack(self) -> bool:
        """Whether `serve` can hear of what people click: over Socket Mode, or at its address."""
        by_address = bool(self.slack.signing_secret and self.serve.public_url)
        return self.slack.app_token is not None or by_address

    def route_named(self, name: str) -> Route | None:
        """The route of this name, if there is one."""
        return next((route for route in self.routes if route.name == name), None)

    def locale_of(self, route: Route | None) -> str:
        """How a route writes amounts, dates and labels."""
        return (route.locale if route else None) or self.locale

    def zone(self) -> tzinfo:
        """The zone of all times of day in this config: `timezone`, else the system's."""
        return zone(self.timezone)

    def company(self, division: int, own: str = "") -> str:
        """How messages name a division where there are several: its short name, else `own`, as
        Exact calls it, else its number; "" where there is one, which goes without saying."""
        if len(self.exact.divisions) < 2:
            return ""
        return self.exact.names.get(division) or own.strip() or str(division)

    def named_secrets(self) -> dict[str, Secret]:
        """The secrets that this config names, by their key (`exact.client_id`)."""
        return {
            f"{section}.{name}": value
            for section, values in (("exact", self.exact), ("slack", self.slack))
            for name, value in values
            if isinstance(value, Secret)
        }

    def asked_exceptions(self) -> frozenset[str]:
        """The exceptions that a route or a silence asks for, by its name or by a glob; a payment
        run names what is wrong with where its money goes."""
        from exact_slack.config.match import matches
        from exact_slack.documents.exceptions import ABOUT_MONEY, ExceptionKind

        silences = (*self.silences, *(s for route in self.routes for s in route.silences))
        whens = [*(route.when for route in self.routes), *(s.match for s in silences)]
        asked = [when.exception for when in whens if when.exception is not None]
        of_runs = ABOUT_MONEY if any(route.group for route in self.routes) else frozenset[str]()
        return of_runs | frozenset(
            name.value for name in ExceptionKind if any(matches(a, name.value) for a in asked)
        )

    def exceptions_of(self, kind: Kind) -> frozenset[str]:
        """The exceptions that routes need to know of a document of a kind: to take it, to leave it
        out, or to tell them."""
        from exact_slack.config.match import concerns
        from exact_slack.documents.exceptions import ABOUT_MONEY, FIRES

        routes = [route for route in self.routes if route.when.takes(kind)]
        asked = [r.when.exception for r in routes if r.when.exception is not None]
        of_runs = ABOUT_MONEY if any(route.group for route in routes) else frozenset[str]()
        return frozenset(
            name
            for name, kinds in FIRES.items()
            if kind in kinds and (name in of_runs or any(concerns(a, name) for a in asked))
        )

    def named_exceptions(self) -> frozenset[str]:
        """The exceptions that a route or a silence names: to take them, or to leave them out."""
        from exact_slack.config.match import matches
        from exact_slack.documents.exceptions import ABOUT_MONEY, ExceptionKind

        silences = (*self.silences, *(s for route in self.routes for s in route.silences))
        whens = [*(route.when for route in self.routes), *(s.match for s in silences)]
        patterns = {p.removeprefix("!") for when in whens for p in when.exception or ()}
        of_runs = ABOUT_MONEY if any(route.group for route in self.routes) else frozenset[str]()
        return of_runs | frozenset(
            name.value
            for name in ExceptionKind
            if any(matches([pattern], name.value) for pattern in patterns)
        )

    def questions(self) -> frozenset["Question"]:
        """What Exact is asked for exceptions, beside the documents that are read."""
        from exact_slack.config.match import concerns
        from exact_slack.documents.exceptions import ASKS, FIRES, Question

        routed = self.routed_kinds()
        silences = (*self.silences, *(s for route in self.routes for s in route.silences))
        patterns = [s.match.exception for s in silences if s.match.exception is not None]
        names = {name for kind in routed for name in self.exceptions_of(kind)}
        for name in ASKS.keys() - names:
            if FIRES[name] & {*routed} and any(concerns(p, name) for p in patterns):
                names.add(name)
        asked = {what for name, questions in ASKS.items() if name in names for what in questions}
        several = len(self.exact.divisions) > 1 and seconds(self.exceptions.history) > 0
        return frozenset(asked if several else asked - {Question.VAT_NUMBERS})

    def history_kinds(self) -> frozenset[Kind]:
        """The kinds whose past is read once: what an exception is compared with, and what the
        number of a bank account was before."""
        from exact_slack.documents.exceptions import LEARNS_FROM

        if seconds(self.exceptions.history) == 0:
            return frozenset()
        named, read = self.named_exceptions(), frozenset(self.read_kinds())
        wanted = {kind for name, kinds in LEARNS_FROM.items() if name in named for kind in kinds}
        return frozenset(wanted | {Kind.BANK_ACCOUNT}) & read

    def routed_kinds(self) -> tuple[Kind, ...]:
        """The kinds that at least one route can take, in the order in which they are read."""
        return tuple(kind for kind in Kind if any(r.when.takes(kind) for r in self.routes))
