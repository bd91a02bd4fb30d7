"""What reports are about, as the config and the command line name it."""

from enum import StrEnum


class Subject(StrEnum):
    """What a report is about."""

    AGING = "aging"
    DUE = "due"
    CASH = "cash"


class Side(StrEnum):
    """Who owes: customers us, or we suppliers."""

    RECEIVABLE = "receivable"
    PAYABLE = "payable"
