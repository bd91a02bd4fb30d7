"""Tokens, scopes, argument forms, OAuth, files and validation in the sandbox's Slack."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from exact_slack.sandbox.slack.api import SlackSandbox

BEARER = {"Authorization": "Bearer xoxb-sandbox"}


@pytest.fixture
def slack() -> Iterator[SlackSandbox]:
    with SlackSandbox(limits=False) as sandbox:
        yield sandbox
    assert sandbox.server.errors == []


@pytest.fixture
def client(slack: SlackSandbox) -> WebClient:
    return WebClient("xoxb-sandbox", base_url=slack.base_url, retry_handlers=[])


def error(call: Any, **args: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        call(**args)
    return str(caught.value.response["error"])


def test_who_the_token_is(client: WebClient) -> None:
    answer = client.auth_test()
    assert answer["team"] == "Hollander Groothandel"
    assert answer["bot_id"] == "B0EXACTSLCK"
    assert client.users_info(user=answer["user_id"])["user"]["is_bot"] is True
    assert error(client.users_info, user="U0NOBODY") == "user_not_found"


def test_states_of_the_token(slack: SlackSandbox, client: WebClient) -> None:
    nobody = WebClient("xoxb-other", base_url=slack.base_url, retry_handlers=[])
    assert error(nobody.auth_test) == "invalid_auth"
    none = requests.post(f"{slack.base_url}auth.test", timeout=5)
    assert none.json() == {"ok": False, "error": "not_authed"}
    in_json = requests.post(f"{slack.base_url}auth.test", json={"token": "xoxb-sandbox"}, timeout=5)
    assert in_json.json()["error"] == "not_authed"
    slack.store.deactivate()
    assert error(client.auth_test) == "account_inactive"
    slack.store.restore_token()
    assert client.auth_revoke(test=True)["revoked"] is False
    assert client.auth_revoke()["revoked"] is True
    assert error(client.auth_test) == "token_revoked"


def test_every_answer_names_the_scopes(slack: SlackSandbox) -> None:
    slack.store.scopes = ("channels:read",)
    answer = requests.get(f"{slack.base_url}chat.postMessage", headers=BEARER, timeout=5)
    assert answer.headers["x-oauth-scopes"] == "channels:read"
    assert answer.headers["x-accepted-oauth-scopes"] == "chat:write"
    body = {"ok": False, "error": "missing_scope", "needed": "chat:write"}
    assert answer.json() == {**body, "provided": "channels:read"}
    unknown = requests.post(f"{slack.base_url}chat.shout", timeout=5)
    assert unknown.json()["error"] == "unknown_method"
    assert unknown.headers["x-oauth-scopes"] == "channels:read"


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        ("application/json", b"{", "invalid_arguments"),
        ("application/json", b"[1]", "invalid_arguments"),
        ("application/json", b'{"a-b": 1}', "invalid_arg_name"),
        ("application/xml", b"<x/>", "invalid_post_type"),
        ("", b"text=x", "missing_post_type"),
        ("application/json", b"{}", "invalid_arguments"),
    ],
)
def test_bodies_that_cannot_be_read(
    slack: SlackSandbox, kind: str, body: bytes, expected: str
) -> None:
    headers = {**BEARER, "Content-Type": kind} if kind else BEARER
    address = f"{slack.base_url}chat.postMessage"
    answer = requests.post(address, data=body, headers=headers, timeout=5)
    assert answer.json()["error"] == expected


def test_methods_without_json_do_not_read_it(slack: SlackSandbox) -> None:
    channel = slack.store.add_channel("open")
    address = f"{slack.base_url}conversations.info"
    by_json = requests.post(address, json={"channel": channel}, headers=BEARER, timeout=5)
    assert by_json.json()["error"] == "invalid_arguments"
    by_query = requests.get(address, params={"channel": channel}, headers=BEARER, timeout=5)
    assert by_query.json()["ok"]


def test_a_code_buys_a_token_once(slack: SlackSandbox) -> None:
    client = WebClient(base_url=slack.base_url, retry_handlers=[])
    code = slack.store.new_oauth_code("id", "secret", "https://finance.example.com/slack")
    args = {"client_id": "id", "client_secret": "secret", "code": code}
    home = {"redirect_uri": "https://finance.example.com/slack"}
    assert error(client.oauth_v2_access, **args) == "bad_redirect_uri"
    wrong = {**args, **home, "client_secret": "other"}
    assert error(client.oauth_v2_access, **wrong) == "bad_client_secret"
    assert client.oauth_v2_access(**args, **home)["access_token"] == "xoxb-sandbox"
    assert error(client.oauth_v2_access, **args, **home) == "invalid_code"
    assert error(client.oauth_v2_access, **{**args, "code": "no"}) == "invalid_code"


def test_blocks_are_validated_without_a_token(slack: SlackSandbox) -> None:
    address = f"{slack.base_url}blocks.validate"

    def ask(**args: object) -> dict[str, Any]:
        body = {name: json.dumps(value) for name, value in args.items()}
        return dict(requests.post(address, data=body, timeout=5).json())

    good, bad = [{"type": "divider"}], [{"type": "divider"}, {"type": "header"}]
    assert ask(blocks=good) == {"ok": True}
    assert ask(message={"blocks": good}) == {"ok": True}
    answer = ask(blocks=bad)
    assert answer["error"] == "invalid_blocks"
    assert answer["errors"][0]["pointer"] == "/1"
    in_message = ask(message={"blocks": bad})
    assert in_message["error"] == "invalid_message"
    assert in_message["errors"][0]["pointer"] == "/blocks/1"
    assert ask(blocks=good, message={})["error"] == "invalid_arguments"
    assert ask()["error"] == "invalid_arguments"


def start_upload(client: WebClient, content: bytes) -> tuple[str, str]:
    answer = client.files_getUploadURLExternal(filename="invoice.pdf", length=len(content))
    return str(answer["upload_url"]), str(answer["file_id"])


def test_a_file_goes_into_a_thread_once(slack: SlackSandbox, client: WebClient) -> None:
    channel = slack.store.add_channel("open")
    head = client.chat_postMessage(channel=channel, text="head")["ts"]
    url, file_id = start_upload(client, b"%PDF-1.4")
    done: dict[str, Any] = {"files": [{"id": file_id, "title": "Invoice"}], "channel_id": channel}
    assert error(client.files_completeUploadExternal, **done) == "file_not_found"
    assert requests.post(url, data=b"short", timeout=5).status_code == 400
    assert requests.post(url, data=b"%PDF-1.4", timeout=5).text == "OK - 8"
    assert error(client.files_info, file=file_id) == "file_not_found"
    slack.store.file_share_delay = 60
    assert client.files_completeUploadExternal(**done, thread_ts=head)["files"] == [
        {"id": file_id, "title": "Invoice"}
    ]
    assert error(client.files_completeUploadExternal, **done) == "file_not_found"
    assert client.files_info(file=file_id)["file"]["shares"] == {}
    file = slack.store.file(file_id)
    assert file is not None
    file.shares[0].visible_at = 0
    (reply,) = slack.store.replies(channel, head)
    share = client.files_info(file=file_id)["file"]["shares"]["public"][channel][0]
    assert (share["ts"], share["thread_ts"]) == (reply.ts, head)
    told = client.conversations_replies(channel=channel, ts=head)["messages"][1]["files"][0]
    assert (told["id"], told["title"], told["size"]) == (file_id, "Invoice", 8)


def test_a_multipart_upload_and_a_comment(slack: SlackSandbox, client: WebClient) -> None:
    channel = slack.store.add_channel("open")
    url, file_id = start_upload(client, b"abc")
    assert requests.post(url, files={"file": ("a.pdf", b"abc")}, timeout=5).status_code == 200
    client.files_completeUploadExternal(
        files=[{"id": file_id}], channels=[channel], initial_comment="See this"
    )
    (message,) = slack.store.live_messages(channel)
    assert (message.text, message.files) == ("See this", [file_id])


def test_what_cannot_be_shared(slack: SlackSandbox, client: WebClient) -> None:
    outside = slack.store.add_channel("outside", member=False)
    archived = slack.store.add_channel("archived", archived=True)
    url, file_id = start_upload(client, b"abc")
    requests.post(url, data=b"abc", timeout=5)
    files = [{"id": file_id}]
    share = client.files_completeUploadExternal
    assert error(share, files=files, channel_id=outside) == "not_in_channel"
    assert error(share, files=files, channel_id=archived) == "posting_to_channel_denied"
    assert error(share, files=files, channel_id="C0NOWHERE") == "channel_not_found"
    many = ["C1"] * 101
    assert error(share, files=files, channels=many) == "channels_limit_exceeded"
    assert error(client.files_getUploadURLExternal, filename="x", length=0) == "missing_argument"
    assert (
        requests.post(f"{slack.server.url}/upload/v1/no", data=b"x", timeout=5).status_code == 404
    )
