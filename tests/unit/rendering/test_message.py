"""Messages: what they say, and Slack's limits whatever the document."""

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal

import pytest

from exact_slack.config.values import EXCEPTIONS
from exact_slack.documents.document import Account, Document, Line, Settlement
from exact_slack.documents.exceptions import Compared, Fact, Money
from exact_slack.documents.kinds import TERMS, Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref
from exact_slack.documents.samples import SAMPLES
from exact_slack.rendering.context import HeadContext
from exact_slack.rendering.due import FellDue, due_reply
from exact_slack.rendering.head import head
from exact_slack.rendering.message import plain
from exact_slack.rendering.queue import Unfinished, escalation, item_list_more
from exact_slack.rendering.replies import changed_reply, deleted_reply, flood_notice, paid_reply
from exact_slack.rendering.words.agreement import FEMININE
from exact_slack.rendering.words.labels import LABELS, LANGUAGES
from exact_slack.rendering.words.locale import Words
from exact_slack.sandbox.slack.blocks.judge import judge

LOCALES = ["en_GB", "nl_NL", "de_DE", "fr_FR", "es_ES"]
ENTRY = Document(
    Ref(123456, Kind.PURCHASE_ENTRY, "k"),
    modified=ServerMs(1),
    number="26700031",
    status_code=20,
    date=dt.date(2026, 11, 24),
    due_date=dt.date(2026, 12, 24),
    reference="VD-88120",
    account=Account("a", "400", "Van Dijk"),
    currency="EUR",
    company_currency="EUR",
    amount=Decimal("121"),
    amount_dc=Decimal("121"),
    lines=(
        Line(key="1", number=1, description="Small", cost_center="VEN", amount=Decimal("60.50")),
        Line(key="2", number=2, description="Large", cost_center="ANT", amount=Decimal("39.50")),
    ),
)
EN = HeadContext("en_GB")


def _flat(blocks: tuple[dict[str, object], ...]) -> str:
    return str(blocks)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("locale", LOCALES)
def test_every_kind_in_every_language_is_valid(kind: Kind, locale: str) -> None:
    settlement = Settlement("e", "77", Decimal(121), True, dt.date(2026, 12, 1))
    document = replace(
        ENTRY, ref=Ref(1, kind, "k"), settlement=settlement if "pay" in kind else None
    )
    message = head(document, HeadContext(locale, link="https://start.exactonline.nl/docs/"))
    assert judge(list(message.blocks)) is None
    assert "26700031" in message.text


def test_every_word_has_all_languages() -> None:
    for words in LABELS.values():
        assert set(words) == set(LANGUAGES)
        assert all(words.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_settled_has_one_word(language: str) -> None:
    word = LABELS["settled"][language]
    assert LABELS["end_date"][language].startswith(f"{word} ")
    assert f" {word.lower()[:-1]}" in LABELS["credit_settled"][language]


def test_the_text_alone_tells_the_essentials() -> None:
    text = head(ENTRY, EN).text
    for part in ("Purchase entry 26700031", "Van Dijk", "€121.00", "24 Dec 2026", "VD-88120"):
        assert part in text
    assert "Small · VEN · €60.50" in text


def test_foreign_currency_shows_both_amounts() -> None:
    message = head(replace(ENTRY, currency="USD", amount=Decimal(130)), EN)
    assert "US$130.00 (€121.00)" in message.text


def test_an_amount_known_only_in_the_company_currency_is_never_shown_as_foreign() -> None:
    lines = (Line(key="1", amount_dc=Decimal(100)), Line(key="2", amount=Decimal(9)), Line(key="3"))
    document = replace(ENTRY, currency="USD", amount=None, lines=lines)
    message = head(document, EN)
    assert "US$" not in message.text
    assert "€121.00" in message.text
    assert "€0.00" not in message.text


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"status_code": 5}, "REJECTED"),
        ({"credit": True}, "Credit note"),
        ({"ref": Ref(1, Kind.SALES_INVOICE, "k"), "status_code": 10}, "DRAFT"),
    ],
)
def test_what_is_unusual_is_said_in_words(values: dict[str, object], word: str) -> None:
    assert word in head(replace(ENTRY, **values), EN).text  # type: ignore[arg-type]


