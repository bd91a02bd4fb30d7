"""Which exceptions still lack a part of Exact's past, and until when."""

from dataclasses import dataclass

from exact_slack.app.customer import Customer
from exact_slack.config.timing import iso
from exact_slack.documents.exceptions import LEARNS_FROM
from exact_slack.ledger.compared.past import PastReading


@dataclass(frozen=True, slots=True)
class Learning:
    """`until`: when the past that it needs will be read, as it goes now; None where the reading has
    not begun."""

    exception: str
    until: str | None


def learning(customer: Customer) -> list[Learning]:
    """Every one that the config names, and that is not known to be complete."""
    config, now = customer.config, customer.clock.now()
    kinds = config.history_kinds()
    if not kinds:
        return []
    named, begun = config.named_exceptions(), customer.ledger.past.all()
    readings = {(reading.division, reading.kind): reading for reading in begun}
    learning: list[Learning] = []
    for name, needs in LEARNS_FROM.items():
        places = [(d, kind) for d in config.exact.divisions for kind in needs & kinds]
        missing = [readings.get(place) for place in places if not _is_done(readings.get(place))]
        if name in named and missing:
            ends = [reading.until(now) for reading in missing if reading is not None]
            is_known = len(ends) == len(missing)
            learning.append(Learning(name.value, iso(max(ends)) if is_known else None))
    return learning


def _is_done(reading: PastReading | None) -> bool:
    return reading is not None and reading.done is not None
