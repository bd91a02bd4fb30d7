"""`config check --online`: does this config work with the Exact Online and the Slack it names?

It reads one row of each routed kind in each division and posts nothing. Exact counts refusals for
each endpoint and blocks an app after ten an hour, so a kind that is refused once is not asked for
in the next division, and one refused for lack of a scope speaks for all kinds of that scope."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

from exact_slack.app.customer import Customer
from exact_slack.app.summary import worst
from exact_slack.config.model import Config
from exact_slack.deliver.channels import CHANNEL_CURES, is_untold
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.errors import (
    ExactSlackError,
    LoginNeeded,
    Notice,
    PersonNeeded,
    TemporaryError,
)
from exact_slack.exact.catalogue import DELETED_AS, ENDPOINTS, scope_of
from exact_slack.exact.errors import (
    DivisionDenied,
    ExactDown,
    ExactRefused,
    ScopeMissing,
    UserBlocked,
)
from exact_slack.exact.lookups import ACCOUNTS, DELETED, DOCUMENTS, DivisionInfo, Me
from exact_slack.exact.standing import (
    BANK_ENTRIES,
    JOURNALS,
    LISTS,
    OVERVIEW,
    TERMS,
    StandingReader,
)
from exact_slack.inspect import people as named
from exact_slack.inspect.login import missing_scopes
from exact_slack.redact import note
from exact_slack.reports.plan import Plan
from exact_slack.slack.answers import Channel, odd
from exact_slack.slack.client import SlackClient, api_address
from exact_slack.slack.listing import Listing
from exact_slack.slack.outcome import Outcome, Result
from exact_slack.slack.token import unfit_for

NOT_ASKED = "not asked"
ACCOUNTS_READ = "financial/GLAccounts"
SCOPE_CURE = "Add it to the app and install the app again."
_NOBODY = "00000000-0000-0000-0000-000000000000"
"""An id that no document has: what is asked for by ids is asked as `poll` does, in vain."""
_NO_VERSION = 2**63 - 1
"""Sync endpoints filter by their row version only; this is the highest there can be."""
_SIDE = {
    DELETED: "deletions are not noticed",
    ACCOUNTS: "messages of purchase invoices lack the supplier's name",
    DOCUMENTS: "messages have no link to the document in Exact Online",
    OVERVIEW: "the sums of reports are not compared with Exact's own",
    **dict.fromkeys(TERMS.values(), "reports do not tell credits and payments from invoices"),
    JOURNALS: "reports do not say how the bank stands",
    BANK_ENTRIES: "reports do not say how the bank stands",
}
"""What else is read, and what is lost where it is refused."""


@dataclass(slots=True)
class Division:
    """A division of the config. `problem` is "" where it can be used."""

    division: int
    name: str = ""
    currency: str = ""
    status: str = ""
    problem: str = ""


@dataclass(slots=True)
class Access:
    """One endpoint in one division. `kind` is "" for what is read beside the kinds, `scope` the
    group in the App Center, `problem` "" where it can be read."""

    division: int
    kind: str
    endpoint: str
    scope: str
    problem: str = ""


@dataclass(slots=True)
class Place:
    """A channel, and who names it: routes, or `alerts`. None: Slack did not say."""

    channel: str
    used_by: list[str]
    id: str | None = None
    is_member: bool | None = None
    is_archived: bool | None = None
    is_private: bool | None = None
    untold: bool = False
    """Slack does not say how it stands."""
    problem: str = ""


@dataclass(slots=True)
class Online:
    """Everything `config check --online` found. `errors` make the exit code."""

    user: str = ""
    divisions: list[Division] = field(default_factory=list)
    access: list[Access] = field(default_factory=list)
    team: str = ""
    bot: str = ""
    scopes: list[str] = field(default_factory=list)
    missing_scopes: dict[str, str] = field(default_factory=dict)
    channels: list[Place] = field(default_factory=list)
    people: list[named.Entry] = field(default_factory=list)
    unmatched: list[named.Unmatched] = field(default_factory=list)
    errors: list[ExactSlackError] = field(default_factory=list)
    warnings: list[Notice] = field(default_factory=list)
    me: Me | None = None
    exact_calls: int = 0
    slack_calls: int = 0

    def exit_code(self) -> int:
        """By the rank of all commands: log in, configuration, a person, temporary."""
        return worst([error.exit_code for error in self.errors])

    def as_json(self) -> dict[str, Any]:
        """The fields of `config check --online --json`."""
        return {
            "ok": not self.errors,
            "exit_code": self.exit_code(),
            "exact": {
                "user": self.user,
                "divisions": [asdict(division) for division in self.divisions],
                "access": [asdict(division) for division in self.access],
                "calls": self.exact_calls,
            },
            "slack": {
                "team": self.team,
                "bot": self.bot,
                "scopes": self.scopes,
                "missing_scopes": self.missing_scopes,
                "channels": [asdict(division) for division in self.channels],
                "people": [asdict(entry) for entry in self.people],
                "unmatched": [asdict(one) for one in self.unmatched],
                "calls": self.slack_calls,
            },
            "problems": [str(error) for error in self.errors],
            "warnings": [str(warning) for warning in self.warnings],
        }


def check_online(customer: Customer) -> Online:
    """Ask both sides; what fails on one leaves the other to be asked."""
    online = Online()
    for part in (ask_exact, ask_slack):
        try:
            part(customer, online)
        except ExactSlackError as error:
            online.errors.append(error)
    return online


# -- Exact Online --------------------------------------------------------------------------------


def ask_exact(customer: Customer, online: Online) -> None:
    """The login, each division, and one row of all that `poll` reads there."""
    try:
        me = online.me = customer.reader.me()
        online.user = me.user_name
        usable = _divisions(customer, online)
        _Access(customer, online, me.server_time_ms).run(usable)
    finally:
        online.exact_calls = customer.calls.total
        customer.record_calls()


def _divisions(customer: Customer, online: Online) -> list[int]:
    """The divisions that can be read; without Exact's list each read shows it for itself."""
    configured = customer.config.exact.divisions
    try:
        divisions = customer.reader.divisions()
    except ExactRefused as error:
        notice = Notice(f"The divisions cannot be listed: {error.sentence}", error.cure)
        online.warnings.append(notice)
        online.divisions = [Division(code) for code in configured]
        return list(configured)
    online.divisions = [_division(code, divisions.get(code)) for code in configured]
    denied = [str(division.division) for division in online.divisions if not division.status]
    if denied:
        allowed = ", ".join(map(str, sorted(divisions))) or "none"
        online.errors.append(
            PersonNeeded(
                f"This login may not use division {', '.join(denied)} of exact.divisions; it may "
                f"use {allowed}.",
                "Give the user access in Exact Online and log in again, or take it out.",
            )
        )
    return [division.division for division in online.divisions if not division.problem]