def test_a_deleted_document_is_struck_through_and_says_so() -> None:
    message = head(ENTRY, replace(EN, deleted=True))
    assert "Deleted in Exact Online" in message.text
    assert "'strike': True" in _flat(message.blocks)


def test_what_is_open_is_on_the_head() -> None:
    message = head(ENTRY, replace(EN, open_amount=Decimal(50), terms_total=Decimal(121)))
    assert "\nStill open: €50.00 of €121.00 · " in message.text
    foreign = replace(ENTRY, currency="USD", company_currency="EUR", amount=Decimal(140))
    message = head(foreign, replace(EN, open_amount=Decimal(50), terms_total=Decimal(121)))
    assert "\nStill open (EUR): €50.00 of €121.00 · " in message.text
    for left in (121, 0):  # nothing was paid, or the title says that all was
        whole = replace(EN, open_amount=Decimal(left), terms_total=Decimal(121), paid=not left)
        shown = head(ENTRY, whole)
        assert "Still open" not in shown.text
        assert shown.text.count("Paid") == (not left)
        assert ("Status: Open" in shown.text) is bool(left)


def test_a_change_says_from_what_to_what() -> None:
    after = replace(
        ENTRY,
        due_date=dt.date(2026, 12, 31),
        lines=(ENTRY.lines[0], replace(ENTRY.lines[1], cost_center="LYO"), Line(key="3")),
    )
    message = changed_reply(ENTRY, after, EN)
    assert message is not None
    assert "Due: 24 Dec 2026 → 31 Dec 2026" in message.text
    assert "Cost center: ANT → LYO" in message.text
    assert "added" in message.text
    assert changed_reply(ENTRY, ENTRY, EN) is None


def test_only_the_config_can_mention() -> None:
    hostile = replace(ENTRY, description="<!channel> @here <@U1>", reference="&<>")
    message = head(hostile, replace(EN, mention="S0123ABCD"))
    assert message.text.startswith("<!subteam^S0123ABCD> ")
    assert "<!channel>" not in message.text
    assert _flat(message.blocks).count("mrkdwn") == 0
    assert _flat(message.blocks).count("'usergroup_id': 'S0123ABCD'") == 1


def test_many_lines_keep_the_biggest_and_sum_up_the_rest() -> None:
    lines = tuple(Line(key=str(i), number=i, amount=Decimal(i)) for i in range(1, 141))
    message = head(replace(ENTRY, lines=lines), EN)
    assert "… and 115 more lines, total €6,670.00" in _flat(message.blocks)


def test_the_small_messages() -> None:
    term = replace(ENTRY, settlement=Settlement(paid=True, paid_on=dt.date(2026, 12, 1)))
    assert "Paid on 1 Dec 2026" in paid_reply(term, ENTRY, "en_GB").text
    assert "Deleted" in deleted_reply(ENTRY, "en_GB").text
    assert "replay --held" in flood_notice(7, "en_GB", 200).text
    assert plain(head(ENTRY, EN)).blocks == ()


def test_exceptions_are_named_in_words() -> None:
    message = head(ENTRY, replace(EN, exceptions=("no_cost_center", "duplicate_reference")))
    assert "Noticed: no cost center, reference used before" in message.text
    for name in EXCEPTIONS:
        assert f"exception_{name}" in LABELS


def test_a_change_of_currency_shows_each_amount_in_its_own() -> None:
    after = replace(ENTRY, currency="USD", amount=Decimal(130))
    message = changed_reply(ENTRY, after, EN)
    assert message is not None
    assert "Amount: €121.00 → US$130.00" in message.text


def test_a_price_shows_all_its_decimals() -> None:
    line = replace(ENTRY.lines[0], unit_price=Decimal("0.1234"))
    before = replace(ENTRY, lines=(line,))
    after = replace(ENTRY, lines=(replace(line, unit_price=Decimal("0.1239")),))
    message = changed_reply(before, after, EN)
    assert message is not None
    assert "Unit price: €0.1234 → €0.1239" in message.text


