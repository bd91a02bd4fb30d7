"""`make pictures`: draws docs/pictures/*.png from the samples, on the sandbox's page in a real
browser, each cropped to its message. Run it after a wanted change of a message, and look."""

import datetime as dt
import json
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.common.by import By

from exact_slack.account_number import AccountNumber
from exact_slack.close.message import close_message
from exact_slack.config.template import Template
from exact_slack.documents.document import Document, Settlement
from exact_slack.documents.exceptions import Compared, ExceptionKind, Fact, Money
from exact_slack.documents.samples import RUNS, SAMPLES
from exact_slack.documents.subjects import Subject
from exact_slack.rendering.context import HeadContext
from exact_slack.rendering.evidence import noticed as noticed_text
from exact_slack.rendering.head import head
from exact_slack.rendering.item import ShownItem
from exact_slack.rendering.message import Message
from exact_slack.rendering.payment_run import RunContext, RunPayment, payment_run
from exact_slack.rendering.replies import changed_reply, deleted_reply, paid_reply
from exact_slack.rendering.report.message import ReportContext, report
from exact_slack.rendering.templates import render
from exact_slack.rendering.words.locale import Words
from exact_slack.sandbox.slack.api import SlackSandbox
from exact_slack.sandbox.slack.store import SlackStore
from exact_slack.sandbox.slack.store.model import Message as Posted
from exact_slack.sandbox.slack.store.model import Reaction
from tests.conftest import chromium
from tests.png import shrunk
from tests.unit.close.sample import sample_closing
from tests.unit.rendering.test_digest import sample_digest
from tests.unit.rendering.test_report import sample_report

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
MOST_BYTES = 60_000
_MORNING = dt.datetime(2026, 11, 24, 9, 5, tzinfo=dt.UTC).timestamp()
_CONTEXT = HeadContext(
    "en_GB",
    division_name="DC Venlo",
    link="https://start.exactonline.nl/docs/MenuPortal.aspx?_Division_=123456",
)


_NOV = [dt.date(2026, 11, day) for day in range(1, 31)]
_1234, _4417 = {"other": "NL··1234"}, {"account": "NL··4417"}
NOTICED: dict[ExceptionKind, tuple[str, tuple[Fact, ...]]] = {
    ExceptionKind.PAYEE_CHANGED: (
        "payment",
        (
            Fact(Compared.LAST_PAID, {**_4417, **_1234, "day": _NOV[2]}),
            Fact(Compared.CARD_CHANGED_BY, {"day": _NOV[23], "name": "P. Claes"}),
        ),
    ),
    ExceptionKind.SHARED_PAYEE: (
        "bank_account",
        (Fact(Compared.SHARED, {**_4417, "name": "Jansen B.V."}),),
    ),
    ExceptionKind.DUPLICATE_INVOICE: (
        "payment",
        (
            Fact(Compared.PAID_ALREADY, {"number": "26600182", "day": dt.date(2026, 12, 1)}),
            Fact(Compared.TWIN, {"number": "26600182", "day": _NOV[19]}),
        ),
    ),
    ExceptionKind.DUPLICATE_REFERENCE: (
        "purchase_entry",
        (Fact(Compared.OTHER, {"number": "26700012"}),),
    ),
    ExceptionKind.NEW_SUPPLIER: ("purchase_entry", ()),
    ExceptionKind.DORMANT_SUPPLIER: (
        "purchase_entry",
        (Fact(Compared.LAST_ONE, {"day": dt.date(2025, 11, 19)}),),
    ),
    ExceptionKind.BELOW_LIMIT: (
        "purchase_entry",
        (Fact(Compared.LIMIT, {"amount": Money(Decimal(10_000))}),),
    ),
    ExceptionKind.UNUSUAL_AMOUNT: (
        "purchase_entry",
        (Fact(Compared.USUAL, {"amount": Money(Decimal(1210))}),),
    ),
    ExceptionKind.NO_COST_CENTER: ("purchase_entry", ()),
    ExceptionKind.NO_ORDER: (
        "purchase_invoice",
        (Fact(Compared.NAMED_ORDERS, {"named": 5, "of": 5}),),
    ),
    ExceptionKind.OVER_ORDER: (
        "purchase_invoice",
        (
            Fact(
                Compared.ORDER_LEFT,
                {"number": "4711", "left": Decimal(10), "billed": Decimal(15)},
            ),
            Fact(
                Compared.ORDER_PRICE,
                {"number": "4711", "price": Decimal("9.5"), "billed": Decimal("10.25")},
            ),
        ),
    ),
    ExceptionKind.NOT_RECEIVED: (
        "purchase_invoice",
        (
            Fact(
                Compared.ORDER_RECEIVED,
                {"number": "4711", "left": Decimal(8), "billed": Decimal(10)},
            ),
        ),
    ),
    ExceptionKind.AWAITING_APPROVAL: ("purchase_order", ()),
    ExceptionKind.OVER_CREDIT: (
        "sales_entry",
        (
            Fact(
                Compared.CREDIT_LINE,
                {"open": Money(Decimal(12_100)), "line": Money(Decimal(10_000))},
            ),
        ),
    ),
    ExceptionKind.BACKDATED: (
        "purchase_entry",
        (Fact(Compared.CLOSED, {"day": dt.date(2026, 10, 28), "period": "2026/10"}),),
    ),
    ExceptionKind.DUE_SOON: ("purchase_entry", ()),
    ExceptionKind.OVERDUE: ("purchase_entry", ()),
    ExceptionKind.REJECTED: ("purchase_entry", ()),
}
"""Of each exception an example: a sample, and what it was compared with."""


