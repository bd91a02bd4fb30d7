"""The switches of the sandbox's Exact Online: what a tenant or an app may not do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal

Times = Literal["wire", "iso", "iso_z"]
"""`/Date(ms)/`, as recorded; or as other OData servers write them, without and with a zone."""

SELECT_REQUIRED: Final = frozenset(
    {
        "purchaseentry/PurchaseEntries",  # picqer/exact-php-client #34
        "generaljournalentry/GeneralJournalEntries",  # picqer/exact-php-client #315
        "cashflow/Receivables",  # TimPelgrim/exactonline-mcp
    }
)
SELECT_TEXT: Final = "Please add a $select or a $top=1 statement to the query string."
FILTER_TEXT: Final = "This endpoint has mandatory filtering applied."
"""The beginning of the text in picqer/exact-php-client #591; the rest is not quoted there."""
UNFILTERABLE: Final[Mapping[str, frozenset[str]]] = {
    "cashflow/Receivables": frozenset({"Modified"}),
    "cashflow/Payments": frozenset({"Modified"}),
}
"""bulk/Cashflow cannot (official page); for cashflow only sorting on Modified is recorded."""


@dataclass
class Rules:
    """Everything a test may switch; the defaults are the strict reading of the sources."""

    select_required: set[str] = field(default_factory=lambda: set(SELECT_REQUIRED))
    filter_required: set[str] = field(default_factory=set)
    """Endpoints that refuse a list without $filter; sources disagree, so none by default."""
    unfilterable: dict[str, frozenset[str]] = field(default_factory=lambda: dict(UNFILTERABLE))
    """Endpoint to the fields a $filter there may not use."""
    refuse_expand: set[str] = field(default_factory=set)
    """Endpoints that answer 400 to $expand."""
    missing_endpoints: set[str] = field(default_factory=set)
    """Endpoints that answer 404, as hrm/Divisions does for some tenants."""
    blocked_divisions: dict[int, str] = field(default_factory=dict)
    """Division to the `Reason` header of its 403, such as DivisionBlocked."""
    missing_scopes: set[str] = field(default_factory=set)
    """Scopes the app lacks, such as `organization.administration`."""
    unlicensed: set[str] = field(default_factory=set)
    """Endpoints whose module the customer has not bought: 403."""
    expanded_lines: int | None = None
    """At most so many lines per expanded header; None = all, a limit is not documented."""
    circles: set[str] = field(default_factory=set)
    """Endpoints whose last page leads to the first again."""
    owed_is_positive: bool = False
    """ReceivablesList and PayablesList: positive is what is owed, rather than the term's sign."""
    overview_off: dict[int, Decimal] = field(default_factory=dict)
    """Division to what its overview of outstanding invoices says too much, on both sides."""
    closed_journals: set[tuple[int, str, int, int]] = field(default_factory=set)
    """Division, journal, financial year and period of those that are closed."""
    balance_off: dict[tuple[int, str], Decimal] = field(default_factory=dict)
    """Division and G/L account to what ReportingBalance says too much of it."""
    times: Times = "wire"
    raw_controls: bool = False
    """Control characters stand in strings as they are, which JSON forbids."""
    latency: float = 0.0
    """Seconds each API request takes; makes parallel requests visible."""

    @classmethod
    def lenient(cls) -> Rules:
        """Rules of a tenant that requires no $select and filters on Modified everywhere."""
        return cls(select_required=set(), unfilterable={})


def scope_name(group: str) -> str:
    """`Organization administration` as Exact's error names it (picqer/exact-php-client #509)."""
    return group.lower().replace(" ", ".")
