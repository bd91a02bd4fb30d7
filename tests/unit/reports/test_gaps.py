"""Why a report lacks something, by what Exact answered."""

import pytest

from exact_slack.documents.standing import Because, Gap, Lacking
from exact_slack.errors import TemporaryError
from exact_slack.exact.errors import refusal
from exact_slack.exact.lookups import DivisionInfo
from exact_slack.reports.gaps import gap

ACME = DivisionInfo(123456, "Acme", "EUR", "active")
LIST = "read/financial/PayablesList"
NEEDS = "Financial payables"


@pytest.mark.parametrize(
    ("status", "reason", "endpoint", "because", "scope"),
    [
        (403, "NoDivisionAccess", LIST, Because.NO_ACCESS, NEEDS),
        (403, "BlockedUser", LIST, Because.BLOCKED, NEEDS),
        (403, "LicenseExpired", LIST, Because.NOT_LICENSED, NEEDS),
        (403, "Forbidden", LIST, Because.NO_RIGHT, NEEDS),
        (403, "needs the 'a.b' scope", LIST, Because.NO_RIGHT, NEEDS),
        (403, "Forbidden", "no/such", Because.REFUSED, ""),
        (400, "", LIST, Because.REFUSED, NEEDS),
        (404, "", LIST, Because.REFUSED, NEEDS),
    ],
)
def test_a_refusal_is_a_reason(
    status: int, reason: str, endpoint: str, because: Because, scope: str
) -> None:
    error = refusal(status, endpoint, 123456, reason, "")
    found = gap(Lacking.PAYABLE, error, ACME)
    assert found == Gap(Lacking.PAYABLE, because, 123456, "Acme", scope, status)


def test_no_answer_is_a_reason_too() -> None:
    found = gap(Lacking.COMPANY, TemporaryError("Exact did not answer."), ACME)
    assert found.because is Because.UNANSWERED
