"""Slack's limits and the sums hold whatever the document."""

import html
import json
import re
from dataclasses import replace
from decimal import Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exact_slack.config.route import Route
from exact_slack.config.template import Template
from exact_slack.deliver.wording import Wording
from exact_slack.documents.document import Account, Document, Line, Settlement
from exact_slack.documents.exceptions import Compared, Fact, Money
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref
from exact_slack.errors import ExactSlackError
from exact_slack.foreign import is_visible
from exact_slack.rendering.context import HeadContext
from exact_slack.rendering.head import head
from exact_slack.rendering.lines import amount_of, choose, shares
from exact_slack.rendering.message import Message
from exact_slack.rendering.replies import changed_reply, paid_reply
from exact_slack.sandbox.slack.blocks.judge import judge
from tests.examples import WHOLE

LOCALES = ["en_GB", "nl_NL", "de_DE", "fr_FR", "es_ES", "de_CH"]
NASTY = ["<!channel>", "<@U1> @here", "& < > &" * 90, "x" * 5_000, "\ud800", "\x00", "\u200b", " "]
NASTY += ["\u202egpj.exe", "\x1b[31m\x9b2J", "a\u200db\ufe0fc", "\U000e0041\u3164", "a\nb\u2028c"]
NASTY += ["\U0001f600" * 400, "<&>" * 200]
LINK = re.compile(r"<https://start\.exactonline\.nl/[^<>|\s]*\|[^<>|]+>")
"""The only markup that a head has."""
_TEXT = st.text(max_size=300) | st.sampled_from(NASTY)
_MONEY = st.none() | st.decimals("-1e13", "1e13", places=2) | st.sampled_from([Decimal("9e45")])
_LINE = st.builds(
    Line,
    key=st.uuids().map(str),
    number=st.integers(0, 600),
    description=_TEXT,
    cost_center=_TEXT,
    cost_center_name=_TEXT,
    cost_unit=_TEXT,
    project=_TEXT,
    account=_TEXT,
    our_ref=_TEXT,
    gl_account=_TEXT,
    quantity=_MONEY,
    received=_MONEY,
    amount=_MONEY,
    amount_dc=_MONEY,
    notes=_TEXT,
)


def _many(lines: list[Line], times: int, centers: int) -> tuple[Line, ...]:
    """They again and again, on so many cost centers each."""
    return tuple(
        replace(line, cost_center=f"{line.cost_center}{turn % centers or ''}")
        for turn in range(times)
        for line in lines
    )


_LINES = st.builds(_many, st.lists(_LINE, max_size=6), st.integers(1, 80), st.integers(1, 25))
_DOCUMENT = st.builds(
    Document,
    ref=st.sampled_from(list(Kind)).map(lambda kind: Ref(1, kind, "k")),
    modified=st.just(1),
    created=st.none() | st.integers(),
    number=_TEXT,
    credit=st.booleans(),
    status_code=st.none() | st.sampled_from([1, 2, 5, 10, 20, 30, 40, 50, 99]),
    status_name=_TEXT,
    receipt_code=st.none() | st.integers(0, 60),
    date=st.none() | st.dates(),
    due_date=st.none() | st.dates(),
    reference=_TEXT,
    description=_TEXT,
    notes=_TEXT,
    account=st.builds(Account, _TEXT, _TEXT, _TEXT),
    currency=st.sampled_from(["", "EUR", "USD", "JPY", "KWD", "XXQ"]),
    company_currency=st.sampled_from(["", "EUR", "JPY"]),
    amount=_MONEY,
    amount_dc=_MONEY,
    vat=_MONEY,
    opening_balance=_MONEY,
    journal=_TEXT,
    project=_TEXT,
    item=_TEXT,
    order_number=_TEXT,
    quantity=_MONEY,
    creator=_TEXT,
    url=_TEXT,
    settlement=st.none() | st.builds(Settlement, invoice_number=_TEXT, paid=st.booleans()),
    lines=_LINES,
)


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    return [value] if isinstance(value, str) else []


def _markup(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["text"]] if value.get("type") == "mrkdwn" else []
        return own + [text for item in value.values() for text in _markup(item)]
    return [text for item in value for text in _markup(item)] if isinstance(value, list) else []


