"""Whose a delivery is once its route has another name, or is gone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from exact_slack.app.routes import route_of
from exact_slack.config.load import load
from exact_slack.config.model import Config
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.outgoing import payloads

TEXT = """\
exact: {region: nl, divisions: [1], client_id: a, client_secret: b, redirect_uri: https://e.com/}
locale: nl_NL
routes:
  - {name: daily, when: {kind: payment}, channel: "#a", digest: {every: day, at: "09:00"}}
  - {name: first, when: {kind: purchase_entry}, channel: "#a", locale: de_DE}
  - {name: second, when: {kind: sales_invoice}, channel: "#a"}
"""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    path = tmp_path / "acme.yaml"
    path.write_text(TEXT, encoding="utf-8")
    path.chmod(0o600)
    return load(path)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(tmp_path / "state")
    yield made
    made.close()


@pytest.mark.parametrize(
    ("route", "channel", "expected", "locale"),
    [
        ("second", "#a", "second", "nl_NL"),
        ("second", "#elsewhere", "second", "nl_NL"),
        ("daily", "#a", "daily", "nl_NL"),
        ("renamed since", "#a", "first", "de_DE"),  # not the one that collects
        ("alerts", "#ops", None, "nl_NL"),
    ],
)
def test_it_is_the_one_of_its_name_or_the_first_that_posts_there(
    config: Config, ledger: Ledger, route: str, channel: str, expected: str | None, locale: str
) -> None:
    with ledger.transaction():
        number = ledger.deliveries.add(payloads.Head(), route=route, channel=channel, now=0.0)
    found = route_of(config, ledger.deliveries.get(number))
    assert (found.name if found else None) == expected
    assert config.locale_of(found) == locale
