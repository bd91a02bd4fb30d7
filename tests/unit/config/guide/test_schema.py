"""The JSON schema for editors: it takes what `config check` takes, and refuses what it refuses."""

from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from exact_slack.config import route
from exact_slack.config.file.source import read
from exact_slack.config.guide.keys import KEYS
from exact_slack.config.guide.schema import keys, schema
from exact_slack.config.guide.starter import Addresses, complete, text
from exact_slack.config.load import load
from exact_slack.config.model import Config
from exact_slack.config.values import Section
from exact_slack.errors import ConfigError

EXAMPLE = Path(__file__).parents[4] / "config.example.yaml"
VALIDATOR = Draft202012Validator(schema())
RICH = """\
timezone: Europe/Amsterdam
quiet: {from: "18:00", to: "08:00", days: [sat, sun]}
alerts: "#finance-ops"
attachments_max_mb: 5
serve: {listen: "127.0.0.1:9000", public_url: https://hooks.example.com}
monitoring: {ping_url: https://hc.example.com/abc}
retention: {documents_days: 400}
silences:
  - {match: {kind: bank_entry}, until: 2026-12-31, reason: year-end}
tests:
  - name: a large one
    document: {kind: purchase_entry, amount: 12000, cost_center: [VEN, ANT]}
    routes: everything
    event: created
routes:
  - name: everything
    when:
      kind: ["purchase_*", "!purchase_order"]
      division: 123456
      amount: [">= 10_000 and < 50000", "< -5.50"]
      event: [created, paid]
      account: "Van *"
      exception: due_soon
    channel: C0123ABCD
    mention: here
    locale: de_AT
    broadcast_payments: false
    template: {title: "{{ number }}", fields: {Project: "{{ project }}"}}
    quiet: {}
    triage: {remind: "09:00", escalate: {after: 1d, mention: S0123ABCD}, alert_after: 3d}
  - name: taken
    channel: "#taken"
    triage: true
  - name: weekly
    channel: "#weekly"
    digest: {every: week, at: "9:15", on: fri}
"""


