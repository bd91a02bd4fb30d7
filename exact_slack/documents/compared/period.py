"""A financial period, and when it was first seen to be closed."""

from dataclasses import dataclass

from exact_slack.documents.closing import Period
from exact_slack.documents.moment import ServerMs


@dataclass(frozen=True, slots=True)
class SeenPeriod:
    """`closed`: when every journal of it was first seen to be; None while one is open."""

    period: Period
    closed: ServerMs | None = None
