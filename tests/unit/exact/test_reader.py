"""Reading changes: filters, paging, and getting along with what an endpoint refuses."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import requests_mock

from exact_slack.documents.document import Account
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref
from exact_slack.errors import TemporaryError
from exact_slack.exact.errors import ExactRefused
from exact_slack.exact.lookups import DeletedRow, DivisionInfo
from exact_slack.exact.reader import Page, Reader
from tests.unit.exact_support import (
    API,
    DIVISION,
    K1,
    K2,
    K3,
    FakeClock,
    KnownRefusals,
    entry,
    make_client,
    wire,
)

BASE = f"{API}/{DIVISION}"
ENTRIES = f"{BASE}/purchaseentry/PurchaseEntries"
LINES = f"{BASE}/purchaseentry/PurchaseEntryLines"
T0 = 1_795_507_200_000
REF = Ref(DIVISION, Kind.PURCHASE_ENTRY, K1)


def make_reader(folder: Path, refusals: KnownRefusals | None = None, **config: Any) -> Reader:
    return Reader(
        make_client(folder, FakeClock(), **config), refusals or KnownRefusals(), {DIVISION: "EUR"}
    )


def query(request: Any) -> dict[str, str]:
    return {k: v[0] for k, v in parse_qs(urlsplit(request.url).query).items()}


def changed(reader: Reader, **more: Any) -> list[Page]:
    return list(reader.changed(DIVISION, Kind.PURCHASE_ENTRY, ServerMs(T0), **more))


def rows(*found: dict[str, Any], following: str | None = None) -> dict[str, Any]:
    data: dict[str, Any] = {"results": list(found)}
    if following:
        data["__next"] = following
    return {"json": {"d": data}}


def refused(text: str, status: int = 400) -> dict[str, Any]:
    return {"status_code": status, "json": {"error": {"message": {"value": text}}}}


def keys(pages: list[Page]) -> list[list[str]]:
    return [[one.ref.guid for one in page.documents] for page in pages]


def test_the_query_asks_for_changes_in_order_with_lines_in_the_same_call(tmp_path: Path) -> None:
    with requests_mock.Mocker() as web:
        web.get(ENTRIES, json={"d": []})
        pages = changed(make_reader(tmp_path), until_ms=T0 + 1000)
        sent = query(web.request_history[0])
    assert sent["$filter"] == (
        "Modified gt datetime'2026-11-24T08:00:00.000'"
        " and Modified le datetime'2026-11-24T08:00:01.000'"
    )
    assert sent["$orderby"] == "Modified"
    assert sent["$expand"] == "PurchaseEntryLines"
    assert {"EntryID", "Modified", "PurchaseEntryLines/CostCenter"} <= set(
        sent["$select"].split(",")
    )
    assert "$top" not in sent
    assert pages == [Page((), None, (), last=True)]


def test_pages_follow_each_other(tmp_path: Path) -> None:
    following = f"{ENTRIES}?$skiptoken=1"
    with requests_mock.Mocker() as web:
        web.get(
            ENTRIES,
            [
                rows(entry(K1, T0 + 1), entry(K2, T0 + 5), following=following),
                {"json": {"d": [entry(K3, T0 + 9)]}},
            ],
        )
        pages = changed(make_reader(tmp_path))
        assert web.request_history[1].url == following
    assert keys(pages) == [[K1, K2], [K3]]
    assert [(page.newest, page.last) for page in pages] == [(T0 + 5, False), (T0 + 9, True)]
    assert pages[0].documents[0].company_currency == "EUR"


def test_pages_that_go_round_are_noticed(tmp_path: Path) -> None:
    with requests_mock.Mocker() as web:
        web.get(ENTRIES, **rows(following=f"{ENTRIES}?$skiptoken=1"))
        with pytest.raises(TemporaryError, match="circle"):
            changed(make_reader(tmp_path))


def test_a_broken_row_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    with requests_mock.Mocker() as web:
        web.get(ENTRIES, **rows(entry("x", T0 + 9), entry(K2, T0 + 5), entry(K3, Modified=None)))
        [page] = changed(make_reader(tmp_path))
    assert keys([page]) == [[K2]]
    assert page.newest == T0 + 9
    assert len(page.broken) == 2
    assert str(DIVISION) in page.broken[0].sentence
    assert K3 in page.broken[1].sentence


def test_without_expand_lines_come_in_batches(tmp_path: Path) -> None:
    refusals = KnownRefusals()
    deferred = {"__deferred": {"uri": "x"}}
    many = [
        entry(f"{n:08d}-1111-4111-8111-111111111111", T0 + n, PurchaseEntryLines=deferred)
        for n in range(1, 51)
    ]
    line = {"ID": K2, "EntryID": many[0]["EntryID"].upper(), "AmountFC": 5}
    with requests_mock.Mocker() as web:
        web.get(ENTRIES, [refused("$expand is not supported here"), rows(*many)])
        lines = web.get(LINES, [rows(line, following=f"{LINES}?$skiptoken=1"), rows(line), rows()])
        [page] = changed(make_reader(tmp_path, refusals))
        sent = [unquote(request.url) for request in lines.request_history]
    assert refusals.words == {"no_expand"}
    assert [len(one.lines) for one in page.documents] == [2] + [0] * 49
    assert [url.count("EntryID eq guid'") for url in sent] == [40, 0, 10]
    assert all(len(request.url) < 6000 for request in lines.request_history)


def test_what_was_learnt_is_used_at_once(tmp_path: Path) -> None:
    with requests_mock.Mocker() as web:
        web.get(ENTRIES, **rows())
        changed(make_reader(tmp_path, KnownRefusals("no_expand", "drop:YourRef")))
        assert web.call_count == 1
        sent = query(web.request_history[0])
    assert "$expand" not in sent
    assert "YourRef" not in sent["$select"].split(",")


def test_unknown_fields_are_dropped_and_remembered(tmp_path: Path) -> None:
    refusals = KnownRefusals()
    with requests_mock.Mocker() as web:
        web.get(
            ENTRIES,
            [
                refused("Type 'X.PurchaseEntry' does not have a property named 'YourRef'"),
                refused("Type 'X.PurchaseEntryLine' does not have a property named 'AmountDC'."),
                rows(),
            ],
        )
        changed(make_reader(tmp_path, refusals))
        select = query(web.request_history[2])["$select"].split(",")
    assert refusals.words == {"drop:YourRef", "drop:PurchaseEntryLines/AmountDC"}
    assert "AmountDC" in select
    assert "PurchaseEntryLines/AmountDC" not in select


def test_key_and_modified_are_never_dropped(tmp_path: Path) -> None:
    refusals = KnownRefusals()
    with requests_mock.Mocker() as web:
        web.get(ENTRIES, **refused("does not have a property named 'Modified'"))
        with pytest.raises(ExactRefused):
            changed(make_reader(tmp_path, refusals))
    assert refusals.words == set()


def test_without_a_filter_the_newest_come_first_down_to_the_cursor(tmp_path: Path) -> None:
    refusals = KnownRefusals()
    with requests_mock.Mocker() as web:
        web.get(
            ENTRIES,
            [
                refused("Filtering on these fields is not supported: Modified"),
                rows(entry(K3, T0 + 9), entry(K2, T0 + 5), following=f"{ENTRIES}?$skiptoken=1"),
                rows(entry(K1, T0 + 1), entry(K1, T0), following=f"{ENTRIES}?$skiptoken=2"),
            ],
        )
        pages = changed(make_reader(tmp_path, refusals))
        assert web.call_count == 3
        sent = query(web.request_history[1])
    assert sent["$orderby"] == "Modified desc"
    assert "$filter" not in sent
    assert refusals.words == {"no_modified_filter"}
    # oldest first, so that the cursor never passes what was not read
    assert keys(pages) == [[K1], [K2, K3]]
    assert [(page.newest, page.last) for page in pages] == [(T0 + 1, False), (T0 + 9, True)]


def test_until_holds_without_a_filter_too(tmp_path: Path) -> None:
    with requests_mock.Mocker() as web:
        web.get(ENTRIES, **rows(entry(K3, T0 + 9), entry(K2, T0 + 5), entry(K1, T0 - 1)))
        pages = changed(make_reader(tmp_path, KnownRefusals("no_modified_filter")), until_ms=T0 + 5)
    assert keys(pages) == [[K2]]


def test_an_unclear_refusal_is_tried_twice_in_simpler_ways(tmp_path: Path) -> None:
    refusals = KnownRefusals()
    with requests_mock.Mocker() as web:
        web.get(ENTRIES, [refused("Bad Request"), refused("Bad Request"), rows()])
        changed(make_reader(tmp_path, refusals))
        sent = [query(request) for request in web.request_history]
    assert ["$expand" in one for one in sent] == [True, False, False]
    assert ["$filter" in one for one in sent] == [True, True, False]
    assert refusals.words == {"no_expand", "no_modified_filter"}


def test_three_refusals_are_the_end_and_nothing_is_learnt_by_guessing(tmp_path: Path) -> None:
    refusals = KnownRefusals()
    with requests_mock.Mocker() as web:
        web.get(ENTRIES, [refused("first"), refused("second"), refused("third"), rows()])
        with pytest.raises(ExactRefused, match="first"):
            changed(make_reader(tmp_path, refusals))
        assert web.call_count == 3
    assert refusals.words == set()


def test_mandatory_filtering_is_not_answered_by_no_filter(tmp_path: Path) -> None:
    with requests_mock.Mocker() as web:
        web.get(ENTRIES, **refused("This endpoint has mandatory filtering applied."))
        with pytest.raises(ExactRefused):
            changed(make_reader(tmp_path))
        assert all("$filter" in query(request) for request in web.request_history)


@pytest.mark.parametrize("status", [403, 404])
def test_other_refusals_are_not_tried_again(tmp_path: Path, status: int) -> None:
    with requests_mock.Mocker() as web:
        web.get(ENTRIES, **refused("no", status))
        with pytest.raises(ExactRefused):
            changed(make_reader(tmp_path))
        assert web.call_count == 1


def test_the_rest_of_a_long_list_of_lines_is_fetched(tmp_path: Path) -> None:
    inline = {"results": [{"ID": K1}], "__next": f"{LINES}?$skiptoken=1"}
    with requests_mock.Mocker() as web:
        web.get(ENTRIES, **rows(entry(PurchaseEntryLines=inline)))
        web.get(LINES, **rows({"ID": K2}, {"ID": K3}))
        [page] = changed(make_reader(tmp_path))
    assert [line.key for line in page.documents[0].lines] == [K1, K2, K3]


def test_exactly_a_page_of_lines_may_be_cut_off_and_is_read_again(tmp_path: Path) -> None:
    ids = [f"{n:08d}-1111-4111-8111-111111111111" for n in range(75)]
    lines = [{"ID": id_, "EntryID": K1, "LineNumber": n} for n, id_ in enumerate(ids)]
    with requests_mock.Mocker() as web:
        web.get(ENTRIES, **rows(entry(PurchaseEntryLines={"results": lines[:60]})))
        web.get(LINES, **rows(*lines))
        [page] = changed(make_reader(tmp_path))
    assert len(page.documents[0].lines) == 75


def test_a_kind_without_lines_asks_for_none(tmp_path: Path) -> None:
    with requests_mock.Mocker() as web:
        web.get(f"{BASE}/cashflow/Receivables", **rows({"ID": K1, "Modified": wire(T0 + 1)}))
        [page] = make_reader(tmp_path).changed(DIVISION, Kind.RECEIPT, ServerMs(T0))
        assert "$expand" not in query(web.request_history[0])
    assert keys([page]) == [[K1]]


def test_one_document(tmp_path: Path) -> None:
    url = f"{ENTRIES}(guid'{K1}')"
    with requests_mock.Mocker() as web:
        web.get(url, json={"d": entry(PurchaseEntryLines=[{"ID": K2}])})
        found = make_reader(tmp_path).one(REF)
    assert found is not None
    assert (found.ref, len(found.lines)) == (REF, 1)


def test_one_document_that_is_gone(tmp_path: Path) -> None:
    url = f"{ENTRIES}(guid'{K1}')"
    with requests_mock.Mocker() as web:
        web.get(url, [refused("gone", 404), {"json": {"d": {"results": []}}}])
        reader = make_reader(tmp_path)
        assert reader.one(REF) is None
        assert reader.one(REF) is None


def test_a_gateways_404_page_does_not_mean_that_a_document_is_gone(tmp_path: Path) -> None:
    with requests_mock.Mocker() as web:
        web.get(f"{ENTRIES}(guid'{K1}')", status_code=404, text="<html>")
        with pytest.raises(ExactRefused):
            make_reader(tmp_path).one(REF)


def test_one_document_without_expand(tmp_path: Path) -> None:
    refusals = KnownRefusals()
    with requests_mock.Mocker() as web:
        web.get(
            f"{ENTRIES}(guid'{K1}')",
            [refused("unclear"), {"json": {"d": entry(PurchaseEntryLines={"__deferred": {}})}}],
        )
        web.get(LINES, **rows({"ID": K2, "EntryID": K1}))
        found = make_reader(tmp_path, refusals).one(REF)
    assert found is not None
    assert len(found.lines) == 1
    assert refusals.words == {"no_expand"}


def test_relations_are_looked_up_in_batches_and_only_by_guid(tmp_path: Path) -> None:
    ids = [f"{n:08d}-1111-4111-8111-111111111111" for n in range(41)]
    with requests_mock.Mocker() as web:
        web.get(
            f"{BASE}/crm/Accounts",
            [rows({"ID": ids[0].upper(), "Code": "      40", "Name": "Bakker"}), rows()],
        )
        found = make_reader(tmp_path).accounts(DIVISION, [*ids, ids[0], "", "' or true"])
        assert web.call_count == 2
        assert all("true" not in request.url for request in web.request_history)
    assert found == {ids[0]: Account(ids[0], "40", "Bakker")}


def test_links_to_documents_are_web_addresses(tmp_path: Path) -> None:
    url = "https://start.exactonline.nl/docs/DocViewContent.aspx?ID=x"
    with requests_mock.Mocker() as web:
        web.get(
            f"{BASE}/documents/Documents",
            **rows(
                {"ID": K1, "DocumentViewUrl": url},
                {"ID": K2, "DocumentViewUrl": "javascript:alert(1)"},
                {"ID": K3, "DocumentViewUrl": None},
            ),
        )
        assert make_reader(tmp_path).document_links(DIVISION, [K1, K2, K3]) == {K1: url}


ME = {
    "UserName": "ann",
    "CurrentDivision": 7,
    "ServerTime": "2026-11-24T08:15:02",
    "ServerUtcOffset": 3600.0,
}


def test_who_logged_in_and_exacts_clock(tmp_path: Path) -> None:
    with requests_mock.Mocker() as web:
        web.get(f"{API}/current/Me", **rows(ME))
        me = make_reader(tmp_path).me()
    assert (me.user_name, me.current_division, me.utc_offset) == ("ann", 7, 3600)
    assert me.server_time_ms == T0 + 902_000


def test_without_exacts_time_there_is_no_start(tmp_path: Path) -> None:
    with requests_mock.Mocker() as web:
        web.get(f"{API}/current/Me", **rows())
        with pytest.raises(TemporaryError, match="time"):
            make_reader(tmp_path).me()


HRM = {"Code": DIVISION, "Description": "Acme", "Currency": "EUR", "Status": 0}
ACME = DivisionInfo(DIVISION, "Acme", "EUR", "active")


def test_divisions_from_the_call_that_needs_no_scope(tmp_path: Path) -> None:
    with requests_mock.Mocker() as web:
        web.get(f"{API}/current/Me", **rows(ME))
        web.get(f"{API}/7/hrm/Divisions", **rows(HRM, {"Code": "8", "Status": 1}))
        found = make_reader(tmp_path).divisions()
    assert found == {DIVISION: ACME, 8: DivisionInfo(8, "", "", "archived")}


@pytest.mark.parametrize("first", [refused("no", 404), refused("no", 403), rows()])
def test_divisions_from_the_other_call(tmp_path: Path, first: dict[str, Any]) -> None:
    with requests_mock.Mocker() as web:
        web.get(f"{API}/current/Me", **rows(ME))
        web.get(f"{API}/7/hrm/Divisions", **first)
        web.get(
            f"{API}/7/system/Divisions",
            **rows({**HRM, "Status": 1}, {"Code": 9, "Status": 1, "BlockingStatus": 2}),
        )
        found = make_reader(tmp_path).divisions()
    assert found == {DIVISION: ACME, 9: DivisionInfo(9, "", "", "blocked")}


def test_divisions_by_a_configured_one_where_the_current_one_is_closed(tmp_path: Path) -> None:
    with requests_mock.Mocker() as web:
        web.get(f"{API}/current/Me", **rows(ME))
        web.get(f"{API}/7/hrm/Divisions", **refused("no", 403))
        web.get(f"{API}/7/system/Divisions", **refused("no", 403))
        web.get(f"{BASE}/hrm/Divisions", **rows(HRM))
        assert make_reader(tmp_path).divisions() == {DIVISION: ACME}


def test_no_way_to_the_divisions_is_told(tmp_path: Path) -> None:
    with requests_mock.Mocker() as web:
        web.get(f"{API}/current/Me", **rows({**ME, "CurrentDivision": DIVISION}))
        web.get(f"{BASE}/hrm/Divisions", **refused("no", 403))
        web.get(f"{BASE}/system/Divisions", **refused("no", 403))
        with pytest.raises(ExactRefused, match="hrm/Divisions"):
            make_reader(tmp_path).divisions()


def test_deletions_are_read_by_row_version_only(tmp_path: Path) -> None:
    following = f"{BASE}/sync/Deleted?$skiptoken=1"
    row = {"Timestamp": "5000000007", "EntityType": 13, "EntityKey": K1.upper()}
    with requests_mock.Mocker() as web:
        web.get(
            f"{BASE}/sync/Deleted",
            [
                rows(row, following=following),
                rows({**row, "Timestamp": 5000000009, "EntityKey": None}),
            ],
        )
        found, newest = make_reader(tmp_path).deleted(DIVISION, 5_000_000_000)
        assert query(web.request_history[0])["$filter"] == "Timestamp gt 5000000000L"
    assert found == [DeletedRow(13, K1, 5_000_000_007)]
    assert newest == 5_000_000_009
