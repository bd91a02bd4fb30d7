"""What a run remembers of itself: for `status` a line a cause, as in cron's mail."""

from exact_slack.app.summary import Summary
from exact_slack.errors import TemporaryError
from exact_slack.exact.errors import DayUsedUp, Unanswered


def test_a_run_is_remembered_with_a_line_a_cause() -> None:
    summary = Summary()
    for kind in ("SalesEntries", "BankEntries", "Payments"):
        summary.problem(Unanswered(f"{kind} of division 123456", "", "The next run goes on."))
    for division in (123456, 234567):
        summary.problem(DayUsedUp(division, "tomorrow it goes on."))
    summary.problem(TemporaryError("Slack is slow.", cause="Slack"))
    record = summary.as_record()
    assert record["problems"] == [
        "Exact did not answer 3 questions in time. The next run goes on.",
        "Exact's calls for today are used up for divisions 123456 and 234567; tomorrow it goes on.",
        "Slack is slow.",
    ]
    everything = summary.as_json()["problems"]
    assert isinstance(everything, list)
    assert len(everything) == 6  # for a machine each by itself
    assert {**record, "problems": None} == {**summary.as_json(), "problems": None}
