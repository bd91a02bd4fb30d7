"""What docs/routing.md and docs/messages.md say is what the code does."""

import re
import struct
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from exact_slack.app.customer import Customer
from exact_slack.config.cases import CaseDocument
from exact_slack.config.file.source import _Loader
from exact_slack.config.load import load
from exact_slack.config.model import Config
from exact_slack.config.route import Route, When
from exact_slack.config.values import EVENTS, EXCEPTIONS, LOCALES
from exact_slack.documents.document import Line
from exact_slack.documents.kinds import STATUS_WORDS, Kind
from exact_slack.documents.samples import RUNS, SAMPLES
from exact_slack.inspect.explain import explained
from exact_slack.inspect.explain import tested as judged
from exact_slack.inspect.preview import Previewer
from exact_slack.inspect.subjects import Subject, subjects
from exact_slack.rendering.context import HeadContext
from exact_slack.rendering.template_rules import _KEPT, _OWN
from exact_slack.rendering.templates import values
from exact_slack.rendering.words.locale import Words
from exact_slack.routing.rules import first_failure
from tests.pictures import FOLDER, MOST_BYTES, pictures

DOCS = Path(__file__).parents[3] / "docs"
ROUTING = (DOCS / "routing.md").read_text(encoding="utf-8")
MESSAGES = (DOCS / "messages.md").read_text(encoding="utf-8")
EXCEPTIONS_PAGE = (DOCS / "exceptions.md").read_text(encoding="utf-8")
REPORTS = (DOCS / "reports.md").read_text(encoding="utf-8")
CLOSE = (DOCS / "close.md").read_text(encoding="utf-8")
TRIAGE = (DOCS / "triage.md").read_text(encoding="utf-8")
DIGESTS = (DOCS / "digests.md").read_text(encoding="utf-8")
SHOWN = MESSAGES + REPORTS + DIGESTS + EXCEPTIONS_PAGE + CLOSE + TRIAGE
EXACT = """\
exact:
  region: nl
  divisions: [123456]
  client_id: {env: NOT_SET}
  client_secret: {env: NOT_SET}
  redirect_uri: https://finance.example.com/exact/callback
"""


def _read(text: str) -> Any:
    """As the config is read: `on` is a word."""
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader


def _section(title: str) -> str:
    level = title.split(" ")[0]
    text = ROUTING.split(f"\n{title}\n", 1)[1]
    return re.split(rf"^#{{1,{len(level)}}} ", text, maxsplit=1, flags=re.MULTILINE)[0]


def _rows(text: str) -> list[list[str]]:
    """The cells of all tables, without their heads."""
    rows = [line for line in text.splitlines() if line.startswith("|")]
    split = [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]
    rules = [index for index, row in enumerate(split) if set(row[0]) == {"-"}]
    return [row for i, row in enumerate(split) if i not in rules and i + 1 not in rules]


def _names(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def _yaml(text: str) -> Iterator[Any]:
    for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL):
        yield _read(block)


WHEN = {_names(row[0])[0]: row for row in _rows(_section("## `when`").split("###")[0])}


def test_the_table_has_every_key() -> None:
    assert list(WHEN) == list(When.model_fields)


def _occasion(customer: Customer, sample: str) -> Subject:
    return subjects(customer, None, sample, None)[0]


@pytest.fixture
def acme(tmp_path: Path) -> Customer:
    """A customer with the routes and the cases of the page."""
    routes, tests = (next(_yaml(_section_with(key))) for key in ("routes", "tests"))
    path = tmp_path / "acme.yaml"
    path.write_text(
        EXACT + f"state: {tmp_path / 'state'}\n" + yaml.safe_dump({**routes, **tests}),
        encoding="utf-8",
    )
    return Customer(load(path))


def _section_with(key: str) -> str:
    return next(f"```yaml\n{b}```" for b in re.findall(r"```yaml\n(.*?)```", ROUTING, re.DOTALL)
                if b.startswith(f"{key}:"))  # fmt: skip


@pytest.mark.parametrize("key", list(When.model_fields))
def test_each_example_takes_and_leaves_what_it_says(acme: Customer, key: str) -> None:
    _, _, example, takes, leaves = WHEN[key]
    when = When.model_validate(_read(_names(example)[0]))
    assert when.model_fields_set == {key}
    assert takes
    for sample in _names(takes):
        assert first_failure(when, _occasion(acme, sample).occasion) == ""
    for sample in _names(leaves):
        assert first_failure(when, _occasion(acme, sample).occasion) == key


