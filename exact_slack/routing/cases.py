"""The cases of `route test`, judged: which routes take the document, against what was expected."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import zip_longest

from exact_slack.account_number import AccountNumber
from exact_slack.config.cases import Case, CaseDocument
from exact_slack.config.model import ExceptionsConfig
from exact_slack.config.route import Route
from exact_slack.documents.compared.order import OrderLine
from exact_slack.documents.compared.payee import Payee
from exact_slack.documents.compared.purchase import Purchase
from exact_slack.documents.document import Account, Document, Line
from exact_slack.documents.event import Event
from exact_slack.documents.kinds import ENTRIES
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref
from exact_slack.routing import exceptions
from exact_slack.routing.addressees import Addressees
from exact_slack.routing.explain import Explanation, explain
from exact_slack.routing.rules import Occasion


class NoHistory:
    """A ledger that knows nothing yet."""

    def with_reference(self, document: Document) -> tuple[Purchase, list[Purchase]] | None:
        """Nothing is there to be the same."""
        return None

    def is_known(self, document: Document) -> bool:
        """Nobody is."""
        return False

    def earlier_amounts(self, document: Document) -> list[Decimal]:
        """No earlier documents."""
        return []

    def cost_centers(self, document: Document) -> tuple[int, int]:
        """No earlier documents."""
        return 0, 0

    def alike(self, document: Document) -> None:
        """No earlier documents."""

    def paid_on(self, purchase: Purchase) -> None:
        """No payments."""

    def latest_day(self, document: Document) -> date | None:
        """No earlier documents."""
        return None

    def payees(self, document: Document) -> list[Payee]:
        """No payments."""
        return []

    def sharing(self, document: Document, number: AccountNumber) -> list[Payee]:
        """Nobody is known."""
        return []

    def is_supplier(self, document: Document) -> bool:
        """Nobody is."""
        return False

    def learning(self) -> frozenset[str]:
        """There is nothing to learn."""
        return frozenset()

    def company(self, division: int) -> str:
        """Its number."""
        return str(division)

    def named_orders(self, document: Document) -> list[bool]:
        """No earlier documents."""
        return []

    def order_lines(self, document: Document) -> dict[str, OrderLine]:
        """No orders."""
        return {}

    def billed_before(self, document: Document, line: str) -> Decimal:
        """Nothing."""
        return Decimal(0)

    def owed_by(self, document: Document) -> Decimal:
        """Nothing."""
        return Decimal(0)

    def credit_line(self, document: Document) -> None:
        """No limit."""

    def closed_period(self, document: Document) -> None:
        """None is closed."""

    def is_open(self) -> bool | None:
        """No payment terms."""
        return None


@dataclass(frozen=True, slots=True)
class Result:
    """One case and what came of it. `faults` are lines of a diff, none where it holds."""

    case: Case
    routes: tuple[str, ...]
    channels: tuple[str, ...]
    faults: tuple[str, ...] = field(default=())

    @property
    def holds(self) -> bool:
        """Whether it went where it was expected."""
        return not self.faults


def document_of(case: CaseDocument, division: int) -> Document:
    """The document that a case describes. `division` where it names none."""
    account = case.account or ("",)
    journal = case.journal or ("",)
    return Document(
        ref=Ref(case.division or division, case.kind, "case"),
        modified=ServerMs(0),
        number=case.number or "",
        status_code=case.status_code(),
        reference=case.reference or "",
        description=case.description or "",
        account=Account("", account[0], account[-1]),
        currency=case.currency,
        amount_dc=case.amount,
        journal=journal[0],
        journal_name=journal[-1],
        project=case.project or "",
        creator=case.creator or "",
        lines=_lines(case),
    )


def _lines(case: CaseDocument) -> tuple[Line, ...]:
    columns = [case.cost_center or (), case.cost_unit or (), case.gl_account or ()]
    rows = list(zip_longest(*columns, fillvalue=""))
    if case.kind in ENTRIES and case.amount is not None:
        rows = rows or [("", "", "")]
    amount = None if case.amount is None else abs(case.amount)  # as the rules will see it
    return tuple(
        Line(
            key=str(index),
            amount_dc=amount if index == 0 else None,
            cost_center=center,
            cost_unit=unit,
            gl_account=account,
        )
        for index, (center, unit, account) in enumerate(rows)
    )


def judge_case(
    case: Case,
    routes: Sequence[Route],
    division: int,
    tuning: ExceptionsConfig,
    addressees: Addressees | None = None,
) -> Result:
    """Which routes post the case's document, and how that differs from what it expects."""
    document = document_of(case.document, division)
    own = exceptions.find(exceptions.Given(document, NoHistory(), tuning, date.min))
    fired = tuple(dict.fromkeys((*own, *case.exception)))
    explanations = explain(routes, Occasion(document, Event(case.event), fired), addressees)
    posting = [explanation.route for explanation in explanations if explanation.posts]
    faults: list[str] = []
    if case.routes is not None:
        faults += _compare_routes(explanations, case.routes)
    if case.channels is not None:
        faults += _compare_channels(explanations, case.channels)
    return Result(
        case,
        tuple(route.name for route in posting),
        tuple(route.channel for route in posting),
        tuple(faults),
    )


def _compare_routes(explanations: list[Explanation], expected: tuple[str, ...]) -> list[str]:
    faults = []
    for explanation in explanations:
        name = explanation.route.name
        if explanation.posts and name not in expected:
            faults.append(
                f"+ {name} → {explanation.route.channel}  takes it, which was not expected"
            )
        elif name in expected and not explanation.posts:
            faults.append(
                f"- {name} → {explanation.route.channel}  was expected; {explanation.sentence()}"
            )
    return faults


def _compare_channels(explanations: list[Explanation], expected: tuple[str, ...]) -> list[str]:
    posting = {r.route.channel: r.route.name for r in explanations if r.posts}
    faults = [
        f"+ {channel}  gets it by {name}, which was not expected"
        for channel, name in posting.items()
        if channel not in expected
    ]
    for channel in expected:
        if channel not in posting:
            why = [
                f"{r.route.name}: {r.sentence()}"
                for r in explanations
                if r.route.channel == channel
            ]
            faults.append(f"- {channel}  was expected; " + "; ".join(why))
    return faults
