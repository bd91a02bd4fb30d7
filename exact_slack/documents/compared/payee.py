"""Where money to a supplier goes, as it is compared: of each payment term, of each bank account."""

from dataclasses import dataclass
from datetime import date

from exact_slack.account_number import AccountNumber
from exact_slack.documents.kinds import Kind


@dataclass(frozen=True, slots=True)
class Payee:
    """One account number of a supplier, and how it is known."""

    kind: Kind
    """payment: it was, or is to be, paid there; bank_account: the supplier's card says so."""
    key: str
    supplier: str
    name: str
    number: AccountNumber
    day: date | None = None
    """Of a payment: when it was processed or paid; None while it was not."""
    changed: date | None = None
    """Of a bank account: when its number came, or came anew, and by whom."""
    changed_by: str = ""
    was: str = ""
    """What its number was before, as it is shown."""
