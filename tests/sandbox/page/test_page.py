"""What the page and the plain text say, without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from exact_slack.sandbox.page.markup import Span, message_spans, mrkdwn
from exact_slack.sandbox.page.render import WARNING
from exact_slack.sandbox.page.text import render_text, render_workspace
from exact_slack.sandbox.slack.api import SlackSandbox
from exact_slack.sandbox.slack.store import SlackStore
from exact_slack.sandbox.slack.store.model import Message

EVIL = "<script>alert('x')</script>"
ESCAPED = "&lt;script&gt;alert("


@pytest.fixture
def slack() -> Iterator[SlackSandbox]:
    with SlackSandbox(limits=False) as sandbox:
        yield sandbox
    assert sandbox.server.errors == []


def bot(store: SlackStore, channel: str, text: str = "", **values: Any) -> str:
    message = Message(channel, "", text, user=store.bot_user, bot_id=store.bot_id, **values)
    return store.add_message(message).ts


def get(slack: SlackSandbox, path: str = "", **query: str) -> str:
    answer = requests.get(slack.page_url + path, params=query, timeout=5)
    assert answer.status_code == 200
    return answer.text


def mrk(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def raw(text: str) -> dict[str, Any]:
    return {"type": "raw_text", "text": text}


def evil_blocks() -> list[dict[str, Any]]:
    leaf = {"type": "text", "text": EVIL}
    bad_link = {"type": "link", "url": "javascript:alert(1)", "text": EVIL}
    return [
        {"type": "header", "text": plain(EVIL)},
        {"type": "section", "text": plain(EVIL), "fields": [plain(EVIL)]},
        {"type": "context", "elements": [plain(EVIL)]},
        {"type": "table", "rows": [[raw(EVIL)], [raw(EVIL)]]},
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [leaf, bad_link]}],
        },
        {
            "type": "actions",
            "elements": [{"type": "button", "text": plain(EVIL), "url": "javascript:alert(2)"}],
        },
        {"type": "image", "alt_text": EVIL, "image_url": "https://tracker.example/i.png"},
        {"type": "markdown", "text": EVIL},
    ]


def test_foreign_text_is_never_markup(slack: SlackSandbox) -> None:
    store = slack.store
    channel = store.add_channel(f"evil{EVIL}")
    user = store.add_user("eve", EVIL)
    head = bot(store, channel, EVIL, blocks=evil_blocks())
    bot(store, channel, EVIL, thread_ts=head, reply_broadcast=True)
    store.post_as_person(channel, f"<https://e.example/{EVIL}|{EVIL}> <@{user}>", user=user)
    page = get(slack, channel=channel, thread=head)
    assert page.count("<script") == 1
    assert page.count(ESCAPED) > 12
    assert "javascript:" not in page
    assert "tracker.example" not in page
    state = requests.get(f"{slack.page_url}sandbox/state", timeout=5).json()
    assert all("<script" not in str(value) for value in state.values())
    answer = requests.get(slack.page_url, timeout=5)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_markup_looks_as_in_slack(slack: SlackSandbox) -> None:
    channel = slack.store.add_channel("finance")
    text = "*bold* _it_ ~old~ `code` <https://e.example/?a=1&amp;b=2|label> &amp; <!here>"
    bot(slack.store, channel, text)
    page = get(slack)
    for piece in ("<b>bold</b>", "<i>it</i>", "<s>old</s>", "<code>code</code>"):
        assert piece in page
    assert 'href="https://e.example/?a=1&amp;b=2"' in page
    assert ">label</a> &amp; " in page
    assert '<span class="mention">@here</span>' in page


def test_threads_open_by_their_address(slack: SlackSandbox) -> None:
    store = slack.store
    channel = store.add_channel("finance")
    head = bot(
        store, channel, "the head", metadata={"event_type": "e", "event_payload": {"k": "s"}}
    )
    bot(store, channel, "a quiet reply", thread_ts=head)
    bot(store, channel, "a loud reply", thread_ts=head, reply_broadcast=True)
    closed = get(slack, channel=channel)
    assert "2 replies" in closed
    assert "a quiet reply" not in closed
    assert "replied to a thread" in closed
    assert "event_payload" not in closed
    opened = get(slack, channel=channel, thread=head)
    assert "a quiet reply" in opened
    assert "Also sent to the channel" in opened


def test_deleted_and_edited_messages(slack: SlackSandbox) -> None:
    store = slack.store
    channel = store.add_channel("finance")
    gone, head = bot(store, channel, "gone"), bot(store, channel, "secret head")
    bot(store, channel, "reply", thread_ts=head)
    edited = bot(store, channel, "first")
    store.edit(channel, edited, text="second", blocks=None, edited=True)
    store.delete_message(channel, gone)
    store.delete_message(channel, head)
    page = get(slack)
    assert "secret head" not in page
    assert "gone" not in page
    assert page.count("This message was deleted.") == 1
    assert "second" in page
    assert "(edited)" in page


def test_files_are_handed_out_as_downloads(slack: SlackSandbox) -> None:
    channel = slack.store.add_channel("finance")
    file = slack.store.add_file('a".html', 9, "Invoice")
    file.content = b"<b>hi</b>"
    bot(slack.store, channel, files=[file.id])
    assert f"/sandbox/files/{file.id}" in get(slack)
    answer = requests.get(f"{slack.page_url}sandbox/files/{file.id}", timeout=5)
    assert answer.content == b"<b>hi</b>"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="a.html"'
    missing = requests.get(f"{slack.page_url}sandbox/files/F1", timeout=5)
    assert missing.status_code == 404


def test_the_state_says_whether_anything_changed(slack: SlackSandbox) -> None:
    channel = slack.store.add_channel("finance")
    address = f"{slack.page_url}sandbox/state"
    version = requests.get(address, timeout=5).json()["version"]
    same = requests.get(address, params={"since": version}, timeout=5).json()
    assert same == {"version": version, "changed": False}
    bot(slack.store, channel, "news")
    state = requests.get(address, params={"since": version}, timeout=5).json()
    assert state["changed"] is True
    assert "news" in state["messages"]


def test_long_channels_show_the_end(slack: SlackSandbox) -> None:
    channel = slack.store.add_channel("finance")
    for number in range(230):
        bot(slack.store, channel, f"message-{number:03d}")
    page = get(slack)
    assert "message-029" not in page
    assert "message-030" in page
    assert "Show 30 older" in page
    assert "message-000" in get(slack, show="all")


def test_odd_addresses(slack: SlackSandbox) -> None:
    assert "Channels appear here" in get(slack)
    channel = slack.store.add_channel("quiet")
    assert "Nothing in #quiet yet" in get(slack, channel="nonsense", thread="1.0")
    assert "This thread does not exist" in get(slack, channel=channel, thread="1.0")
    assert requests.get(f"{slack.page_url}nothing", timeout=5).status_code == 404
    assert requests.post(slack.page_url, timeout=5).status_code == 405


def test_text_shows_what_the_page_shows(slack: SlackSandbox) -> None:
    store = slack.store
    channel = store.add_channel("finance")
    store.add_channel("empty", private=True)
    head = bot(store, channel, "fallback", blocks=invoice())
    bot(store, channel, "Due date ~1-12~ → *24-12*", thread_ts=head)
    text = get(slack, "sandbox/messages.txt")
    assert text == render_workspace(store)
    assert "#finance\n════════" in text
    assert "private #empty" in text
    assert "   │ Due date ~1-12~ → 24-12" in text


def invoice() -> list[dict[str, Any]]:
    fields = [mrk("*Amount*\n€ 12.480,50"), mrk("*Due*\n24-12-2026")]
    rows = [
        [raw("Description"), raw("Amount")],
        [raw("Cardboard"), raw("8.320,00")],
        [raw("Print"), raw("94,63")],
    ]
    link = {"type": "button", "text": plain("Open"), "url": "https://e.example/1"}
    return [
        {"type": "header", "text": plain("Invoice 26700412")},
        {"type": "section", "fields": fields},
        {"type": "table", "rows": rows, "column_settings": [None, {"align": "right"}]},
        {"type": "actions", "elements": [link]},
    ]


def test_one_message_in_a_terminal() -> None:
    assert render_text({"text": "fallback", "blocks": invoice()}) == (
        "Exact Online APP\n"
        "Invoice 26700412\n"
        "────────────────\n"
        "Amount         Due\n"
        "€ 12.480,50    24-12-2026\n"
        "Description │   Amount\n"
        "────────────┼─────────\n"
        "Cardboard   │ 8.320,00\n"
        "Print       │    94,63\n"
        "[ Open ] https://e.example/1\n"
    )


def test_nothing_steers_the_terminal() -> None:
    assert "\x1b" not in render_text({"text": "red \x1b[31m alert\x07"})


def spans(text: str, *, auto: bool = True) -> list[Span]:
    return mrkdwn(text, lambda wanted: wanted, auto=auto)


def test_styles_nest_and_need_word_borders() -> None:
    assert spans("a*b*c 2*3*4") == [Span("a*b*c 2*3*4")]
    assert spans("*<https://e.example|x> _y_*")[0] == Span(
        "x", "link", "https://e.example", frozenset({"bold"})
    )
    assert spans("*a _b_*")[1] == Span("b", styles=frozenset({"bold", "italic"}))
    assert spans("`*a*`") == [Span("*a*", "code")]


def test_mentions_and_escapes() -> None:
    assert spans("<@U1> <#C1|general> <!subteam^S1> <!channel>")[::2] == [
        Span("@U1", "mention"),
        Span("#general", "mention"),
        Span("@S1", "mention"),
        Span("@channel", "mention"),
    ]
    assert spans("&lt;!here&gt;", auto=False) == [Span("<!here>")]
    assert spans("<!date^1^{date}|1 May>") == [Span("1 May")]
    assert spans("&gt; cited") == [Span("cited", "quote")]


def test_bare_words_become_mentions_unless_verbatim() -> None:
    assert spans("hi @here")[1] == Span("@here", "mention")
    assert spans("hi @here https://e.example", auto=False) == [Span("hi @here https://e.example")]
    found = message_spans("@here <!here>", str, is_mrkdwn=True, parse="none", names=False)
    assert [span.kind for span in found if span.text == "@here"] == ["mention"]


def test_a_visitor_reacts_and_clicks_as_a_person(slack: SlackSandbox) -> None:
    channel = slack.store.add_channel("triage")
    button = {"type": "button", "action_id": "triage:take", "value": "1"}
    label = {"type": "plain_text", "text": "Take"}
    row = {"type": "actions", "block_id": "t", "elements": [{**button, "text": label}]}
    message = Message(channel, "", "odd", [row], bot_id=slack.store.bot_id)
    ts = slack.store.add_message(message).ts
    shown = requests.get(f"{slack.page_url}?channel={channel}", timeout=5).text
    assert 'action="/sandbox/react"' in shown
    assert 'value="triage:take"' in shown
    place = {"channel": channel, "ts": ts}

    def post(path: str, **more: str) -> int:
        address = f"{slack.page_url}sandbox/{path}"
        return requests.post(address, data={**place, **more}, timeout=5).status_code

    assert post("react", name="eyes") == 200
    (found,) = slack.store.live_messages(channel)
    assert [(one.name, one.users) for one in found.reactions] == [
        ("eyes", (slack.store.visitor(),))
    ]
    post("react", name="eyes")
    assert slack.store.live_messages(channel)[0].reactions == ()
    assert post("click", action="triage:take") == 200
    (clicked,) = slack.interactions.clicks
    assert clicked["actions"][0]["action_id"] == "triage:take"
    assert WARNING in get(slack, channel=channel)  # nobody listens
    assert WARNING not in get(slack, channel=slack.store.add_channel("other"))
    slack.interactions.url = f"{slack.base_url}api.test"  # answers 200
    assert post("click", action="triage:take") == 200
    assert WARNING not in get(slack, channel=channel)
    said = {"text": "Too late &lt;b&gt;. It is *taken*."}
    requests.post(slack.interactions.clicks[-1]["response_url"], json=said, timeout=5)
    assert "Only visible to you" in get(slack, channel=channel)
    assert "Too late &lt;b&gt;. It is <b>taken</b>." in get(slack, channel=channel)
    post("react", name="eyes")
    assert "Only visible to you" not in get(slack, channel=channel)
    assert post("click", action="triage:done") == 404
    elsewhere = {"Origin": "https://evil.example"}
    answer = requests.post(
        f"{slack.page_url}sandbox/react", data=place, headers=elsewhere, timeout=5
    )
    assert answer.status_code == 403
