"""Templates of routes: what they can say, and that none can hang, flood or deceive."""

import time
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exact_slack.config.model import Config
from exact_slack.config.route import Route
from exact_slack.config.template import Template
from exact_slack.deliver.wording import Wording
from exact_slack.documents.document import Account, Document, Line
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref
from exact_slack.documents.samples import SAMPLES, samples_of
from exact_slack.errors import ExactSlackError
from exact_slack.inspect.templates import check_templates
from exact_slack.rendering.context import HeadContext
from exact_slack.rendering.head import head
from exact_slack.rendering.templates import TemplateFailed, render
from exact_slack.rendering.words.locale import Words
from exact_slack.sandbox.slack.blocks.judge import judge
from tests.examples import TIMES

ENTRY = SAMPLES["purchase_entry"]
CONTEXT = HeadContext("nl_NL")


def _text(source: str, document: Document = ENTRY) -> str:
    rows = render(Template(text=source), document, CONTEXT).text or []
    return "\n".join(value for _, value in rows).replace("\xa0", " ")


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("{{ label }} · {{ account }}", "Inkoopboeking 26700031 · Van Dijk Verpakkingen"),
        ("{{ amount | amount }} {{ vat }}", "€ 12.450,00 2.160,74"),
        ("{{ amount_dc | amount('USD') }}", "US$ 12.450,00"),
        ("{{ due_date }} {{ due_date | date }}", "24 dec 2026 24 dec 2026"),
        ("{{ paid_on }}{{ open_amount | amount }}.", "."),
        ("{{ status }} {{ status_word }} {{ paid }}", "Open open nee"),
        ("{{ lines | sum(attribute='amount') | amount }}", "€ 10.289,26"),
        ("{{ lines | map(attribute='cost_center') | unique | join(', ') }}", "DC-VEN, DC-ANT"),
        ("{{ cost_centers | join(' + ') }}", "DC-VEN Venlo + DC-ANT Antwerpen"),
        ("{{ (amount * 1.21) | round(2) | amount }}", "€ 15.064,50"),
        ("{{ 'much' if amount > 1000 else 'little' }}", "much"),
        ("{% for l in lines %}{{ loop.index }}: {{ l.description }}\n{% endfor %}",
         "1: Pallet boxes\n2: Stretch film"),
        ("{{ reference | replace('VD-', '') | short(3) }}", "88…"),
        ("{{ 0.1 + 0.2 }} {{ 1 / 4 }} {{ lines | length }}", "0,3 0,25 2"),
        ("{{ lines | join(', ', 'description') }}", "Pallet boxes, Stretch film"),
        ("{{ (amount * 0 * -1) | amount }}", "€ 0,00"),
        ("{{ nothing | default('–') }}{% if account.startswith('Van') %}!{% endif %}", "–!"),
    ],
)  # fmt: skip
def test_what_a_template_can_say(source: str, shown: str) -> None:
    assert _text(source) == shown


HOSTILE = [
    "{% for i in range(100000000) %}x{% endfor %}",
    "{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}",
    "{% for i in range(9999) %}{{ 1.5 in range(10000) }}{% endfor %}",
    "{% for i in range(9999) %}{{ range(10000) | sort | list | length }}{% endfor %}",
    "{% for i in range(9999) %}" + "x" * 1_000 + "{% endfor %}",
    "{% for i in lines recursive %}{{ loop(lines) }}{% endfor %}",
    "{% set a = 'aaaaaaaaaa' %}" + "{% set a = a ~ a %}" * 80,
    "{% set a = 'aaaaaaaaaa' %}" + "{% set a = a + a %}" * 80,
    "{% set a = [1] %}" + "{% set a = a + a %}" * 80,
    "{% set a = 9999999 %}" + "{% set a = a * a %}" * 80,
    "{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}",
    "{{ 'a' * 1000000000 }}",
    "{{ 9 ** 9 ** 9 }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ '{:1000000000}'.format(1) }}",
    "{{ 'x' | center(1000000000) }}",
    "{{ range(10000) | list | join('x' ~ number) }}",
    "{{ number | replace('', number) | replace('', number) | replace('', number) | list }}",
    "{{" + "(" * 900 + "1" + ")" * 900 + "}}",
    "{{ '' " + "or (not ''" * 180 + ")" * 180 + "}}",
    "{{ number.__class__.__mro__ }}",
    "{{ document | attr('__class__') }}",
    "{{ ''.join.__globals__ }}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{{ cycler.__init__.__globals__ }}",
    "{{ document.ref.key.encode() }}",
    "{{ lines }}",
    "{{ amuont }}",
    "{{ lines[7].amount }}",
    "{{ number | nofilter }}",
    "{{ 1 / 0 }}",
    "{% if %}",
    "{{ account | amount }}",
    "{{ account | safe }}",
    "{{ lines | map(attribute='__class__') | first }}",
    "{{ lines | join(',', '__doc__') }}",
    "{{ document['__class__'] }}",
    "{{ '%s' % account }}",
    "{{ 'a'.format }}",
    "{{ 1e999 - 1e999 }}",
    "{{ [] | first }}",
    "{{ document.account }}",
    "{{ cost_centers.append('x') }}",
    "{{ caller() }}",
]