def test_another_relation_of_the_same_name_is_a_change() -> None:
    after = replace(ENTRY, account=Account("b", "401", "Van Dijk"))
    message = changed_reply(ENTRY, after, EN)
    assert message is not None
    assert "Supplier: Van Dijk (400) → Van Dijk (401)" in message.text


def test_what_a_reader_cannot_see_is_no_change() -> None:
    moved = tuple(replace(line, number=line.number + 1) for line in ENTRY.lines)
    after = replace(ENTRY, lines=moved, description=" ", status_name="Open")
    assert changed_reply(replace(ENTRY, description=""), after, EN) is None


def test_a_long_text_that_changes_at_its_end_is_told() -> None:
    before = replace(ENTRY, notes="x" * 600)
    message = changed_reply(before, replace(ENTRY, notes="x" * 600 + "y"), EN)
    assert message is not None
    assert "Notes: changed" in message.text


def test_changes_that_do_not_fit_are_counted() -> None:
    lines = tuple(Line(key=str(i), number=i, amount=Decimal(i)) for i in range(500))
    message = changed_reply(replace(ENTRY, lines=()), replace(ENTRY, lines=lines), EN)
    assert message is not None
    assert "… and 480 more changes" in message.text


def test_the_amount_stays_in_the_title_whatever_the_name() -> None:
    account = Account("a", "1", "Very long name " * 30)
    title = head(replace(ENTRY, account=account), EN).blocks[0]["text"]["text"]
    assert title.endswith("… · €121.00")
    assert len(title) <= 150


def test_a_journal_entry_sums_up_both_sides() -> None:
    lines = tuple(
        Line(key=str(i), number=i, amount=Decimal(i if i % 2 else 1 - i)) for i in range(1, 31)
    )
    document = replace(ENTRY, ref=Ref(1, Kind.JOURNAL_ENTRY, "k"), lines=lines)
    assert "… and 5 more, debit €4.00, credit €9.00" in _flat(head(document, EN).blocks)


def test_an_empty_document_renders() -> None:
    for kind in Kind:
        message = head(Document(Ref(1, kind, "k"), modified=ServerMs(1)), EN)
        assert judge(list(message.blocks)) is None
        assert kind.label in message.text


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "http://[x",
        "https://",
        "https://x/a b",
        "https://x/|y>",
        "https://x/\u202egpj",
        "https://x/" + "y" * 3000,
    ],
)
def test_an_address_that_is_none_is_no_link(url: str) -> None:
    blocks = _flat(head(ENTRY, replace(EN, link=url)).blocks)
    assert "'link'" not in blocks
    assert "mrkdwn" not in blocks


def test_what_a_document_calls_its_page_is_no_link_by_itself() -> None:
    context = replace(EN, link="https://start.exactonline.nl/docs/")
    blocks = _flat(head(replace(ENTRY, url="https://evil.example/"), context).blocks)
    assert "<https://start.exactonline.nl/docs/|Company in Exact Online>" in blocks
    assert "evil.example" not in blocks


def test_invisible_characters_are_gone() -> None:
    message = head(replace(ENTRY, reference="A\u202eB\x00C\u200b\u2066D"), EN)
    assert "Reference: ABCD" in message.text


def test_a_term_of_its_own_says_its_state() -> None:
    term = replace(ENTRY, ref=Ref(1, Kind.PAYMENT, "k"), settlement=Settlement("e", "77"))
    for status, word in ((20, "Open"), (30, "Selected"), (40, "Processed")):
        title, rest = head(replace(term, status_code=status), EN).text.split("\n", 1)
        assert title.endswith(f" · {word}")
        assert "Status" not in rest


@pytest.mark.parametrize(
    ("value", "currency", "shown"),
    [
        ("-0.00", "EUR", "€0.00"),
        ("-1234.5", "EUR", "-€1,234.50"),
        ("1234.4", "JPY", "JP¥1,234"),
        ("1234.5678", "KWD", "KWD1,234.568"),
        ("0E+3", "KWD", "KWD0.000"),
        ("1E+6", "", "1,000,000.00"),
    ],
)
def test_amounts_have_the_decimals_of_their_currency(value: str, currency: str, shown: str) -> None:
    assert Words("en_GB").amount(Decimal(value), currency).replace("\xa0", "") == shown


