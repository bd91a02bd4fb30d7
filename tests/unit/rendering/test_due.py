"""What falls due: in a config of several companies each line says whose it is."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from exact_slack.documents.kinds import Kind
from exact_slack.rendering.context import HeadContext
from exact_slack.rendering.due import FellDue, due_list, due_list_more, due_reply
from exact_slack.rendering.evidence import noticed
from exact_slack.rendering.words.locale import Words
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


def test_what_we_are_owed_and_what_we_owe_are_never_one_sum() -> None:
    sale = document(Kind.SALES_ENTRY, "26900001", "605.00")
    sold = FellDue(sale, "overdue", DUE, Decimal("605.00"), Decimal("605.00"))
    bought = [replace(_fell(""), open_amount=Decimal(amount)) for amount in ("69.88", "39.93")]
    told = due_list([bought[0], sold, bought[1]], [], DAY, "en_GB", ()).text.splitlines()
    assert [line for line in told if "became" in line] == [
        "Payable: 2 became overdue today, €109.81",
        "Receivable: 1 became overdue today, €605.00",
    ]


def test_what_is_overdue_is_no_longer_due_soon() -> None:
    entry, words = replace(_fell("").document, due_date=DUE), Words("en_GB")
    for names in (("due_soon", "rejected", "overdue"), ("overdue", "due_soon")):
        said = noticed(entry, HeadContext("en_GB", exceptions=names), words)
        assert ("overdue since 15 Dec 2026" in said, "due soon" in said) == (True, False)
    assert noticed(entry, HeadContext("en_GB", exceptions=("due_soon",)), words) == "due soon"


@pytest.mark.parametrize("locale", ["en_GB", "nl_NL", "de_DE", "fr_FR", "es_ES"])
def test_reply_and_list_name_the_same_day(locale: str) -> None:
    words, fell = Words(locale), _fell("")
    due = f"{words.caption('due_date')}: {words.date(DUE)}"
    assert words.date(DUE) in due_reply(fell, locale, None).text.splitlines()[0]
    for told in (due_list([fell], [], DAY, locale, ()), due_list_more([fell], locale)):
        assert told.text.endswith(due)
