"""`report`: what is open, due and in the bank, from Exact's own lists, and whether the sums tie.

Every sum is computed here once more, from the rows of the sandbox's books, not from its lists."""

import csv
import io
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from exact_slack.sandbox.company.company import seed_company
from tests.e2e.rig import DIVISION, Rig

pytestmark = pytest.mark.sampled(3)

AGES = ("not_due", "d1_30", "d31_60", "d61_90", "over_90")
TERMS = {"receivable": "cashflow/Receivables", "payable": "cashflow/Payments"}
LISTS = {
    "receivable": "read/financial/ReceivablesList",
    "payable": "read/financial/PayablesList",
}
INVOICE = {"receivable": 20, "payable": 30}
OVERVIEW = "read/financial/OutstandingInvoicesOverview"
TODAY = datetime.now(UTC).date()


def term(
    rig: Rig,
    side: str,
    amount: str,
    days: int | None,
    *,
    division: int = DIVISION,
    type_: int | None = None,
    number: int = 0,
    **more: Any,
) -> None:
    """An open term, so many days overdue; a negative amount goes the other way."""
    owed = Decimal(amount)
    number = number or 26600100 + len(rig.exact.store.rows(division, TERMS[side]))
    sign = -1 if side == "receivable" else 1
    kind = type_ or INVOICE[side] + (owed < 0)
    row = {
        "Account": "11111111-1111-1111-1111-111111111111",
        "AccountName": "Acme",
        "AccountCode": "1",
        "AmountDC": sign * owed,
        "AmountFC": sign * owed,
        "Currency": "EUR",
        "DueDate": None if days is None else TODAY - timedelta(days=days),
        "EntryNumber": number,
        "InvoiceNumber": number,
        "Journal": "60",
        "Status": 20,
        "TransactionType": kind,
        "TransactionAmountDC": owed,
        "YourRef": f"R{number}",
    }
    if side == "receivable":
        row["IsFullyPaid"] = False
    rig.exact.store.upsert(division, TERMS[side], {**row, **more})


def aged(rig: Rig, side: str, division: int) -> dict[str, Decimal]:
    """What the books say, by days overdue."""
    found: dict[str, Decimal] = dict.fromkeys(AGES, Decimal(0))
    for row in rig.exact.store.rows(division, TERMS[side]):
        if row["Status"] == 50:
            continue
        days = (TODAY - row["DueDate"].date()).days if row["DueDate"] else 0
        age = AGES[sum(days > edge for edge in (0, 30, 60, 90))]
        found[age] += row["AmountDC"] * (-1 if side == "receivable" else 1)
    return found


def money(value: Any) -> Decimal:
    return Decimal(str(value))


def report(rig: Rig, *words: str, code: int = 0) -> Any:
    done = rig.run("report", *words, "--json")
    assert done.code == code, done.err
    return done.json


@pytest.mark.parametrize("owed_is_positive", [False, True])
def test_the_wholesaler_adds_up_and_ties(rig: Rig, owed_is_positive: bool) -> None:
    """Three divisions, both sides, credits, part payments and dollars; lists of either sign."""
    seed_company(rig.exact.store)
    rig.exact.rules.owed_is_positive = owed_is_positive
    rig.divisions = tuple(rig.exact.store.divisions)
    rig.write_config()
    for side in TERMS:  # a part payment, a selected and a processed term, one without a due date
        one, two, three = [
            r for r in rig.exact.store.rows(DIVISION, TERMS[side]) if r["Status"] == 20
        ][:3]
        half = {name: round(one[name] / 2, 2) for name in ("AmountDC", "AmountFC")}
        rig.exact.store.upsert(DIVISION, TERMS[side], {"ID": one["ID"], "Status": 30, **half})
        rig.exact.store.upsert(DIVISION, TERMS[side], {"ID": two["ID"], "Status": 40})
        rig.exact.store.upsert(DIVISION, TERMS[side], {"ID": three["ID"], "DueDate": None})
    found = report(rig, "aging")
    assert found["report"] == "aging" and found["side"] is None
    assert [(one["division"], one["side"]) for one in found["companies"]] == [
        (division, side) for division in rig.divisions for side in TERMS
    ]
    for one in found["companies"]:
        books = aged(rig, one["side"], one["division"])
        assert {age: money(amount) for age, amount in one["buckets"].items()} == books
        assert money(one["open"]) == sum(books.values())
        assert money(one["overdue"]) == sum(books.values()) - books["not_due"]
        assert (one["currency"], one["ties"], one["difference"]) == ("EUR", True, 0)
        mine = [
            row
            for row in found["rows"]
            if (row["division"], row["side"]) == (one["division"], one["side"])
        ]
        assert len(mine) == one["count"]
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for row in mine:
            sums[row["bucket"]] += money(row["amount"])
        assert {age: sums[age] for age in AGES} == books
    dollars = [row for row in found["rows"] if row["own_currency"] == "USD"]
    assert len(dollars) == len(rig.divisions)
    assert all(row["currency"] == "EUR" and row["own_amount"] > row["amount"] for row in dollars)