def test_kinds_events_exceptions_states_and_locales_are_complete() -> None:
    when = _section("## `when`")
    kinds = re.search(r"\*\*kind\*\*: (.*?)\. Only", when, re.DOTALL)
    assert kinds and set(re.split(r",\s+", kinds[1])) == {kind.value for kind in Kind}
    assert {_names(r[0])[0] for r in _rows(_section("### Events"))} == set(EVENTS)
    assert [_names(r[0])[0] for r in _rows(_section("### Exceptions"))] == list(EXCEPTIONS)
    states = " ".join(when.split("**status**")[1].split("###")[0].split())
    for words in STATUS_WORDS.values():
        assert all(word in states for word in words.values())
    assert set(re.findall(r"\b[a-z]{2}(?:_[A-Z]{2})?\b", ROUTING.split("Locales: ")[1].split(
        "\n\n")[0])) == LOCALES  # fmt: skip


def test_the_other_keys_of_a_route_load_as_shown() -> None:
    rows = {_names(row[0])[0]: row[2] for row in _rows(_section("## The other keys of a route"))}
    assert set(rows) == {field.alias or name for name, field in Route.model_fields.items()}
    for key, example in rows.items():
        given = _read(example.strip("`"))
        assert set(given) == {key}
        Route.model_validate({"name": "x", "channel": "#x", **given})


def test_every_block_of_yaml_loads() -> None:
    blocks = list(_yaml(ROUTING))
    assert len(blocks) == 4
    base = _read(EXACT)
    for block in blocks:
        Config.model_validate({**base, "routes": [{"name": "x", "channel": "#x"}], **block})


def test_the_cases_of_the_page_hold(acme: Customer) -> None:
    found = judged(acme, None)
    assert len(found) == 3
    assert [one.result.faults for one in found] == [(), (), ()]


def test_templates_can_name_what_the_table_says(acme: Customer) -> None:
    rows = {row[0]: _names(row[1]) for row in _rows(_section("## Templates")) if row[0]}
    given = values(SAMPLES["purchase_entry"], HeadContext("en"), Words("en"))
    named = [n for what, names in rows.items() if what not in ("a line", "filters") for n in names]
    assert sorted(named) == sorted(given.keys() - {"document"})
    assert set(rows["a line"]) == {f.name for f in fields(Line)} - {"key"}
    assert set(rows["filters"]) == {*_OWN, *_KEPT}


def test_cases_may_have_the_keys_that_are_listed() -> None:
    listed = re.search(r"`document` may have (.*?)\. A list", ROUTING, re.DOTALL)
    assert listed
    assert set(re.split(r",\s+", listed[1].replace("kind (needed)", "kind"))) == set(
        CaseDocument.model_fields
    )


def _fields(title: str) -> dict[str, str]:
    """Field to what is said of it, of a table of JSON."""
    return {name: row[1] for row in _rows(_section(title)) for name in _names(row[0])}


def test_the_json_is_described_field_by_field(acme: Customer) -> None:
    subject = _occasion(acme, "purchase_entry")
    one = explained(acme, subject).as_json()
    told = _fields("## `route explain`")
    assert set(told) == set(one)
    routes = one["routes"]
    assert isinstance(routes, list)
    assert set(_names(told["routes"])) == set(routes[0])
    assert set(_names(told["messages"])) == {"channel", "route", "state", "reason"}
    assert set(_fields("## `route test`")) == set(judged(acme, None)[0].as_json())
    shown = Previewer(acme, None).show(subject, None)[0].as_json()
    told = _fields("## `preview`")
    assert set(told) == set(shown)
    for name in ("document", "payload"):
        inner = shown[name]
        assert isinstance(inner, dict)
        assert set(_names(told[name])) == set(inner)


def test_samples_are_listed() -> None:
    line = ROUTING.split("Samples: ")[1].partition(".")[0]
    assert {*_names(line), *(kind.value for kind in Kind)} == {*SAMPLES, *RUNS}


# -- messages ----------------------------------------------------------------------------------


def test_there_is_a_picture_of_every_message_and_each_is_shown() -> None:
    wanted = {picture.name for picture in pictures()}
    assert {kind.value for kind in Kind} <= wanted
    assert {path.stem for path in FOLDER.glob("*")} == wanted
    assert set(re.findall(r"!\[(\w+)\]\(pictures/\1\.png\)", SHOWN)) == wanted


def test_the_pictures_are_small_and_as_wide_as_a_channel() -> None:
    for path in FOLDER.glob("*.png"):
        data = path.read_bytes()
        assert data[:8] == b"\x89PNG\r\n\x1a\n"
        width, height = struct.unpack(">II", data[16:24])
        assert 700 <= width <= 760
        assert height < 1_000
        assert len(data) < MOST_BYTES


@pytest.mark.parametrize("page", ["routing.md", "messages.md"])
def test_links_lead_somewhere(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)", text):
        assert target.startswith("https://") or (DOCS / target).exists()
