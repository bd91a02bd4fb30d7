"""The three steps of an upload, and `files.info`.

Sources: docs.slack.dev, files.getUploadURLExternal, files.completeUploadExternal,
files.info, working with files.
"""

from __future__ import annotations

from email.message import Message as Mime
from email.parser import BytesParser
from typing import Any

from exact_slack.sandbox.http import Request, Response
from exact_slack.sandbox.slack.methods.call import Call, SlackError, invalid_arguments
from exact_slack.sandbox.slack.methods.chat import Thread, blocks_of, store_post, thread_of
from exact_slack.sandbox.slack.store import SlackStore
from exact_slack.sandbox.slack.store.model import Block, Channel, File, Message
from exact_slack.sandbox.slack.wire import file_json

UPLOAD_PATH = "/upload/v1/"
SHARE_CHANNELS = 100
ALT_TEXT = 1000


def get_upload_url(call: Call) -> dict[str, Any]:
    """files.getUploadURLExternal."""
    name = call.text("filename")
    length = str(call.args.get("length") or "0")
    if not name or not length.isdigit() or int(length) == 0:
        raise SlackError("missing_argument")
    if len(call.text("alt_txt") or "") > ALT_TEXT:
        raise SlackError("alt_txt_too_large")
    file = call.store.add_file(name, int(length))
    url = f"{call.request.base_url}{UPLOAD_PATH}{file.upload_key}"
    return {"ok": True, "upload_url": url, "file_id": file.id}


def upload(store: SlackStore, request: Request) -> Response:
    """Take the bytes of a file; a wrong length is refused (not documented)."""
    file = store.file_by_upload_key(request.path.removeprefix(UPLOAD_PATH))
    if file is None or file.completed:
        return Response.text("unknown upload", 404)
    if request.method != "POST":
        return Response.text("send the file by POST", 405)
    content = _content(request)
    if len(content) != file.length:
        return Response.text(f"expected {file.length} bytes, got {len(content)}", 400)
    file.content = content
    return Response.text(f"OK - {file.length}")


def _content(request: Request) -> bytes:
    """Return the raw body, or the first part of a multipart form."""
    kind = request.headers.get("Content-Type")
    if not kind.startswith("multipart/form-data"):
        return request.body
    whole = BytesParser().parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + request.body)
    parts = whole.get_payload()
    part = parts[0] if isinstance(parts, list) and parts else None
    content = part.get_payload(decode=True) if isinstance(part, Mime) else b""
    return content if isinstance(content, bytes) else b""


def complete_upload(call: Call) -> dict[str, Any]:
    """files.completeUploadExternal: shares uploaded files, once."""
    files = _uploaded(call)
    channels = _targets(call)
    comment = call.text("initial_comment") or ""
    blocks = None if comment else blocks_of(call)
    threads = {channel.id: thread_of(call, channel) for channel in channels}
    for file in files:
        file.completed = True
    if not call.store.quirks.loses_share():
        for channel in channels:
            _share(call, channel, files, comment=comment, blocks=blocks, thread=threads[channel.id])
    return {"ok": True, "files": [{"id": file.id, "title": file.title} for file in files]}


def _uploaded(call: Call) -> list[File]:
    listed = call.data("files", "invalid_arguments")
    if not isinstance(listed, list) or not listed:
        raise invalid_arguments("missing required field: files")
    files: list[File] = []
    titles: list[str] = []
    for item in listed:
        file = call.store.file(str(item.get("id"))) if isinstance(item, dict) else None
        if file is None or file.content is None or file.completed:
            raise SlackError("file_not_found")
        files.append(file)
        titles.append(str(item.get("title") or file.name))
    for file, title in zip(files, titles, strict=True):
        file.title = title
    return files


def _targets(call: Call) -> list[Channel]:
    """Return the channels to share in; without any the file stays private."""
    listed = call.text("channel_id") or call.text("channels") or ""
    ids = [channel_id for channel_id in listed.split(",") if channel_id]
    if len(ids) > SHARE_CHANNELS:
        raise SlackError("channels_limit_exceeded")
    if len(ids) > 1 and call.text("thread_ts"):
        raise invalid_arguments("thread_ts takes one channel")  # the error is not documented
    return [_target(call, channel_id) for channel_id in ids]


def _target(call: Call, channel_id: str) -> Channel:
    channel = next((c for c in call.store.channels() if c.id == channel_id), None)
    if channel is None or not channel.readable:
        raise SlackError("channel_not_found")
    if not channel.is_member:
        raise SlackError("not_in_channel")
    if channel.is_archived:
        raise SlackError("posting_to_channel_denied")  # which name it is, is not documented
    return channel


def _share(
    call: Call,
    channel: Channel,
    files: list[File],
    *,
    comment: str,
    blocks: list[Block] | None,
    thread: Thread,
) -> None:
    store = call.store
    ids = [file.id for file in files]
    message = Message(
        channel.id,
        ts="",
        text=comment,
        blocks=blocks,
        thread_ts=thread.ts,
        user=store.bot_user,
        bot_id=store.bot_id,
        files=ids,
    )
    stored = store_post(call, message, thread)
    if thread.swallowed:
        return
    for file in files:
        store.share(file, channel.id, stored.ts, thread.ts)


def info(call: Call) -> dict[str, Any]:
    """files.info."""
    file = call.store.file(call.required("file"))
    if file is None or not file.completed:
        raise SlackError("file_not_found")
    return {"ok": True, "file": file_json(call.store, file)}
