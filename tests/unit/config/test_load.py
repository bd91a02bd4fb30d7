"""The config file: what is accepted, and how mistakes are told."""

import os
from pathlib import Path

import pytest

from exact_slack.config.file import source
from exact_slack.config.file.paths import expand
from exact_slack.config.load import exposed, load
from exact_slack.config.match import matches
from exact_slack.config.sides import SECRET_KEYS, ExactConfig, SlackConfig
from exact_slack.documents.kinds import BY_NAME_ONLY, Kind
from exact_slack.errors import ConfigError
from exact_slack.secrets.source import Secret

EXAMPLE = Path(__file__).parents[3] / "config.example.yaml"


def _changed(tmp_path: Path, old: str, new: str) -> Path:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "acme.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def _line(written: str) -> int:
    """Where the example has it first."""
    before, found, _ = EXAMPLE.read_text(encoding="utf-8").partition(written)
    assert found
    return before.count("\n") + 1


def test_the_example_is_valid_and_routes_every_kind() -> None:
    assert load(EXAMPLE).routed_kinds() == tuple(k for k in Kind if k not in BY_NAME_ONLY)


@pytest.mark.parametrize(
    ("old", "new", "key", "found", "expected"),
    [
        ("region: nl ", "region: xx ", "exact.region", "'xx'", "'nl'"),
        ('">= 10000"', "10000", "amount", "10000", "a comparison"),
        ("amount:", "amout:", "amout", "unknown key", "gl_account"),
        ("purchase_entry,", "purchase_enty,", "kind[0]", "'purchase_enty'", "purchase_entry"),
        ("123456,", "abc,", "exact.divisions[0]", "'abc'", "a whole number"),
        ("https://fin", "http://fin", "redirect_uri", "'http://fin", "https"),
        ('"#ap-exceptions"', "#ap", "channel", "nothing", "a text"),
        ("flood_limit: 200", "flood_limit: 0", "flood_limit", "0", "1 or more"),
        ("locale: nl_NL", "locale: pt_BR", "locale", "'pt_BR'", "nl_NL"),
        (
            "flood_limit: 200",
            "fload_limit: 200",
            "fload",
            "did you mean 'flood_limit'?",
            "exact",
        ),
        ("[123456, 234567]", "[1, 1]", "exact.divisions", "a list", "each division once"),
        ("flood_limit: 200", "path: elsewhere", "path", "unknown key 'path'", "state"),
        ("flood_limit: 200", "serve: {listen: '8080'}", "serve.listen", "'8080'", "HOST:PORT"),
        ("flood_limit: 200", "state: ''", "state", "''", "not empty"),
        ('"#ap-exceptions"', "#ap", "channel", "nothing", 'in quotes, as "#finance"'),
        ("on_ambiguous: hold", "on_ambiguous: guess", "on_ambiguous", "'guess'", "'hold'"),
    ],
)
def test_a_mistake_names_file_line_key_found_and_expected(
    tmp_path: Path, old: str, new: str, key: str, found: str, expected: str
) -> None:
    path = _changed(tmp_path, old, new)
    with pytest.raises(ConfigError) as caught:
        load(path)
    first = str(caught.value).splitlines()[0]
    assert first.startswith(f"{path}:{_line(old)}: ")
    assert key in first
    assert found in first.split("expected")[0]
    assert expected in first.split("expected")[1]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("#Finance-Feed", '"#finance-feed"'),
        ("#finance.feed", '"#finance-feed"'),
        ("# finance, feed!", '"#finance-feed"'),
        ("finance", '"#finance"'),
        ("clients2026", '"#clients2026"'),
        ("#DÉBIT", '"#débit"'),
        ("#a@b/c", '"#a-b-c"'),
        ("#CASHFLOW", '"#cashflow"'),
        ("#" + "x" * 81, '"#' + "x" * 80 + '"'),
        ("#C0ABCDEF12", "C0ABCDEF12: an id has capitals and digits only, and no # before it"),
        ("c0abcdef12", "C0ABCDEF12: an id has capitals and digits only"),
        ("<#C0ABCDEF12|fin>", "its id alone, C0ABCDEF12"),
        ("https://acme.slack.com/archives/C0ABCDEF12/p1", "its id alone, C0ABCDEF12"),
        ("https://app.slack.com/client/T0ABCDEF1/C0ABCDEF12", "its id alone, C0ABCDEF12"),
        ("D0ABCDEF12", "a channel: this is the id of a person"),
        ("U0ABCDEF12", "a channel: this is the id of a person"),
        ("#?", 'a channel such as "#finance"'),
    ],
)
def test_a_name_that_no_channel_has_is_told_with_the_one_that_is_meant(
    tmp_path: Path, written: str, meant: str
) -> None:
    path = _changed(tmp_path, '"#ap-exceptions"', f'"{written}"')
    with pytest.raises(ConfigError, match=f":{_line('channel: ')}: .*channel") as caught:
        load(path)
    assert f"expected {meant}" in str(caught.value)


