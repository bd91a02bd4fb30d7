"""What falls due: in a config of several companies each line says whose it is."""

import datetime as dt
from decimal import Decimal

import pytest

from exact_slack.documents.kinds import Kind
from exact_slack.rendering.due import FellDue, due_list, due_list_more, due_reply
from tests.unit.rendering.samples import document

DAY = dt.date(2026, 12, 16)
DUE = DAY - dt.timedelta(days=1)


def _fell(company: str) -> FellDue:
    entry = document(Kind.PURCHASE_ENTRY, "26600174", "121.00")
    return FellDue(entry, "overdue", DUE, Decimal("121.00"), Decimal("121.00"), "", company)


@pytest.mark.parametrize("company", ["Rotterdam", ""])
def test_what_fell_due_names_the_company_where_there_are_several(company: str) -> None:
    named = [_fell(company), _fell(company and "Antwerp")]
    told = due_list(named, [], DAY, "en_GB", ()).text.splitlines()[1:]
    assert told == due_list_more(named, "en_GB").text.splitlines()
    told.append(due_reply(_fell(company), "en_GB", None).text)
    wanted = ["Rotterdam", "Antwerp", "Rotterdam"] if company else [""] * 3
    for line, name in zip(told, wanted, strict=True):
        assert (f"Purchase entry 26600174 · {name} ·" if name else "26600174 · ") in line
        assert ("·  ·" in line, line.count("Rotterdam") + line.count("Antwerp")) == (
            False,
            bool(name),
        )
