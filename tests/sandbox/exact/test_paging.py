"""Pages, `__next`, `$top`, sorting and counting."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from exact_slack.sandbox.exact.api import ExactSandbox
from tests.sandbox.conftest import DIVISION, ENTRIES, Client

START = datetime.fromisoformat("2026-11-24T04:18:55.617")
SORTED = f"{ENTRIES}?$select=EntryID,Modified,EntryNumber&$orderby=Modified asc"


@pytest.fixture(autouse=True)
def rows(exact: ExactSandbox) -> None:
    """130 entries; ten share each Modified."""
    for number in range(130):
        moment = START + timedelta(seconds=number // 10)
        exact.store.upsert(DIVISION, ENTRIES, {"EntryNumber": number}, modified=moment)


def test_pages_of_sixty(client: Client) -> None:
    first = client.get(SORTED).json()["d"]
    assert len(first["results"]) == 60
    last = first["results"][-1]
    assert first["__next"] == (
        f"{client.url(ENTRIES)}?$orderby=Modified%20asc&$select=EntryID,Modified,EntryNumber"
        f"&$skiptoken=datetime'2026-11-24T04%3A19%3A00.617',guid'{last['EntryID']}'"
    )
    everything = client.rows(SORTED)
    assert len({row["EntryID"] for row in everything}) == 130
    assert [r["Modified"] for r in everything] == sorted(r["Modified"] for r in everything)


def test_pages_by_key(client: Client) -> None:
    query = f"{ENTRIES}?$select=EntryID"
    page = client.get(query).json()["d"]
    assert page["__next"].endswith(f"&$skiptoken=guid'{page['results'][-1]['EntryID']}'")
    keys = [row["EntryID"] for row in client.rows(query)]
    assert keys == sorted(keys) and len(set(keys)) == 130


def test_top_caps_the_total(client: Client) -> None:
    first = client.get(f"{SORTED}&$top=100").json()["d"]
    assert len(first["results"]) == 60
    assert "&$top=40&$skiptoken=" in first["__next"]
    second = client.session.get(first["__next"], timeout=5).json()["d"]
    assert isinstance(second, list) and len(second) == 40
    assert len(client.rows(f"{SORTED}&$top=60")) == 60
    assert len(client.rows(f"{SORTED}&$top=61")) == 61
    assert len(client.rows(f"{SORTED}&$top=500")) == 130
    assert client.get(f"{SORTED}&$top=0").json() == {"d": []}


def test_bare_lists_and_results(client: Client) -> None:
    assert isinstance(client.get(f"{SORTED}&$top=60").json()["d"], list)
    assert set(client.get(f"{SORTED}&$top=61").json()["d"]) == {"results", "__next"}
    empty = "&$filter=EntryNumber eq 999"
    assert client.get(f"{SORTED}{empty}").json() == {"d": {"results": []}}
    assert client.get(f"{SORTED}{empty}&$top=5").json() == {"d": []}


def test_counts(client: Client) -> None:
    counted = client.get(f"{SORTED}&$inlinecount=allpages&$filter=EntryNumber lt 100").json()["d"]
    assert (counted["__count"], len(counted["results"])) == ("100", 60)
    assert client.get(f"{ENTRIES}/$count").text == "130"
    assert client.get(f"{ENTRIES}/$count?$filter=EntryNumber lt 7").text == "7"


def test_sorting_by_several_fields(client: Client) -> None:
    query = f"{ENTRIES}?$select=EntryNumber,Modified&$orderby=Modified desc,EntryNumber"
    numbers = [row["EntryNumber"] for row in client.rows(query)]
    assert numbers == [n for block in range(12, -1, -1) for n in range(block * 10, block * 10 + 10)]


def test_nulls_are_paged_over(exact: ExactSandbox, client: Client) -> None:
    for row in exact.store.rows(DIVISION, ENTRIES)[:5]:
        reference = {"EntryID": row["EntryID"], "YourRef": "x'y & z"}
        exact.store.upsert(DIVISION, ENTRIES, reference)
    for direction in ("asc", "desc"):
        rows = client.rows(f"{ENTRIES}?$select=EntryID,YourRef&$orderby=YourRef {direction}")
        assert len({row["EntryID"] for row in rows}) == 130


def test_a_row_that_changes_while_paging_comes_again(exact: ExactSandbox, client: Client) -> None:
    first = client.get(SORTED).json()["d"]
    moved = first["results"][0]["EntryID"]
    exact.store.touch(DIVISION, ENTRIES, moved, modified=START + timedelta(days=1))
    rest = client.rows(SORTED + "&" + first["__next"].split("&")[-1])
    assert rest[-1]["EntryID"] == moved and len(rest) == 71


def test_a_token_must_fit_the_order(client: Client) -> None:
    for token in ("guid'x'", "123", "datetime'2026-01-01'", "123,guid'x'", "guid'a' guid'b'"):
        client.refusal(f"{SORTED}&$skiptoken={token}")


def test_sync_pages_of_a_thousand(exact: ExactSandbox, client: Client) -> None:
    for _ in range(1005):
        exact.store.upsert(DIVISION, "crm/Accounts", {"Name": "x"})
    query = "sync/CRM/Accounts?$select=Timestamp&$filter=Timestamp gt 1L"
    page = client.get(query).json()["d"]
    assert len(page["results"]) == 1000
    assert page["__next"].endswith(f"$skiptoken={page['results'][-1]['Timestamp']}L")
    assert len(client.rows(query)) == 1005


def test_a_last_page_that_leads_to_the_first(exact: ExactSandbox, client: Client) -> None:
    exact.rules.circles.add(ENTRIES)
    address, seen = client.url(SORTED), []
    for _ in range(6):
        content = client.session.get(address, timeout=5).json()["d"]
        seen.append(content["results"][0]["EntryID"])
        address = content["__next"]
    assert seen[:3] == seen[3:] and len(set(seen)) == 3
