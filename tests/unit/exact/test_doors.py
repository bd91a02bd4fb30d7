"""Whatever Exact answers, at every address that is called: an error of ours, never a crash, and
only a list counts as one."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests_mock

from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref
from exact_slack.errors import ExactSlackError, TemporaryError
from exact_slack.exact import attachments
from exact_slack.exact.auth import oauth
from exact_slack.exact.reader import Reader
from exact_slack.exact.webhooks import SUBSCRIPTIONS, Subscriptions
from exact_slack.exact.webhooks import read as read_notification
from exact_slack.exact.wire.client import ExactClient
from tests.unit.exact_support import (
    API,
    DIVISION,
    K1,
    K2,
    TOKEN_URL,
    FakeClock,
    KnownRefusals,
    entry,
    make_client,
    make_config,
    make_tokens,
)

BASE = f"{API}/{DIVISION}"
T0 = 1_795_507_200_000


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


NO_PAGES = [
    "null",
    "5",
    "-1.5e10",
    '"d"',
    "true",
    "[]",
    "{}",
    '{"e": []}',
    *(
        '{"d": ' + data + "}"
        for data in (
            *("null", "5", "1e1000000", '""', '"x"', "true", "{}", '{"__next": "https://x"}'),
            *('{"results": null}', '{"results": 5}', '{"results": {}}', '{"results": "x"}'),
        )
    ),
    '{"d": ' + "[" * 100_000,
]
ODD_ROWS = ["null", "5", '"x"', "[]", "[null]", "true", "{}", nested(100), '{"ID": ' + nested(100)]

Door = Callable[[ExactClient], Any]
DOORS: dict[str, Door] = {
    "documents": lambda c: list(reader(c).changed(DIVISION, Kind.PURCHASE_ENTRY, ServerMs(T0))),
    "by key": lambda c: reader(c).many(DIVISION, Kind.PURCHASE_ENTRY, [K1]).documents,
    "still there": lambda c: reader(c).existing(DIVISION, Kind.PURCHASE_ENTRY, [K1]) - {""},
    "deletions": lambda c: reader(c).deleted(DIVISION, 1)[0],
    "relations": lambda c: reader(c).accounts(DIVISION, [K1]),
    "links": lambda c: reader(c).document_links(DIVISION, [K1]),
    "files": lambda c: reader(c).attachments(DIVISION, [K1]),
    "subscriptions": lambda c: Subscriptions(c).list(DIVISION),
}


def reader(client: ExactClient) -> Reader:
    return Reader(client, KnownRefusals(), {DIVISION: "EUR"})


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_what_is_no_list_never_means_that_there_is_nothing(tmp_path: Path, door: Door) -> None:
    client = make_client(tmp_path, FakeClock())
    for body in NO_PAGES:
        with requests_mock.Mocker() as web:
            web.get(requests_mock.ANY, text=body)
            with pytest.raises(TemporaryError):
                pytest.fail(f"{body[:40]}: {door(client)}")


@pytest.mark.parametrize("door", [d for name, d in DOORS.items() if name != "documents"])
def test_an_odd_row_is_nobody(tmp_path: Path, door: Door) -> None:
    client = make_client(tmp_path, FakeClock())
    for row in ODD_ROWS:
        closed = row + "}" * row.startswith('{"ID"')
        with requests_mock.Mocker() as web:
            web.get(requests_mock.ANY, text='{"d": [' + closed + "]}")
            assert not door(client), row


@pytest.mark.parametrize("row", ODD_ROWS)
def test_an_odd_row_hides_no_document(tmp_path: Path, row: str) -> None:
    closed = row + "}" * row.startswith('{"ID"')
    with requests_mock.Mocker() as web:
        web.get(requests_mock.ANY, text=f'{{"d": [{closed}, {json.dumps(entry())}, {closed}]}}')
        [page] = DOORS["documents"](make_client(tmp_path, FakeClock()))
    assert [d.ref.guid for d in page.documents] == [K1]
    assert len(page.broken) == 2


@pytest.mark.parametrize("body", NO_PAGES)
def test_without_a_page_nobody_is_logged_in(tmp_path: Path, body: str) -> None:
    with requests_mock.Mocker() as web:
        web.get(requests_mock.ANY, text=body)
        for ask in (Reader.me, Reader.divisions):
            with pytest.raises(TemporaryError):
                ask(reader(make_client(tmp_path, FakeClock())))


@pytest.mark.parametrize(
    "told", [None, 5, "", "soon", "0001-01-01T00:00:00", "9999-12-31T23:59:59", "2026-13-01T00:00"]
)
def test_a_time_that_is_none_is_no_start(tmp_path: Path, told: Any) -> None:
    with requests_mock.Mocker() as web:
        web.get(f"{API}/current/Me", json={"d": [{"ServerTime": told}]})
        with pytest.raises(TemporaryError, match="its own time"):
            reader(make_client(tmp_path, FakeClock())).me()


@pytest.mark.parametrize("body", NO_PAGES)
def test_one_document_that_is_none_is_an_error(tmp_path: Path, body: str) -> None:
    with requests_mock.Mocker() as web:
        web.get(requests_mock.ANY, text=body)
        with pytest.raises((TemporaryError, ValueError)):
            reader(make_client(tmp_path, FakeClock())).one(Ref(DIVISION, Kind.PURCHASE_ENTRY, K1))


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 429, 500])
def test_the_token_endpoint_may_answer_anything(status: int) -> None:
    config = make_config()
    for body in (*NO_PAGES, '{"d": []}'):
        with requests_mock.Mocker() as web:
            web.post(TOKEN_URL, status_code=status, text=body)
            with pytest.raises(TemporaryError):
                pytest.fail(f"{body[:40]}: {oauth.refresh(config, make_tokens(), FakeClock())}")


@pytest.mark.parametrize("odd", [None, 5, 1.5, "", "x\ny", [], {}, [[]], {"a": {}}])
def test_tokens_of_any_type_are_no_crash(odd: Any) -> None:
    for name in ("access_token", "refresh_token", "expires_in", "error"):
        answer = {"access_token": "a2", "refresh_token": "r2", "expires_in": "600", name: odd}
        with requests_mock.Mocker() as web:
            web.post(TOKEN_URL, [{"json": answer}, {"json": {"error": odd}, "status_code": 400}])
            for _ in range(2):
                try:
                    oauth.refresh(make_config(), make_tokens(), FakeClock())
                except ExactSlackError as error:
                    assert isinstance(error, TemporaryError) or odd == "x\ny"


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_a_refusal_may_say_anything(tmp_path: Path, status: int) -> None:
    client, reason = make_client(tmp_path, FakeClock()), {"Reason": "\x1b[1m\x9b"}
    for body in (*NO_PAGES, "", "\x1b[31m", '{"error": {"message": "\\ud800"}}'):
        with requests_mock.Mocker() as web:
            web.get(requests_mock.ANY, text=body, status_code=status, headers=reason)
            with pytest.raises(ExactSlackError) as caught:
                client.get(DIVISION, "x/Y", {})
        assert str(caught.value).isprintable(), body[:40]


@pytest.mark.parametrize("content", [*NO_PAGES, '{"Division": 1e1000000, "Key": [], "Topic": {}}'])
def test_a_notification_may_say_anything(content: str) -> None:
    assert read_notification(content.encode()) is None


# -- pages that do not end ------------------------------------------------------------------------


def endless(kind: str) -> Callable[[Any, Any], Any]:
    """Answers that always name one more page, at an address that was never there."""
    count = iter(range(10_000))

    def answer(request: Any, context: Any) -> Any:
        number = next(count)
        path = request.url.partition("?")[0]
        rows = {
            "same rows": [{"ID": K1}],
            "no rows": [],
            "two in turn": [{"ID": (K1, K2)[number % 2]}],
        }
        following = f"{path}?$skiptoken={0 if kind == 'same address' else number}"
        return {"d": {"results": rows.get(kind, [{"ID": K1, "n": number}]), "__next": following}}

    return answer


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_pages_that_never_end_are_noticed_everywhere(tmp_path: Path, door: Door) -> None:
    client = make_client(tmp_path, FakeClock())
    for kind in ("same rows", "no rows", "two in turn", "same address"):
        with requests_mock.Mocker() as web:
            web.get(requests_mock.ANY, json=endless(kind))
            with pytest.raises(TemporaryError, match="circle"):
                door(client)
            assert web.call_count < 50


@pytest.mark.parametrize(
    "following", ["https://[::1", "https://evil.example.com/x", f"{BASE}/x?\ud800", "\x1b[31m"]
)
def test_lines_that_go_on_nowhere_hold_up_their_document_only(
    tmp_path: Path, following: str
) -> None:
    odd = entry(K1, T0 + 1, PurchaseEntryLines={"results": [], "__next": following})
    with requests_mock.Mocker() as web:
        web.get(requests_mock.ANY, json={"d": [odd, entry(K2, T0 + 2)]})
        [page] = DOORS["documents"](make_client(tmp_path, FakeClock()))
    assert [d.ref.guid for d in page.documents] == [K2]
    [broken] = page.broken
    assert (broken.key, broken.modified) == (K1, T0 + 1)
    assert K1 in broken.sentence


@pytest.mark.parametrize("url", ["https://[::1", "https://[::1/x?_Division_=[", "\ud800", ""])
def test_a_file_at_an_address_that_is_none_is_refused(tmp_path: Path, url: str) -> None:
    with requests_mock.Mocker() as web, pytest.raises(ExactSlackError):
        attachments.download(
            make_client(tmp_path, FakeClock()),
            DIVISION,
            url,
            attachments.Take("x.pdf", io.BytesIO(), 1000),
        )
    assert not web.called


def test_subscriptions_are_plain_text(tmp_path: Path) -> None:
    row = {"ID": K1, "Topic": "a\ud800", "CallbackURL": {"x": 1}, "ClientID": 5}
    with requests_mock.Mocker() as web:
        web.get(f"{BASE}/{SUBSCRIPTIONS}", json={"d": [row, {"Topic": "b"}]})
        [found] = Subscriptions(make_client(tmp_path, FakeClock())).list(DIVISION)
    assert (found.topic, found.callback, found.client_id) == ("a?", "", "")


def test_a_page_says_when_it_was_given(tmp_path: Path) -> None:
    date = "Tue, 24 Nov 2026 08:00:00 GMT"
    for told, at in ((date, T0), ("soon", None), ("", None), ("Tue, 99 Nov 9999 08:00 GMT", None)):
        with requests_mock.Mocker() as web:
            web.get(requests_mock.ANY, json={"d": [entry()]}, headers={"Date": told})
            [page] = DOORS["documents"](make_client(tmp_path, FakeClock()))
        assert page.at == at
