"""A close as it stands three days after the month's end, for its picture and the tests of its
messages."""

from datetime import date
from decimal import Decimal

from exact_slack.documents.closing import Closing, Item, Judged, Line, Said, green, red, unknown
from exact_slack.documents.compared.period import Period

PERIOD = Period(2026, 10, date(2026, 10, 1), date(2026, 10, 31))


def _item(name: str, amount: str) -> Item:
    return Item(name, Decimal(amount))


LINES: dict[str, Judged] = {
    "journals": red(
        Said("open", n=2), count=2, items=(Item("60 Sales"), Item("90 General journal"))
    ),
    "bank": green(Said("done", day=PERIOD.end)),
    "drafts": red(
        Said("open", n=2),
        count=2,
        amount=Decimal("18682.00"),
        items=(
            _item("26700033 Müller Fördertechnik GmbH", "16824.42"),
            Item("26700036 Limburgse Energie N.V.", Decimal("1857.58"), Said("rejected")),
        ),
    ),
    "vat": unknown(Said("scope_missing", text="Financial returns")),
    "goods": red(
        Said("left", n=1),
        count=1,
        amount=Decimal("4725.00"),
        items=(_item("200032 · Müller Fördertechnik GmbH · Stellingbalk 2,70 m", "4725.00"),),
    ),
    "cost_centers": green(Said("done")),
    "suspense": green(Said("done")),
    "terms": green(Said("done")),
    "exceptions": green(Said("done")),
    "delivered": green(Said("by_ledger")),
}


def sample_closing(items: int = 0, **lines: Judged) -> Closing:
    """The close; with so many of the worst on each red line."""
    judged = {**LINES, **lines}
    if items:
        many = tuple(_item(f"{n} {'<!channel> & co ' * 8}", "1234567.89") for n in range(items))
        judged = {name: red(*one.why, count=items, items=many) for name, one in judged.items()}
    rows = tuple(Line(name, one) for name, one in judged.items())
    return Closing(123456, "Rotterdam", "EUR", PERIOD, rows)
