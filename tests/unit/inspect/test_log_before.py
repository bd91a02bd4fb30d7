"""A ledger from before there was a log tells what it knows, and says what it does not."""

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from exact_slack.app.customer import customer
from exact_slack.config.load import load
from exact_slack.inspect.log.search import Filters, everything
from exact_slack.ledger.ledger import Ledger

DUMPS = sorted((Path(__file__).parents[2] / "ledgers").glob("*.sql"))
CONFIG = """\
exact: {{region: nl, divisions: [123456], client_id: a, client_secret: b,
  redirect_uri: "https://x.example/cb"}}
state: {state}
routes: [{{name: feed, when: {{kind: "*"}}, channel: "#feed"}}]
"""
_NEVER_KNOWN = {"changed", "exception", "routed", "looked_up"}


def told(folder: Path) -> list[Any]:
    with customer(load(folder / "acme.yaml"), reading=True) as parts:
        return [story.as_json() for story in everything(parts, Filters())]


@pytest.fixture(params=DUMPS, ids=lambda path: str(path.stem))
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    with closing(sqlite3.connect(state / "ledger.sqlite")) as db:
        db.executescript(request.param.read_text(encoding="utf-8"))
    (tmp_path / "acme.yaml").write_text(CONFIG.format(state=state), encoding="utf-8")
    return tmp_path


def _standing(folder: Path) -> set[str]:
    """By the tables themselves: where the messages of its documents are."""
    with closing(sqlite3.connect(folder / "state" / "ledger.sqlite")) as db:
        rows = db.execute("SELECT ts FROM deliveries WHERE state='posted' AND action<>'notice'")
        return {ts for (ts,) in rows}


@pytest.mark.sampled(9)
@pytest.mark.parametrize("migrated", [False, True], ids=["as it is", "opened by today's"])
def test_what_stands_is_told_and_the_rest_is_not_known(folder: Path, migrated: bool) -> None:
    standing = _standing(folder)
    if migrated:
        Ledger(folder / "state").close()
    documents = told(folder)
    assert documents
    for document in documents:
        whats = Counter(event["what"] for event in document["events"])
        assert document["known_since"] is not None, document
        assert not _NEVER_KNOWN & set(whats), document
        attempts = [e for e in document["events"] if e["what"] == "attempt"]
        assert {e["outcome"] for e in attempts} <= {"unknown"}  # what was under way then
        assert whats["seen"] == 1
        assert document["events"][0]["what"] == "seen"
        assert document["events"][0]["cause"] == "before this ledger kept a log"
    shown = {e["ts"] for d in documents for e in d["events"] if e.get("outcome") == "posted"}
    assert shown == standing
    if migrated:
        again = told(folder)
        assert [d["events"] for d in again] == [d["events"] for d in documents]
