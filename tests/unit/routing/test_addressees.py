"""The right person: who is found through `people`."""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from exact_slack.config.people import ByRole, People, Role
from exact_slack.config.route import Route
from exact_slack.documents.document import Document, Line
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref
from exact_slack.routing.addressees import Addressees

PEOPLE = People.model_validate(
    {
        "creator": {
            "11111111-1111-1111-1111-111111111111": "U01ID",
            "Anna de Vries": "U02ANNA",
            "Bram [extern]": "U03BRAM",
        },
        "cost_center": {"DC-VEN": "U04VEN", "DC-*": "S05GROUP", "Sales*": "U06SALES"},
    }
)


@dataclass
class Directory:
    shared: str = ""
    gone: str = ""

    def is_shared(self, name: str) -> bool:
        return name == self.shared

    def is_unreachable(self, slack_id: str) -> bool:
        return slack_id == self.gone


def document(*centers: tuple[str, str, int], **values: str) -> Document:
    lines = tuple(
        Line(cost_center=code, cost_center_name=name, amount_dc=Decimal(amount))
        for code, name, amount in centers
    )
    ref = Ref(1, Kind.PURCHASE_ENTRY, "x")
    return Document(ref, ServerMs(0), lines=lines, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "id_", "slack_id"),
    [
        ("Anna de Vries", "", "U02ANNA"),
        ("anna  DE vries", "other", "U02ANNA"),
        ("Bram [extern]", "", "U03BRAM"),  # no pattern
        ("Whoever", "11111111-1111-1111-1111-111111111111", "U01ID"),
        ("Anna", "", None),
        ("", "", None),
    ],
)
def test_people_are_found_by_full_name_or_id(name: str, id_: str, slack_id: str | None) -> None:
    found = Addressees(PEOPLE, Directory())
    assert found.find(Role.CREATOR, document(creator=name, creator_id=id_)) == slack_id


def test_of_two_with_one_name_neither_is_meant_but_by_the_id() -> None:
    found = Addressees(PEOPLE, Directory(shared="Anna de Vries"))
    wanted = ByRole(Role.CREATOR, "here")
    assert found.mention(wanted, document(creator="Anna de Vries", creator_id="x")) == "here"
    by_id = {"creator_id": "11111111-1111-1111-1111-111111111111"}
    assert found.mention(wanted, document(creator="Anna de Vries", **by_id)) == "U01ID"


@pytest.mark.parametrize(
    ("centers", "slack_id"),
    [
        ([("DC-VEN", "", 60), ("DC-ANT", "", 40)], "U04VEN"),
        ([("DC-VEN", "", 40), ("DC-ANT", "", 60)], "S05GROUP"),
        ([("DC-ANT", "", 30), ("DC-VEN", "", -50)], "U04VEN"),
        ([("DC-ANT", "", 30), ("DC-VEN", "", 20), ("DC-VEN", "", 20)], "U04VEN"),
        ([("9", "sales north", 10)], "U06SALES"),
        ([("9", "North", 60), ("DC-VEN", "", 40)], None),
        ([], None),
    ],
)
def test_the_cost_center_with_the_largest_share_counts(
    centers: list[tuple[str, str, int]], slack_id: str | None
) -> None:
    assert Addressees(PEOPLE, Directory()).find(Role.COST_CENTER, document(*centers)) == slack_id


def test_a_mention_about_many_is_somebody_only_if_it_is_the_same_for_all() -> None:
    found, wanted = Addressees(PEOPLE, Directory()), ByRole(Role.CREATOR, "S07ALL")
    anna, bram = document(creator="Anna de Vries"), document(creator="Bram [extern]")
    assert found.mention(wanted, anna, anna) == "U02ANNA"
    assert found.mention(wanted, anna, bram) == found.mention(wanted) == "S07ALL"
    assert found.mention("here", anna) == "here"


@pytest.mark.parametrize(
    ("centers", "channel"),
    [
        ([("DC-VEN", "", 1)], "U04VEN"),
        ([("DC-ANT", "", 1)], "#finance"),  # a group
        ([("9", "sales", 1)], "#finance"),  # who left
        ([], "#finance"),
    ],
)
def test_nobody_writes_to_a_group_or_to_who_left(
    centers: list[tuple[str, str, int]], channel: str
) -> None:
    to = {"person": "cost_center", "else": "#finance"}
    route = Route.model_validate({"name": "r", "channel": to})
    found = Addressees(PEOPLE, Directory(gone="U06SALES"))
    assert found.route(route, document(*centers)).channel == channel
