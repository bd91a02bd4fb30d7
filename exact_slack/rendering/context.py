"""What a message says that the document itself does not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from exact_slack.documents.document import Document
from exact_slack.documents.exceptions import Evidence
from exact_slack.documents.kinds import Stage
from exact_slack.rendering.item import ShownItem


@dataclass(frozen=True, slots=True)
class HeadContext:
    """What is known beyond the document."""

    locale: str
    division_name: str = ""
    """As Exact calls it."""
    company: str = ""
    """Its short name; "" where the config has one division: that goes without saying."""
    mention: str | None = None
    """From the config only: a user (U…), a user group (S…) or "here"."""
    deleted: bool = False
    booked_as: str = ""
    """Number of the document that stands for the same invoice, "" if none."""
    open_amount: Decimal | None = None
    """Still open, in the company's currency; None where no payment term is known."""
    paid: bool = False
    terms_total: Decimal | None = None
    """Total of its payment terms, in the company's currency."""
    stage: Stage = Stage.NONE
    """How far its payment has come."""
    on_their_way: tuple[Document, ...] = ()
    """Its payments that are chosen to be paid, and not paid yet."""
    folds: bool = False
    """Whether the workspace takes a block that readers open, for what a long table leaves out."""
    compact: bool = False
    """Two lines: a reply has the rest."""
    link: str = ""
    """Where it is to be seen: its own page or the company's. Not every address that a document
    names is one of Exact's, so the caller says which."""
    exceptions: tuple[str, ...] = ()
    """Names of the exceptions that fired."""
    resolved: tuple[str, ...] = ()
    """Those of `exceptions` that no longer hold."""
    compared: Mapping[str, Evidence] = field(default_factory=dict)
    """By exception, what it was compared with."""
    item: ShownItem | None = None
    """Who has it, where it is somebody's until it is done."""
