"""What the messages of a close say, in every language, and that they fit into Slack."""

import re

import pytest

from exact_slack.close.codec import from_json, to_json
from exact_slack.close.message import (
    changed_message,
    close_message,
    manual_message,
    ready_message,
)
from exact_slack.documents.closing import Said, green, red
from exact_slack.rendering import blocks as b
from tests.unit.close.sample import sample_closing

LOCALES = ("en_GB", "nl_NL", "de_DE", "fr_FR", "es_ES")


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("items", [0, 10])
def test_it_fits_and_foreign_text_is_no_markup(locale: str, items: int) -> None:
    message = close_message(sample_closing(items), locale)
    assert b.units(message.text) <= b.TEXT_MAX and b.size(message.blocks) <= b.BUDGET
    assert "<!channel>" not in message.text and "{" not in message.text
    assert message.text.count("🔴") == (10 if items else 3)


@pytest.mark.parametrize("locale", LOCALES)
def test_replies_are_in_the_language_of_the_message(locale: str) -> None:
    before, after = sample_closing(), sample_closing(bank=red(Said("open", n=3)))
    changed = changed_message(before, after, locale, "here")
    assert changed is not None and changed.text.startswith("<!here> 🔴")
    assert changed_message(before, before, locale, None) is None
    assert "142" in ready_message(after, locale, 142).text
    assert "white_check_mark" in manual_message("Accruals reviewed", locale).text


def test_nothing_in_it_changes_by_itself_from_day_to_day() -> None:
    one = close_message(sample_closing(), "en_GB")
    assert one.imprint() == close_message(sample_closing(), "en_GB").imprint()
    assert not re.search(r"\b(today|ago|in \d+ days)\b", one.text)


def test_the_ledger_gives_back_what_it_was_given() -> None:
    closing = sample_closing(suspense=green(Said("done")))
    assert from_json(to_json(closing)) == closing
