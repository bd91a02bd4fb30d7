"""The command without Slack's pace: to measure work instead of waiting. Only the bench uses it."""

from exact_slack.cli import main
from exact_slack.ledger.outgoing import outbox

if __name__ == "__main__":
    outbox.POST_GAP = outbox.WORKSPACE_GAP = outbox.EDIT_GAP = 0.0
    main()