def test_one_command_on_a_fresh_login(rig: Rig) -> None:
    seed_company(rig.exact.store)
    done = rig.run("report", "aging", "--side", "receivable")
    assert done.code == 0 and not done.err
    assert "Open receivables" in done.out and "Hotel Zuiderzicht" in done.out and "█" in done.out
    assert "The sum is that of Exact's overview." in done.out
    assert rig.messages() == []
    assert rig.exact.calls[DIVISION, OVERVIEW] == 2
    assert rig.exact.calls[DIVISION, LISTS["payable"]] == 0


def test_credits_and_money_that_is_not_matched_are_what_they_are(rig: Rig) -> None:
    term(rig, "receivable", "100.00", 5)
    term(rig, "receivable", "-30.00", 5)
    term(rig, "receivable", "-20.00", 5, type_=40)
    found = report(rig, "aging", "--side", "receivable")
    kinds = {row["kind"]: row["amount"] for row in found["rows"]}
    assert kinds == {"invoice": 100, "credit": -30, "payment": -20}
    [one] = found["companies"]
    assert (one["open"], one["overdue"], one["ties"]) == (50, 50, True)


@pytest.mark.parametrize("owed_is_positive", [False, True])
@pytest.mark.parametrize("side", TERMS)
def test_a_lone_credit_is_negative(rig: Rig, side: str, owed_is_positive: bool) -> None:
    rig.exact.rules.owed_is_positive = owed_is_positive
    term(rig, side, "-30.00", 5)
    [one] = report(rig, "aging", "--side", side)["companies"]
    assert (one["open"], one["ties"]) == (-30, True)


def test_a_planted_difference_is_told_with_its_amount(rig: Rig) -> None:
    term(rig, "receivable", "100.00", 5)
    rig.exact.rules.overview_off[DIVISION] = Decimal("12.34")
    [one] = report(rig, "aging", "--side", "receivable", code=1)["companies"]
    assert (one["ties"], one["difference"]) == (False, -12.34)
    done = rig.run("report", "aging", "--side", "receivable")
    assert done.code == 1 and "€112.34: €12.34 less here" in done.out


def test_a_division_without_anything_is_zeros(rig: Rig) -> None:
    for name in ("aging", "due", "cash"):
        found = report(rig, name)
        assert found["rows"] == [] and {one["ties"] for one in found["companies"]} == {True}
        for one in found["companies"]:
            assert set(one.get("buckets", {}).values()) <= {0}
            assert [(week["in"], week["out"]) for week in one.get("weeks", [])] in (
                [],
                [(0, 0)] * 4,
            )


@pytest.mark.parametrize(
    ("scope", "told", "left"),
    [
        ("Financial payables", '"Financial payables"', {"receivable"}),
        ("Financial receivables", '"Financial receivables"', {"payable"}),
    ],
)
def test_a_missing_right_is_named_and_the_rest_is_printed(
    rig: Rig, scope: str, told: str, left: set[str]
) -> None:
    term(rig, "receivable", "100.00", 5)
    term(rig, "payable", "70.00", 5)
    rig.exact.rules.missing_scopes.add(scope)
    done = rig.run("report", "aging", "--json")
    assert done.code == 1 and told in done.err
    assert {one["side"] for one in done.json["companies"]} == left
    assert [one["ties"] for one in done.json["companies"]] == [None]  # no overview either
    assert rig.exact.calls[DIVISION, OVERVIEW] == 1  # what is refused is not asked again


def test_a_division_that_cannot_be_read_leaves_the_others(rig: Rig) -> None:
    term(rig, "receivable", "100.00", 5, division=234567)
    rig.divisions = (DIVISION, 234567)
    rig.write_config()
    rig.exact.rules.blocked_divisions[DIVISION] = "NoDivisionAccess"
    done = rig.run("report", "aging", "--side", "receivable", "--json")
    assert done.code == 1 and done.err.count("exact-slack:") == 1 and str(DIVISION) in done.err
    assert [(one["division"], one["open"]) for one in done.json["companies"]] == [(234567, 100)]


