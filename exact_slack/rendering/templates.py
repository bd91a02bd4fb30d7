"""Routes' own words: Jinja2 templates, kept on a short lead.

A template comes from the config, so from a person who means well; still no mistake in one may
hang a run or fill the memory. What bounds it: the size of its source; the kinds of syntax, filters
and methods that it may use (`exact_slack.rendering.template_rules`); all loops of a message
together; the length of every text on the way; and the processor time of one message. What comes
out is cleaned and cut like any foreign text and never markup.

Every fault is a `TemplateFailed`, from a mistake in its syntax to a name that it does not know."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from exact_slack.config.template import Template
from exact_slack.documents.document import Document
from exact_slack.rendering import blocks as b
from exact_slack.rendering import fields as f
from exact_slack.rendering.evidence import noticed
from exact_slack.rendering.lines import shares
from exact_slack.rendering.words.locale import Words

if TYPE_CHECKING:
    import jinja2

    from exact_slack.rendering.context import HeadContext
    from exact_slack.rendering.template_rules import Budget

TEXT_MOST = 1_500
"""Characters of the part `text`."""
TEXT_LINES = 12
VALUE_MOST = 150
LABEL_MOST = 60


class TemplateFailed(Exception):
    """A template that cannot be used. `place` is its key below `template`; `sentence` says what is
    wrong and may repeat data of the document, `public` is fit for a log. `slow`: it ran out of time
    and would again."""

    def __init__(
        self, place: tuple[str, ...], sentence: str, public: str, slow: bool = False
    ) -> None:
        super().__init__(sentence)
        self.slow = slow
        self.place = place
        self.sentence = sentence
        self.public = public


@dataclass(frozen=True, slots=True)
class Custom:
    """What a route's templates say; None where the built-in part stays."""

    title: str | None = None
    text: f.Rows | None = None
    """Its lines: rows without a label."""
    fields: f.Rows | None = None


NOTHING_CUSTOM = Custom()


def render(template: Template, document: Document, context: "HeadContext") -> Custom:
    """All parts of a template for a document. TemplateFailed names the first that cannot be."""
    from exact_slack.rendering.template_rules import Budget

    words = Words(context.locale)
    names = values(document, context, words)
    budget = Budget(words, f.currency_of(document))
    done: dict[tuple[str, ...], str] = {}
    for place, source in template.parts():
        done[place] = _render(place, source, names, budget)
    rows = [(label, done["fields", label]) for label in template.fields or {}]
    facts = [(b.clean(k, LABEL_MOST), b.clean(v, VALUE_MOST)) for k, v in rows if v.strip()]
    return Custom(
        title=_title(done.get(("title",), "")),
        text=_lines(done[("text",)]) if template.text is not None else None,
        fields=facts if template.fields is not None else None,
    )


def _title(text: str) -> str | None:
    """None where nothing is left to see: a message needs a title."""
    shown = b.clean(text, b.HEADER_MAX)
    return None if shown == b.EMPTY else shown


def _lines(text: str) -> f.Rows:
    """The lines of the part `text`, those without anything left out, cut at its limits."""
    lines = [b.clean(line, TEXT_MOST) for line in text.splitlines() if line.strip()]
    if len(lines) > TEXT_LINES:
        lines = [*lines[: TEXT_LINES - 1], "…"]
    room = TEXT_MOST
    kept: f.Rows = []
    for line in lines:
        if room <= 1:
            break
        kept.append(("", b.clean(line, room)))
        room -= len(line) + 1
    return kept


def _render(place: tuple[str, ...], source: str, names: dict[str, Any], budget: "Budget") -> str:
    from exact_slack.rendering.template_rules import LIMITS, TooMuch, spending

    try:
        compiled = _compiled(source)
        with spending(budget):
            parts: list[str] = []
            length = 0
            for part in compiled.generate(names):
                budget.check()
                parts.append(part)
                length += len(part)
                if length > LIMITS.text:
                    raise TooMuch(f"it gives more than {LIMITS.text} characters")
            return "".join(parts)
    except Exception as error:  # noqa: BLE001 - a template may fail in any way; the message is built in then
        raise _failed(place, error) from None


def _failed(place: tuple[str, ...], error: Exception) -> TemplateFailed:
    import jinja2

    from exact_slack.rendering.template_rules import TooMuch, TooSlow

    if isinstance(error, RecursionError | MemoryError):
        return TemplateFailed(place, "it is nested too deeply", "it is nested too deeply")
    if isinstance(error, TooMuch):
        return TemplateFailed(place, str(error), str(error), isinstance(error, TooSlow))
    if isinstance(error, jinja2.TemplateSyntaxError):
        text = str(error.message).rstrip(".")
        text += f" (line {error.lineno} of the template)" if error.lineno > 1 else ""
        return TemplateFailed(place, text, text)
    if isinstance(error, jinja2.UndefinedError):
        text = str(error.message).replace("exact_slack.documents.document.", "")
        # what has no such attribute may have been asked for with a value of the document
        public = text if text.endswith(" is undefined") else "a value has no such part"
        return TemplateFailed(place, text, public)
    name = type(error).__name__
    return TemplateFailed(place, f"{name}: {error}", name)


@lru_cache(maxsize=256)
def _compiled(source: str) -> "jinja2.Template":
    from exact_slack.rendering.template_rules import compiled

    return compiled(source)


def values(document: Document, context: "HeadContext", words: Words) -> dict[str, Any]:
    """What a template can name: see the table in docs/routing.md."""
    d = document
    settlement = d.settlement
    centers = [(b.clean(name, 80), total) for name, total in shares(d).items() if name]
    return {
        "document": d,
        "lines": d.lines,
        "kind": words.label(d.kind.value),
        "kind_name": d.kind.value,
        "label": f.named(d, words),
        "number": d.number,
        "account": d.account.label,
        "account_code": d.account.code,
        "division": d.ref.division,
        "division_name": context.division_name,
        "date": d.date,
        "due_date": d.due_date,
        "receipt_date": d.receipt_date,
        "reference": d.reference,
        "description": d.description,
        "notes": d.notes,
        "currency": f.currency_of(d),
        "company_currency": d.company_currency or d.currency,
        "amount": d.total,
        "amount_dc": d.total_dc if d.total_dc is not None else d.total,
        "vat": d.vat,
        "total": f.total(d, words),
        "opening_balance": d.opening_balance,
        "closing_balance": d.closing_balance,
        "journal": d.journal,
        "journal_name": d.journal_name,
        "order_number": d.order_number,
        "project": d.project,
        "item": d.item,
        "quantity": d.quantity,
        "compared_amount": d.comparable_amount,
        "status": f.status_text(d, words),
        "status_word": d.status_word,
        "creator": d.creator,
        "modifier": d.modifier,
        "credit": d.credit,
        "deleted": context.deleted,
        "paid": context.paid or bool(settlement and settlement.paid),
        "paid_on": settlement.paid_on if settlement else None,
        "invoice_number": settlement.invoice_number if settlement else "",
        "open_amount": context.open_amount,
        "booked_as": context.booked_as,
        "exceptions": [words.label(f"exception_{name}") for name in context.exceptions],
        "exception_names": list(context.exceptions),
        "noticed": noticed(d, context, words),
        "cost_centers": [name for name, _ in centers],
        "cost_center_amounts": [{"name": name, "amount": total} for name, total in centers],
        "url": context.link,
    }