def _plain(value: Any) -> Any:
    """Values as an editor sees them: YAML 1.2 has no dates."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _problems(path: Path) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(_plain(read(path).values))]


def _written(tmp_path: Path, content: str) -> Path:
    path = tmp_path / "acme.yaml"
    path.write_text(content, encoding="utf-8")
    return path


def _example(extra: str = RICH) -> str:
    return EXAMPLE.read_text(encoding="utf-8").partition("locale:")[0] + extra


def test_the_schema_is_one_and_takes_the_example() -> None:
    Draft202012Validator.check_schema(schema())
    assert _problems(EXAMPLE) == []


@pytest.mark.parametrize("large", ["none", "#ap"])
def test_it_takes_what_config_init_writes(tmp_path: Path, large: str) -> None:
    addresses = Addresses("http://127.0.0.1:8766", "http://127.0.0.1:8765/api/")
    for given in (Addresses(), addresses):
        path = _written(tmp_path, text(complete({"large": large}), "acme.yaml", given))
        assert _problems(path) == []
        load(path)


def test_it_takes_a_file_with_every_sort_of_key(tmp_path: Path) -> None:
    path = _written(tmp_path, _example())
    load(path)
    assert _problems(path) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("timezone:", "time_zone:"),
        ('"18:00"', '"25:00"'),
        ("[sat, sun]", "[saturday]"),
        ('"#finance-ops"', "finance-ops"),
        ("attachments_max_mb: 5", "attachments_max_mb: 0"),
        ("attachments_max_mb: 5", "attachments_max_mb: five"),
        ("https://hooks", "http://hooks"),
        ("https://hooks", "http://localhost.evil"),
        ("documents_days: 400", "documents_days: 4"),
        ("2026-12-31", "soon"),
        (", reason: year-end", ""),
        ("kind: purchase_entry, amount", "kind: invoice, amount"),
        ("amount: 12000", "amount: lots"),
        ("event: created", "event: made"),
        ('"purchase_*", ', "purchase_enty, "),
        ('[">= 10_000 and < 50000", "< -5.50"]', "10000"),
        ("[created, paid]", "[]"),
        ('"Van *"', "true"),
        ("due_soon", "overdu"),
        ("C0123ABCD", "'#a b'"),
        ("mention: here", "mention: everyone"),
        ("de_AT", "pt_BR"),
        ("broadcast_payments: false", "broadcast_payments: 'perhaps'"),
        ("fields: {Project: ", "fields: {'': "),
        ("every: week", "every: year"),
        ("on: fri", "on: 31"),
        ("  - name: weekly\n    channel", "  - channel"),
        ("account:", "acount:"),
    ],
)
def test_a_mistake_is_one_in_the_editor_and_for_config_check(
    tmp_path: Path, old: str, new: str
) -> None:
    good = _example()
    assert old in good
    path = _written(tmp_path, good.replace(old, new, 1))
    with pytest.raises(ConfigError):
        load(path)
    assert _problems(path)


@pytest.mark.parametrize(
    ("secret", "good"),
    [
        ("plain", True),
        ("{env: X}", True),
        ("{file: /x}", True),
        ("{credential: x}", True),
        ("{keyring: a/b}", True),
        ("{command: [pass, show, 1]}", True),
        ("{command: pass}", False),
        ("{command: []}", False),
        ("{envi: X}", False),
        ("{env: X, file: y}", False),
        ("{env: ''}", False),
        ("''", False),
        ("[x]", False),
        ("12", False),
    ],
)
def test_secrets_have_the_forms_that_the_config_takes(
    tmp_path: Path, secret: str, good: bool
) -> None:
    content = _example().replace("{env: EXACT_CLIENT_SECRET}", secret)
    path = _written(tmp_path, content)
    assert (_problems(path) == []) is good
    try:
        load(path)
    except ConfigError:
        assert not good
    else:
        assert good


def test_a_required_key_is_missed_in_both(tmp_path: Path) -> None:
    for key in ("region", "divisions", "client_id", "redirect_uri"):
        lines = [line for line in _example().splitlines(True) if f"  {key}:" not in line]
        path = _written(tmp_path, "".join(lines))
        assert any(f"'{key}' is a required" in problem for problem in _problems(path))


def _sections(section: type[Section], found: dict[str, type[Section]]) -> dict[str, type[Section]]:
    if section.__name__ not in found:
        found[section.__name__] = section
        for field in section.model_fields.values():
            _sections_in(field.annotation, found)
    return found


def _sections_in(annotation: Any, found: dict[str, type[Section]]) -> None:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        _sections(annotation, found)
    for part in get_args(annotation):
        _sections_in(part, found)


def test_every_key_is_described_and_nothing_else() -> None:
    found = _sections(Config, {})
    found.pop("Comparison", None)  # written as one text
    assert {name: list(keys(section)) for name, section in found.items()} == {
        name: list(described) for name, described in KEYS.items()
    }


def test_the_schema_knows_the_forms_of_the_model() -> None:
    """Two doors to one list: a new channel, mention or address form must change both."""
    properties = schema()["$defs"]["Route"]["properties"]
    names = ("#a", "#finance-feed", "C0123ABCD", "G0123ABCD", "a", "#", "@x", "c0123abcd")
    more = ("#Finance-Feed", "#finance.feed", "#a b", "#a@b", "#débit", "#会計_1", "#" + "x" * 81)
    for value in names + more:
        assert _fits(properties["channel"], value) == _model_takes(channel=value), value
    for value in ("here", "U123", "S0123ABCD", "W99", "channel", "U1", "u123", "@here"):
        assert _fits(properties["mention"], value) == _model_takes(mention=value), value


def _fits(part: dict[str, Any], value: Any) -> bool:
    return bool(Draft202012Validator(part).is_valid(value))


def _model_takes(**changed: str) -> bool:
    try:
        route.Route.model_validate({"name": "x", "channel": "#x", **changed})
    except ValidationError:
        return False
    return True
