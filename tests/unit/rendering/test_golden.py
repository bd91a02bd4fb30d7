"""Every message, of every kind, in every language, as it stood when a person last read it.

After a wanted change: EXACT_SLACK_WHOLE=1 UPDATE_GOLDEN=1 pytest tests/unit/rendering, then read
the difference."""

import datetime as dt
import os
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from exact_slack.documents.document import Document, Settlement
from exact_slack.documents.exceptions import Compared, Fact
from exact_slack.documents.kinds import Kind
from exact_slack.documents.samples import RUNS, SAMPLES
from exact_slack.rendering.context import HeadContext
from exact_slack.rendering.evidence import noticed
from exact_slack.rendering.head import head
from exact_slack.rendering.message import Message
from exact_slack.rendering.payment_run import RunContext, RunPayment, payment_run
from exact_slack.rendering.replies import changed_reply, deleted_reply, flood_notice, paid_reply
from exact_slack.rendering.words.locale import Words
from exact_slack.sandbox.slack.blocks.judge import judge
from tests.unit.rendering.samples import PAGE, later, readable, sample

GOLDEN = Path(__file__).parents[2] / "golden"
DAY = dt.date(2026, 11, 26)
LOCALES = ["en_GB", "nl_NL", "de_DE", "fr_FR", "es_ES"]


def _compare(name: str, messages: dict[str, Message | None]) -> None:
    parts = []
    for title, message in messages.items():
        assert message is not None, title
        assert judge(list(message.blocks), all_text=9_000) is None
        parts.append(f"=== {title}\n{readable(message)}")
    found = "\n\n".join(parts) + "\n"
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(found, encoding="utf-8")
    assert path.exists(), "no golden file yet: run once with UPDATE_GOLDEN=1"
    assert found == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", list(Kind))
def test_messages_of_a_kind_read_as_before(kind: Kind, locale: str) -> None:
    document, context = sample(kind, locale)
    messages = {
        "head": head(document, context),
        "changed": changed_reply(document, later(document), HeadContext(locale)),
        "deleted": deleted_reply(document, locale),
    }
    if document.is_term:
        messages["paid"] = paid_reply(document, SAMPLES["purchase_entry"], locale)
    _compare(f"{kind}.{locale[:2]}", messages)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_payment_run_reads_as_before(locale: str) -> None:
    payments = [replace(one, company_currency="EUR") for one in RUNS["payment_run"]]
    fact = Fact(Compared.LAST_PAID, {"account": "NL··6789", "other": "NL··1234", "day": DAY})
    context = HeadContext(
        locale, exceptions=("payee_changed",), compared={"payee_changed": (fact,)}
    )
    odd = noticed(payments[2], context, Words(locale))
    run = RunContext(locale, batch="3", company="Rotterdam", mention="here", link=PAGE)
    paid = replace(settlement_of(payments[0]), paid=True, paid_on=DAY)
    sent = [
        replace(payments[0], status_code=50, settlement=paid),
        *(replace(one, status_code=40) for one in payments[1:]),
    ]
    many = [replace(payments[n % 3], number=f"266{n:05d}") for n in range(15)]
    runs: dict[str, tuple[list[Document], RunContext]] = {
        "selected": (payments, run),
        "one selected, no number": (payments[:1], RunContext(locale)),
        "sent, one paid": (sent, run),
        "many": (many, replace(run, mention=None, folds=True)),
        "taken back": ([], replace(run, link="")),
        "in another run now": ([], replace(run, link="", has_successor=True)),
    }
    _compare(
        f"payment_run.{locale[:2]}",
        {
            name: payment_run([RunPayment(d, odd if d is payments[2] else "") for d in docs], about)
            for name, (docs, about) in runs.items()
        },
    )


def settlement_of(payment: Document) -> Settlement:
    assert payment.settlement is not None
    return payment.settlement


@pytest.mark.parametrize("locale", LOCALES)
def test_a_compact_head_and_a_long_table_read_as_before(locale: str) -> None:
    context = HeadContext(locale, link=PAGE, company="Rotterdam", exceptions=("new_supplier",))
    entry = SAMPLES["purchase_entry"]
    lines = [
        replace(entry.lines[n % 2], key=str(n), number=n, amount=Decimal(100 + n))
        for n in range(1, 17)
    ]
    long = replace(entry, lines=tuple(lines))
    dearer = [replace(line, amount=Decimal(200 + line.number**2)) for line in lines]
    folds = replace(context, folds=True, exceptions=())
    _compare(
        f"layouts.{locale[:2]}",
        {
            "compact": head(entry, replace(context, compact=True)),
            "compact, a payment on its way": head(
                RUNS["payment_run"][0], replace(context, compact=True, exceptions=())
            ),
            "long": head(long, folds),
            "long, many lines changed": changed_reply(
                long, replace(long, lines=tuple(dearer)), folds
            ),
        },
    )


@pytest.mark.parametrize("locale", LOCALES)
def test_the_notice_of_held_documents_reads_as_before(locale: str) -> None:
    messages = {str(n): flood_notice(n, locale, 200) for n in (1, 412)}
    _compare(f"flood_notice.{locale[:2]}", dict(messages))


def test_french_sets_a_space_before_each_sign_that_stands_apart() -> None:
    """And none at which a line breaks. What Exact says itself is as it is."""
    torn = re.compile(r"(?<!\xa0)[:;?!](?!\S)(?!\*\*)")
    foreign = re.compile(r"&\w+;|chart: .*|sortable: .*|^\| [^*]*: [-\d., ]+$")
    for path in GOLDEN.glob("*.fr.txt"):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert not torn.search(foreign.sub("", line)), f"{path.name}: {line}"