@dataclass(frozen=True)
class Picture:
    """A message and the replies under it; with replies the thread is drawn."""

    name: str
    head: Message
    replies: tuple[Message, ...] = ()
    reactions: tuple[Reaction, ...] = ()


def noticed() -> Iterator[Picture]:
    """A message with each exception, as docs/exceptions.md shows it."""
    for name, (sample, evidence) in NOTICED.items():
        document = SAMPLES[sample]
        if document.settlement is not None and name is not ExceptionKind.OVERDUE:
            open_term = replace(document.settlement, paid=False, paid_on=None, end_date=None)
            if name is ExceptionKind.PAYEE_CHANGED:
                open_term = replace(open_term, payee=AccountNumber("NL··4417"))
            document = replace(document, status_code=30, settlement=open_term)
        context = replace(_CONTEXT, exceptions=(name.value,), compared={name.value: evidence})
        yield Picture(f"noticed_{name.value}", head(document, context))


def pictures() -> Iterator[Picture]:
    """One for each sample, and those of a message's life."""
    for name, document in SAMPLES.items():
        yield Picture(name, head(document, _context(document)))
    yield Picture("payment_run", _run())
    entry = SAMPLES["purchase_entry"]
    yield Picture("long", head(_long(entry), replace(_CONTEXT, folds=True)))
    yield _thread(entry)
    yield Picture("deleted", head(entry, replace(_CONTEXT, deleted=True)), (_gone(entry),))
    yield Picture("dutch", head(entry, replace(_CONTEXT, locale="nl_NL")))
    asked = replace(
        _CONTEXT,
        mention="here",
        exceptions=("duplicate_reference", "unusual_amount"),
        compared={
            "duplicate_reference": (Fact(Compared.OTHER, {"number": "26700012"}),),
            "unusual_amount": (Fact(Compared.USUAL, {"amount": Money(Decimal(2100))}),),
        },
    )
    yield Picture("exception", head(entry, asked))
    taken = ShownItem(
        "taken", "Anna de Vries", number=1, buttons=("triage:give_back", "triage:done")
    )
    yield Picture(
        "triage", head(entry, replace(asked, item=taken)), reactions=(Reaction("eyes", ("U1",)),)
    )
    own = Template(
        title="To approve: {{ account }} {{ total }}",
        text="{% for line in lines %}\n{{ line.description }} for {{ line.cost_center }}\n"
        "{% endfor %}",
        fields={"Due": "{{ due_date | date }}", "Their reference": "{{ reference }}"},
    )
    yield Picture("template", head(entry, _CONTEXT, render(own, entry, _CONTEXT)))
    yield from noticed()
    for subject in (Subject.AGING, Subject.CASH):
        made = sample_report(subject)
        context = ReportContext("en_GB", listed=True, several=True)
        yield Picture(f"report_{subject}", report(made, context))
    yield Picture("digest", sample_digest())
    yield Picture("close", _in_plain_signs(close_message(sample_closing(), "en_GB")))


