"""What Slack answers, in one shape for each method. Everything that reads an answer of Slack reads
it here: a field of another type than Slack documents counts as not there, an answer that is not
Slack's is no answer, and a page is whole only where everything on it could be read."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from exact_slack.slack.fields import Fields
from exact_slack.slack.outcome import ODD, Outcome, Result, classify, faults

if TYPE_CHECKING:
    from slack_sdk.web import SlackResponse

EVENT_TYPE = "exact_slack_delivery"
"""The metadata's event type; its payload holds the opaque key and nothing else."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An object that says `"ok": true`, and its headers by their names in lower case."""

    fields: Fields
    headers: Mapping[str, str] = field(repr=False)

    @property
    def scopes(self) -> frozenset[str] | None:
        """What the token may do; None where Slack does not say."""
        listed = self.headers.get("x-oauth-scopes")
        return None if listed is None else _words(listed)

    def following(self) -> tuple[str | None, bool]:
        """Where the next page begins, None on the last one; and whether that could be read."""
        about = self.fields.fields("response_metadata")
        readable = self.fields.fits("response_metadata", dict) and about.readable("next_cursor")
        cursor = about.text("next_cursor") or None
        return cursor, readable and not (cursor is None and self.fields.given("has_more"))


def ask(method: "Callable[..., SlackResponse]", **arguments: Any) -> Answer | Outcome:
    """Call a method of `slack_sdk`. Whatever comes back, it is one of the two."""
    try:
        response = method(**arguments)
    except faults() as error:
        return classify(error)
    fields = Fields(response.data)
    if not fields.true("ok"):  # slack_sdk takes anything that counts as true
        return odd()
    return Answer(fields, {str(k).lower(): str(v) for k, v in response.headers.items()})


def odd() -> Outcome:
    """Slack answered what Slack does not answer: nobody knows what became of the call."""
    return Outcome(Result.AMBIGUOUS, error=ODD)


_CHANNEL_ID = re.compile(r"[CDG][A-Z0-9]{2,}")
"""How Slack writes the id of a conversation."""
_BY_APPS = ("", "bot_message", "thread_broadcast", "file_share")
"""Subtypes of messages that an app may have sent; the others tell of joins, topics, deletions."""


# -- chat.postMessage, chat.update -----------------------------------------------------------------


def sent(answer: Answer, channel: str, thread: str | None = None) -> Outcome:
    """A message that stands there now. An answer without its ts, or about another channel than the
    one that was meant, says nothing of it. One that was meant for a `thread` and does not carry it
    is none of its replies."""
    outcome = _sent(answer, channel)
    if outcome.result is not Result.POSTED or not thread:
        return outcome
    message = answer.fields.fields("message")
    if not (answer.fields.given("message") and message.readable("thread_ts")):
        return odd()
    right = message.text("thread_ts") == thread
    return outcome if right else replace(outcome, result=Result.LOOSE, error="no thread")


def _sent(answer: Answer, channel: str) -> Outcome:
    ts, place = answer.fields.ts("ts"), answer.fields.text("channel")
    if _CHANNEL_ID.fullmatch(channel):
        right = answer.fields.fits("channel", str) and place in ("", channel)
        return Outcome(Result.POSTED, ts=ts, channel_id=channel) if ts and right else odd()
    return Outcome(Result.POSTED, ts=ts, channel_id=place) if ts and place else odd()


# -- conversations.list, conversations.info --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel as Slack lists it."""

    id: str
    name: str
    is_member: bool
    is_archived: bool
    is_private: bool


@dataclass(frozen=True, slots=True)
class ChannelPage:
    """A page of the list of channels; `cursor` leads to the next one, None at the end. Where it
    is not `whole`, what is not found in it may be there all the same."""

    channels: tuple[Channel, ...]
    cursor: str | None
    whole: bool


def channel(fields: Fields | None) -> Channel | None:
    """A channel; None where what describes it is no such thing."""
    if fields is None or not (fields.text("id") and fields.text("name")):
        return None
    return Channel(
        id=fields.text("id"),
        name=fields.text("name"),
        is_member=fields.true("is_member"),
        is_archived=fields.true("is_archived"),
        is_private=fields.true("is_private"),
    )


