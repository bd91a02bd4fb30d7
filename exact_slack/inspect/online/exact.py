"""Does Exact Online let this login read what the config needs?

One row of each routed kind is read in each division. Exact counts refusals for each endpoint and
blocks an app after ten an hour, so a kind that is refused once is not asked for in the next
division, and one refused for lack of a scope speaks for all kinds of that scope."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from exact_slack.app.customer import Customer
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.errors import (
    ExactSlackError,
    Notice,
    PersonNeeded,
    TemporaryError,
)
from exact_slack.exact.catalogue import DELETED, DELETED_AS, ENDPOINTS, scope_of
from exact_slack.exact.errors import (
    DivisionDenied,
    ExactDown,
    ExactRefused,
    ScopeMissing,
    UserBlocked,
)
from exact_slack.exact.lookups import ACCOUNTS, DOCUMENTS, DivisionInfo
from exact_slack.exact.standing import (
    BANK_ENTRIES,
    JOURNALS,
    LISTS,
    OVERVIEW,
    TERMS,
    StandingReader,
)
from exact_slack.inspect.online.compared import NOBODY, looks
from exact_slack.inspect.online.findings import Access, Division, Online
from exact_slack.reports.plan import Plan

NOT_ASKED = "not asked"
ACCOUNTS_READ = "financial/GLAccounts"
_NO_VERSION = 2**63 - 1
"""Sync endpoints filter by their row version only; this is the highest there can be."""
_SIDE = {
    DELETED: "deletions are not noticed",
    ACCOUNTS: "messages of purchase invoices lack the supplier's name, lists of digests the codes"
    " of relations",
    DOCUMENTS: "messages have no link to the document in Exact Online",
    OVERVIEW: "the sums of reports are not compared with Exact's own",
    **dict.fromkeys(TERMS.values(), "reports do not tell credits and payments from invoices"),
    JOURNALS: "reports do not say how the bank stands",
    BANK_ENTRIES: "reports do not say how the bank stands",
}
"""What else is read, and what is lost where it is refused."""


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


@dataclass(frozen=True, slots=True)
class _Refusal:
    """What Exact refused, and for which endpoint and division."""

    where: str
    error: ExactRefused


class _Access:
    """Everything that `poll` will read, asked for with its own queries: some endpoints refuse what
    has no filter, and what an edition does not take is remembered for both."""

    def __init__(self, customer: Customer, online: Online, server_now: ServerMs) -> None:
        self._customer = customer
        self._reader = customer.reader
        self._server_now = server_now
        self._online = online
        self._refused: dict[str, _Refusal] = {}
        """By endpoint and by scope."""
        self._lost: set[str] = set()
        """What is told to be lost."""

    def run(self, divisions: list[int]) -> None:
        """Division by division; a refused division or a hiccup leaves the others to be asked."""
        for listed in self._online.divisions:
            if listed.problem and listed.status:
                sentence = f"Division {listed.division} cannot be read: {listed.problem}."
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
        self._beside(division, DOCUMENTS, lambda of: reader.document_links(of, [NOBODY]))
        if Kind.PURCHASE_INVOICE in kinds or self._customer.config.listed_kinds():
            self._beside(division, ACCOUNTS, lambda of: reader.accounts(of, [NOBODY]))
        if set(DELETED_AS.values()) & set(kinds):
            self._beside(division, DELETED, lambda of: reader.deleted(of, _NO_VERSION))
        for look in looks(self._customer):
            self._ask(division, "", look.path, look.read, look.lost)
        self._reports(division)
        if self._customer.config.close:
            self._closes(division)

    def _closes(self, division: int) -> None:
        """What the lines of its closes read here, and whether the accounts that they name exist."""
        from exact_slack.inspect.online import closing

        closes, client = closing.closes_of(self._customer.config, division), self._customer.exact
        if not closes:
            return
        asked = {access.endpoint for access in self._online.access if access.division == division}
        for path, lines in closing.reads(closes).items():
            if path not in asked:
                lost = f"the close cannot answer {', '.join(lines)}"
                self._ask(division, "", path, partial(closing.look, client, path), lost)
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
            self._beside(division, path, partial(self._look, reader, path))

    @staticmethod
    def _look(reader: StandingReader, path: str, division: int) -> None:
        reader.look(division, path)

    def _changes(self, kind: Kind, division: int) -> object:
        return next(self._reader.changed(division, kind, self._server_now))

    def _beside(self, division: int, path: str, read: Callable[[int], object]) -> None:
        self._ask(division, "", path, read, _SIDE[path])

    def _ask(
        self, division: int, kind: str, path: str, read: Callable[[int], object], lost: str = ""
    ) -> None:
        """`lost`: what is lost where it is refused; "" where the config cannot do without."""
        access = self._access(division, kind, path)
        refusal = self._refused.get(path) or self._refused.get(access.scope)
        if refusal:
            access.problem = access.problem or f"{NOT_ASKED}: refused for {refusal.where}"
            self._tell_loss(refusal.error, lost)
            return
        try:
            read(division)
        except (DivisionDenied, UserBlocked):
            self._online.access.remove(access)
            raise
        except ExactRefused as error:
            access.problem = str(error)
            refusal = _Refusal(f"{kind or path} in division {division}", error)
            self._refused[path] = refusal
            if isinstance(error, ScopeMissing) and access.scope:
                self._refused[access.scope] = refusal
            if not lost:
                self._fail(error)
            self._tell_loss(error, lost)

    def _access(self, division: int, kind: str, path: str) -> Access:
        """Its row: one where an endpoint is asked for several things."""
        access = Access(division, kind, path, scope_of(path))
        for earlier in self._online.access:
            if (earlier.division, earlier.kind, earlier.endpoint) == (division, kind, path):
                return earlier
        self._online.access.append(access)
        return access

    def _tell_loss(self, error: ExactRefused, lost: str) -> None:
        if lost and lost not in self._lost:
            self._lost.add(lost)
            notice = Notice(f"{error.sentence} Until then {lost}.", error.cure)
            self._online.warnings.append(notice)

    def _mark(self, division: int, problem: str) -> None:
        for listed in self._online.divisions:
            if listed.division == division:
                listed.problem = problem

    def _fail(self, error: ExactSlackError) -> None:
        self._online.errors.append(error)
