"""Each line is red for a planted cause, green once it is put right, and unknown where it cannot be
asked; never green for want of an answer."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from exact_slack.close.registry import kinds
from exact_slack.documents.closing import Light
from exact_slack.exact.catalogue import scope_of
from exact_slack.rendering.words.labels import LANGUAGES
from exact_slack.sandbox.exact.shapes import catalogue
from tests.unit.close.month import Month

GREEN, RED, UNKNOWN = Light.GREEN, Light.RED, Light.UNKNOWN
OCTOBER = date(2026, 10, 12)


# -- journals --------------------------------------------------------------------------------------


def test_journals_are_red_until_the_last_is_closed(month: Month) -> None:
    month.journal("60")
    month.journal("90")
    assert month.line("journals").count == 2
    month.close_journals("60")
    found = month.line("journals")
    assert (found.light, [item.name for item in found.items]) == (RED, ["90 Journal 90"])
    month.close_journals("90", period=9)
    assert month.light("journals") is RED
    month.close_journals("90")
    assert month.light("journals") is GREEN
    month.rules.closed_journals.clear()  # reopened
    assert month.light("journals") is RED


def test_a_period_without_journals_is_not_closed(month: Month) -> None:
    assert month.said("journals") == {"no_rows"} and month.light("journals") is RED


# -- bank ------------------------------------------------------------------------------------------


def test_a_bank_is_red_while_entries_or_days_are_missing(month: Month) -> None:
    month.journal("20", 12)
    month.journal("21", 12)  # not in use
    month.statement(1, date(2026, 10, 29), status=20)
    found = month.line("bank")
    assert found.light is RED and found.count == 1
    assert {(said.word, said.n) for said in found.why} == {("open", 1), ("days", 2)}
    month.statement(2, date(2026, 10, 31))
    assert month.said("bank") == {"open"}
    [row] = [r for r in month.store.rows(123456, ENTRIES) if r["EntryNumber"] == 1]
    month.save(ENTRIES, EntryID=row["EntryID"], Status=50)
    assert month.light("bank") is GREEN


ENTRIES = "financialtransaction/BankEntries"


def test_a_bank_that_has_nothing_in_the_period_is_missing_since_its_last_line(month: Month) -> None:
    month.journal("20", 12)
    month.statement(1, date(2026, 8, 30))
    month.statement(2, date(2026, 11, 2))  # later ones tell nothing of October
    [said] = month.line("bank").why
    assert (said.word, said.n, said.day) == ("days", 62, date(2026, 8, 30))


def test_three_thousand_unprocessed_bank_entries_are_counted_in_few_calls(month: Month) -> None:
    month.journal("20", 12)
    with month.store.quietly():
        for number in range(3000):
            month.statement(number, OCTOBER, status=20)
    before = month.customer.calls.total
    found = month.line("bank")
    assert found.count == 3000 and len(found.items) == 10
    assert month.customer.calls.total - before < 10


@pytest.mark.parametrize(("day", "light"), [(31, RED), (1, RED), (-100, GREEN)])
def test_in_the_first_period_a_bank_is_in_use_that_was_so_lately(
    month: Month, day: int, light: Light
) -> None:
    month.journal("20", 12)
    month.statement(1, date(2025, 12, 1) + timedelta(days=day - 1))
    assert month.line("bank", "2026/1").light is light


# -- drafts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("endpoint", "day", "statuses"),
    [
        ("salesinvoice/SalesInvoices", "InvoiceDate", (10, 20)),
        ("salesentry/SalesEntries", "EntryDate", (20,)),
        ("purchaseentry/PurchaseEntries", "EntryDate", (5, 20)),
        ("purchase/PurchaseInvoices", "InvoiceDate", (10, 20)),
        ("generaljournalentry/GeneralJournalEntries", "", (5, 20)),
        ("financialtransaction/CashEntries", "", (20,)),
    ],
)
def test_what_is_dated_in_the_period_and_not_processed_is_red(
    month: Month, endpoint: str, day: str, statuses: tuple[int, ...]
) -> None:
    place = {day: date(2026, 10, 31)} if day else {"FinancialYear": 2026, "FinancialPeriod": 10}
    later = {day: date(2026, 11, 1)} if day else {"FinancialYear": 2026, "FinancialPeriod": 11}
    field = "OrderNumber" if endpoint.startswith("salesinvoice") else "EntryNumber"
    month.save(endpoint, **{field: 8}, Status=statuses[0], **later)
    assert month.light("drafts") is GREEN
    key = catalogue()[endpoint].key
    saved = month.save(endpoint, **{field: 7}, Status=statuses[0], **place)
    for status in statuses:
        month.save(endpoint, **{key: saved[key]}, Status=status)
        found = month.line("drafts")
        assert (found.light, found.count) == (RED, 1)
    month.save(endpoint, **{key: saved[key]}, Status=50)
    assert month.light("drafts") is GREEN


def test_drafts_are_unknown_where_one_kind_cannot_be_read_and_red_where_another_shows_some(
    month: Month,
) -> None:
    month.rules.unlicensed.add("purchase/PurchaseInvoices")
    assert month.light("drafts") is UNKNOWN
    month.save("salesentry/SalesEntries", EntryDate=OCTOBER, Status=20, EntryNumber=1)
    assert month.said("drafts") == {"open", "not_asked"}


# -- vat -------------------------------------------------------------------------------------------


def test_the_return_is_drawn_up_and_processed(month: Month) -> None:
    month.vat_return(9)
    assert month.said("vat") == {"missing"}
    row = month.vat_return(10, status=10, DueDate=date(2026, 11, 30))
    assert month.said("vat") == {"open_due"}
    month.save("read/financial/Returns", DocumentID=row["DocumentID"], Status=50)
    assert month.light("vat") is GREEN


@pytest.mark.parametrize("status", [0, -10])
def test_a_void_return_is_none(month: Month, status: int) -> None:
    month.vat_return(9)
    month.vat_return(10, status=status)
    assert month.said("vat") == {"missing"}


def test_without_an_earlier_return_one_a_month_is_due(month: Month) -> None:
    assert month.said("vat") == {"missing"} and month.light("vat") is RED


@pytest.mark.parametrize(
    ("frequency", "earlier", "due"),
    [("Q", 2, {"2026/9": 3, "2026/10": None}), ("Y", 0, {"2026/12": 1, "2026/10": None})],
)
def test_a_return_is_due_by_the_frequency_of_earlier_ones(
    month: Month, frequency: str, earlier: int, due: dict[str, int | None]
) -> None:
    month.vat_return(earlier, Frequency=frequency, Year=2026 if earlier else 2025)
    for period, number in due.items():
        vat = month.line("vat", period)
        assert vat.light is (RED if number else GREEN)
        assert [said.text for said in vat.why if number] == ([f"2026/{number}"] if number else [])


def test_a_return_of_the_whole_year_comes_on_top_of_the_others(month: Month) -> None:
    for period in range(1, 12):
        month.vat_return(period)
    month.vat_return(1, Frequency="Y")
    assert month.light("vat") is GREEN
    [said] = month.line("vat", "2026/12").why
    assert (said.word, said.text) == ("missing", "2026/12")


def test_a_quarter_of_a_financial_year_that_begins_in_april(month: Month) -> None:
    for row in month.store.rows(123456, "financial/FinancialPeriods"):
        month.store.delete(123456, "financial/FinancialPeriods", row["ID"])
    months = [date(2026 + (3 + n) // 12, (3 + n) % 12 + 1, 1) for n in range(13)]
    for number, (begin, after) in enumerate(pairwise(months), start=1):
        month.period(2027, number, begin, date.fromordinal(after.toordinal() - 1))
    month.vat_return(1, Frequency="A", Year=2027)
    vat = month.line("vat", "2027/6")
    assert [said.text for said in vat.why] == ["2027/2"] and vat.light is RED


# -- all of them -----------------------------------------------------------------------------------


_RIGHTS = [
    (name, scope)
    for name, kind in kinds().items()
    for scope in sorted({part for path in kind.paths for part in scope_of(path).split(", ")})
]


@pytest.mark.parametrize(("name", "scope"), _RIGHTS)
def test_a_line_is_unknown_without_its_right_which_it_names(
    month: Month, name: str, scope: str
) -> None:
    month.journal("20", 12)
    for code, kind in (("1300", 20), ("1600", 22), ("1999", 90)):
        month.account(code, kind)
    month.rules.missing_scopes.add(scope)
    found = month.line(name, suspense=("1999",))
    assert found.light is UNKNOWN
    assert [said.word for said in found.why] == ["scope_missing"]
    assert scope in found.why[0].text


def test_every_line_has_all_its_words_in_every_language() -> None:
    for name, kind in kinds().items():
        assert "title" in kind.words, name
        for key, words in kind.words.items():
            assert list(words) == list(LANGUAGES), (name, key)
            assert all(words.values()), (name, key)
