"""What a person sees in a real browser after a poll: the demo's page, threads included."""

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.e2e.rig import DIVISION, ENTRIES, Rig


@pytest.mark.browser
def test_the_page_shows_a_polled_message_and_its_thread(
    rig: Rig, browser: webdriver.Chrome
) -> None:
    rig.poll()
    row = rig.entry(26700042, SupplierName="Émile & <b>Zonen</b>")
    rig.poll()
    rig.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": row["EntryID"], "YourRef": "NEW-77"})
    rig.poll()
    browser.get(rig.slack.page_url)
    page = browser.find_element(By.TAG_NAME, "body")
    WebDriverWait(browser, 10).until(lambda _: "26700042" in page.text)
    for seen in ("feed", "Émile & <b>Zonen</b>", "Small", "VEN", "€121.00", "1 reply"):
        assert seen in page.text
    head = rig.heads()[0]
    browser.get(f"{rig.slack.page_url}?channel=feed&thread={head.ts}")
    page = browser.find_element(By.TAG_NAME, "body")
    WebDriverWait(browser, 10).until(lambda _: "VD-26700042 → NEW-77" in page.text)
