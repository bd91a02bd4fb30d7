"""What changed between two states of a document, as values (the words come in rendering)."""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum

from exact_slack.account_number import AccountNumber
from exact_slack.documents.document import Account, Document, Line

Value = str | int | bool | Decimal | date | None


class LineEvent(StrEnum):
    """What happened to a line."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of the header: its name in `Document` and both values."""

    field: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class LineChange:
    """One line: both states (None where it was added or removed) and the changed fields."""

    event: LineEvent
    before: Line | None
    after: Line | None
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """All visible changes from one state of a document to the next."""

    header: tuple[FieldChange, ...] = ()
    lines: tuple[LineChange, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.header or self.lines)


_QUIET = {
    "paid_from", "paid_from_id", "selected", "selector", "selector_id", "batch", "batch_number",
    "processed", "bank_file",
}  # fmt: skip
"""What the status of a payment tells already."""
_UNSEEN = {"key", "vat_rate", "order_line", "item_quantity", "net_price"}
"""What no message shows of a line."""
_NOT_COMPARED = {
    "ref", "modified", "created", "modifier", "year", "period", "url", "lines", "settlement",
    "company_currency", "bank", "creator_id", "account_manager", "account_manager_id",
}  # fmt: skip


def _plain(value: object) -> Value:
    if isinstance(value, Account):
        return value.label
    if isinstance(value, AccountNumber):
        return value.shown
    assert value is None or isinstance(value, str | int | bool | Decimal | date)
    return value


def _field_changes(before: object, after: object, names: list[str]) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(name, _plain(getattr(before, name)), _plain(getattr(after, name)))
        for name in names
        if _differ(getattr(before, name), getattr(after, name))
    )


def _differ(before: object, after: object) -> bool:
    if isinstance(before, AccountNumber) and isinstance(after, AccountNumber):
        return not before.is_same_as(after)  # the key of the marks may have been lost
    return before != after


def _settlement_changes(before: Document, after: Document) -> tuple[FieldChange, ...]:
    if before.settlement is None or after.settlement is None:
        return ()
    names = [f.name for f in fields(after.settlement) if f.name not in _QUIET]
    if not before.settlement.payee:  # as a ledger knew payments before it knew payees
        names.remove("payee")
    return _field_changes(before.settlement, after.settlement, names)


def _bank_changes(before: Document, after: Document) -> tuple[FieldChange, ...]:
    if before.bank is None or after.bank is None:
        return ()
    return _field_changes(before.bank, after.bank, [f.name for f in fields(after.bank)])


def _line_id(line: Line) -> str:
    return line.key or f"#{line.number}"


def _line_changes(before: Document, after: Document) -> tuple[LineChange, ...]:
    old = {_line_id(line): line for line in before.lines}
    new = {_line_id(line): line for line in after.lines}
    names = [f.name for f in fields(Line) if f.name not in _UNSEEN]
    changes = [
        LineChange(LineEvent.CHANGED, old[key], line, _field_changes(old[key], line, names))
        for key, line in new.items()
        if key in old and old[key] != line
    ]
    changes += [
        LineChange(LineEvent.ADDED, None, line) for key, line in new.items() if key not in old
    ]
    changes += [
        LineChange(LineEvent.REMOVED, line, None) for key, line in old.items() if key not in new
    ]
    return tuple(change for change in changes if change.event != "changed" or change.fields)


def changes(before: Document, after: Document) -> Changes:
    """The visible differences, header first, then lines in the order of the new document."""
    names = [f.name for f in fields(Document) if f.name not in _NOT_COMPARED]
    if after.bank is not None:
        names.remove("number")  # that of the account
    header = _field_changes(before, after, names) + _settlement_changes(before, after)
    header += _bank_changes(before, after)
    return Changes(header, _line_changes(before, after))
