"""Routes explained, proved by cases, previewed and templated, through the real command."""

import json
from typing import Any

import pytest

from exact_slack.documents.samples import SAMPLES
from exact_slack.sandbox.slack.blocks.judge import judge
from tests.e2e.rig import DIVISION, Rig

pytestmark = pytest.mark.sampled(3)

ROUTES = """\
  - name: big
    when: {kind: purchase_entry, amount: ">= 1000"}
    channel: "#big"
    mention: S0123ABCD
  - name: doubles
    when: {exception: duplicate_reference}
    channel: "#doubles"
  - name: rest
    channel: "#feed"
    when: {kind: purchase_entry}
    otherwise: true
"""
TEMPLATE = """\
  - name: feed
    when: {kind: purchase_entry}
    channel: "#feed"
    locale: nl_NL
    template:
      title: "Te betalen: {{ account }} {{ amount | amount }}"
      text: |
        {% for line in lines %}
        {{ line.description }} voor {{ line.cost_center }}
        {% endfor %}
      fields:
        Referentie: "{{ reference }}"
"""


def _routed(rig: Rig, routes: str, extra: str = "") -> None:
    rig.routes, rig.extra = routes, extra
    rig.write_config()


def _posted(rig: Rig, number: int = 26700001, **values: Any) -> None:
    rig.entry(number, **values)
    rig.poll()


@pytest.fixture
def routed(rig: Rig) -> Rig:
    """Three routes and their channels, the first run done."""
    for name in ("big", "doubles"):
        rig.slack.store.add_channel(name)
    _routed(rig, ROUTES)
    rig.poll()
    return rig


def test_explain_says_which_route_takes_it_and_why_not_the_others(routed: Rig) -> None:
    _posted(routed)
    done = routed.run("route", "explain", "26700001", "--json")
    assert done.code == 0, done.err
    (one,) = done.json["documents"]
    assert (one["division"], one["kind"], one["event"]) == (123456, "purchase_entry", "created")
    assert one["exceptions"] == ["new_supplier"]
    rows = [(r["route"], r["posts"], r["failed"], r["found"], r["wanted"]) for r in one["routes"]]
    assert rows == [
        ("big", False, "amount", "121", ">= 1000"),
        ("doubles", False, "exception", "new_supplier", "duplicate_reference"),
        ("rest", True, "", "", ""),
    ]
    assert [(m["channel"], m["state"]) for m in one["messages"]] == [("#feed", "posted")]
    text = routed.run("route", "explain", "26700001").out
    assert "amount: found 121, wanted >= 1000" in text
    assert "message in #feed: posted, by 'rest'" in text


def test_explain_finds_exceptions_in_what_came_before(routed: Rig) -> None:
    _posted(routed, 1, YourRef="VD-1")
    _posted(routed, 2, YourRef="VD-1")
    first, second = (
        routed.run("route", "explain", number, "--json").json["documents"][0]["exceptions"]
        for number in ("1", "2")
    )
    both = ["duplicate_reference", "duplicate_invoice"]  # each routes; a head shows only the latter
    assert (first, second) == (["new_supplier"], both)
    assert len(routed.heads("doubles")) == 1


def test_explain_lists_the_document_of_every_division_and_takes_an_event(rig: Rig) -> None:
    rig.divisions = (123456, 234567)
    _routed(rig, '  - {name: gone, when: {event: deleted}, channel: "#feed"}\n')
    rig.poll()
    for division in rig.divisions:
        rig.entry(7, division=division)
    rig.poll()
    done = rig.run("route", "explain", "7", "--json", "--event", "deleted")
    found = [(d["division"], d["routes"][0]["posts"]) for d in done.json["documents"]]
    assert found == [(123456, True), (234567, True)]
    created = rig.run("route", "explain", "7", "--json").json["documents"][0]["routes"][0]
    assert (created["failed"], created["found"], created["wanted"]) == (
        "event",
        "created",
        "deleted",
    )


def test_what_nobody_can_explain_is_wrong_usage(rig: Rig) -> None:
    rig.poll()
    unknown = rig.run("route", "explain", "404")
    assert (unknown.code, "no document with this key or number" in unknown.err) == (2, True)
    assert rig.run("route", "explain").code == 2
    assert rig.run("preview", "7", "--sample", "payment").code == 2
    assert rig.run("preview", "--sample", "payment", "--route", "nope").code == 2


CASES = """\
tests:
  - name: a large entry is for the few
    document: {kind: purchase_entry, amount: 1000, account: Van Dijk, cost_center: VEN}
    routes: [big]
  - name: nobody cares about cash
    document: {kind: cash_entry, amount: 1000}
    routes: []
"""