@pytest.mark.parametrize("locale", LOCALES)
def test_every_exception_has_its_own_words(locale: str) -> None:
    context = HeadContext(
        locale,
        compared={
            "duplicate_reference": (Fact(Compared.OTHER, {"number": "7"}),),
            "unusual_amount": (Fact(Compared.USUAL, {"amount": Money(Decimal(100))}),),
        },
    )
    told = []
    for name in EXCEPTIONS:
        message = head(SAMPLES["purchase_entry"], replace(context, exceptions=(name,)))
        label = f"{Words(locale).caption('exception')}: "
        told += [row.removeprefix(label) for row in message.text.split("\n") if label in row]
    assert len(set(told)) == len(EXCEPTIONS)
    assert not any("_" in row or "{" in row for row in told)
    assert told[1].endswith("(7)")
    assert "100" in told[3]


@pytest.mark.parametrize("locale", ["en_US", "nl_NL", "de_CH", "fr_FR", "es_ES"])
@pytest.mark.parametrize("kind", sorted(TERMS))
def test_a_settled_credit_note_says_so_with_a_minus_before_its_amount(
    kind: Kind, locale: str
) -> None:
    term = replace(
        ENTRY,
        ref=replace(ENTRY.ref, kind=kind),
        number="27600001",
        credit=True,
        amount=Decimal(-242),
        amount_dc=Decimal(-242),
        settlement=Settlement(paid=True, paid_on=dt.date(2026, 12, 1)),
    )
    words = Words(locale)
    amount = words.amount(Decimal(-242), "EUR")
    assert "-" in amount
    assert "(" not in amount
    said = words.label("credit_settled", number="27600001")
    for message in (head(term, HeadContext(locale)), paid_reply(term, None, locale)):
        first = message.text.partition("\n")[0].replace("\xa0:", ":")
        assert f"{said}: {amount}" in first
    if locale == "en_US":
        assert first.startswith("Credit note 27600001 settled: -€242.00 · Van Dijk")


def test_a_receipt_is_received_and_a_part_payment_says_what_is_open() -> None:
    paid = Settlement(paid=True, paid_on=dt.date(2026, 12, 1))
    receipt = replace(ENTRY, ref=replace(ENTRY.ref, kind=Kind.RECEIPT), settlement=paid)
    told = paid_reply(receipt, ENTRY, "en_GB", Decimal(50), Decimal(171)).text
    assert "Received on 1 Dec 2026" in told
    assert "Still open: €50.00 of €171.00" in told
    assert "Still open" not in paid_reply(receipt, ENTRY, "en_GB", Decimal(0), Decimal(171)).text


@pytest.mark.parametrize(
    ("kind", "credit", "status", "locale", "word"),
    [
        (Kind.PURCHASE_ENTRY, False, 5, "fr_FR", "REJETÉE"),
        (Kind.PURCHASE_ENTRY, False, 5, "es_ES", "RECHAZADO"),
        (Kind.PURCHASE_ENTRY, True, 5, "fr_FR", "REJETÉ"),
        (Kind.PURCHASE_ENTRY, True, 5, "es_ES", "RECHAZADA"),
        (Kind.PURCHASE_ORDER, False, 40, "fr_FR", "ANNULÉE"),
        (Kind.PURCHASE_ORDER, False, 40, "es_ES", "ANULADO"),
        (Kind.SALES_INVOICE, False, 50, "fr_FR", "Payée"),
        (Kind.SALES_INVOICE, False, 50, "es_ES", "Pagada"),
        (Kind.SALES_ENTRY, False, 50, "es_ES", "Pagado"),
    ],
)
def test_words_agree_with_their_noun_in_titles(
    kind: Kind, credit: bool, status: int, locale: str, word: str
) -> None:
    document = replace(ENTRY, ref=replace(ENTRY.ref, kind=kind), credit=credit, status_code=status)
    message = head(document, HeadContext(locale, paid=status == 50))
    assert word in message.text.partition("\n")[0].split(" · ")


