"""The web pages behind document links, and attachment downloads.

Addresses are as recorded: `Documents.DocumentViewUrl` and
`DocumentAttachments.Url`. A download needs `&Download=1` and the Bearer token,
or a login page comes with status 200 (picqer/exact-php-client #246, #465).
"""

from __future__ import annotations

import html
import mimetypes
from typing import Final
from urllib.parse import quote

from exact_slack.sandbox.exact.shapes import Row
from exact_slack.sandbox.exact.store import ExactStore
from exact_slack.sandbox.http import Request, Response

STAMP: Final = "NL001"
VIEW: Final = "/docs/DocViewContent.aspx"
ATTACHMENT: Final = "/docs/SysAttachment.aspx"


def with_urls(base_url: str, division: int, endpoint: str, row: Row) -> Row:
    """Fill in the addresses that depend on the host."""
    tail = f"?ID={row.get('ID')}&_Division_={division}&Stamp={STAMP}"
    if endpoint.endswith("ocuments/Documents"):
        return {**row, "DocumentViewUrl": f"{base_url}{VIEW}{tail}"}
    if endpoint.endswith("ocuments/DocumentAttachments"):
        return {**row, "Url": f"{base_url}{ATTACHMENT}{tail}"}
    return row


def serve(store: ExactStore, request: Request, logged_in: bool) -> Response:
    """Answer a request under /docs/."""
    args = request.args()
    division = int(args["_Division_"]) if args.get("_Division_", "").isdigit() else 0
    key = args.get("ID", "")
    if request.path == ATTACHMENT and args.get("Download") == "1" and logged_in:
        return _download(store.get(division, "documents/DocumentAttachments", key))
    document = store.get(division, "documents/Documents", key)
    if request.path == VIEW and document is not None:
        return _page("Exact Online (sandbox)", str(document.get("Subject") or ""))
    return _page("Exact Online (sandbox): log in", "Please log in.")


def _download(row: Row | None) -> Response:
    if row is None or row.get("Attachment") is None:
        return _page("Exact Online (sandbox)", "De gegevens kunnen niet gevonden worden.")
    name = str(row.get("FileName") or "attachment")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response.data(row["Attachment"], kind, {"Content-Disposition": disposition})


def _page(title: str, text: str) -> Response:
    heading, body = html.escape(title), html.escape(text)
    return Response.html(
        f"<!DOCTYPE html><html><head><title>{heading}</title></head>"
        f"<body><h1>{heading}</h1><p>{body}</p></body></html>"
    )