def _division(code: int, info: DivisionInfo | None) -> Division:
    if info is None:
        return Division(code, problem="this login may not use it")
    problem = "" if info.status in ("active", "archived") else f"it is {info.status}"
    return Division(code, info.name, info.currency, info.status, problem)


class _Access:
    """Everything that `poll` will read, asked for with its own queries: some endpoints refuse what
    has no filter, and what an edition does not take is remembered for both."""

    def __init__(self, customer: Customer, online: Online, server_now: ServerMs) -> None:
        self._customer = customer
        self._reader = customer.reader
        self._server_now = server_now
        self._found = online
        self._refused: dict[str, str] = {}
        """Endpoints and scopes that Exact refused, and for which endpoint and division."""
        self._lines: dict[str, list[str]] = {}
        """The lines of closes that an endpoint answers."""

    def run(self, divisions: list[int]) -> None:
        """Division by division; a refused division or a hiccup leaves the others to be asked."""
        for one in self._found.divisions:
            if one.problem and one.status:
                sentence = f"Division {one.division} cannot be read: {one.problem}."
                self._fail(PersonNeeded(sentence, "Take it out of exact.divisions, or mend it."))
        for division in divisions:
            try:
                self._division(division)
            except DivisionDenied as error:
                self._mark(division, str(error))
                self._fail(error)
            except ExactDown:
                raise  # no division's own
            except TemporaryError as error:
                self._mark(division, str(error))
                self._fail(error)

    def _division(self, division: int) -> None:
        kinds, reader = self._customer.config.read_kinds(), self._reader
        for kind in kinds:
            self._ask(division, kind.value, ENDPOINTS[kind].path, partial(self._changes, kind))
        self._ask(division, "", DOCUMENTS, lambda of: reader.document_links(of, [_NOBODY]))
        if Kind.PURCHASE_INVOICE in kinds:
            self._ask(division, "", ACCOUNTS, lambda of: reader.accounts(of, [_NOBODY]))
        if set(DELETED_AS.values()) & set(kinds):
            self._ask(division, "", DELETED, lambda of: reader.deleted(of, _NO_VERSION))

        self._reports(division)
        if self._customer.config.close:
            self._closes(division)

    def _closes(self, division: int) -> None:
        """What the lines of its closes read here, and whether the accounts that they name exist."""
        from exact_slack.inspect import closing

        closes, client = closing.closes_of(self._customer.config, division), self._customer.exact
        if not closes:
            return
        asked = {access.endpoint for access in self._found.access if access.division == division}
        for path, lines in closing.reads(closes).items():
            self._lines[path] = lines
            if path not in asked:
                self._ask(division, "", path, partial(closing.look, client, path))
        if ACCOUNTS_READ not in self._refused:
            for error in closing.missing_accounts(client, closes, division):
                self._fail(error)

    def _reports(self, division: int) -> None:
        """What the reports of the config read here."""
        config = self._customer.config
        mine = [r for r in config.reports if division in (r.divisions or config.exact.divisions)]
        if not mine:
            return
        plans = [Plan(report.subject, report.of_side, (division,)) for report in mine]
        sides = dict.fromkeys(side for plan in plans for side in plan.sides)
        reader = StandingReader(self._customer.exact)
        beside = [OVERVIEW, *(TERMS[side] for side in sides)]
        for path in [LISTS[side] for side in sides]:
            self._ask(division, "report", path, partial(self._look, reader, path))
        if any(plan.banks for plan in plans):
            beside += [JOURNALS, BANK_ENTRIES]
        for path in beside:
            self._ask(division, "", path, partial(self._look, reader, path))

    @staticmethod
    def _look(reader: StandingReader, path: str, division: int) -> None:
        reader.look(division, path)

    def _changes(self, kind: Kind, division: int) -> object:
        return next(self._reader.changed(division, kind, self._server_now))

    def _ask(self, division: int, kind: str, path: str, read: Callable[[int], object]) -> None:
        access = Access(division, kind, path, scope_of(path))
        self._found.access.append(access)
        refusal = self._refused.get(path) or self._refused.get(access.scope)
        if refusal:
            access.problem = f"{NOT_ASKED}: refused for {refusal}"
            return
        try:
            read(division)
        except (DivisionDenied, UserBlocked):
            self._found.access.remove(access)
            raise
        except ExactRefused as error:
            access.problem = str(error)
            where = f"{kind or path} in division {division}"
            self._refused[path] = where
            if isinstance(error, ScopeMissing) and access.scope:
                self._refused[access.scope] = where
            self._tell(error, path if not kind else "")

    def _tell(self, error: ExactRefused, side: str) -> None:
        if side:
            lines = ", ".join(self._lines.get(side, ()))
            cost = _SIDE.get(side) or f"the close cannot answer {lines}"
            lost = Notice(f"{error.sentence} Until then {cost}.", error.cure)
            self._found.warnings.append(lost)
        else:
            self._fail(error)

    def _mark(self, division: int, problem: str) -> None:
        for one in self._found.divisions:
            if one.division == division:
                one.problem = problem

    def _fail(self, error: ExactSlackError) -> None:
        self._found.errors.append(error)


