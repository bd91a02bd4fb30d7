"""What people put under messages, and how these people are called.

History names the first users of a reaction only, `count` is right; reactions.get with `full` names
all. No answer tells when a reaction was put there (docs.slack.dev, reactions.get; the message
object)."""

from dataclasses import dataclass

from exact_slack.slack.answers import Answer, odd
from exact_slack.slack.client import SlackClient
from exact_slack.slack.fields import Fields
from exact_slack.slack.outcome import Outcome, Result

_A_PAGE = 400
_DONE = ("already_reacted", "no_reaction")
"""What reactions.add and .remove say where nothing was left to do."""
_TOMBSTONE = "tombstone"
"""The subtype of what is left of a message that was deleted, under which a thread hangs."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """One emoji and those who put it there; `is_cut` if more did than are named."""

    name: str
    users: tuple[str, ...]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Reacted:
    """A message: who wrote it, and its reactions. `is_gone`: somebody deleted it."""

    ts: str
    author: str
    reactions: tuple[Reaction, ...] = ()
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """A stretch of a channel. What is not among the messages is not there if it is as late as
    `since`; else it was not read."""

    messages: dict[str, Reacted]
    since: str


def history(client: SlackClient, channel_id: str, oldest: str, latest: str) -> Read | Outcome:
    """conversations.history from the latest message back to the oldest, as far as one call goes."""
    answer = client.ask(
        client.web.conversations_history,
        channel=channel_id,
        oldest=oldest,
        latest=latest,
        inclusive=True,
        limit=_A_PAGE,
    )
    if isinstance(answer, Outcome):
        return answer
    items = answer.fields.items("messages")
    if items is None:
        return odd()
    messages = [_reacted(item) for item in items if item is not None]
    cursor, readable = answer.following()
    if not readable or len(messages) < len(items) or not all(message.ts for message in messages):
        return Read({message.ts: message for message in messages if message.ts}, latest + "~")
    since = (
        oldest
        if cursor is None
        else min((message.ts for message in messages), default=latest + "~")
    )
    return Read({message.ts: message for message in messages}, since)


def get(client: SlackClient, channel_id: str, ts: str) -> Reacted | Outcome:
    """reactions.get: one message, with all who reacted."""
    answer = client.ask(client.web.reactions_get, channel=channel_id, timestamp=ts, full=True)
    if isinstance(answer, Outcome):
        return answer
    reacted = _reacted(answer.fields.fields("message"))
    return reacted if reacted.ts == ts else odd()


def add(client: SlackClient, channel_id: str, ts: str, name: str) -> Outcome:
    """reactions.add. Safe to repeat."""
    return _changed(
        client.ask(client.web.reactions_add, channel=channel_id, timestamp=ts, name=name)
    )


def remove(client: SlackClient, channel_id: str, ts: str, name: str) -> Outcome:
    """reactions.remove, of our own. Safe to repeat."""
    return _changed(
        client.ask(client.web.reactions_remove, channel=channel_id, timestamp=ts, name=name)
    )


def _changed(answer: Answer | Outcome) -> Outcome:
    if isinstance(answer, Outcome):
        return Outcome(Result.POSTED) if answer.error in _DONE else answer
    return Outcome(Result.POSTED)


def _reacted(item: Fields) -> Reacted:
    reactions = [
        _reaction(fields) for fields in item.items("reactions") or () if fields is not None
    ]
    return Reacted(
        ts=item.ts("ts"),
        author=item.text("user", 32),
        reactions=tuple(filter(None, reactions)),
        is_gone=item.text("subtype") == _TOMBSTONE,
    )


def _reaction(item: Fields) -> Reaction | None:
    name, users = item.text("name", 120), item.texts("users", 32)
    if not name:
        return None
    return Reaction(name, users, is_cut=item.number("count") > len(users))


# -- users.info ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class User:
    """Somebody in the workspace, called as people there see them."""

    id: str
    name: str
    is_bot: bool
    is_gone: bool = False
    """Whether the account is deactivated."""


def user(client: SlackClient, user_id: str) -> User | Outcome:
    """users.info."""
    answer = client.ask(client.web.users_info, user=user_id)
    if isinstance(answer, Outcome):
        return answer
    fields = answer.fields.fields("user")
    profile = fields.fields("profile")
    names = (
        profile.text("display_name", 200),
        profile.text("real_name", 200),
        fields.text("real_name", 200),
        fields.text("name", 200),
    )
    name = next((name.strip() for name in names if name.strip()), "")
    if fields.text("id") != user_id:
        return odd()
    return User(user_id, name, is_bot=fields.true("is_bot"), is_gone=fields.true("deleted"))
