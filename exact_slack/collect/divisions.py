"""Says when the divisions of the config are others than at the last run. Each division has
cursors of its own, so that a change of the list moves none."""

import contextlib

from exact_slack.app.summary import Summary
from exact_slack.config.model import Config
from exact_slack.errors import Notice
from exact_slack.ledger.ledger import Ledger

_FACT = "divisions"


def tell_changes(config: Config, ledger: Ledger, summary: Summary, allowed: list[int]) -> None:
    """After the divisions were checked: `allowed` are those that the login may use. Told once."""
    now = set(config.exact.divisions)
    before = _parsed(ledger.fact(_FACT) or "")
    if now == before:
        return
    ledger.set_fact(_FACT, " ".join(map(str, sorted(now))))
    if not before:  # the first run
        return
    names = {code: record.name for code, record in ledger.cursors.divisions().items()}
    for code in sorted((now - before) & set(allowed)):
        summary.problem(
            Notice(
                f"exact.divisions: {code} {names.get(code, '')} is new in the config.",
                "What changes there from now on is posted; poll --since brings up older documents.",
            )
        )
    for code in sorted(before - now):
        summary.problem(
            Notice(
                f"exact.divisions: {code} {names.get(code, '')} is no longer in the config.",
                "It is not read any more; put back, it goes on where it stopped.",
            )
        )


def _parsed(text: str) -> set[int]:
    with contextlib.suppress(ValueError):
        return {int(code) for code in text.split()}
    return set()