# -- Slack ---------------------------------------------------------------------------------------


def ask_slack(customer: Customer, online: Online) -> None:
    """The token, its scopes, and each channel."""
    client = customer.slack
    try:
        _who(customer.config, client, online)
        _app_token(customer.config, online)
        _channels(customer.config, client, online)
        _people(customer, client, online)
    finally:
        online.slack_calls += client.calls


def _who(config: Config, client: SlackClient, online: Online) -> None:
    answer = client.auth_test()
    if isinstance(answer, Outcome):
        raise _unusable(answer)
    online.team, online.bot, online.scopes = answer.team, answer.user, sorted(answer.scopes or ())
    unusable = unfit_for(answer)
    if unusable:
        raise unusable
    if answer.scopes is not None:  # an answer without the header says nothing
        online.missing_scopes = missing_scopes(config, answer.scopes)
    for scope, cost in online.missing_scopes.items():
        sentence = f"Slack: the scope {scope} is missing: {cost}."
        cure = SCOPE_CURE
        if scope == "chat:write":
            online.errors.append(PersonNeeded(sentence, cure))
        else:
            online.warnings.append(Notice(sentence, cure))


def _app_token(config: Config, online: Online) -> None:
    """Whether Slack opens a connection for `serve`; none is made."""
    if config.slack.app_token is None:
        return
    from exact_slack.slack.socket_mode import Door

    token = config.slack.app_token.fetch("slack.app_token")
    answer = Door(api_address(config.slack.base_url), note(token)).open()
    online.slack_calls += 1
    if not isinstance(answer, Outcome):
        return
    if answer.result in (Result.TOKEN, Result.UNKNOWN, Result.CHANNEL):
        sentence = f"Slack opens no connection for slack.app_token ({answer.error})."
        cure = "Make one on the app's page, Basic Information, with the scope connections:write."
        online.errors.append(PersonNeeded(sentence, cure))
    else:
        online.errors.append(_unusable(answer))


