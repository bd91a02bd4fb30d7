"""How much of a screen a message takes, measured on the sandbox's page in a real browser.

`pytest -s tests/e2e/test_heights.py` prints the heights beside those of version 0.4, when each fact
had two lines of its own."""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from exact_slack.documents.document import Document, Settlement
from exact_slack.documents.exceptions import Compared, Fact, Money
from exact_slack.documents.samples import RUNS, SAMPLES
from exact_slack.rendering.context import HeadContext
from exact_slack.rendering.head import head
from exact_slack.rendering.message import Message
from exact_slack.rendering.payment_run import RunContext, RunPayment, payment_run
from exact_slack.rendering.replies import paid_reply
from exact_slack.sandbox.slack.api import SlackSandbox
from exact_slack.sandbox.slack.store import SlackStore
from exact_slack.sandbox.slack.store.model import Message as Posted

COLUMN, PHONE = 700, 400
_CONTEXT = HeadContext(
    "en_GB", link="https://start.exactonline.nl/docs/MenuPortal.aspx?_Division_=123456"
)
_ENTRY, _TERM = SAMPLES["purchase_entry"], SAMPLES["payment"]
_WIDTH = """
const style = new CSSStyleSheet();
style.replaceSync(`
  html, body, .app, .channel, .scroll { height: auto !important; overflow: visible; }
  .app { display: block; } .sidebar, .bar { display: none; }
  article.message { width: ${arguments[0]}px; }`);
document.adoptedStyleSheets = [style];
return Object.fromEntries([...document.querySelectorAll("article.message")].map(
  (shown) => [shown.dataset.ts, [shown.offsetHeight, Math.max(0, ...[
    ...shown.querySelectorAll("*")].filter(
      (part) => part.clientWidth && !part.closest(".table-scroll")).map(
      (part) => part.scrollWidth - part.clientWidth))]]));
"""
"""Sets the width of the messages; for each its height, and by how much some part of it that is no
table is wider than its place."""


@dataclass(frozen=True)
class Shown:
    """A message, how high it was, and how high it may be."""

    name: str
    message: Message
    before: int | None
    most: int


def _shown() -> list[Shown]:
    paid = replace(
        _TERM, settlement=Settlement("", _ENTRY.number, _ENTRY.amount, True, dt.date(2026, 12, 18))
    )
    over = replace(
        _CONTEXT,
        mention="here",
        exceptions=("duplicate_reference", "unusual_amount"),
        compared={
            "duplicate_reference": (Fact(Compared.OTHER, {"number": "26700012"}),),
            "unusual_amount": (Fact(Compared.USUAL, {"amount": Money(Decimal(2100))}),),
        },
    )
    return [
        Shown("purchase entry, two lines", head(_ENTRY, _CONTEXT), 556, 260),
        Shown("with exceptions", head(_ENTRY, over), 606, 282),
        Shown("purchase entry, compact", head(_ENTRY, replace(_CONTEXT, compact=True)), 556, 90),
        Shown("compact, with exceptions", head(_ENTRY, replace(over, compact=True)), 606, 90),
        Shown("payment", head(_TERM, _CONTEXT), 358, 90),
        Shown("payment not made", head(SAMPLES["receipt"], _CONTEXT), 334, 90),
        Shown("payment, as a reply", paid_reply(paid, _ENTRY, "en_GB"), 132, 70),
        Shown("cost transaction", head(SAMPLES["cost_transaction"], _CONTEXT), 364, 112),
        Shown("payment run, three payments", payment_run(_run(3), RunContext("en_GB")), None, 284),
        Shown(
            "payment run, sixty", payment_run(_run(60), RunContext("en_GB", folds=True)), None, 600
        ),
        Shown("forty lines, folded", head(_long(), replace(_CONTEXT, folds=True)), None, 660),
    ]


def _run(count: int) -> list[RunPayment]:
    payments = RUNS["payment_run"]
    return [RunPayment(replace(payments[n % 3], number=f"266{n:05d}")) for n in range(count)]


def _long() -> Document:
    return replace(_ENTRY, lines=tuple(replace(_ENTRY.lines[n % 2], key=f"{n}") for n in range(40)))


@pytest.mark.browser
def test_a_message_takes_no_more_of_a_screen_than_it_needs(browser: webdriver.Chrome) -> None:
    store = SlackStore(clock=lambda: 1_795_514_700.0)
    channel = store.add_channel("feed")
    shown = {
        store.add_message(
            Posted(channel, "", one.message.text, blocks=list(one.message.blocks), bot_id="B1")
        ).ts: one
        for one in _shown()
    }
    with SlackSandbox(store=store) as slack:
        browser.get(f"{slack.page_url}?channel=feed")
        assert len(browser.find_elements(By.CSS_SELECTOR, "article.message")) == len(shown)
        wide = browser.execute_script(_WIDTH, COLUMN)
        narrow = browser.execute_script(_WIDTH, PHONE)
    for ts, one in shown.items():
        print(
            f"{one.name}: {wide[ts][0]} pixels (most {one.most}, before {one.before or '-'}), "
            f"on a phone {narrow[ts][0]}"
        )
    for ts, one in shown.items():
        height, over = wide[ts]
        assert height <= one.most, one.name
        assert over <= 0, one.name
        assert narrow[ts][1] <= 0, one.name