def _run() -> Message:
    """A payment run with something odd in it."""
    payments = RUNS["payment_run"]
    about = replace(
        _CONTEXT,
        exceptions=("payee_changed",),
        compared={"payee_changed": NOTICED[ExceptionKind.PAYEE_CHANGED][1]},
    )
    odd = noticed_text(payments[0], about, Words("en_GB"))
    shown = [RunPayment(payments[0], odd), *(RunPayment(one) for one in payments[1:])]
    return payment_run(shown, RunContext("en_GB", batch="3", link=_CONTEXT.link))


def _long(entry: Document) -> Document:
    """With more lines than stand open."""
    lines = [
        replace(entry.lines[n % 2], key=str(n), number=n, amount=Decimal(100 + 10 * n))
        for n in range(1, 19)
    ]
    return replace(entry, lines=tuple(lines))


def _in_plain_signs(message: Message) -> Message:
    """The browser here has no font for emoji."""
    text = json.dumps(message.blocks, ensure_ascii=False)
    for emoji, sign in (("✅", "✔"), ("🔴", "✘"), ("❔", "?")):
        text = text.replace(emoji, sign)
    return Message(message.text, tuple(json.loads(text)))


def _context(document: Document) -> HeadContext:
    if document.is_term:
        return replace(_CONTEXT, paid=bool(document.settlement and document.settlement.paid))
    return _CONTEXT


def _thread(entry: Document) -> Picture:
    later = replace(entry, due_date=dt.date(2026, 12, 31), description="Packaging, revised")
    changed = changed_reply(entry, later, HeadContext("en_GB"))
    assert changed is not None
    settled = Settlement("", entry.number, entry.amount, True, dt.date(2026, 12, 18))
    term = replace(SAMPLES["payment"], settlement=settled)
    paid = paid_reply(term, entry, "en_GB")
    context = replace(_CONTEXT, paid=True, open_amount=Decimal(0), terms_total=entry.amount)
    return Picture("thread", head(later, context), (changed, paid))


def _gone(entry: Document) -> Message:
    return deleted_reply(entry, "en_GB")


def _post(store: SlackStore, picture: Picture) -> str:
    channel = store.add_channel(picture.name.replace("_", "-"))
    posted = replace(_posted(channel, picture.head), reactions=picture.reactions)
    first = store.add_message(posted)
    for reply in picture.replies:
        store.add_message(replace(_posted(channel, reply), thread_ts=first.ts))
    return first.ts


def _posted(channel: str, message: Message) -> Posted:
    return Posted(channel, "", message.text, blocks=list(message.blocks), bot_id="B1")


def draw(browser: webdriver.Chrome, slack: SlackSandbox, picture: Picture) -> bytes:
    """The picture as PNG."""
    ts = _post(slack.store, picture)
    thread = f"&thread={ts}" if picture.replies else ""
    browser.get(f"{slack.page_url}?channel={picture.name.replace('_', '-')}{thread}")
    browser.execute_script(_STYLE)
    place = "#thread" if picture.replies else f"article[data-ts='{ts}']"
    return shrunk(browser.find_element(By.CSS_SELECTOR, place).screenshot_as_png)


_STYLE = """
const style = new CSSStyleSheet();
style.replaceSync(`
  html, body, .app, .channel, .thread, .scroll { height: auto !important; overflow: visible; }
  .app, .app.open { display: block; }
  .sidebar, .bar, .app.open .channel { display: none; }
  article.message, #thread { width: 740px; border: 0; }
  .message:hover { background: #fff; }
  .choices { display: none; }
  #thread { padding: 0 0 8px; }`);
document.adoptedStyleSheets = [style];
"""
"""The message alone, as wide as the channel of a laptop; the page's own style stays."""


def main() -> None:
    """Draw them all."""
    os.environ["TZ"] = "UTC"
    time.tzset()
    FOLDER.mkdir(parents=True, exist_ok=True)
    store = SlackStore(clock=lambda: _MORNING)
    with tempfile.TemporaryDirectory() as profile, SlackSandbox(store=store) as slack:
        browser = chromium(Path(profile))
        browser.set_window_size(900, 1800)
        try:
            for picture in pictures():
                data = draw(browser, slack, picture)
                (FOLDER / f"{picture.name}.png").write_bytes(data)
                print(f"{picture.name}.png {len(data)} bytes")
        finally:
            browser.quit()


if __name__ == "__main__":
    main()
