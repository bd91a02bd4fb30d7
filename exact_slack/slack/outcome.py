"""What became of a call to Slack: posted, refused, limited, not sent, or nobody knows.

Names of errors: docs.slack.dev, chat.postMessage and chat.update; classes: what the ledger does.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING

from exact_slack.foreign import said
from exact_slack.network.errors import PROXY_LOGIN, NoConnection, Obstacle

if TYPE_CHECKING:
    from slack_sdk.web import SlackResponse


ODD = "an answer of another shape"


class Result(StrEnum):
    """The classes of answers."""

    POSTED = "posted"
    RECORD = "record refused"
    THREAD = "thread refused"
    LOOSE = "loose in the channel"
    """Posted, but not in the thread that was meant: that one is gone."""
    GONE = "message gone"
    CHANNEL = "channel refused"
    TOKEN = "token refused"  # noqa: S105 - a class of answers, not a secret
    LIMITED = "limited"
    NOT_SENT = "not sent"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown error"
    """A word that Slack's documentation does not have: nobody knows, the first time."""


_NO_SCOPE, _NO_METHOD = "missing_scope", "unknown_method"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One answer. `retry_after` in seconds; `error` is Slack's word or the kind of fault. Both
    texts come from outside and are stored and shown: they are cleaned here, whoever makes one."""

    result: Result
    ts: str = ""
    channel_id: str = ""
    error: str = ""
    detail: str = ""
    retry_after: float = 1.0
    status: int = 200
    """That of HTTP."""

    def __post_init__(self) -> None:
        for name, most in (("error", 100), ("detail", 300)):
            if text := getattr(self, name):
                object.__setattr__(self, name, said(text, most))

    @property
    def head_is_gone(self) -> bool:
        """Somebody deleted the message that was to be edited or replied to."""
        return self.error in ("message_not_found", "thread_not_found")

    @property
    def lacks_scope(self) -> bool:
        """The token is good, but may not do this."""
        return self.error == _NO_SCOPE

    @property
    def needs_grant(self) -> bool:
        """A good token is refused: something must be granted, or never will be."""
        return self.error in (_NO_SCOPE, _NO_METHOD, "not_allowed_token_type")

    @property
    def is_not_offered(self) -> bool:
        """This token cannot ask, or this Slack has no such method: others may work all the same."""
        return self.error in (_NO_SCOPE, _NO_METHOD) or self.status == HTTPStatus.NOT_FOUND

    @property
    def cursor_is_void(self) -> bool:
        """A list is to be read from its beginning."""
        return self.error == "invalid_cursor"

    @property
    def upload_is_gone(self) -> bool:
        """An upload that is not, or no longer, there to be completed."""
        return self.error == "file_not_found"


_RECORD = frozenset(
    [
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_blocks_too_long",
        "no_text",
        "invalid_attachments",
        "too_many_attachments",
        "attachment_payload_limit_exceeded",
        "markdown_text_conflict",
        "metadata_too_large",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "too_many_contact_cards",
        "missing_file_data",
        "invalid_arguments",
        "invalid_arg_name",
        "invalid_array_arg",
        "invalid_charset",
        "invalid_form_data",
        "invalid_post_type",
        "missing_post_type",
        "msg_too_long",
        "block_mismatch",
    ]
)
_THREAD = frozenset(
    [
        "cannot_reply_to_message",
        "restricted_action_thread_locked",
        "thread_not_found",
        "restricted_action_non_threadable_channel",
    ]
)
_GONE = frozenset(
    [
        "message_not_found",
        "edit_window_closed",
        "cant_update_message",
        "update_failed",
        "external_channel_migrating",
        "streaming_state_conflict",
    ]
)
_CHANNEL = frozenset(
    [
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "is_inactive",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "no_permission",
        "access_denied",
        "ekm_access_denied",
        "messages_tab_disabled",
        "team_not_found",
        "app_access_restricted",
        "slack_connect_canvas_sharing_blocked",
        "slack_connect_file_link_sharing_blocked",
        "slack_connect_lists_sharing_blocked",
    ]
)
_TOKEN = frozenset(
    [
        "invalid_auth",
        "not_authed",
        "token_revoked",
        "account_inactive",
        "token_expired",
        "missing_scope",
        "not_allowed_token_type",
        "accesslimited",
        "enterprise_is_restricted",
        "team_access_not_granted",
        "two_factor_setup_required",
        "is_bot",
        "as_user_not_supported",
        "send_on_behalf_not_allowed",
        "metadata_must_be_sent_from_app",
        "deprecated_endpoint",
        "method_deprecated",
        "unknown_method",
        "message_limit_exceeded",
    ]
)
_LIMITED = frozenset(["ratelimited", "rate_limited"])
_LATER = frozenset(["org_login_required", "team_added_to_org"])
_UNCLEAR = frozenset(
    [
        "fatal_error",
        "internal_error",
        "service_unavailable",
        "request_timeout",
        "duplicate_message_not_found",
        "duplicate_channel_not_found",
    ]
)
_WORD = re.compile(r"[A-Za-z0-9_.:-]{1,100}")
_CLASSES = (
    (_RECORD, Result.RECORD),
    (_THREAD, Result.THREAD),
    (_GONE, Result.GONE),
    (_CHANNEL, Result.CHANNEL),
    (_TOKEN, Result.TOKEN),
    (_LIMITED, Result.LIMITED),
    (_LATER, Result.NOT_SENT),
    (_UNCLEAR, Result.AMBIGUOUS),
)


def faults() -> tuple[type[BaseException], ...]:
    """What a call through slack_sdk may raise (its 3.47 source, and measured)."""
    from http.client import HTTPException

    from slack_sdk.errors import SlackClientError

    # the last ones for answers that slack_sdk cannot read: its TypeError, a charset that nobody
    # knows, JSON nested ten thousand deep
    return (
        NoConnection,
        SlackClientError,
        OSError,
        HTTPException,
        ValueError,
        AttributeError,
        TypeError,
        LookupError,
        RecursionError,
    )


def retry_after(headers: object) -> float:
    """Seconds from a `Retry-After` header: whole, with a fraction, or (missing, odd) 30."""
    items = headers.items() if isinstance(headers, Mapping) else ()
    value: object = {str(k).lower(): v for k, v in items}.get("retry-after")
    if isinstance(value, list | tuple):
        value = value[0] if value else None
    try:
        seconds = float(str(value)) if value is not None else 30.0
    except (TypeError, ValueError):
        return 30.0
    return min(max(seconds, 0.0), 3600.0) if math.isfinite(seconds) else 30.0


def _from_answer(response: "SlackResponse") -> Outcome:
    status = response.status_code
    data = response.data if isinstance(response.data, dict) else {}
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Outcome(
            Result.LIMITED, error="ratelimited", retry_after=retry_after(response.headers)
        )
    if status == PROXY_LOGIN:
        return Outcome(
            Result.NOT_SENT, error=f"the proxy: HTTP {status}", detail=Obstacle.PROXY.cure
        )
    if status != HTTPStatus.OK:
        return Outcome(Result.AMBIGUOUS, error=f"HTTP {status}", status=status)
    error = data.get("error")
    if data.get("ok") is not False or not isinstance(error, str) or not _WORD.fullmatch(error):
        # slack_sdk puts a page that is no JSON into `error`; a page is not for a sentence
        return Outcome(Result.AMBIGUOUS, error=ODD)
    meant = next((result for names, result in _CLASSES if error in names), Result.UNKNOWN)
    wait = retry_after(response.headers) if meant is Result.LIMITED else 1.0
    return Outcome(meant, error=error, detail=_detail(data), retry_after=wait)


def _detail(data: Mapping[str, object]) -> str:
    """What Slack says beside its word: the scope it wants, or what is wrong with the blocks."""
    needed, about = data.get("needed"), data.get("response_metadata")
    if needed and isinstance(needed, str):
        return f"needed scope: {needed}"
    messages = about.get("messages") if isinstance(about, dict) else None
    lists = [text for text in (data.get("errors"), messages) if isinstance(text, list)]
    return "; ".join(text for list_ in lists for text in list_ if isinstance(text, str))


def classify(error: BaseException) -> Outcome:
    """What an exception of `faults()` says about the call."""
    from http.client import HTTPException

    response = getattr(error, "response", None)
    if response is not None and hasattr(response, "status_code"):
        return _from_answer(response)
    if isinstance(error, NoConnection):
        return Outcome(Result.NOT_SENT, error=str(error), detail=error.obstacle.cure)
    if isinstance(error, OSError | HTTPException):
        return Outcome(Result.AMBIGUOUS, error=type(error).__name__)
    return Outcome(Result.AMBIGUOUS, error=ODD)
