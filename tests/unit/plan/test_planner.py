"""From a document as read to its deliveries."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from exact_slack.app.summary import Summary
from exact_slack.config.load import load
from exact_slack.documents.document import Document, Line
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref
from exact_slack.ledger.documents import documents
from exact_slack.ledger.ledger import Ledger
from exact_slack.plan import planner as planning
from exact_slack.plan.fired import Fired
from exact_slack.plan.planner import Planner
from exact_slack.plan.planning import Planning

TODAY = date(2026, 11, 24)
CONFIG = """\
exact:
  region: nl
  divisions: [123456]
  client_id: a
  client_secret: b
  redirect_uri: https://example.com/
silences: [{match: {exception: overdue}, until: 2026-12-01, reason: audit}]
routes:
  - {name: all, channel: "#ap"}
  - {name: late, when: {exception: [no_cost_center, new_supplier]}, channel: "#late"}
  - {name: week, channel: "#week", digest: {every: week}}
"""


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each of the judging functions ran."""
    counted: Counter[str] = Counter()

    def count(module: Any, name: str) -> None:
        original: Callable[..., Any] = getattr(module, name)

        def counting(*given: Any, **named: Any) -> Any:
            counted[name] += 1
            return original(*given, **named)

        monkeypatch.setattr(module, name, counting)

    count(planning, "judge")
    count(Fired, "of")
    count(planning, "fingerprint")
    count(documents, "fingerprint")
    return counted


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(Ledger(tmp_path / "state")) as made:
        yield made


@pytest.fixture
def planner(tmp_path: Path, ledger: Ledger) -> Planner:
    config = tmp_path / "acme.yaml"
    config.write_text(CONFIG, encoding="utf-8")
    config.chmod(0o600)
    return Planner(Planning.of(load(config), ledger), Summary())


def test_a_document_that_is_read_is_judged_once(
    ledger: Ledger, planner: Planner, calls: Counter[str]
) -> None:
    ref = Ref(123456, Kind.PURCHASE_ENTRY, "11111111-1111-1111-1111-111111111111")
    first = Document(ref, modified=ServerMs(1000), lines=(Line(),))
    changed = replace(first, modified=ServerMs(2000), description="other")
    same = replace(changed, modified=ServerMs(3000))
    for read, judged in ((first, True), (changed, True), (same, False)):
        calls.clear()
        with ledger.transaction():
            planner.take_in(read, first_run_at=ServerMs(0), today=TODAY, now=1.0, asked=9)
        expected = {"fingerprint": 1} | ({"judge": 1, "of": 1} if judged else {})
        assert calls == expected