def _leaves(value: Any, *kinds: str) -> list[Any]:
    if isinstance(value, dict):
        own = [value] if value.get("type") in kinds else []
        return own + [leaf for item in value.values() for leaf in _leaves(item, *kinds)]
    return (
        [leaf for item in value for leaf in _leaves(item, *kinds)]
        if isinstance(value, list)
        else []
    )


def _wide(value: Any) -> Any:
    """The same with two characters for each that JavaScript counts as two."""
    if isinstance(value, dict):
        return {name: _wide(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_wide(item) for item in value]
    return re.sub("[\U00010000-\U0010ffff]", "xx", value) if isinstance(value, str) else value


def _told(value: Any) -> str:
    """All that a reader sees of it."""
    if isinstance(value, dict):
        own = value.get("text")
        return own if isinstance(own, str) else "".join(map(_told, value.values()))
    return "".join(map(_told, value)) if isinstance(value, list) else ""


def _escaped_cells(blocks: list[dict[str, Any]]) -> int:
    tables = [block for block in blocks if block["type"] == "table"]
    return sum(len(html.escape(_wide(_told(one)), quote=False)) for one in tables)


def _fits(message: Message, mention: str = "") -> None:
    blocks = list(message.blocks)
    assert judge(blocks, all_text=9_000) is None
    # who counts as JavaScript does, or after escaping, must find no more
    assert judge(_wide(blocks), all_text=9_000) is None
    assert _escaped_cells(blocks) <= 10_000
    assert len(_wide(message.text)) <= 3_900
    assert all(text.strip() or text == "\n" for text in _strings(blocks))
    own = [text for text in _markup(blocks) if not LINK.fullmatch(text)]
    assert set(own) <= {mention}
    assert len(own) + len(_leaves(blocks, "user", "usergroup", "broadcast")) == bool(mention)
    shown = [*_strings(blocks), message.text]
    assert all(is_visible(line) for text in shown for line in text.split("\n"))
    assert 0 < len(message.text) <= 3_900
    foreign = message.text.removeprefix(mention)
    assert not re.search(r"[<>]", foreign)
    assert not re.search(r"&(?!amp;|lt;|gt;)", foreign)
    json.dumps([message.text, blocks]).encode()
    message.text.encode()


@given(
    document=_DOCUMENT,
    locale=st.sampled_from(LOCALES),
    deleted=st.booleans(),
    folds=st.booleans(),
    money=_MONEY,
)
def test_any_head_fits_into_slack(
    document: Document, locale: str, *, deleted: bool, folds: bool, money: Decimal | None
) -> None:
    context = HeadContext(
        locale,
        folds=folds,
        company=document.reference,
        mention="here",
        deleted=deleted,
        booked_as=document.number,
        open_amount=money,
        terms_total=money,
        exceptions=("no_cost_center", "unusual_amount", "duplicate_reference"),
        compared={
            "duplicate_reference": (Fact(Compared.OTHER, {"number": document.number}),),
            "unusual_amount": (Fact(Compared.USUAL, {"amount": Money(money or Decimal(0))}),),
        },
        link="https://start.exactonline.nl/docs/",
    )
    _fits(head(document, context), "<!here>")


@pytest.mark.sampled(7)
@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("deleted", [False, True])
@pytest.mark.parametrize("letter", ["x", "é", "&", "<", "\U0001f600"])
def test_the_fullest_document_of_any_kind_fits_into_slack(
    kind: Kind, deleted: bool, letter: str
) -> None:
    full: dict[str, Any] = dict.fromkeys(
        ["description", "cost_center", "cost_center_name", "cost_unit", "cost_unit_name", "project",
         "account", "our_ref", "gl_account", "gl_account_name", "notes"],
        letter * 400,
    )  # fmt: skip
    money = Decimal("1234567890.12")
    amounts: dict[str, Any] = dict.fromkeys(["amount", "amount_dc", "quantity", "received"], money)
    lines = tuple(Line(key=str(n), number=n, **full, **amounts) for n in range(60))
    document = Document(
        Ref(1, kind, "k"),
        modified=ServerMs(1),
        number="1",
        currency="USD",
        company_currency="EUR",
        amount=money,
        description=letter * 400,
        notes=letter * 4_000,
        lines=lines,
    )
    for folds in (False, True):
        _fits(head(document, HeadContext("nl_NL", deleted=deleted, folds=folds)))


_OWN = Template(
    title="{{ account }} {{ total }} {{ reference }} {{ notes }}",
    text="{{ notes }}\n{% for l in lines %}{{ l.description }} {{ l.amount | amount }}\n"
    "{% endfor %}"
    "{{ lines | rejectattr('amount', 'none') | map(attribute='amount') | sum | amount }}",
    fields={
        "<!channel>": "{{ description }}",
        **{f"{name}": f"{{{{ {name} }}}}" for name in ("number", "status", "due_date", "journal")},
        **{f"F{n}": "{{ creator }} {{ order_number }} {{ project }}" for n in range(12)},
    },
)


@given(document=_DOCUMENT, locale=st.sampled_from(LOCALES), deleted=st.booleans())
def test_any_head_in_a_routes_own_words_fits_into_slack(
    document: Document, locale: str, deleted: bool
) -> None:
    context = HeadContext(locale, mention="here", deleted=deleted, exceptions=("overdue",))
    route = Route(name="r", channel="#a", template=_OWN)
    failed: list[ExactSlackError] = []
    _fits(Wording(failed.append).head(document, context, route), "<!here>")
    assert len(failed) <= 1  # too long on the way: the built-in one
    assert all(len(str(error).encode().splitlines()) == 1 for error in failed)


@given(before=_DOCUMENT, after=_DOCUMENT, locale=st.sampled_from(LOCALES))
def test_any_reply_fits_into_slack(before: Document, after: Document, locale: str) -> None:
    for folds in (False, True):
        context = HeadContext(locale, folds=folds)
        message = changed_reply(before, replace(after, ref=before.ref), context)
        if message:
            _fits(message)
    _fits(paid_reply(after, before, locale))


@given(document=_DOCUMENT, most=st.integers(0, 30))
def test_what_is_shown_and_what_is_not_add_up(document: Document, most: int) -> None:
    amounts = [amount_of(document, line) or Decimal(0) for line in document.lines]
    shown = choose(document, most)
    with localcontext(prec=100):
        total = sum(amounts, Decimal(0))
        parts = (amount_of(document, line) or Decimal(0) for line in shown.lines)
        assert sum(parts, shown.more_total) == total
        assert sum(shares(document).values(), Decimal(0)) == total
    assert len(shown.lines) + shown.more == len(document.lines)
    rest = iter(document.lines)  # shown in the order of the document
    assert all(any(line is other for other in rest) for line in shown.lines)


def test_the_fullest_document_fits_and_keeps_its_sums() -> None:
    long = "&<>" * 1_100  # longer than any text that Slack takes
    lines = tuple(
        Line(str(n), n, long, amount=Decimal("12345678901.23"), quantity=Decimal("1234.5678"))
        for n in range(500 if WHOLE else 80)
    )
    lines = tuple(
        replace(
            line,
            cost_center=f"{line.number}{long}",
            cost_unit=long,
            project=long,
            gl_account=long,
            account=long,
            our_ref=long,
        )
        for line in lines
    )
    for kind in Kind:
        texts: dict[str, Any] = {
            **dict.fromkeys(("number", "reference", "description", "notes", "journal"), long),
            **dict.fromkeys(("project", "item", "order_number", "creator", "status_name"), long),
        }
        document = Document(
            Ref(1, kind, "k"),
            modified=ServerMs(1),
            created=ServerMs(1_795_514_700_000),
            **texts,
            account=Account("a", long, long),
            currency="EUR",
            amount=Decimal("6172839450615.00"),
            receipt_code=20,
            lines=lines,
        )
        for deleted in (False, True):
            message = head(document, HeadContext("de_DE", long, long, "U0123ABCD", deleted=deleted))
            _fits(message, "<@U0123ABCD>")
            assert "weitere" in str(message.blocks)
            assert "weitere" in message.text
