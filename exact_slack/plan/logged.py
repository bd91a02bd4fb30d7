"""What the log says of a document: who noticed it, what changed, what the rules made of it."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from exact_slack.config.model import Config
from exact_slack.documents.diff import FieldChange, LineChange, Value, changes
from exact_slack.documents.document import Document
from exact_slack.documents.exceptions import BY_TIME, ExceptionKind
from exact_slack.documents.kinds import STATUS_WORDS
from exact_slack.ledger.documents.stored import Stored
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.log import Happened, Seen
from exact_slack.plan.fired import fired_now
from exact_slack.routing.explain import explained
from exact_slack.routing.rules import Judgement

_LONGEST = 200
"""Characters of a value."""
_MOST = 100
"""Changes of one document at a time; the rest is counted."""
_REPEATS = {"status_name", "type_code", "type_name"}
"""What only repeats another field in Exact's words."""


class DocumentLog:
    """Writes what a planner sees, in its transaction."""

    def __init__(self, config: Config, ledger: Ledger, by: Seen) -> None:
        self._config = config
        self._ledger = ledger
        self._log = ledger.log
        self._by = by.value

    def read(self, old: Stored | None, stored: Stored, now: float) -> None:
        """A document that is new, or changed, or back."""
        if old is None:
            self._log.add(Happened.SEEN, now, document=stored.id, by=self._by)
            return
        changed = None if old.forgotten else change_rows(old.document, stored.document)
        back: dict[str, Any] = {"back": True} if old.deleted else {}
        self._log.add(
            Happened.CHANGED, now, document=stored.id, by=self._by, changes=changed, **back
        )

    def deleted(self, stored: Stored, now: float) -> None:
        """Exact no longer has it."""
        self._log.add(Happened.DELETED, now, document=stored.id, by=self._by)

    def judged(self, stored: Stored, judgement: Judgement, now: float) -> None:
        """What the rules make of it, where that is not what they made of it before; and the
        exceptions that are new, or over."""
        fired = [str(name) for name in judgement.occasion.exceptions]
        body: dict[str, Any] = {
            "took": [
                [verdict.route.name, verdict.route.channel, bool(verdict.route.digest)]
                for verdict in judgement.verdicts
                if verdict.taken
            ],
            "left": [
                [verdict.route.name, *(text[:_LONGEST] for text in explained(judgement, verdict))]
                for verdict in judgement.verdicts
                if not verdict.taken
            ],
            "exceptions": fired,
        }
        last = self._log.latest(stored.id, Happened.JUDGED)
        before = last.body if last else {}
        if body == before:
            return
        earlier = before.get("exceptions", [])
        for name in fired:
            if name not in earlier:
                self._fired(stored, ExceptionKind(name), now)
        over = [name for name in earlier if name not in fired]
        # what nobody asks for any more was not looked for, and may well be as it was
        looked_for = self._config.exceptions_of(stored.document.kind) if over else ()
        for name in over:
            if name in looked_for:
                self._log.add(Happened.EXCEPTION, now, document=stored.id, name=name, resolved=True)
        self._log.add(Happened.JUDGED, now, document=stored.id, **body)

    def fell_due(self, stored: Stored, exception: ExceptionKind, now: float) -> None:
        """Time brought an exception."""
        self._fired(stored, exception, now)

    def _fired(self, stored: Stored, exception: ExceptionKind, now: float) -> None:
        document = stored.document
        compared = str(document.due_date) if exception in BY_TIME else ""
        if exception not in BY_TIME:
            from exact_slack.rendering.evidence import evidence_text
            from exact_slack.rendering.words.locale import Words

            fired = fired_now(self._config, self._ledger, stored, (exception,))
            facts = fired.get(exception, ())
            compared = evidence_text(facts, document.company_currency, Words("en_GB"))
        body: dict[str, Any] = {"comparison": compared} if compared else {}
        self._log.add(Happened.EXCEPTION, now, document=stored.id, name=exception.value, **body)


def change_rows(before: Document, after: Document) -> list[dict[str, object]]:
    """Every visible change as field, before and after; of a line with its number."""
    changed = changes(before, after)
    rows = [
        _row(change, before, after) for change in changed.header if change.field not in _REPEATS
    ]
    rows += [row for line in changed.lines for row in _of_line(line, before, after)]
    if len(rows) > _MOST:
        return [*rows[:_MOST], {"field": "more", "before": None, "after": len(rows) - _MOST}]
    return rows


def _row(change: FieldChange, before: Document, after: Document) -> dict[str, object]:
    if change.field == "status_code":
        return {"field": "status", "before": _status(before), "after": _status(after)}
    return {
        "field": change.field,
        "before": _plain(change.before),
        "after": _plain(change.after),
    }


def _of_line(change: LineChange, before: Document, after: Document) -> Iterator[dict[str, object]]:
    line = change.after or change.before
    assert line is not None
    where = {"line": line.number, "event": change.event.value}
    for field in change.fields:
        yield {**where, **_row(field, before, after)}
    if not change.fields:
        text = f"{line.description} {_plain(line.amount)}".strip()[:_LONGEST]
        added = change.before is None
        yield {
            **where,
            "field": "line",
            "before": None if added else text,
            "after": text if added else None,
        }


def _status(document: Document) -> str | None:
    word = STATUS_WORDS[document.kind].get(document.status_code or -1, document.status_name)
    return word or (None if document.status_code is None else str(document.status_code))


def _plain(value: Value) -> str | int | bool | None:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dt.date):
        return value.isoformat()
    return value[:_LONGEST] if isinstance(value, str) else value
