"""What a person sees in a browser: channels, a message, its table, its thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from exact_slack.sandbox.slack.api import SlackSandbox
from exact_slack.sandbox.slack.store import SlackStore
from exact_slack.sandbox.slack.store.model import Message

pytestmark = pytest.mark.browser

EVIL = "<script>document.title='hacked'</script><img src=x onerror=\"document.title='hacked'\">"


@pytest.fixture
def slack() -> Iterator[SlackSandbox]:
    with SlackSandbox(limits=False) as sandbox:
        yield sandbox
    assert sandbox.server.errors == []


def bot(store: SlackStore, channel: str, text: str, **values: Any) -> str:
    message = Message(channel, "", text, user=store.bot_user, bot_id=store.bot_id, **values)
    return store.add_message(message).ts


def invoice() -> list[dict[str, Any]]:
    cells = [["Description", "Amount"], [EVIL, "8.320,00"]]
    rows = [[{"type": "raw_text", "text": text} for text in row] for row in cells]
    return [
        {"type": "header", "text": {"type": "plain_text", "text": "Purchase invoice 26700412"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "*Van Dijk* ~old~ <!here>"}},
        {"type": "table", "rows": rows, "column_settings": [{}, {"align": "right"}]},
    ]


_Seen = TypeVar("_Seen")


def _again(browser: webdriver.Chrome, look: Callable[[], _Seen]) -> _Seen:
    """What a look finds; once more where the page put another pane in its place just then."""
    waiting = WebDriverWait(
        browser,
        15,
        poll_frequency=0.05,
        ignored_exceptions=[StaleElementReferenceException, IndexError],
    )
    return waiting.until(lambda _: (look(),))[0]


def texts(browser: webdriver.Chrome, selector: str) -> list[str]:
    return _again(
        browser, lambda: [e.text for e in browser.find_elements(By.CSS_SELECTOR, selector)]
    )


def click(browser: webdriver.Chrome, selector: str, nth: int = 0) -> None:
    _again(browser, lambda: browser.find_elements(By.CSS_SELECTOR, selector)[nth].click())


def one(browser: webdriver.Chrome, selector: str) -> WebElement:
    return browser.find_element(By.CSS_SELECTOR, selector)


def wait(browser: webdriver.Chrome, selector: str, wanted: str) -> None:
    WebDriverWait(browser, 15, poll_frequency=0.05).until(
        lambda _: wanted in " ".join(texts(browser, selector))
    )


def _log(browser: webdriver.Chrome) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = browser.get_log("browser")  # type: ignore[no-untyped-call]  # selenium
    return entries


def test_a_person_reads_a_channel_and_opens_a_thread(
    slack: SlackSandbox, browser: webdriver.Chrome
) -> None:
    store = slack.store
    channel = store.add_channel("ap-exceptions")
    store.add_channel("bank", private=True)
    head = bot(store, channel, "fallback", blocks=invoice())
    bot(store, channel, "Due date changed", thread_ts=head)

    browser.get(slack.page_url)
    assert texts(browser, "#channels .name") == ["ap-exceptions", "bank"]
    assert texts(browser, "#title h1") == ["# ap-exceptions"]
    assert texts(browser, "#messages h3") == ["Purchase invoice 26700412"]
    assert texts(browser, "#messages .author") == ["Exact Online"]
    assert texts(browser, "#messages .badge") == ["APP"]
    assert texts(browser, "#messages th") == ["Description", "Amount"]
    assert texts(browser, "#messages td") == [EVIL, "8.320,00"]
    assert one(browser, "#messages td.right").value_of_css_property("text-align") == "right"
    assert texts(browser, "#messages s") == ["old"]
    assert texts(browser, "#messages .mention") == ["@here"]
    assert not one(browser, "#thread").is_displayed()
    assert "hacked" not in browser.title

    click(browser, "#messages .replies")
    wait(browser, "#thread", "Due date changed")
    assert one(browser, "#thread").is_displayed()
    click(browser, "#close")
    WebDriverWait(browser, 5).until(lambda _: not one(browser, "#thread").is_displayed())
    browser.back()
    wait(browser, "#thread", "Due date changed")


def test_the_page_follows_what_happens(slack: SlackSandbox, browser: webdriver.Chrome) -> None:
    store = slack.store
    channel = store.add_channel("finance")
    browser.get(slack.page_url)
    assert "Nothing in #finance yet" in texts(browser, "#messages")[0]
    ts = bot(store, channel, "first version")
    wait(browser, "#messages", "first version")
    store.edit(channel, ts, text="second version", blocks=None, edited=True)
    wait(browser, "#messages", "second version")
    other = store.add_channel("other")
    wait(browser, "#channels", "other")
    bot(store, other, EVIL)
    click(browser, "#channels a", 1)
    wait(browser, "#messages", EVIL)
    assert texts(browser, "#title h1") == ["# other"]
    assert "hacked" not in browser.title


def test_nothing_is_loaded_from_elsewhere(slack: SlackSandbox, browser: webdriver.Chrome) -> None:
    channel = slack.store.add_channel("finance")
    image = {"type": "image", "image_url": "https://tracker.example/i.png", "alt_text": "a chart"}
    bot(slack.store, channel, "x", blocks=[image])
    browser.get("about:blank")
    _log(browser)  # what the page of an earlier test said when its server had gone
    browser.get(slack.page_url)
    script = "return performance.getEntriesByType('resource').map(e => e.name)"
    loaded = browser.execute_script(script)
    assert loaded
    assert all(name.startswith(slack.page_url) for name in loaded)
    assert "a chart" in texts(browser, "#messages")[0]
    severe = [entry for entry in _log(browser) if entry["level"] == "SEVERE"]
    assert severe == []


def test_a_telephone_shows_one_pane_at_a_time(
    slack: SlackSandbox, browser: webdriver.Chrome
) -> None:
    channel = slack.store.add_channel("finance")
    head = bot(slack.store, channel, "fallback", blocks=invoice())
    bot(slack.store, channel, "a reply", thread_ts=head)
    size = {"width": 400, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        browser.get(slack.page_url)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= 400
        click(browser, "#messages .replies")
        wait(browser, "#thread", "a reply")
        assert not one(browser, "#messages").is_displayed()
        click(browser, "#close")
        WebDriverWait(browser, 5).until(lambda _: one(browser, "#messages").is_displayed())
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
