"""Why a route takes a document or not, and the cases that prove the routes."""

from pathlib import Path

import pytest

from exact_slack.config.cases import Case, Known, load_cases
from exact_slack.config.load import load
from exact_slack.config.model import ExceptionsConfig
from exact_slack.config.route import Route, When
from exact_slack.documents.event import Event
from exact_slack.documents.kinds import BY_NAME_ONLY, Kind
from exact_slack.documents.samples import SAMPLES
from exact_slack.errors import ConfigError
from exact_slack.routing.cases import judge_case
from exact_slack.routing.explain import explain, wanted_text
from exact_slack.routing.rules import Occasion, judge

ENTRY = SAMPLES["purchase_entry"]


def _route(name: str, channel: str, otherwise: bool = False, **when: object) -> Route:
    return Route(name=name, channel=channel, otherwise=otherwise, when=When.model_validate(when))


def _sentences(*routes: Route, event: Event = Event.CREATED) -> list[str]:
    return [reason.sentence() for reason in explain(routes, Occasion(ENTRY, event))]


def test_the_first_condition_that_failed_with_what_was_found_and_wanted() -> None:
    told = _sentences(
        _route("a", "#a", kind="sales_entry"),
        _route("b", "#b", kind="purchase_entry", amount=[">= 20000", "> 1 and < 10"]),
        _route("c", "#c", cost_center=["DC-*", "!DC-ANT"]),
        _route("d", "#d", creator="!anna*"),
        _route("e", "#e", exception="overdue"),
        _route("f", "#f", account="Noordzee*"),
    )
    assert told == [
        "kind: found purchase_entry, wanted sales_entry",
        "amount: found 12450.00, wanted >= 20000 or > 1 and < 10",
        "cost_center: found DC-VEN / Venlo / DC-ANT / Antwerpen, wanted DC-*, but not DC-ANT",
        "creator: found Anna de Vries, wanted anything but anna*",
        "exception: found nothing, wanted overdue",
        "account: found 400012 / Van Dijk Verpakkingen, wanted Noordzee*",
    ]


def test_routes_that_take_it_and_still_post_nothing() -> None:
    told = _sentences(
        _route("a", "#a"), _route("b", "#a", kind="purchase_*"), _route("c", "#c", otherwise=True)
    )
    assert told == [
        "",
        "the route 'a' posts it to #a already",
        "otherwise: found the route 'a', wanted no earlier route that takes it",
    ]


def test_a_deletion_makes_a_message_only_where_a_route_asks_for_it() -> None:
    routes = [_route("a", "#a"), _route("b", "#a", event=["deleted", "created"])]
    occasion = Occasion(ENTRY, Event.DELETED)
    assert [r.name for r in judge(routes, occasion).routes()] == ["b"]
    assert [r.posts for r in explain(routes, occasion)] == [False, True]


def test_what_explain_says_is_what_the_rules_do() -> None:
    routes = [
        _route("a", "#a", kind="purchase_*"),
        _route("b", "#a", amount=">= 1000"),
        _route("c", "#c", event=["deleted", "paid"]),
        _route("d", "#d", otherwise=True),
    ]
    for document in SAMPLES.values():
        for event in Event:
            occasion = Occasion(document, event)
            posting = [reason.route for reason in explain(routes, occasion) if reason.posts]
            assert posting == judge(routes, occasion).routes()


@pytest.mark.parametrize(
    ("value", "text"),
    [(["EUR", "USD"], "EUR or USD"), ("!USD", "anything but USD"), (["*", "!x"], "*, but not x")],
)
def test_a_condition_in_words(value: object, text: str) -> None:
    assert wanted_text(When.model_validate({"currency": value}), "currency") == text


ROUTES = [
    _route("big", "#ap", kind="purchase_*", amount=">= 10000", status="open"),
    _route("venlo", "#venlo", cost_center="DC-VEN", exception="no_cost_center"),
    _route("rest", "#feed", otherwise=True),
]