def test_cases_hold_or_end_with_1_and_a_difference(routed: Rig) -> None:
    _routed(routed, ROUTES, CASES)
    calls = routed.exact.calls.total()
    done = routed.run("route", "test")
    assert (done.code, done.out) == (0, "2 of 2 cases hold.\n")
    _routed(routed, ROUTES.replace(">= 1000", "> 1000"), CASES)
    done = routed.run("route", "test")
    assert done.code == 1
    line = routed.config.read_text(encoding="utf-8").splitlines().index(CASES.splitlines()[1]) + 1
    assert done.out == (
        f"{routed.config}:{line}: a large entry is for the few: expected big; goes to rest\n"
        "    - big → #big  was expected; amount: found 1000, wanted > 1000\n"
        "    + rest → #feed  takes it, which was not expected\n"
        "1 of 2 cases hold.\n"
    )
    value = routed.run("route", "test", "--json").json
    assert (value["failed"], [case["ok"] for case in value["cases"]]) == (1, [False, True])
    assert routed.exact.calls.total() == calls


def test_cases_in_a_file_of_their_own(routed: Rig) -> None:
    path = routed.folder / "cases.yaml"
    path.write_text(
        "- name: entries\n"
        "  document: {kind: purchase_entry, amount: 5}\n"
        "  exception: duplicate_reference\n"
        "  channels: ['#doubles']\n",
        encoding="utf-8",
    )
    assert routed.run("route", "test", str(path)).code == 0
    path.write_text("- {name: x, document: {kind: nothing}, routes: []}\n", encoding="utf-8")
    done = routed.run("route", "test", str(path))
    assert (done.code, done.err.split(": found")[0]) == (
        78,
        f"exact-slack: {path}:1: [0].document.kind",
    )
    none = routed.run("route", "test")
    assert (none.code, "there are no cases" in none.err) == (2, True)


def test_the_preview_is_what_slack_gets(rig: Rig) -> None:
    for name in ("big", "doubles"):
        rig.slack.store.add_channel(name)
    _routed(rig, ROUTES)
    rig.poll()
    _posted(rig, AmountDC=12_000.0, AmountFC=12_000.0, SupplierName="<!channel> & Zn")
    (head,) = rig.heads("big")
    done = rig.run("preview", "26700001", "--json")
    (one,) = done.json["messages"]
    assert (one["route"], one["channel"]) == ("big", "#big")
    assert one["payload"]["text"] == head.text
    for block in head.blocks or []:
        block.pop("block_id")  # Slack's own
    assert one["payload"]["blocks"] == head.blocks
    assert not {"channel", "metadata"} & one["payload"].keys()


def test_a_preview_needs_no_token_no_network_and_no_state(rig: Rig) -> None:
    text = rig.config.read_text(encoding="utf-8").replace(rig.slack.base_url, "http://127.0.0.1:9/")
    text = text.replace(f"state: {rig.state}", f"state: {rig.folder / 'fresh'}")
    text = text.replace("token: xoxb-sandbox", "token: {env: NOT_SET}")
    rig.config.write_text(text, encoding="utf-8")
    done = rig.run(
        "preview", "--sample", "foreign_currency", "--route", "feed", "--locale", "de_DE"
    )
    assert done.code == 0, done.err
    assert "the route does not post it: kind: found purchase_invoice, wanted purchase_entry" in (
        done.out
    )
    assert "Great Lakes Pallets Inc." in done.out
    assert "1.300,00\xa0$" in done.out
    assert not (rig.folder / "fresh").exists()
    assert "no route posts it" in rig.run("preview", "--sample", "payment").out


def test_a_template_words_the_message_and_foreign_text_stays_inert(rig: Rig) -> None:
    _routed(rig, TEMPLATE)
    rig.poll()
    assert rig.run("config", "check").code == 0
    _posted(rig, SupplierName="<!channel> {{ 7 * 7 }}", YourRef="<@U1>")
    (head,) = rig.heads()
    assert head.blocks is not None
    title, facts = (json.dumps(block, ensure_ascii=False) for block in head.blocks[:2])
    assert "Te betalen: <!channel> {{ 7 * 7 }} €\xa0121,00" in title
    assert '"Referentie: "' in facts
    assert '"<@U1>"' in facts
    assert "Small voor VEN" in facts
    assert "mrkdwn" not in title + facts
    assert head.text.startswith("Te betalen: &lt;!channel&gt; {{ 7 * 7 }} €\xa0121,00\n")


