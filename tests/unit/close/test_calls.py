"""A morning of a company costs at most forty calls, and what would need more is unknown."""

from exact_slack.close.books import MOST_CALLS, Wishes
from exact_slack.close.make import Asked, close_of
from exact_slack.close.periods import chosen
from exact_slack.documents.closing import Light
from exact_slack.exact.lookups import DivisionInfo
from tests.e2e.rig import DIVISION
from tests.unit.close.month import PERIOD, Month


def test_a_company_with_much_of_everything_is_asked_forty_times_at_most(month: Month) -> None:
    with month.store.quietly():
        for number in range(6):
            month.journal(f"2{number}", 12)
            month.account(f"130{number}", 20)
        for number in range(1500):
            center = None if number % 9 == 0 else f"C{number}"
            month.booked(number + 1, (f"4{number % 7}00", 1, center), ("1300", -1, f"K{number}"))
        for number in range(400):
            month.order(number, received=4, billed=0)
        for number in range(7):
            month.account(f"4{number}00", 121)
    month.account("1999", 90)
    before = month.customer.calls.total
    period = chosen(month.known, PERIOD, month.clock.today(), DIVISION)
    info = DivisionInfo(DIVISION, "", "EUR", "active")
    asked = Asked(Wishes(suspense=("1999",)))
    closing = close_of(month.customer, info, period, month.known, asked)
    assert month.customer.calls.total - before <= MOST_CALLS
    unknown = {line.name for line in closing.lines if line.light is Light.UNKNOWN}
    assert "goods" in unknown and not closing.ready


def test_a_company_that_is_refused_as_a_whole_is_asked_once(month: Month) -> None:
    month.rules.blocked_divisions[DIVISION] = "DivisionBlocked"
    before = month.customer.calls.total
    period = chosen(month.known, PERIOD, month.clock.today(), DIVISION)
    info = DivisionInfo(DIVISION, "", "EUR", "active")
    closing = close_of(month.customer, info, period, month.known, Asked())
    assert month.customer.calls.total - before == 1
    assert {line.light for line in closing.lines} == {Light.UNKNOWN}