def _judge(**values: object) -> list[str]:
    case = Case.model_validate({"name": "x", **values})
    return list(judge_case(case, ROUTES, 1, ExceptionsConfig()).faults)


def test_cases_that_hold() -> None:
    big = {"kind": "purchase_entry", "amount": "10000", "status": "open"}
    assert _judge(document=big, routes="big", channels=["#ap"]) == []
    assert _judge(document={**big, "status": 5}, routes=["rest"]) == []
    assert _judge(document={"kind": "journal_entry", "amount": 7}, channels="#feed") == []
    both = {"kind": "sales_entry", "cost_center": ["X", "DC-VEN"]}
    assert _judge(document=both, exception="no_cost_center", routes=["venlo"]) == []


def test_a_case_of_an_entry_without_an_amount_of_its_own_counts_as_the_rules_will_see_it() -> None:
    routes = [_route("big", "#ap", amount=">= 100")]
    for kind in set(Kind) - BY_NAME_ONLY:
        for amount in (-100, 100, 0):
            case = {"name": "x", "document": {"kind": kind, "amount": amount}, "routes": []}
            found = judge_case(Case.model_validate(case), routes, 1, ExceptionsConfig())
            assert found.routes == (("big",) if amount else ())


def test_a_case_that_fails_says_what_differs() -> None:
    small = {"kind": "purchase_entry", "amount": 9_999, "status": "open"}
    assert _judge(document=small, routes=["big"]) == [
        "- big → #ap  was expected; amount: found 9999, wanted >= 10000",
        "+ rest → #feed  takes it, which was not expected",
    ]
    assert _judge(document=small, channels=["#ap"]) == [
        "+ #feed  gets it by rest, which was not expected",
        "- #ap  was expected; big: amount: found 9999, wanted >= 10000",
    ]
    assert _judge(document=small, routes=[]) == ["+ rest → #feed  takes it, which was not expected"]


KNOWN = Known(("big",), ("#ap",))
GOOD = "- name: one\n  document: {kind: purchase_entry}\n  routes: big\n"


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "expected"),
    [
        ("purchase_entry", "purchase_entri", 2, "[0].document.kind", "'purchase_entry'"),
        ("}", ", amout: 1}", 2, "document.amout", "cost_center"),
        ("routes: big", "routes: bog", 3, "[0].routes[0]", "one of big"),
        ("routes: big", "channels: '#a'", 3, "[0].channels[0]", "one of #ap"),
        ("  routes: big\n", "", 1, "[0]", "routes or channels"),
        ("routes: big", "routes: big\n  event: p*", 1, "[0]", "one event"),
        ("routes: big", "routes: big\n  exception: due", 4, "[0].exception[0]", "due_soon"),
        ("}", ", status: opne}", 2, "[0].document.status", "rejected, open, processed"),
        ("routes: big", "routes: big\n  exception: '*'", 1, "[0]", "by their names"),
        ("}", ", amount: much}", 2, "[0].document.amount", "a number"),
        (GOOD, "name: one", 1, "", "cases"),
    ],
)
def test_a_mistake_in_a_case_names_file_line_and_key(
    tmp_path: Path, old: str, new: str, line: int, key: str, expected: str
) -> None:
    path = tmp_path / "cases.yaml"
    path.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_cases(path, KNOWN)
    first = str(caught.value).splitlines()[0]
    assert first.startswith(f"{path}:{line}: ")
    assert key in first
    assert expected in first.split("expected")[1]


def test_cases_in_the_config_are_checked_with_it(tmp_path: Path) -> None:
    example = Path(__file__).parents[3] / "config.example.yaml"
    path = tmp_path / "acme.yaml"
    case = "tests:\n  - {name: a, document: {kind: payment}, routes: [nobody]}\n"
    path.write_text(example.read_text(encoding="utf-8") + case, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"tests\[0\]\.routes\[0\]: found 'nobody'"):
        load(path)
