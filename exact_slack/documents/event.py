"""What happens to a document."""

from enum import StrEnum


class Event(StrEnum):
    """What happened to the document."""

    CREATED = "created"
    MODIFIED = "modified"
    DELETED = "deleted"
    PAID = "paid"
