"""The config file that `config init` writes: a few questions, checked as the file itself will be,
and the text with comments."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from exact_slack.config.file.source import Source, mistakes
from exact_slack.config.model import Config

NONE = "none"
_LOCALES = {
    "nl": "nl_NL",
    "be": "nl_BE",
    "de": "de_DE",
    "fr": "fr_FR",
    "es": "es_ES",
    "uk": "en_GB",
    "us": "en_US",
}
"""The language of most customers in each region."""
Answers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its key among the answers, its words and the default."""

    key: str
    text: str
    default: Callable[[Answers], str]


QUESTIONS = (
    Question(
        "region",
        "Country of your Exact Online (nl be de fr es uk us)",
        lambda _: "nl",
    ),
    Question(
        "divisions",
        "Divisions, with commas (the numbers in Exact's address bar, _Division_=…)",
        lambda _: "123456",
    ),
    Question(
        "redirect",
        "Redirect address, as registered in the App Center",
        lambda _: "https://finance.example.com/exact/callback",
    ),
    Question(
        "channel",
        "Slack channel for all documents",
        lambda _: "#finance-feed",
    ),
    Question(
        "large",
        "Channel for purchases of 10000 or more (or none)",
        lambda _: NONE,
    ),
    Question("locale", "Locale of the messages", lambda given: _locale(given["region"])),
)


def _locale(region: str) -> str:
    return _LOCALES.get(region, "en_GB")


@dataclass(frozen=True, slots=True)
class Ask:
    """A secret that is asked for: the key of `exact`, its words, and where it is kept: a file in
    the state folder, or the variable that is named where none was given."""

    key: str
    words: str
    file: str
    variable: str

    @property
    def text(self) -> str:
        """The question."""
        return f"Exact's {self.words} (not shown; Enter: from the variable {self.variable})"


SECRETS = (
    Ask("client_id", "client id", "exact-client-id", "EXACT_CLIENT_ID"),
    Ask("client_secret", "client secret", "exact-client-secret", "EXACT_CLIENT_SECRET"),
)
"""Asked last, so that the other answers on stdin stay where they were."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where Exact and Slack are, when not where everybody's are (a sandbox, a proxy)."""

    exact: str | None = None
    slack: str | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """Where this customer's own files are: secrets by their key, None where they come from the
    environment; `state` only where it must stand in the file, because cron would look elsewhere."""

    secrets: Mapping[str, Path]
    state: Path | None = None


NOWHERE = Places({})


def complete(answers: Answers) -> dict[str, str]:
    """The answers, with the defaults for what was not answered."""
    given = dict(answers)
    for question in QUESTIONS:
        given.setdefault(question.key, question.default(given))
    return given


def mistake(answers: Answers, addresses: Addresses, place: Path, line: int) -> str:
    """What is wrong with the answers so far, in the words of `config check`; "" for nothing."""
    values = _values(complete(answers), addresses)
    try:
        Config.model_validate(values)
    except ValidationError as error:
        return str(mistakes(Source(place, values, {(): line}), error, Config))
    return ""


def _values(answers: Answers, addresses: Addresses) -> dict[str, Any]:
    """The answers as the values of a config file."""
    exact: dict[str, Any] = {
        "region": answers["region"],
        "divisions": _divisions(answers["divisions"]),
        **{ask.key: {"env": ask.variable} for ask in SECRETS},
        "redirect_uri": answers["redirect"],
    }
    slack: dict[str, Any] = {}
    if addresses.exact is not None:
        exact["base_url"] = addresses.exact
    if addresses.slack is not None:
        slack["base_url"] = addresses.slack
    routes = [{"name": "everything else", "channel": answers["channel"]}]
    if answers["large"] != NONE:
        routes.append({"name": "large purchases", "channel": answers["large"]})
    return {"exact": exact, "slack": slack, "locale": answers["locale"], "routes": routes}


def _divisions(text: str) -> list[Any]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return [int(part) if part.isascii() and part.isdigit() else part for part in parts]


_LARGE = """\
  - name: large purchases
    when: {{kind: [purchase_entry, purchase_invoice], amount: ">= 10000"}}
    channel: {large}
    # mention: S0123ABCD          # a Slack user (U…), a user group (S…) or here
"""
_STATE_OFF = "# state: ~/.local/state/exact-slack/acme"
_SLACK_OFF = """\
# slack:
#   token: {env: SLACK_BOT_TOKEN}"""
_FILE = """\
# exact-slack: one file is one customer, one Exact Online login and one Slack workspace.
# See what is wrong with it:  exact-slack -c {name} config check
# For completion in an editor: exact-slack config schema > config.schema.json, and as first line
# here "# yaml-language-server: $schema=config.schema.json".

exact:
  region: {region}                      # nl be de fr es uk us
  divisions: {divisions}
  # Where secrets may be: {{env: NAME}}, {{file: PATH}} (mode 0600; good under cron),
  # {{credential: NAME}} (systemd), {{command: [pass, show, x]}} or {{keyring: SERVICE/USER}}
  client_id: {client_id}
  client_secret: {client_secret}
  # As registered in the App Center; it need not answer.
  redirect_uri: {redirect}
{exact_url}  # webhook_secret: {{env: EXACT_WEBHOOK_SECRET}}   # only for `exact-slack serve`

# The bot token is stored by `exact-slack auth slack`, or named here as slack.token.
{slack}

{state}   # ledger, lock, logins; one folder a customer
locale: {locale:<25} # en_GB nl_NL nl_BE de_DE fr_FR es_ES …; a route may have its own
on_ambiguous: hold                # hold | repost | strict: sends whose outcome nobody knows
flood_limit: 200                  # new messages per channel and run; the rest waits for a person
# alerts: "#finance-ops"          # where exact-slack speaks of itself

# Every route that fits posts the document; one with `otherwise` only what no earlier one took.
# Conditions: kind division event amount currency account cost_center cost_unit gl_account
#             journal project status creator exception
routes:
{large}  - name: everything else
    when: {{kind: "*"}}
    channel: {channel}
    otherwise: true               # only what no earlier route took
"""


def text(answers: Answers, name: str, addresses: Addresses, places: Places = NOWHERE) -> str:
    """The config file, with comments. `name` is the file's, for the example in it."""
    quoted = {key: _quoted(value) for key, value in answers.items()}
    return _FILE.format(
        name=name,
        **{ask.key: _source(ask, places.secrets.get(ask.key)) for ask in SECRETS},
        state=f"state: {_quoted(str(places.state))}" if places.state else _STATE_OFF,
        region=answers["region"],
        divisions=_divisions(answers["divisions"]),
        redirect=quoted["redirect"],
        locale=answers["locale"],
        channel=quoted["channel"],
        large="" if answers["large"] == NONE else _LARGE.format(large=quoted["large"]),
        exact_url=_base_url(addresses.exact),
        slack=_SLACK_OFF
        if addresses.slack is None
        else f"slack:\n{_base_url(addresses.slack)}".rstrip(),
    )


def _source(ask: Ask, file: Path | None) -> str:
    return f"{{env: {ask.variable}}}" if file is None else f"{{file: {_quoted(str(file))}}}"


def _base_url(address: str | None) -> str:
    return "" if address is None else f"  base_url: {_quoted(address)}\n"


def _quoted(value: str) -> str:
    """A text that YAML takes as it is, whatever is in it."""
    return json.dumps(value, ensure_ascii=False)
