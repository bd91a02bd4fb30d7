"""The REST API over real sockets: routes, shapes, refusals, downloads, sync."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from typing import Any

import pytest
import requests

from exact_slack.sandbox.exact.api import ExactSandbox
from exact_slack.sandbox.exact.rules import Times
from tests.sandbox.conftest import DIVISION, ENTRIES, Client

NO_KEY = "00000000-0000-0000-0000-000000000000"


def make(exact: ExactSandbox, *lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return exact.store.upsert(DIVISION, ENTRIES, {**fields, "PurchaseEntryLines": list(lines)})


def test_me_needs_no_division(exact: ExactSandbox, client: Client) -> None:
    exact.store.clock = lambda: datetime.fromisoformat("2026-11-24T08:15:02.500")
    url = f"{exact.url}/api/v1/current/Me?$select=CurrentDivision,ServerTime,ServerUtcOffset"
    answer = client.session.get(url, timeout=5)
    row = answer.json()["d"]["results"][0]
    assert row.pop("__metadata")["type"] == "Exact.Web.Api.Models.System.Me"
    assert row == {
        "CurrentDivision": DIVISION,
        "ServerTime": "2026-11-24T08:15:02",
        "ServerUtcOffset": 3600.0,
    }
    assert exact.calls[0, "current/Me"] == 1


def test_shapes_of_values(exact: ExactSandbox, client: Client) -> None:
    moment = datetime.fromisoformat("2026-11-24T08:00:01.617")
    exact.store.clock = lambda: moment
    row = make(exact, AmountDC="121.00", EntryDate=date(2026, 11, 24), EntryNumber=26600012)
    shown = client.rows(
        f"{ENTRIES}?$select=EntryID,AmountDC,EntryDate,EntryNumber,Modified,YourRef"
    )
    uri = client.url(f"{ENTRIES}(guid'{row['EntryID']}')")
    assert shown == [
        {
            "__metadata": {"uri": uri, "type": "Exact.Web.Api.Models.PurchaseEntry"},
            "EntryID": row["EntryID"],
            "AmountDC": 121.0,
            "EntryDate": "/Date(1795478400000)/",
            "EntryNumber": 26600012,
            "Modified": "/Date(1795507201617)/",
            "YourRef": None,
        }
    ]


def test_int64_is_a_string_and_codes_are_padded(exact: ExactSandbox, client: Client) -> None:
    divisions = client.rows("hrm/Divisions?$select=Code,HID,Country")
    assert [row["Code"] for row in divisions] == [123456, 234567, 345678]
    exact.store.add_division(456789, "Fourth", HID=4, Country="NL")
    added = client.rows("hrm/Divisions?$select=Code,HID,Country&$filter=Code eq 456789")
    assert (added[0]["HID"], added[0]["Country"]) == ("4", "NL ")
    assert added[0]["__metadata"]["uri"].endswith("hrm/Divisions(456789)")
    exact.store.upsert(DIVISION, "crm/Accounts", {"Code": "50001", "Name": "Van Dijk"})
    padded = "             50001"
    assert client.rows(f"crm/Accounts?$select=Code&$filter=Code eq '{padded}'")[0]["Code"] == padded
    assert client.rows("crm/Accounts?$select=Code&$filter=Code eq '50001'") == []


def test_lines_deferred_expanded_and_by_address(exact: ExactSandbox, client: Client) -> None:
    key = make(exact, {"AmountFC": 100, "CostCenter": "MAG"}, {"AmountFC": "20.5"})["EntryID"]
    one = f"{ENTRIES}(guid'{key}')"
    plain = client.get(one).json()["d"]
    assert plain["PurchaseEntryLines"] == {
        "__deferred": {"uri": client.url(f"{one}/PurchaseEntryLines")}
    }
    expanded = client.get(f"{one}?$expand=PurchaseEntryLines").json()["d"]
    lines = expanded["PurchaseEntryLines"]["results"]
    assert [line["AmountFC"] for line in lines] == [100.0, 20.5]
    assert lines[0]["CostCenter"] == "MAG"
    nested = "$expand=PurchaseEntryLines&$select=EntryID,PurchaseEntryLines/AmountFC"
    row = client.rows(f"{ENTRIES}?{nested}")[0]
    assert set(row) == {"__metadata", "EntryID", "PurchaseEntryLines"}
    assert set(row["PurchaseEntryLines"]["results"][0]) == {"__metadata", "AmountFC"}
    left_out = client.rows(f"{ENTRIES}?$expand=PurchaseEntryLines&$select=EntryID")[0]
    assert "PurchaseEntryLines" not in left_out
    by_address = client.rows(f"{one}/PurchaseEntryLines?$select=LineNumber")
    by_filter = client.rows(
        f"purchaseentry/PurchaseEntryLines?$select=LineNumber&$filter=EntryID eq guid'{key}'"
    )
    assert sorted(r["LineNumber"] for r in by_address) == [1, 2]
    assert sorted(r["LineNumber"] for r in by_filter) == [1, 2]
    client.refusal(f"{one}/Nonsense", 404)


def test_expand_can_be_refused_or_cut(exact: ExactSandbox, client: Client) -> None:
    make(exact, {"AmountFC": 1}, {"AmountFC": 2})
    query = f"{ENTRIES}?$select=PurchaseEntryLines&$expand=PurchaseEntryLines"
    exact.rules.expanded_lines = 1
    assert len(client.rows(query)[0]["PurchaseEntryLines"]["results"]) == 1
    exact.rules.refuse_expand.add(ENTRIES)
    client.refusal(query)


def test_single_rows(exact: ExactSandbox, client: Client) -> None:
    key = make(exact, Status=20)["EntryID"]
    row = client.get(f"{ENTRIES}(guid'{key.upper()}')?$select=Status").json()["d"]
    assert row["Status"] == 20
    client.refusal(f"{ENTRIES}(guid'{NO_KEY}')", 404)
    client.refusal(f"{ENTRIES}(12)")
    division = client.get("hrm/Divisions(123456)?$select=Code").json()["d"]
    assert division["Code"] == DIVISION


@pytest.mark.parametrize(
    "endpoint",
    [ENTRIES, "generaljournalentry/GeneralJournalEntries", "cashflow/Receivables"],
)
def test_select_is_required(exact: ExactSandbox, client: Client, endpoint: str) -> None:
    text = "Please add a $select or a $top=1 statement to the query string."
    assert client.refusal(endpoint) == text
    assert client.get(f"{endpoint}?$top=1").status_code == 200
    exact.rules.select_required.clear()
    assert client.get(endpoint).status_code == 200


def test_filters_that_an_endpoint_refuses(exact: ExactSandbox, client: Client) -> None:
    recent = "$filter=Modified ge datetime'2026-01-01'"
    for kind in ("Payments", "Receivables"):
        query = f"cashflow/{kind}?$select=ID&{recent}"
        text = client.refusal(query)
        assert text == "Filtering on these fields is not supported: Modified"
        assert client.get(f"cashflow/{kind}?$select=ID&$orderby=Modified").status_code == 200
        del exact.rules.unfilterable[f"cashflow/{kind}"]
        assert client.get(query).status_code == 200
    exact.rules.filter_required.add(ENTRIES)
    assert "mandatory filtering" in client.refusal(f"{ENTRIES}?$select=EntryID")


def test_lenient_sandbox() -> None:
    with ExactSandbox(strict=False) as sandbox:
        client = Client(sandbox)
        client.log_in()
        with client.session:
            assert client.get(ENTRIES).json() == {"d": {"results": []}}
            recent = "$filter=Modified ge datetime'2026-01-01'"
            assert client.get(f"cashflow/Payments?{recent}").status_code == 200


def test_unknown_things(exact: ExactSandbox, client: Client) -> None:
    client.refusal("hrm/CostCenters", 404)
    client.refusal("webhooks/WebhookTopics", 404)
    client.refusal("current/Me", 404)
    assert client.refusal(f"{ENTRIES}?$select=Nope").startswith("Type 'Exact.Web.Api.Models.")
    assert "property named 'Nope'" in client.refusal(f"{ENTRIES}?$select=EntryID&$filter=Nope eq 1")
    client.refusal(f"{ENTRIES}?$select=EntryID&$filter=YourRef eq '{'x' * 6000}'")
    assert client.get("crm/Accounts", division=999).headers["Reason"] == "NoDivisionAccess"
    assert requests.get(f"{exact.url}/elsewhere", timeout=5).status_code == 404
    exact.rules.missing_endpoints.add("hrm/Divisions")
    client.refusal("hrm/Divisions", 404)


def test_forbidden_things(exact: ExactSandbox, client: Client) -> None:
    exact.rules.missing_scopes.add("Organization administration")
    text = client.refusal("system/Divisions", 403)
    assert text == (
        "Forbidden - Application Scope Violated. Cannot read 'organization.administration' scope."
    )
    assert client.get("hrm/Divisions").status_code == 200
    exact.rules.unlicensed.add("purchase/PurchaseInvoices")
    client.refusal("purchase/PurchaseInvoices", 403)
    exact.rules.blocked_divisions[DIVISION] = "DivisionBlocked"
    answer = client.get("hrm/Divisions")
    assert (answer.status_code, answer.headers["Reason"]) == (403, "DivisionBlocked")


def test_unknown_and_expired_tokens(exact: ExactSandbox, client: Client) -> None:
    exact.oauth.expire_access()
    answer = client.get("crm/Accounts")
    assert (answer.status_code, answer.reason) == (401, "Authentication Required")
    client.session.headers["Authorization"] = "Bearer nonsense"
    assert client.get("crm/Accounts").status_code == 401
    del client.session.headers["Authorization"]
    assert client.get("crm/Accounts").status_code == 401


def test_without_the_accept_header_xml_comes(exact: ExactSandbox, client: Client) -> None:
    make(exact, Description="<Ü>")
    client.session.headers["Accept"] = "*/*"
    answer = client.get(f"{ENTRIES}?$select=Description")
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    assert "<d:Description>&lt;Ü&gt;</d:Description>" in answer.content.decode()
    assert "<message>Type 'Exact" in client.get(f"{ENTRIES}?$select=No").text


def test_documents_are_read_only(client: Client) -> None:
    assert client.session.post(client.url(ENTRIES), json={}, timeout=5).status_code == 405
    assert client.session.put(client.url(f"{ENTRIES}(1)"), json={}, timeout=5).status_code == 405


def attached(exact: ExactSandbox) -> str:
    store = exact.store
    document = store.upsert(DIVISION, "documents/Documents", {"Subject": "Invoice 12"})
    row = {"Document": document["ID"], "FileName": "été.pdf", "Attachment": b"%PDF-1.4 x"}
    store.upsert(DIVISION, "documents/DocumentAttachments", {**row, "FileSize": 10})
    return str(document["ID"])


def test_documents_and_attachments(exact: ExactSandbox, client: Client) -> None:
    key = attached(exact)
    shown = client.rows(f"documents/Documents?$select=DocumentViewUrl&$filter=ID eq guid'{key}'")[0]
    view = shown["DocumentViewUrl"]
    pattern = rf"{exact.url}/docs/DocViewContent\.aspx\?ID={key}&_Division_=123456&Stamp=\w+"
    assert re.fullmatch(pattern, view)
    assert "Invoice 12" in requests.get(view, timeout=5).text
    query = f"documents/DocumentAttachments?$filter=Document eq guid'{key}'"
    row = client.rows(query)[0]
    assert row["Attachment"] is None
    assert "/docs/SysAttachment.aspx?ID=" in row["Url"]
    good = client.session.get(row["Url"] + "&Download=1", timeout=5)
    assert good.content == b"%PDF-1.4 x"
    assert good.headers["Content-Type"] == "application/pdf"
    for answer in (
        client.session.get(row["Url"], timeout=5),
        requests.get(row["Url"] + "&Download=1", timeout=5),
    ):
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/html")
    gone = row["Url"].replace(row["ID"], key) + "&Download=1"
    assert "kunnen niet gevonden worden" in client.session.get(gone, timeout=5).text


def test_sync_streams_headers_and_lines(exact: ExactSandbox, client: Client) -> None:
    row = make(exact, {"AmountFC": 1}, {"AmountFC": 2}, Status=20)
    query = "sync/Financial/PurchaseEntries?$select=Timestamp,LineNumber,EntryID"
    rows = client.rows(f"{query}&$filter=Timestamp gt 1L")
    assert sorted(line["LineNumber"] for line in rows) == [0, 1, 2]
    assert {line["EntryID"] for line in rows} == {row["EntryID"]}
    highest = max(int(line["Timestamp"]) for line in rows)
    assert client.rows(f"{query}&$filter=Timestamp gt {highest}L") == []
    exact.store.touch(DIVISION, ENTRIES, row["EntryID"])
    assert len(client.rows(f"{query}&$filter=Timestamp gt {highest}L")) == 3
    refused = client.refusal(f"{query}&$filter=Status eq 20")
    assert refused == "Filtering on these fields is not supported: Status"


def test_sync_purchase_orders_name_cost_centers_twice(exact: ExactSandbox, client: Client) -> None:
    center = exact.store.upsert(DIVISION, "hrm/Costcenters", {"Code": "MAG"})
    order = {"PurchaseOrderLines": [{"CostCenter": "MAG", "Quantity": 1}]}
    exact.store.upsert(DIVISION, "purchaseorder/PurchaseOrders", order)
    rows = client.rows("sync/PurchaseOrder/PurchaseOrders?$filter=Timestamp gt 1L")
    line = next(row for row in rows if row["LineNumber"] == 1)
    assert (line["CostCenter"], line["CostCenterCode"]) == (center["ID"], "MAG")


def test_deleted_and_its_two_months(exact: ExactSandbox, client: Client) -> None:
    invoice = exact.store.upsert(DIVISION, "salesinvoice/SalesInvoices", {})
    exact.store.delete(DIVISION, "salesinvoice/SalesInvoices", invoice["InvoiceID"])
    query = "sync/Deleted?$filter=Timestamp gt 1L and EntityType eq 13&$select=EntityKey"
    assert [row["EntityKey"] for row in client.rows(query)] == [invoice["InvoiceID"]]
    client.refusal("sync/Deleted?$filter=Division eq 1")
    now = exact.store.now()
    exact.store.clock = lambda: now.replace(year=now.year + 1)
    assert client.rows(query) == []


def test_sync_timestamp(exact: ExactSandbox, client: Client) -> None:
    moment = datetime.fromisoformat("2026-11-01")
    old = exact.store.upsert(DIVISION, ENTRIES, {}, modified=moment)
    exact.store.upsert(DIVISION, ENTRIES, {}, modified=moment.replace(day=3))
    base = "read/sync/Sync/SyncTimestamp?modified=datetime'2026-11-02'&endPoint="
    found = client.rows(f"{base}'TransactionLines'")[0]["TimeStampAsBigInt"]
    assert found == str(old["_version"])
    client.refusal(f"{base}'Accounts'")
    client.refusal("read/sync/Sync/SyncTimestamp")


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ("wire", "/Date(1795478400617)/"),
        ("iso", "2026-11-24T00:00:00.617"),
        ("iso_z", "2026-11-24T00:00:00.617Z"),
    ],
)
def test_times_as_other_servers_write_them(
    exact: ExactSandbox, client: Client, times: Times, expected: str
) -> None:
    exact.rules.times = times
    moment = datetime.fromisoformat("2026-11-24T00:00:00.617")
    exact.store.upsert(DIVISION, ENTRIES, {"YourRef": "a"}, modified=moment)
    [row] = client.rows(f"{ENTRIES}?$select=Modified,YourRef")
    assert (row["Modified"], row["YourRef"]) == (expected, "a")
    me = client.session.get(f"{exact.url}/api/v1/current/Me", timeout=5).json()["d"]["results"][0]
    assert me["ServerTime"].endswith("Z") == (times == "iso_z")


def test_control_characters_as_they_are(exact: ExactSandbox, client: Client) -> None:
    text = "a\tb\nc\x01d\\te\\\tf"
    exact.store.upsert(DIVISION, ENTRIES, {"Description": text})
    query = f"{ENTRIES}?$select=Description"
    assert client.rows(query)[0]["Description"] == text
    exact.rules.raw_controls = True
    answer = client.get(query)
    with pytest.raises(ValueError, match="control character"):
        json.loads(answer.content)
    assert json.loads(answer.content, strict=False)["d"]["results"][0]["Description"] == text


def test_open_terms_and_transaction_lines(exact: ExactSandbox, client: Client) -> None:
    account = "11111111-1111-1111-1111-111111111111"
    term = {"Account": account, "AmountDC": 121, "Currency": "EUR", "YourRef": "VD-1"}
    for kind, listed in (("Receivables", "ReceivablesList"), ("Payments", "PayablesList")):
        for status in (20, 50):
            exact.store.upsert(DIVISION, f"cashflow/{kind}", {**term, "Status": status})
        [row] = client.rows(f"read/financial/{listed}")
        assert (row["AccountId"], row["Amount"], row["CurrencyCode"]) == (account, 121.0, "EUR")
        assert isinstance(row["HID"], str)
        one = client.rows(f"read/financial/{listed}?$filter=AccountId eq guid'{account}'")
        assert one == [row]
    entry = make(exact, {"AmountDC": 60}, {"AmountDC": 40}, EntryNumber=7, Type=30, Journal="60")
    lines = client.rows(
        "financialtransaction/TransactionLines?$select=EntryID,AmountDC,Type,JournalCode"
        "&$filter=EntryNumber eq 7&$orderby=AmountDC"
    )
    assert [line["AmountDC"] for line in lines] == [40.0, 60.0]
    assert {(x["EntryID"], x["Type"], x["JournalCode"]) for x in lines} == {
        (entry["EntryID"], 30, "60")
    }
    exact.rules.filter_required.add("financialtransaction/TransactionLines")
    client.refusal("financialtransaction/TransactionLines?$select=ID")