def test_a_template_that_fails_is_told_and_the_message_still_comes(rig: Rig) -> None:
    broken = TEMPLATE.replace("{{ reference }}", "{{ lines[1].nope }}")
    _routed(rig, broken)
    rig.poll()
    check = rig.run("config", "check")
    line = rig.config.read_text(encoding="utf-8").splitlines()
    number = next(i for i, text in enumerate(line, 1) if "nope" in text)
    assert check.code == 78
    assert f"{rig.config}:{number}: routes[0].template.fields.Referentie: found" in check.err
    for entry in (1, 2):
        rig.entry(entry)
    done = rig.run("poll", "--json")
    assert done.code == 0
    (problem,) = done.json["problems"]
    assert "template.fields.Referentie of the route 'feed' failed on Purchase entry " in problem
    assert f"See: exact-slack -c {rig.config} preview" in problem
    assert done.err.count("failed") == 1
    assert sorted(head.text.splitlines()[0].split(" · ")[0] for head in rig.heads()) == [
        "Inkoopboeking 1",
        "Inkoopboeking 2",
    ]


def test_a_number_of_several_kinds_shows_each_and_a_key_just_one(rig: Rig) -> None:
    _routed(rig, '  - {name: all, when: {kind: "*"}, channel: "#feed"}\n')
    rig.poll()
    key = rig.entry(7)["EntryID"]
    sale = {"EntryNumber": 7, "CustomerName": "A\x1b[31m\nB", "AmountDC": -5.0, "Status": 20}
    rig.exact.store.upsert(123456, "salesentry/SalesEntries", sale)
    rig.poll()
    both = rig.run("route", "explain", "7", "--json").json["documents"]
    assert {one["kind"] for one in both} == {"purchase_entry", "sales_entry"}
    assert len(rig.run("preview", "7", "--json").json["messages"]) == 2
    for name in (key, str(key).upper()):
        (one,) = rig.run("route", "explain", name, "--json").json["documents"]
        assert (one["kind"], one["key"]) == ("purchase_entry", key)
    for command in (("route", "explain"), ("preview",)):
        assert "\x1b" not in rig.run(*command, "7").out


def test_routes_in_one_channel_are_one_message_in_two_channels_two(rig: Rig) -> None:
    rig.slack.store.add_channel("other")
    one = "  - {{name: {0}, when: {{kind: purchase_entry}}, channel: '#{1}'}}\n"
    _routed(rig, one.format("a", "feed") + one.format("b", "feed") + one.format("c", "other"))
    rig.poll()
    _posted(rig)
    assert (len(rig.messages("feed")), len(rig.messages("other"))) == (1, 1)


def test_every_sample_is_explained_and_shown_without_any_secret(rig: Rig) -> None:
    text = rig.config.read_text(encoding="utf-8")
    for line in text.splitlines():
        if "client_" in line or "token:" in line:
            text = text.replace(line, line.split(":")[0] + ": {env: NOT_SET}")
    every = 'kind: ["*", bank_account]'
    rig.config.write_text(text.replace("kind: purchase_entry", every), encoding="utf-8")
    for sample in SAMPLES:
        (one,) = rig.run("route", "explain", "--sample", sample, "--json").json["documents"]
        assert one["routes"][0]["posts"]
        (shown,) = rig.run("preview", "--sample", sample, "--json").json["messages"]
        assert (shown["channel"], shown["note"]) == ("#feed", "")
        assert judge(shown["payload"]["blocks"]) is None


@pytest.mark.parametrize(
    ("content", "code", "told"),
    [
        (b"", 78, "found no list"),
        (b"[]", 78, "found no list"),
        (b"- name: a\n  documnt: {}\n", 78, ":2: [0].documnt"),
        (b"- \xff\xfe", 78, "cases.yaml"),
        (b"- {name: [", 78, "cases.yaml:"),
        (b"- 7\n", 78, "[0]"),
        (b"- {name: a, document: {kind: payment}, routes: [feed]}\n", 1, "was expected"),
    ],
)
def test_files_of_cases_with_mistakes(rig: Rig, content: bytes, code: int, told: str) -> None:
    path = rig.folder / "cases.yaml"
    path.write_bytes(content)
    done = rig.run("route", "test", str(path))
    assert (done.code, "Traceback" in done.err) == (code, False)
    assert told in done.err + done.out
    assert rig.run("route", "test", str(rig.folder)).code == 2


def test_config_check_doubts_what_can_never_hold_and_what_is_not_read(rig: Rig) -> None:
    rig.routes = """\
  - name: late
    when: {kind: purchase_entry, exception: overdue}
    channel: "#feed"
  - name: elsewhere
    when: {division: 999999}
    channel: "#feed"
"""
    rig.write_config()
    done = rig.run("config", "check")
    assert (done.code, "doubt" in done.out and "2 routes" in done.out) == (0, True)
    assert f"routes[1].when.division: none of exact.divisions fits ({DIVISION})" in done.err
    assert "overdue" not in done.err  # the second route, doubtful as it is, reads payments
    rig.routes = rig.routes.partition("  - name: elsewhere")[0]
    rig.write_config()
    (told,) = rig.run("config", "check", "--json").json["warnings"]
    assert "routes[0].when.exception: overdue comes with time only where" in told
    assert "let some route take payment, too" in told