def channel_page(answer: Answer) -> ChannelPage | Outcome:
    """What conversations.list answers."""
    items = answer.fields.items("channels")
    if items is None:
        return odd()
    channels = [channel(item) for item in items]
    cursor, readable = answer.following()
    return ChannelPage(tuple(filter(None, channels)), cursor, readable and None not in channels)


# -- conversations.history, conversations.replies --------------------------------------------------


@dataclass(frozen=True, slots=True)
class HistoryMessage:
    """A message found in a channel: its ts, the key in its metadata ("" where none), the ids of
    its files, whether it surely is nothing that this app sent, and the thread it belongs to."""

    ts: str
    idempotency_key: str
    files: tuple[str, ...] = ()
    foreign: bool = False
    thread: str = ""
    names: tuple[str, ...] = ()
    """How those files are called."""


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A page of a channel or thread; `cursor` leads to the next one, None at the end. Where it is
    not `whole`, what is not found in it may be there all the same."""

    messages: tuple[HistoryMessage, ...]
    cursor: str | None
    whole: bool = True


def history_page(answer: Answer) -> HistoryPage | Outcome:
    """What conversations.history and conversations.replies answer."""
    items = answer.fields.items("messages")
    if items is None:
        return odd()
    cursor, readable = answer.following()
    whole = readable and all(item is not None and _is_message(item) for item in items)
    messages = tuple(_message(item) for item in items if item is not None and item.ts("ts"))
    return HistoryPage(messages, cursor, whole)


def _is_message(item: Fields) -> bool:
    metadata = item.fields("metadata")
    files = item.items("files")
    return (
        bool(item.ts("ts"))
        and item.fits("metadata", dict)
        and metadata.readable("event_type")
        and metadata.fits("event_payload", dict)
        and metadata.fields("event_payload").readable("key")
        and item.fits("files", list)
        and all(file is not None and bool(file.text("id")) for file in files or ())
    )


def _message(item: Fields) -> HistoryMessage:
    metadata = item.fields("metadata")
    ours = metadata.text("event_type") == EVENT_TYPE
    key = metadata.fields("event_payload").text("key") if ours else ""
    there = [file for file in item.items("files") or () if file is not None]
    files, names = [file.text("id") for file in there], [file.text("name") for file in there]
    # people's programs give their messages an id of their own, Slack gives an app's none
    foreign = item.given("client_msg_id") or item.text("subtype") not in _BY_APPS
    return HistoryMessage(
        item.ts("ts"),
        key,
        tuple(filter(None, files)),
        foreign,
        item.text("thread_ts"),
        tuple(filter(None, names)),
    )


# -- files.getUploadURLExternal --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Upload:
    """Where the bytes of a file go, and Slack's id of it."""

    url: str
    file_id: str


def upload(answer: Answer) -> Upload | Outcome:
    """What files.getUploadURLExternal answers."""
    place = Upload(answer.fields.text("upload_url"), answer.fields.text("file_id"))
    return place if place.url and place.file_id else odd()


# -- auth.test, oauth.v2.access --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AuthTest:
    """Whom a token belongs to. `bot_id` is "" where that is a person; `scopes` is None where Slack
    does not say; `expires`: the app rotates its tokens, so this one dies within hours."""

    team: str
    team_id: str
    user: str
    bot_id: str
    url: str
    scopes: frozenset[str] | None
    expires: bool


def auth_test(answer: Answer) -> AuthTest:
    """What auth.test answers."""
    said = answer.fields
    return AuthTest(
        team=said.text("team"),
        team_id=said.text("team_id"),
        user=said.text("user"),
        bot_id=said.text("bot_id"),
        url=said.text("url"),
        scopes=answer.scopes,
        expires=said.given("expires_in"),
    )


@lru_cache(maxsize=8)  # each answer bears the same list
def _words(listed: str) -> frozenset[str]:
    words = (word.strip().encode("ascii", "replace").decode() for word in listed.split(","))
    return frozenset(filter(None, words))


@dataclass(frozen=True, slots=True)
class Installed:
    """The bot token of an install; `expires`: it lives for hours, and would have to be renewed."""

    token: str = field(repr=False)
    expires: bool


def installed(answer: Answer) -> Installed | Outcome:
    """What oauth.v2.access answers."""
    said = answer.fields
    token = said.text("access_token")
    expires = said.given("expires_in") or said.given("refresh_token")
    if not token:
        return Outcome(Result.AMBIGUOUS, error="an answer without a token")
    return Installed(token, expires)