def _unusable(answer: Outcome) -> ExactSlackError:
    if answer.result is Result.TOKEN:
        return LoginNeeded(
            f"Slack refuses the token ({answer.error}).",
            "Store a working bot token: exact-slack auth slack",
        )
    return TemporaryError(f"Slack does not answer ({answer.error}).", "Try again later.")


def _people(customer: Customer, client: SlackClient, online: Online) -> None:
    if not customer.config.roles():
        return
    online.people, untold = named.entries(customer, client)
    online.unmatched = named.unmatched(customer)
    if untold:
        sentence = f"Slack does not tell who the people of the config are ({untold})."
        cure = "Give the app the scope users:read, and install it again."
        online.warnings.append(Notice(sentence, cure))
    cure = "Mend the entries under people; until then the route's else is taken."
    told = named.sentences(online.people, online.unmatched)
    online.warnings += [Notice(sentence, cure) for sentence in told]


def _places(config: Config) -> list[Place]:
    return [Place(channel, names) for channel, names in config.channels().items()]


def _channels(config: Config, client: SlackClient, online: Online) -> None:
    online.channels = _places(config)
    named = [place for place in online.channels if place.channel.startswith("#")]
    if named:
        _by_name(named, client, online)
    for place in online.channels:
        if not place.channel.startswith("#"):
            _by_id(place, client, online)


def _by_name(places: list[Place], client: SlackClient, online: Online) -> None:
    by_name = {place.channel: place for place in places}
    listing = Listing(list(by_name), 0.0)
    listing.advance(client, lambda name, channel: _judge(by_name[name], channel, online))
    problem = listing.stopped
    if problem and not is_untold(problem):
        raise _unusable(problem)
    for name in listing.names:
        if problem or not listing.private:
            _untold(by_name[name], online)
        elif listing.whole:
            _unfit(by_name[name], CHANNEL_CURES["channel_not_found"], online)
        else:
            raise _unusable(odd())


def _by_id(place: Place, client: SlackClient, online: Online) -> None:
    answer = client.conversations_info(place.channel)
    if isinstance(answer, Channel):
        _judge(place, answer, online)
    elif answer.result is Result.CHANNEL:
        cure = CHANNEL_CURES.get(answer.error, f"Slack says {answer.error}.")
        _unfit(place, cure, online)
    elif is_untold(answer):
        _untold(place, online)
    else:
        raise _unusable(answer)


def _judge(place: Place, channel: Channel, online: Online) -> None:
    place.id = channel.id
    place.is_member = channel.is_member
    place.is_archived, place.is_private = channel.is_archived, channel.is_private
    if channel.is_archived:
        _unfit(place, CHANNEL_CURES["is_archived"], online)
    elif not channel.is_member:
        _unfit(place, CHANNEL_CURES["not_in_channel"], online)


def _untold(place: Place, online: Online) -> None:
    place.untold = True
    place.problem = "Slack does not tell without the scopes channels:read and groups:read"
    cure = "Add them to the app and install the app again."
    online.warnings.append(Notice(f"{place.channel}: {place.problem}.", cure))


def _unfit(place: Place, cure: str, online: Online) -> None:
    place.problem = cure
    online.errors.append(PersonNeeded(f"{place.channel} ({', '.join(place.used_by)}): {cure}"))
