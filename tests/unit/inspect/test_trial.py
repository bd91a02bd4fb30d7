"""What `doctor --post` makes of Slack's answers: a refusal of the token or the channel is no word
on what Slack would have taken."""

import pytest

from exact_slack.inspect.doctor.trial import _told
from exact_slack.slack.outcome import Outcome, Result


@pytest.mark.parametrize(
    ("result", "error", "holds"),
    [
        (Result.POSTED, "", True),
        (Result.RECORD, "invalid_blocks", False),
        (Result.RECORD, "msg_too_long", False),
        (Result.TOKEN, "invalid_auth", None),
        (Result.CHANNEL, "is_archived", None),
        (Result.LIMITED, "ratelimited", None),
        (Result.AMBIGUOUS, "", None),
    ],
)
def test_only_what_was_judged_says_something(
    result: Result, error: str, holds: bool | None
) -> None:
    told, seen = _told({"data_table": Outcome(result, error=error)})
    assert seen is holds
    assert error in told
