"""Messages: what they say, and Slack's limits whatever the document."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exact_slack.documents.document import Account, Document, Line, Ref, Settlement
from exact_slack.documents.kinds import Kind
from exact_slack.rendering.labels import LABELS, LANGUAGES
from exact_slack.rendering.lines import amount_of, choose
from exact_slack.rendering.message import (
    HeadContext,
    changed_reply,
    deleted_reply,
    flood_notice,
    head,
    paid_reply,
    plain,
)
from exact_slack.sandbox.slack_blocks import judge

LOCALES = ["en_GB", "nl_NL", "de_DE", "fr_FR", "es_ES"]
ENTRY = Document(
    Ref(123456, Kind.PURCHASE_ENTRY, "k"),
    modified=1,
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


def test_the_text_alone_tells_the_essentials() -> None:
    text = head(ENTRY, EN).text
    for part in ("Purchase entry 26700031", "Van Dijk", "€121.00", "24 Dec 2026", "VD-88120"):
        assert part in text
    assert "Small · VEN · €60.50" in text
    assert "VEN €60.50 · ANT €39.50" in text


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
    assert "Still open: €50.00 of €121.00" in message.text


def test_a_change_says_from_what_to_what() -> None:
    after = replace(
        ENTRY,
        due_date=dt.date(2026, 12, 31),
        lines=(ENTRY.lines[0], replace(ENTRY.lines[1], cost_center="LYO"), Line(key="3")),
    )
    message = changed_reply(ENTRY, after, "en_GB")
    assert message is not None
    assert "Due: 24 Dec 2026 → 31 Dec 2026" in message.text
    assert "Cost center: ANT → LYO" in message.text
    assert "added" in message.text
    assert changed_reply(ENTRY, ENTRY, "en_GB") is None


def test_only_the_config_can_mention() -> None:
    hostile = replace(ENTRY, description="<!channel> @here <@U1>", reference="&<>")
    message = head(hostile, replace(EN, mention="S0123ABCD"))
    assert message.text.startswith("<!subteam^S0123ABCD> ")
    assert "<!channel>" not in message.text
    assert _flat(message.blocks).count("mrkdwn") == 1


def test_many_lines_keep_the_biggest_and_sum_up_the_rest() -> None:
    lines = tuple(Line(key=str(i), number=i, amount=Decimal(i)) for i in range(1, 141))
    message = head(replace(ENTRY, lines=lines), EN)
    assert "… and 115 more lines, total €6,670.00" in _flat(message.blocks)


def test_the_small_messages() -> None:
    term = replace(ENTRY, settlement=Settlement(paid=True, paid_on=dt.date(2026, 12, 1)))
    assert "Paid on 1 Dec 2026" in paid_reply(term, "Purchase entry 7", "en_GB").text
    assert "Deleted" in deleted_reply(ENTRY, "en_GB").text
    assert "replay --held" in flood_notice(7, "#x", "en_GB", 200).text
    assert plain(head(ENTRY, EN)).blocks == ()


_TEXT = st.text(max_size=300) | st.sampled_from(["<!channel>", "& & &" * 50, "x" * 5000, "\ud800"])
_MONEY = st.none() | st.decimals("-1e13", "1e13", places=2)
_LINES = st.lists(
    st.builds(
        Line,
        key=st.uuids().map(str),
        description=_TEXT,
        cost_center=_TEXT,
        gl_account=_TEXT,
        amount=_MONEY,
        notes=_TEXT,
    ),
    max_size=30,
).flatmap(lambda lines: st.integers(1, 20).map(lambda n: tuple(lines * n)))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    kind=st.sampled_from(list(Kind)),
    locale=st.sampled_from(LOCALES),
    text=_TEXT,
    amount=_MONEY,
    currency=st.sampled_from(["", "EUR", "USD", "XXQ"]),
    lines=_LINES,
    deleted=st.booleans(),
)
def test_any_document_fits_into_slack(
    kind: Kind,
    locale: str,
    text: str,
    amount: Decimal | None,
    currency: str,
    lines: tuple[Line, ...],
    deleted: bool,
) -> None:
    document = Document(
        Ref(1, kind, "k"),
        modified=1,
        description=text,
        notes=text,
        reference=text,
        number=text,
        account=Account(text, text, text),
        amount=amount,
        currency=currency,
        lines=lines,
        url=text,
    )
    message = head(document, HeadContext(locale, mention="here", deleted=deleted))
    assert judge(list(message.blocks)) is None
    assert len(message.text) <= 4000
    shown = choose(document)
    total = sum((amount_of(document, line) or Decimal(0) for line in lines), Decimal(0))
    parts = (amount_of(document, line) or Decimal(0) for line in shown.lines)
    assert sum(parts, shown.more_total) == total
