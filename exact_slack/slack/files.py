"""Uploading a file in Slack's three steps, of which only the last one shows anything.

files.getUploadURLExternal, a POST of the bytes, files.completeUploadExternal, "once only" for an
upload; files.upload is gone since 2025-11-12 (docs.slack.dev, working with files)."""

import re
from dataclasses import replace
from http import HTTPStatus
from typing import BinaryIO, Final
from urllib.parse import urlsplit

from exact_slack.slack import answers
from exact_slack.slack.answers import Answer
from exact_slack.slack.client import SlackClient
from exact_slack.slack.outcome import Outcome, Result, classify, faults

_REFUSED: Final = frozenset(
    [
        "file_uploads_disabled",
        "storage_limit_reached",
        "file_upload_size_restricted",
        "file_type_not_allowed",
        "snippet_too_large",
        "missing_argument",
        "alt_txt_too_large",
        "posting_to_channel_denied",
    ]
)
"""Refusals of the file itself (docs.slack.dev, methods of files)."""
_LOOPBACK: Final = {"127.0.0.1", "localhost", "::1"}
_SLACKS: Final = "slack.com"
"""Slack's own domain: files go to files.slack.com."""
_PLAIN: Final = re.compile(r"[!-\[\]-~]+")
"""No space, no backslash, ASCII alone: what all parsers of addresses read alike."""
ELSEWHERE: Final = "its address for the file is not Slack's"


def upload(client: SlackClient, content: BinaryIO, size: int, name: str) -> str | Outcome:
    """The first two steps: Slack's id of the uploaded file, which nobody sees yet. What went wrong
    left nothing behind: NOT_SENT to try again, LIMITED, TOKEN, or RECORD where Slack does not take
    the file."""
    answer = client.ask(client.web.files_getUploadURLExternal, filename=name, length=size)
    place = answers.upload(answer) if isinstance(answer, Answer) else answer
    if isinstance(place, Outcome):
        return _harmless(place)
    if not slacks_own(place.url, client.web.base_url):
        return Outcome(Result.RECORD, error=ELSEWHERE)
    sent = _send(place.url, content, size)
    return sent or place.file_id


def share(
    client: SlackClient, file_id: str, title: str, channel_id: str, thread_ts: str | None
) -> Outcome:
    """The last step: the file appears in the channel or thread, once, whoever asks again. The
    answer has no ts."""
    answer = client.ask(
        client.web.files_completeUploadExternal,
        files=[{"id": file_id, "title": title}],
        channel_id=channel_id,
        thread_ts=thread_ts,
    )
    if isinstance(answer, Outcome):
        return replace(answer, result=Result.RECORD) if answer.error in _REFUSED else answer
    return Outcome(Result.POSTED, channel_id=channel_id)


def _harmless(outcome: Outcome) -> Outcome:
    """Before the last step nothing shows: no answer is as good as a refusal."""
    if outcome.result is Result.AMBIGUOUS:
        return replace(outcome, result=Result.NOT_SENT)
    if outcome.error in _REFUSED or outcome.result is Result.UNKNOWN:
        return replace(outcome, result=Result.RECORD)
    return outcome


def slacks_own(address: str, base_url: str) -> bool:
    """Whether files may go to an address that came in an answer: one of Slack's own hosts, or the
    very one that the config names."""
    try:
        there, base = urlsplit(address), urlsplit(base_url)
        ports = there.port, base.port
    except ValueError:
        return False
    host = there.hostname or ""
    if there.username is not None or not _PLAIN.fullmatch(address):
        return False
    if there.scheme == base.scheme and _same(host, base.hostname or "") and ports[0] == ports[1]:
        return True
    slacks = host == _SLACKS or host.endswith(f".{_SLACKS}")
    return there.scheme == "https" and slacks and ports[0] in (None, 443)


def _same(host: str, other: str) -> bool:
    return host == other or {host, other} <= _LOOPBACK


def _send(address: str, content: BinaryIO, size: int) -> Outcome | None:
    """POST the bytes as they are; the file is read in small blocks."""
    from exact_slack.slack.web import post_file

    try:
        status = post_file(address, content, size)
    except faults() as error:
        failed = classify(error)
        return replace(failed, result=Result.NOT_SENT, error=f"upload: {failed.error}")
    return (
        None
        if status == HTTPStatus.OK
        else Outcome(Result.NOT_SENT, error=f"upload: HTTP {status}")
    )
