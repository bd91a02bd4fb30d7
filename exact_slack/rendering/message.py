"""PLACEHOLDER by the lead, to be overwritten by the real rendering."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from exact_slack.documents.diff import changes
from exact_slack.documents.document import Document


@dataclass(frozen=True, slots=True)
class Message:
    text: str
    blocks: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class HeadContext:
    locale: str
    division_name: str = ""
    mention: str | None = None
    deleted: bool = False
    booked_as: str = ""
    open_amount: Decimal | None = None
    paid: bool = False
    terms_total: Decimal | None = None
    link: str = ""
    reasons: tuple[str, ...] = ()


def _esc(s: str) -> str:
    return s.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def head(document: Document, context: HeadContext) -> Message:
    text = f"{document.label} {document.account.label} {document.amount} {document.reference} {document.description} " + " ".join(f"{x.cost_center} {x.amount}" for x in document.lines)
    return Message(_esc(text)[:3900], ({"type": "section", "text": {"type": "plain_text", "text": text[:2900]}},))


def changed_reply(before: Document, after: Document, locale: str) -> Message | None:
    found = changes(before, after)
    if not found:
        return None
    return Message(_esc("; ".join(f"{c.field}: {c.before} -> {c.after}" for c in found.header) or "lines"))


def paid_reply(term: Document, invoice_label: str, locale: str) -> Message:
    return Message(_esc(f"Paid {invoice_label} {term.amount}"))


def deleted_reply(document: Document, locale: str) -> Message:
    return Message("Deleted")


def plain(message: Message) -> Message:
    return Message(message.text)


def flood_notice(held: int, channel: str, locale: str, limit: int) -> Message:
    return Message(f"{held} held; exact-slack replay --held")