def test_an_overview_that_changes_is_read_again_and_then_said(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    term(rig, "receivable", "100.00", 5)
    books = rig.exact.store
    plain, left = books.rows, [1, 2]

    def busy(division: int, endpoint: str) -> Any:
        """Somebody books another invoice each time that the terms are listed."""
        if rig.exact.calls[division, LISTS["receivable"]] in left:
            left.pop(0)
            monkeypatch.setattr(books, "rows", plain)
            term(rig, "receivable", "7.00", 5)
            monkeypatch.setattr(books, "rows", busy)
        return plain(division, endpoint)

    monkeypatch.setattr(books, "rows", busy)
    done = rig.run("report", "aging", "--side", "receivable", "--json")
    assert rig.exact.calls[DIVISION, OVERVIEW] == 4
    [one] = done.json["companies"]
    assert one["ties"] is None and "another one before and after" in done.err
    assert report(rig, "aging", "--side", "receivable")["companies"][0]["ties"] is True


@pytest.mark.parametrize("count", [500, pytest.param(5000, marks=pytest.mark.whole)])
def test_thousands_of_terms_cost_a_page_for_each_sixty(rig: Rig, count: int) -> None:
    rig.exact.limits.on = False
    with rig.exact.store.quietly():
        for number in range(count):
            term(rig, "receivable", f"{number + 1}.01", number % 120 - 20, number=1000000 + number)
    found = report(rig, "aging", "--side", "receivable")
    [one] = found["companies"]
    assert (one["count"], one["ties"]) == (count, True)
    assert money(one["open"]) == sum(Decimal(n + 1) + Decimal("0.01") for n in range(count))
    lists = rig.exact.calls[DIVISION, LISTS["receivable"]]
    assert lists + rig.exact.calls[DIVISION, OVERVIEW] == -(-count // 60) + 2
    assert rig.exact.calls[DIVISION, TERMS["receivable"]] == 1


def test_cash_has_the_newest_balance_of_each_bank(rig: Rig) -> None:
    for code, currency in (("20", "EUR"), ("21", "USD")):
        rig.exact.store.upsert(
            DIVISION,
            "financial/Journals",
            {"Code": code, "Description": f"Bank {code}", "Currency": currency, "Type": 12},
        )
    rig.exact.store.upsert(DIVISION, "financial/Journals", {"Code": "60", "Type": 20})
    for number, period, day, balance in (
        (3, 10, date(2026, 10, 31), "10.00"),
        (1, 11, date(2026, 11, 20), "30.00"),
        (2, 11, date(2026, 11, 19), "20.00"),
    ):
        rig.exact.store.upsert(
            DIVISION,
            "financialtransaction/BankEntries",
            {
                "EntryNumber": number, "JournalCode": "20", "Currency": "EUR", "Status": 50,
                "FinancialYear": 2026, "FinancialPeriod": period, "ClosingBalanceFC": balance,
                "BankEntryLines": [{"Date": day, "AmountDC": 1}],
            },
        )  # fmt: skip
    for refused in ([], ["financialtransaction/BankEntries"]):
        rig.exact.rules.refuse_expand.update(refused)
        term(rig, "receivable", "100.00", -3)
        term(rig, "payable", "40.00", -10)
        [one] = report(rig, "cash")["companies"]
        shown = [(j["code"], j["currency"], j["balance"], j["date"]) for j in one["journals"]]
        # without the lines' dates the highest number is the newest
        newest = (20, None) if refused else (30, "2026-11-20")
        assert shown == [("20", "EUR", *newest), ("21", "USD", None, None)]
        assert "buckets" not in one and one["weeks"][0]["from"] == TODAY.isoformat()
        assert one["weeks"][0]["in"] > 0 and one["weeks"][1]["out"] > 0


def test_the_spreadsheet_has_every_row_and_no_formula(rig: Rig) -> None:
    term(rig, "receivable", "100.00", 5, AccountName="=cmd()", YourRef="123456789012345")
    term(rig, "receivable", "-0.50", None, AccountName=None, AccountCode=None)
    done = rig.run("report", "aging", "--csv", "--side", "receivable")
    assert done.code == 0, done.err
    rows = list(csv.DictReader(io.StringIO(done.out.lstrip("\ufeff"))))
    assert [row["Relation"] for row in rows] == ["'=cmd()", ""]
    assert rows[0]["Reference"] == "'123456789012345"
    assert sum(Decimal(row["Amount"]) for row in rows) == Decimal("99.50")


def test_a_report_of_the_config_and_names_that_are_none(rig: Rig) -> None:
    term(rig, "payable", "70.00", -5)
    rig.extra = (
        "reports:\n"
        "  - {name: next week, report: due, side: payable, channel: '#feed', every: week}\n"
    )
    rig.write_config()
    found = report(rig, "next week")
    assert (found["report"], found["side"], found["name"]) == ("due", "payable", "next week")
    assert found["companies"][0]["buckets"] == {"next_7": 70, "next_14": 70, "next_30": 70}
    assert rig.run("report", "ageing").code == 2
    assert rig.run("report", "cash", "--side", "payable").code == 2
    assert rig.run("report", "aging", "--division", "1").code == 2


def test_a_query_that_is_refused_is_asked_in_a_simpler_way(rig: Rig) -> None:
    term(rig, "receivable", "100.00", 5)
    term(rig, "receivable", "-30.00", 5)
    rig.exact.rules.unfilterable[TERMS["receivable"]] = frozenset({"TransactionType"})
    found = report(rig, "aging", "--side", "receivable")
    assert [(row["kind"], row["amount"]) for row in found["rows"]] == [
        ("invoice", 100),
        ("credit", -30),
    ]
    rig.exact.rules.missing_endpoints.add(TERMS["receivable"])
    done = rig.run("report", "aging", "--side", "receivable", "--json")
    assert [row["amount"] for row in done.json["rows"]] == [100, -30]
    assert "not told apart" in done.err
