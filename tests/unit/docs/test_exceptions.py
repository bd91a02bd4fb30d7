"""docs/exceptions.md has each exception, with what its message says and how it looks."""

import re
from pathlib import Path

import pytest

from exact_slack.config.model import ExceptionsConfig
from exact_slack.documents.exceptions import ExceptionKind
from tests.pictures import NOTICED, Picture, noticed

PAGE = (Path(__file__).parents[3] / "docs" / "exceptions.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", PAGE, flags=re.MULTILINE | re.DOTALL))


def test_every_exception_has_a_section() -> None:
    assert set(SECTIONS) == set(ExceptionKind) == set(NOTICED)


@pytest.mark.parametrize("picture", list(noticed()), ids=lambda one: one.name)
def test_what_its_message_says_is_quoted_and_pictured(picture: Picture) -> None:
    name, head = picture.name, picture.head
    section = SECTIONS[name.removeprefix("noticed_")]
    quoted = " ".join(re.sub(r"^> ?", "", section, flags=re.MULTILINE).split())
    (line,) = (line for line in head.text.splitlines() if line.startswith("Noticed"))
    assert line.replace("&gt;", ">") in quoted
    assert f"pictures/{name}.png" in section
    assert "**Tune" in section
    assert "**Cannot see**" in section


@pytest.mark.parametrize("key", ExceptionsConfig.model_fields)
def test_every_key_that_tunes_them_is_named(key: str) -> None:
    assert f"`{key}`" in PAGE or f"`exceptions.{key}`" in PAGE
