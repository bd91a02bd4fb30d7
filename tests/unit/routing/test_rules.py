"""Rules: each key of `when`, and how several routes share a document."""

from datetime import date
from decimal import Decimal

import pytest

from exact_slack.config.model import ExceptionsConfig
from exact_slack.config.route import Route, When
from exact_slack.documents.compared.purchase import Purchase
from exact_slack.documents.document import Account, Document, Line
from exact_slack.documents.event import Event
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref
from exact_slack.routing import exceptions
from exact_slack.routing.cases import NoHistory
from exact_slack.routing.rules import Occasion, first_failure, judge

ENTRY = Document(
    Ref(123456, Kind.PURCHASE_ENTRY, "k"),
    modified=ServerMs(1),
    number="7",
    status_code=20,
    currency="USD",
    amount=Decimal("-1100"),
    amount_dc=Decimal("-1000"),
    journal="60",
    creator="Anna",
    account=Account("id", "400", "Van Dijk"),
    lines=(Line(cost_center="VEN", cost_unit="U1", gl_account="7010", project="P1"), Line()),
)


def _when(**values: object) -> When:
    return When.model_validate(values)


@pytest.mark.parametrize(
    ("key", "yes", "no"),
    [
        ("kind", "purchase_*", "sales_*"),
        ("division", 123456, "!123456"),
        ("event", "created", "paid"),
        ("amount", ">= 1000", "> 1000"),
        ("amount", [">= 5000", "< 2000 and > 500"], ["!= 1000"]),
        ("currency", ["EUR", "USD"], "EUR"),
        ("account", "van *", "!400"),
        ("cost_center", "VEN", "!VEN"),
        ("cost_unit", "U?", "X*"),
        ("gl_account", "70*", "80*"),
        ("journal", 60, 70),
        ("project", "P1", "P2"),
        ("status", "open", 50),
        ("status", 20, "processed"),
        ("creator", "anna", "!anna"),
        ("exception", "overdue", "rejected"),
    ],
)
def test_each_key(key: str, yes: object, no: object) -> None:
    occasion = Occasion(ENTRY, Event.CREATED, ("overdue",))
    assert first_failure(_when(**{key: yes}), occasion) == ""
    assert first_failure(_when(**{key: no}), occasion) == key


@pytest.mark.parametrize("text", [">= 10.000", "> 1 and < 2.500", ">= 10,000", "10000", ">= 1e4"])
def test_an_amount_that_may_mean_another_is_a_mistake(text: str) -> None:
    with pytest.raises(ValueError, match=r"such as"):
        _when(amount=text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (">= 999.99", [(">=", "999.99")]),
        ("< 1_000.5 and > 1", [("<", "1000.5"), (">", "1")]),
        ("!= 0.1234", [("!=", "0.1234")]),
        ("= 1000", [("=", "1000")]),
    ],
)
def test_amounts_that_are_clear(text: str, meant: list[tuple[str, str]]) -> None:
    (comparisons,) = _when(amount=text).amount or ()
    assert [(c.operator, c.amount) for c in comparisons] == [(o, Decimal(a)) for o, a in meant]


def test_a_document_without_a_currency_has_that_of_the_company() -> None:
    from dataclasses import replace

    own = replace(ENTRY, currency="", company_currency="EUR")
    assert first_failure(_when(currency="EUR"), Occasion(own, Event.CREATED)) == ""
    assert first_failure(_when(currency="!EUR"), Occasion(own, Event.CREATED)) == "currency"


def _route(name: str, channel: str, otherwise: bool = False, **when: object) -> Route:
    return Route(name=name, channel=channel, otherwise=otherwise, when=_when(**when))


def test_otherwise_takes_only_what_no_earlier_route_took() -> None:
    routes = [
        _route("a", "#a", kind="sales_entry"),
        _route("b", "#b", kind="purchase_entry"),
        _route("c", "#c", otherwise=True),
    ]
    verdicts = judge(routes, Occasion(ENTRY, Event.CREATED)).verdicts
    assert [v.failed for v in verdicts] == ["kind", "", "otherwise"]


def test_one_message_a_channel() -> None:
    routes = [_route("a", "#x"), _route("b", "#x"), _route("c", "#y")]
    assert [r.name for r in judge(routes, Occasion(ENTRY, Event.CREATED)).routes()] == ["a", "c"]


