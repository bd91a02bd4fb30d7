"""`queue` for a person: by whose clock, how wide, and what is said where there is nothing."""

import sys
from pathlib import Path

import pytest

from exact_slack.cli.views import queue
from exact_slack.config.load import load
from exact_slack.config.model import Config
from exact_slack.triage.queue import Row, Wanted

ROW = Row(
    kind="purchase_entry",
    number="26700031",
    account="Van Dijk Transport en Logistiek Rotterdam B.V.",
    amount="12345.67",
    currency="EUR",
    exceptions=["duplicate_invoice", "payee_changed"],
    state="later",
    person="Anna de Vries-van den Berg",
    since="2026-11-24T09:05:00Z",
    until="2026-11-25T08:00:00Z",
    channel="#ap-exceptions",
    route="odd",
    link=None,
)
WORDS = (
    "2026-11-24 10:05",
    "later by Anna de Vries-van den Berg until 2026-11-25 09:00",
    "purchase entry 26700031 · Van Dijk Transport en Logistiek Rotterdam B.V. · EUR 12345.67"
    " · #ap-exceptions · duplicate_invoice, payee_changed",
)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return _config(tmp_path, "triage: true")


def _config(folder: Path, more: str) -> Config:
    path = folder / "acme.yaml"
    path.write_text(
        "exact: {region: nl, divisions: [1], client_id: a, client_secret: b,"
        " redirect_uri: 'https://x.example/'}\ntimezone: Europe/Amsterdam\n"
        f"routes: [{{name: all, channel: '#a', {more}}}]\n"
    )
    path.chmod(0o600)
    return load(path)


def test_times_are_by_the_clock_of_the_config_which_is_named(
    config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    queue.show([ROW], config, Wanted())
    table, told = capsys.readouterr().out.splitlines()[1:]
    assert all(words in table for words in WORDS)  # nothing is folded in a pipe
    assert told == "Times are those of Europe/Amsterdam."


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_no_row_is_wider_than_the_terminal_and_no_word_is_lost(
    config: Config,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    columns: int,
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("NO_COLOR", "1")
    queue.show([ROW, ROW], config, Wanted())
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= columns
    shown = " ".join(lines).split()
    assert all(word in shown for word in " ".join(WORDS).split())


@pytest.mark.parametrize(
    ("more", "wanted", "said"),
    [
        ("triage: true", Wanted(), "Nothing is unfinished."),
        ("triage: true", Wanted(person="Anna"), "Nothing of what was asked for is unfinished."),
        ("triage: true", Wanted(whole=True), "Nothing was ever an item of triage."),
        ("mention: here", Wanted(), "No route has triage, so nothing is anybody's."),
    ],
)
def test_where_there_is_nothing_one_sentence_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: str, wanted: Wanted, said: str
) -> None:
    queue.show([], _config(tmp_path, more), wanted)
    queue.show_stats([], _config(tmp_path, more), wanted)
    assert capsys.readouterr().out.splitlines() == [said] * 2
