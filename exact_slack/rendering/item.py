"""Who has an item of triage: by name and never as a mention, because an edit must ping nobody."""

from dataclasses import dataclass

from exact_slack.rendering import blocks as b
from exact_slack.rendering import fields as f
from exact_slack.rendering.words.locale import Words

_NAME = 80


@dataclass(frozen=True, slots=True)
class ShownItem:
    """How an item stands, by the name of its state. `until`: a moment in words."""

    state: str
    person: str = ""
    until: str = ""
    number: int = 0
    buttons: tuple[str, ...] = ()
    """What may be clicked, by the `action_id`; nothing where nobody listens."""


def item_buttons(item: ShownItem | None, words: Words) -> list[b.Block]:
    """A row of what may be clicked, if there is anything."""
    if item is None or not item.buttons:
        return []
    shown = ((action, words.label(f"button_{action.partition(':')[2]}")) for action in item.buttons)
    return [b.buttons("triage", str(item.number), shown)]


def item_rows(item: ShownItem, words: Words, *, paid_anyway: bool) -> f.Rows:
    """Who has it or finished it, and that it was paid although it is not finished."""
    paid: f.Rows = [(words.caption("item_open"), words.label("item_paid"))]
    match item.state:
        case "settled":
            return [(words.caption("item_settled"), words.label("item_settled_in"))]
        case "open":
            return paid if paid_anyway else []
    who = b.clean(item.person, _NAME)
    if item.until:
        who = words.label("item_until", name=who, moment=item.until)
    rows: f.Rows = [(words.caption(f"item_{item.state}"), who)]
    return rows + (paid if paid_anyway and item.state in ("taken", "later") else [])