class _History(NoHistory):
    def __init__(self, amounts: list[int], same: bool = False) -> None:
        self.amounts, self.same = amounts, same
        self.open: bool | None = None
        self.bear = (0, 0)

    def with_reference(self, document: Document) -> tuple[Purchase, list[Purchase]] | None:
        def one(place: int, number: str) -> Purchase:
            key = f"k{place}"
            return Purchase(document.kind, key, place, number, "A-1", Decimal(1), None)

        return (one(2, "8"), [one(1, "7")]) if self.same else None

    def is_known(self, document: Document) -> bool:
        return bool(self.amounts)

    def cost_centers(self, document: Document) -> tuple[int, int]:
        return self.bear

    def is_open(self) -> bool | None:
        return self.open

    def earlier_amounts(self, document: Document) -> list[Decimal]:
        return [Decimal(a) for a in self.amounts]


def _fired(history: _History, tuning: ExceptionsConfig | None = None, **values: object) -> set[str]:
    from dataclasses import replace

    document = replace(ENTRY, reference="R", **values)  # type: ignore[arg-type]
    given = exceptions.Given(document, history, tuning or ExceptionsConfig(), date(2026, 11, 24))
    return set(exceptions.find(given))


def test_exceptions() -> None:
    known = _History([100] * 5)
    assert _fired(known) == {"unusual_amount"}
    assert "new_supplier" in _fired(_History([]))
    assert "duplicate_reference" in _fired(_History([900] * 5, same=True))
    assert "no_cost_center" in _fired(known, lines=(Line(),))
    assert "rejected" in _fired(known, status_code=5)
    assert "overdue" in _fired(known, due_date=date(2026, 11, 23))
    assert "due_soon" in _fired(known, due_date=date(2026, 11, 30))
    assert "due_soon" not in _fired(known, due_date=date(2026, 12, 24))


@pytest.mark.parametrize("due", [date(2026, 11, 23), date(2026, 11, 25)])
def test_nobody_is_late_with_what_is_not_in_the_books(due: date) -> None:
    history, by_time = _History([]), {"overdue", "due_soon"}
    sale = Ref(ENTRY.ref.division, Kind.SALES_INVOICE, ENTRY.ref.guid)
    for ref, code, owed in ((sale, 10, 0), (sale, 20, 1), (ENTRY.ref, 5, 0), (ENTRY.ref, 20, 1)):
        fired = _fired(history, ref=ref, status_code=code, due_date=due)
        assert len(by_time & set(fired)) == owed, (ref.kind, code)


@pytest.mark.parametrize(
    ("key", "value", "fires"),
    [
        ("unusual_factor", Decimal("1.5"), "unusual_amount"),
        ("unusual_from", 3, "unusual_amount"),
        ("due_soon_days", 30, "due_soon"),
    ],
)
def test_the_config_tunes_exceptions(key: str, value: object, fires: str) -> None:
    history = _History([70] * (5 if key == "unusual_factor" else 4))
    due = date(2026, 12, 24)
    amount = Decimal(140 if key == "unusual_factor" else 500)
    tuned = ExceptionsConfig.model_validate({key: value})
    assert fires not in _fired(history, due_date=due, amount_dc=amount)
    assert fires in _fired(history, tuned, due_date=due, amount_dc=amount)


@pytest.mark.parametrize(
    ("bear", "known", "fires"),
    [(0, 4, True), (0, 5, False), (2, 5, False), (3, 5, True), (25, 50, False), (26, 50, True)],
)
def test_no_cost_center_is_told_where_most_documents_of_the_company_bear_one(
    bear: int, known: int, fires: bool
) -> None:
    history = _History([100] * 5)
    history.bear = bear, known
    assert ("no_cost_center" in _fired(history, lines=(Line(),))) is fires
    assert "no_cost_center" not in _fired(history, lines=(Line(), Line(cost_center="VEN")))


@pytest.mark.parametrize(
    ("bear", "known", "fires"), [(0, 0, False), (4, 4, False), (2, 5, False), (3, 5, True)]
)
def test_a_journal_entry_lacks_a_cost_center_only_where_that_is_the_habit(
    bear: int, known: int, fires: bool
) -> None:
    history = _History([])
    history.bear = bear, known
    ref = Ref(ENTRY.ref.division, Kind.JOURNAL_ENTRY, ENTRY.ref.guid)
    assert ("no_cost_center" in _fired(history, ref=ref, lines=(Line(),))) is fires


def test_what_cannot_bear_a_cost_center_lacks_none() -> None:
    history = _History([])
    assert "no_cost_center" not in _fired(history)
    assert "no_cost_center" not in _fired(history, lines=(Line(amount=Decimal(0)),))
    assert "no_cost_center" in _fired(history, lines=(Line(amount=Decimal(0)), Line()))
    for kind in (Kind.BANK_ENTRY, Kind.CASH_ENTRY, Kind.COST_TRANSACTION, Kind.PAYMENT):
        ref = Ref(ENTRY.ref.division, kind, ENTRY.ref.guid)
        assert "no_cost_center" not in _fired(history, ref=ref, lines=(Line(),)), kind