@pytest.mark.parametrize("source", HOSTILE)
def test_hostile_templates_fail_soon_and_alone(source: str) -> None:
    began = time.thread_time()
    with pytest.raises(TemplateFailed) as caught:
        _text(source)
    assert time.thread_time() - began < 2
    assert caught.value.place == ("text",)
    assert caught.value.sentence
    assert "88120" not in caught.value.public


_PIECES = st.sampled_from(
    ["{{ ", " }}", "{% for x in lines %}", "{% for y in range(9999) %}", "{% endfor %}", "{% set ",
     " = ", " %}", "x", "y", "number", "amount", "lines", " | ", "join", "replace('', number)",
     "list", "sum", " ~ ", " * ", " + ", "'a'", "9999", "(", ")", "{% if ", "{% else %}",
     "{% endif %}", " in ", "range(", "|amount", "|length", ".description", "[0]", "[::-1]"]
)  # fmt: skip


@settings(max_examples=75 * TIMES)
@given(st.lists(_PIECES, min_size=1, max_size=25).map("".join) | st.text(min_size=1, max_size=200))
def test_any_template_ends_and_gives_a_short_text_or_a_failure(source: str) -> None:
    if not source.strip():
        return
    began = time.thread_time()
    try:
        shown = _text(source)
    except TemplateFailed:
        shown = ""
    assert len(shown) <= 1_500
    assert time.thread_time() - began < 2


NASTY = ["<!channel>", "<@U1> *b* &amp;", "{{ 7 * 7 }}", "x" * 5_000, "\u202eevil", "a\nb\tc", " "]
_FOREIGN = st.sampled_from(NASTY) | st.text(max_size=200)


@given(name=_FOREIGN, reference=_FOREIGN, notes=_FOREIGN, lines=st.integers(0, 60))
def test_foreign_text_stays_text_and_the_limits_hold(
    name: str, reference: str, notes: str, lines: int
) -> None:
    document = Document(
        Ref(1, Kind.PURCHASE_ENTRY, "k"),
        modified=ServerMs(1),
        number="7",
        account=Account("i", "c", name),
        reference=reference,
        notes=notes,
        currency="EUR",
        lines=tuple(Line(key=str(i), description=name, amount=Decimal(i)) for i in range(lines)),
    )
    template = Template(
        title="{{ account }} {{ reference }}",
        text="{{ notes }}\n{% for l in lines %}{{ l.description | short }}\n{% endfor %}",
        fields={f"Field {i}": "{{ notes }}{{ account }}" for i in range(20)},
    )
    try:
        custom = render(template, document, CONTEXT)
    except TemplateFailed:
        assert len(name + reference + notes) > 5_000
        return
    message = head(document, CONTEXT, custom)
    assert judge(list(message.blocks), all_text=9_000) is None
    assert len(message.text) <= 3_900
    assert "<" not in message.text
    assert "49" not in _text("{{ reference }}", replace(document, reference="{{ 7 * 7 }}"))


