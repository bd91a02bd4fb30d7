"""Where the bytes of a file may go."""

import io

import pytest

from exact_slack.sandbox.http import LoopbackServer, Request, Response
from exact_slack.slack.client import SlackClient
from exact_slack.slack.files import slacks_own, upload
from exact_slack.slack.outcome import Outcome, Result

SLACK = "https://slack.com/api/"


@pytest.mark.parametrize(
    ("address", "base_url"),
    [
        ("https://files.slack.com/upload/v1/abc", SLACK),
        ("https://slack.com/upload", SLACK),
        ("https://FILES.slack.com:443/upload", SLACK),
        ("https://files.slack.com/upload", "https://proxy.example.com/slack/"),
        ("https://proxy.example.com/upload", "https://proxy.example.com/slack/"),
        ("http://127.0.0.1:8123/upload", "http://127.0.0.1:8123/api/"),
        ("http://localhost:8123/upload", "http://127.0.0.1:8123/api/"),
    ],
)
def test_files_go_to_slack_and_to_the_host_of_the_config(address: str, base_url: str) -> None:
    assert slacks_own(address, base_url)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/upload",
        "https://slack.com.evil.example/upload",
        "https://notslack.com/upload",
        "https://slack.com@evil.example/upload",
        "https://files.slack.com:pass@evil.example/",
        "https://evil.example#files.slack.com",
        "https://evil.example\\.slack.com/",
        "https://user@files.slack.com/upload",
        "https://files.slack.com:8443/upload",
        "http://files.slack.com/upload",
        "http://127.0.0.1/upload",
        "http://169.254.169.254/latest",
        "http://localhost:8123/upload",
        "https://[::1",
        "https://ﬁles.slack.com/upload",
        "ftp://files.slack.com/upload",
        "file:///etc/passwd",
        "//files.slack.com/upload",
        "",
    ],
)
@pytest.mark.parametrize("base_url", [SLACK, "http://127.0.0.1:8122/api/"])
def test_files_go_nowhere_else(address: str, base_url: str) -> None:
    assert not slacks_own(address, base_url)


@pytest.mark.parametrize("status", [None, 301, 302, 307, 308])
def test_no_byte_leaves_for_another_address(status: int | None) -> None:
    """Neither at once nor by a redirect; what is refused is the file's own, never the channel's."""
    reached: list[str] = []

    def elsewhere(request: Request) -> Response:
        reached.append(request.path)
        return Response.text("OK")

    def slack(request: Request) -> Response:
        if request.path.startswith("/upload"):
            return Response(status or 200, {"Location": f"{other.url}/upload"})
        url = f"{server.url if status else other.url}/upload"
        return Response.json({"ok": True, "upload_url": url, "file_id": "F1"})

    with LoopbackServer(elsewhere) as other, LoopbackServer(slack) as server:
        client = SlackClient("xoxb-1", f"{server.url}/api/")
        done = upload(client, io.BytesIO(b"secret"), 6, "a.pdf")
    assert isinstance(done, Outcome)
    assert done.result is (Result.NOT_SENT if status else Result.RECORD)
    assert not reached