def test_each_form_is_of_a_word() -> None:
    assert all(key in LABELS for forms in FEMININE.values() for key in forms)


@pytest.mark.parametrize(
    ("code", "word"), [(10, "not yet"), (20, "partly"), (30, "in full"), (40, "Canceled")]
)
def test_an_order_is_received_not_yet_partly_or_in_full(code: int, word: str) -> None:
    order = replace(ENTRY, ref=replace(ENTRY.ref, kind=Kind.PURCHASE_ORDER), receipt_code=code)
    assert f"Received: {word}" in head(order, EN).text


def test_a_first_value_is_added_and_a_first_number_numbers() -> None:
    before = replace(ENTRY, number="", description="", notes="Call")
    after = replace(ENTRY, number="26700002", description="sent by mail", notes="", modifier="Bas")
    message = changed_reply(before, after, EN)
    assert message is not None
    assert "Numbered 26700002" in message.text
    assert "sent by mail added" in message.text
    assert "Call removed" in message.text
    assert "nothing" not in message.text
    assert message.text.startswith("Changed by Bas: Purchase entry 26700002")


def test_only_the_documents_own_page_is_called_so() -> None:
    own = replace(ENTRY, url="https://start.exactonline.nl/docs/x")
    message = head(own, replace(EN, link=own.url))
    assert "Open in Exact Online" in json.dumps(message.blocks)
    company = head(own, replace(EN, link="https://start.exactonline.nl/docs/MenuPortal.aspx"))
    assert "Company in Exact Online" in json.dumps(company.blocks)


@pytest.mark.parametrize(
    ("before", "after", "is_told"), [(20, 50, False), (50, 20, True), (20, 5, True), (5, 20, True)]
)
def test_a_step_of_the_way_is_no_reply_and_any_other_change_of_status_is(
    before: int, after: int, is_told: bool
) -> None:
    old, new = replace(ENTRY, status_code=before), replace(ENTRY, status_code=after)
    assert bool(changed_reply(old, new, EN)) is is_told
    assert changed_reply(old, new, EN, steps=True) is not None
    with_more = changed_reply(old, replace(new, reference="R-2"), EN)
    assert with_more is not None
    assert ("Status" in with_more.text) is is_told


@pytest.mark.parametrize("same", [True, False])
def test_many_changed_lines_are_one_sentence_and_where_they_differ_a_table(same: bool) -> None:
    line = Line(description="L", cost_center="A")
    lines = tuple(replace(line, key=str(n), number=n) for n in range(10))
    moved = tuple(replace(ln, cost_center="B" if same else f"B{ln.number}") for ln in lines)
    message = changed_reply(replace(ENTRY, lines=lines), replace(ENTRY, lines=moved), EN)
    assert message is not None
    said, *table = message.blocks
    sentence = "10 lines: Cost center: A → B" if same else "10 lines changed"
    assert [leaf["text"] for leaf in said["elements"][0]["elements"]][1:] == ["\n", sentence]
    assert len(table) == (not same)
    assert all(len(block["rows"]) == 11 for block in table)
    assert message.text.count("Cost center") == 10
    assert judge(list(message.blocks)) is None


def test_titles_and_replies_name_the_company_where_there_are_several() -> None:
    term = replace(ENTRY, ref=Ref(1, Kind.PAYMENT, "k"), settlement=Settlement(paid=True))
    rotterdam = replace(EN, company="Rotterdam")
    item = Unfinished(ENTRY, "", dt.date(2026, 12, 24), company="Rotterdam")
    later = changed_reply(ENTRY, replace(ENTRY, reference="R"), rotterdam)
    assert later is not None
    told = (
        head(ENTRY, rotterdam),
        head(term, rotterdam),
        later,
        paid_reply(term, ENTRY, "en_GB", company="Rotterdam"),
        deleted_reply(ENTRY, "en_GB", "Rotterdam"),
        escalation(item, "en_GB", None),
        item_list_more([item], "en_GB"),
        due_reply(FellDue(ENTRY, "overdue", item.came, None, None, "", "Rotterdam"), "en_GB", None),
    )
    for message in told:
        assert "26700031 · Rotterdam · " in message.text.split("\n")[0] + " · "
