"""What we assume of Slack and no public source settles."""

from typing import Final

from exact_slack.deliver.newer_blocks import NEWER, NewerBlocks
from exact_slack.inspect.doctor.points import NOT_TRIED, Context, Point, Seen
from exact_slack.inspect.doctor.trial import newer_samples
from exact_slack.slack.outcome import Outcome, Result

_WITH_POST: Final = ("not tried: doctor --post CHANNEL posts one message and looks", None)


def _date(context: Context) -> Seen:
    said = context.customer.slack.time()
    return ("its answers bear a Date", True) if said else ("its answers bear no Date", False)


def _scopes(context: Context) -> Seen:
    answer = context.customer.slack.auth_test()
    if isinstance(answer, Outcome):
        return "not answered", None
    has_scopes = answer.scopes is not None
    return ("X-OAuth-Scopes lists them" if has_scopes else "no header lists them"), has_scopes


def _metadata(context: Context) -> Seen:
    """The latest message of ours, read back as a look-up would."""
    latest = context.customer.ledger.deliveries.latest_standing()
    if latest is None:
        return "nothing stands in a channel yet", None
    page = context.customer.slack.conversations_history(
        latest.channel_id, float(latest.ts) - 1, None, None
    )
    if isinstance(page, Outcome):
        return f"not answered ({page.error})", None
    for message in page.messages:
        if message.ts == latest.ts:
            same = message.idempotency_key == latest.idempotency_key
            return ("it comes back with its key" if same else "it comes back without it"), same
    return "the latest message is not there any more", None


def _newer(context: Context) -> Seen:
    customer = context.customer
    refused = NewerBlocks(customer.ledger, customer.clock).refused()
    if refused:
        return f"refused within a week: {', '.join(sorted(refused))}", False
    if not context.slack:
        return _WITH_POST
    answer = customer.slack.blocks_validate(newer_samples())
    if isinstance(answer, Outcome):
        is_judged = answer.result is Result.RECORD
        return f"blocks.validate says {answer.error}", False if is_judged else None
    return "blocks.validate takes them", True


def _rate(_: Context) -> Seen:
    return "not tried: it would take the pace from the messages", None


def _posted(_: Context) -> Seen:
    return _WITH_POST


def _untried(_: Context) -> Seen:
    return NOT_TRIED


POINTS: Final = (
    Point(
        "slack time",
        "Every answer bears the Date of Slack's own clock.",
        "a restored ledger looks further back than it must",
        _date,
        needs_slack=True,
    ),
    Point(
        "slack scopes",
        "auth.test lists the token's scopes in X-OAuth-Scopes.",
        "a scope that is missing is noticed when a call is refused",
        _scopes,
        needs_slack=True,
    ),
    Point(
        "slack metadata",
        "conversations.history gives back the metadata of what the bot posted.",
        "a send with an unknown outcome is held for a person",
        _metadata,
        needs_slack=True,
    ),
    Point(
        "slack metadata after an edit",
        "chat.update leaves the metadata as it was.",
        "an edited message is not found by its key, and held for a person",
        _posted,
    ),
    Point(
        "slack history rate",
        "An app of the customer's own may read histories about 50 times a minute, not once.",
        "look-ups and reading back for triage take longer",
        _rate,
    ),
    Point(
        "slack newer blocks",
        f"The workspace takes {', '.join(sorted(NEWER))}.",
        "nothing: the same goes out in plain blocks",
        _newer,
    ),
    Point(
        "slack long messages",
        "Blocks with 9,000 characters of text together are taken.",
        "nothing: the message goes out as text",
        _posted,
    ),
    Point(
        "slack events",
        "An event that was not answered within three seconds comes again.",
        "what happened in Slack is seen by the next poll",
        _untried,
    ),
)