def test_parts_that_are_not_given_stay_and_a_deletion_is_always_said() -> None:
    built_in = head(ENTRY, CONTEXT)
    own = render(Template(title="Van {{ account }}"), ENTRY, CONTEXT)
    message = head(ENTRY, CONTEXT, own)
    assert message.blocks[0]["text"]["text"] == "Van Van Dijk Verpakkingen"
    assert message.blocks[2:] == built_in.blocks[2:]
    amount = Words(CONTEXT.locale).amount(ENTRY.amount, "EUR")
    assert f"Bedrag: {amount} · " in message.text  # which that title does not say
    assert (
        message.text.replace(f"Bedrag: {amount} · ", "").split("\n")[1:]
        == (built_in.text.split("\n")[1:])
    )
    assert message.text.startswith("Van Van Dijk Verpakkingen\n")
    gone = head(ENTRY, replace(CONTEXT, deleted=True), own)
    assert (
        gone.blocks[0]["text"]["text"] == "Verwijderd in Exact Online · Van Van Dijk Verpakkingen"
    )


@pytest.mark.parametrize("source", ["{{ paid_on }}", "{# nothing #}", "\u200b\u202e", "{{ ' ' }}"])
def test_a_title_with_nothing_to_see_is_the_built_in_one(source: str) -> None:
    own = render(Template(title=source), ENTRY, CONTEXT)
    assert head(ENTRY, CONTEXT, own) == head(ENTRY, CONTEXT)


def test_markup_and_mentions_of_a_template_are_text(source: str = "<!channel> <@U1> @here") -> None:
    own = render(Template(title=source, text=source, fields={"<!here>": source}), ENTRY, CONTEXT)
    message = head(ENTRY, CONTEXT, own)
    assert "mrkdwn" not in str(message.blocks)
    assert "<" not in message.text
    assert judge(list(message.blocks), all_text=9_000) is None


def test_empty_fields_are_left_out() -> None:
    custom = render(Template(fields={"A": " {{ '' }} ", "B": "{{ paid_on }}"}), ENTRY, CONTEXT)
    assert custom.fields == []
    assert judge(list(head(ENTRY, CONTEXT, custom).blocks)) is None


def _config(template: dict[str, object], kind: str = "*") -> Config:
    return Config.model_validate(
        {
            "exact": {
                "region": "nl",
                "divisions": [1],
                "client_id": "a",
                "client_secret": "b",
                "redirect_uri": "https://x.example",
            },
            "routes": [
                {"name": "r", "channel": "#a", "when": {"kind": kind}, "template": template}
            ],
        }
    )


def test_a_failing_template_gives_the_built_in_message_and_is_told_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    route = _config({"title": "{{ amuont }}"}).routes[0]
    told: list[ExactSlackError] = []
    wording = Wording(told.append)
    for _ in range(3):
        assert wording.head(ENTRY, CONTEXT, route) == head(ENTRY, CONTEXT)
    assert [error.exit_code for error in told] == [0]
    assert "route 'r' failed on Purchase entry 26700031 ('amuont' is undef" in str(told[0])
    assert len(caplog.records) == 3


def test_a_slow_template_is_not_tried_again() -> None:
    route = Route(name="r", channel="#a", template=Template(text=HOSTILE[2]))
    wording = Wording(lambda error: None)
    began = time.thread_time()
    for _ in range(50):
        wording.head(ENTRY, CONTEXT, route)
    assert time.thread_time() - began < 3


def test_good_templates_pass_the_check_for_every_kind() -> None:
    names = "number date due_date account reference amount amount_dc vat total status exceptions"
    shown = " ".join(f"{{{{ {name} }}}}" for name in names.split()[:-1])
    check_templates(_config({"title": "{{ label }}", "text": shown, "fields": {"A": "{{ url }}"}}))


def test_every_kind_has_a_sample_and_each_makes_a_message() -> None:
    assert {document.kind for document in SAMPLES.values()} == set(Kind)
    assert set(samples_of(frozenset({Kind.PURCHASE_ORDER}))) == {
        "purchase_order",
        "partly_received",
    }
    for document in SAMPLES.values():
        message = head(document, CONTEXT)
        assert judge(list(message.blocks), all_text=9_000) is None


@pytest.mark.parametrize(
    "template",
    [{"title": ""}, {"text": "x" * 2_001}, {"fields": {}}, {"fields": {"": "x"}}, {"x": "y"}],
)  # fmt: skip
def test_templates_without_sense_are_mistakes_in_the_config(template: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"template"):
        _config(template)