@pytest.mark.parametrize(
    "name", ["#a", "#1", "#a_b-c", "#débit", "#会計", "#हिन्दी", "#" + "x" * 80]
)
def test_names_that_slack_has(tmp_path: Path, name: str) -> None:
    config = load(_changed(tmp_path, '"#ap-exceptions"', f'"{name}"'))
    assert name in {route.channel for route in config.routes}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("  region", "\tregion", "found a tab where only spaces may stand"),
        ("routes:", "---\nroutes:", "expected YAML, but found another document"),
        ("234567]", "234567", "the [ in line 4 is not closed"),
        ("flood_limit: 200", "silences: [{until: 2026-13-01}]", "a date or number that does"),
    ],
)
def test_what_is_no_yaml_is_told_with_its_line_and_in_words_that_help(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    path = _changed(tmp_path, old, new)
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}:{_line(old)}: "), str(caught.value)
    assert told in str(caught.value)


def test_a_quote_that_is_not_closed_is_told_where_it_begins(tmp_path: Path) -> None:
    path = tmp_path / "acme.yaml"
    path.write_text('exact:\n  region: "nl\n  divisions: [1]\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="the quote in line 2 is not closed"):
        load(path)


def test_aliases_of_aliases_end(tmp_path: Path) -> None:
    path = tmp_path / "bomb.yaml"
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(ConfigError, match="its aliases unfold to more values than a config has"):
        load(path)


def test_hidden_files_of_a_folder_are_no_customers(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yml", ".#b.yaml", ".b.yaml", "notes.txt"):
        (tmp_path / name).write_text("", encoding="utf-8")
    assert [path.name for path in expand((str(tmp_path),))] == ["a.yml", "b.yaml"]


def test_each_key_that_takes_a_secret_is_in_the_one_list(tmp_path: Path) -> None:
    """A new key whose value is a secret is hidden in mistakes, and read, without another word."""
    config = load(Path("config.example.yaml"))
    taking = {
        f"{section}.{name}"
        for section, model in (("exact", ExactConfig), ("slack", SlackConfig))
        for name in model.model_fields
        if name in SECRET_KEYS
    }
    given = config.model_copy(
        update={
            "slack": SlackConfig.model_validate(
                {key.partition(".")[2]: "x" for key in taking if key.startswith("slack.")}
            ),
            "exact": config.exact.model_copy(update={"webhook_secret": Secret("literal", "x")}),
        }
    )
    assert set(given.named_secrets()) == taking
    assert {"exact.client_id", "slack.token"} < taking


def test_a_wrong_secret_is_not_repeated(tmp_path: Path) -> None:
    path = _changed(tmp_path, "{env: EXACT_CLIENT_ID}", "{envi: hunter2}")
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert "hunter2" not in str(caught.value)


def test_a_key_given_twice_is_a_mistake(tmp_path: Path) -> None:
    path = _changed(tmp_path, "locale: nl_NL", "locale: nl_NL\nlocale: de_DE")
    with pytest.raises(ConfigError, match="second time"):
        load(path)


def test_two_routes_of_one_name_are_a_mistake(tmp_path: Path) -> None:
    path = _changed(tmp_path, "name: everything else", "name: high-value purchases")
    with pytest.raises(ConfigError, match="a name of its own"):
        load(path)


@pytest.mark.parametrize(
    ("patterns", "value", "fits"),
    [
        (["*"], "x", True),
        (["purchase_*"], "purchase_entry", True),
        (["!x"], "y", True),
        (["!x"], "x", False),
        (["a*", "!ab"], "ab", False),
        (["a*", "!ab"], "ac", True),
        (["A"], "a", True),
    ],
)
def test_globs_and_negation(patterns: list[str], value: str, fits: bool) -> None:
    assert matches(patterns, value) is fits


def test_a_secret_stays_out_of_repr() -> None:
    assert "hunter2" not in repr(Secret.parse("hunter2"))


def test_a_secret_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("hunter2")
    path.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        Secret.parse({"file": str(path)}).fetch("slack.token")
    path.chmod(0o600)
    assert Secret.parse({"file": str(path)}).fetch("slack.token") == "hunter2"


def test_secrets_from_environment_and_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "A_SECRET", "hunter2")
    assert Secret.parse({"env": "A_SECRET"}).fetch("x") == "hunter2"
    assert Secret.parse({"command": ["printf", "hunter2"]}).fetch("x") == "hunter2"
    with pytest.raises(ConfigError, match="ended with exit code 1"):
        Secret.parse({"command": ["false"]}).fetch("x")


def test_a_code_with_leading_zeros_stays_as_written(tmp_path: Path) -> None:
    path = _changed(tmp_path, 'kind: "*"', "gl_account: 0700, cost_unit: 1.10")
    assert load(path).routes[1].when.gl_account == ("0700",)
    assert load(path).routes[1].when.cost_unit == ("1.10",)


@pytest.mark.parametrize("slack", ["xoxb-SECRET", "[xoxb-SECRET]", "{tokn: xoxb-SECRET}"])
def test_no_shape_of_a_mistake_shows_a_secret(tmp_path: Path, slack: str) -> None:
    path = _changed(tmp_path, "  token: {env: SLACK_BOT_TOKEN}", f"  {slack}")
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize("when", ["{[1]: x}", "[1]", "{kind: }", "{amount: []}", "{1: x}"])
def test_odd_conditions_are_mistakes(tmp_path: Path, when: str) -> None:
    path = _changed(tmp_path, '{kind: "*"}', when)
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert len(str(caught.value).splitlines()) == 1


def test_secrets_written_in_a_file_that_others_can_read_are_told(tmp_path: Path) -> None:
    path = tmp_path / "acme.yaml"
    path.write_text(
        "exact: {region: nl, divisions: [1], client_id: a, client_secret: b,"
        ' redirect_uri: "https://example.com/"}\n'
        'routes: [{name: all, channel: "#feed"}]\n',
        encoding="utf-8",
    )
    path.chmod(0o644)
    assert f"chmod 600 {path}" in exposed(load(path))
    path.chmod(0o600)
    assert exposed(load(path)) == ""


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("a: [" + "1," * 60_000 + "1]", 50_000),
        ("".join(f"k{number}: 1\n" for number in range(6_000)), 5_000),
        ("a: &a {b: 1}\nc: {" + "<<: *a, " * 6_000 + "}", 5_000),
        ("- " * 500_000, 50_000),
        ("a: " + "x" * 1_100_000, 50_000),
    ],
    ids=["list", "keys", "merges", "nested", "long"],
)
def test_what_no_config_is_as_large_as_is_not_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, limit: int
) -> None:
    """One with the limit as it is; the others with a tenth of it take a tenth of the time."""
    assert source._MOST_WRITTEN == 50_000
    monkeypatch.setattr(source, "_MOST_WRITTEN", limit)
    path = tmp_path / "acme.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"more values|more than|inside itself"):
        load(path)
