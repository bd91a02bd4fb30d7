"""No secret in any output, nor in the list of processes."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.e2e.hands import Hands
from tests.e2e.logins import (
    configure,
    end_access,
    login,
    without_slack_token,
)
from tests.e2e.rig import TOKEN, Rig
from tests.e2e.test_login import land


@pytest.fixture
def processes() -> Iterator[set[str]]:
    """The command lines of all processes while the test runs."""
    import threading

    seen: set[str] = set()
    stop = threading.Event()

    def look() -> None:
        while not stop.wait(0.1):
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    seen.add(path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))
                except OSError:
                    continue

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    yield seen
    stop.set()
    watcher.join()


@pytest.mark.long
def test_no_output_of_a_full_run_at_debug_level_has_a_secret(
    hands: Hands, rig: Rig, processes: set[str], tmp_path: Path
) -> None:
    """Both logins, a renewal, posts, refusals, lost answers, crashes of the flow, every report."""
    configure(rig, "slack:\n", "slack:\n  signing_secret: signing-0123456789\n")
    configure(rig, "  region: nl\n", "  region: nl\n  webhook_secret: webhook-0123456789\n")
    without_slack_token(rig)
    outputs: list[str] = []
    used: list[str] = []
    oauth = rig.exact.oauth

    def run(*words: str, stdin: str = "") -> int:
        done = rig.run("-vv", *words, stdin=stdin)
        outputs.append(done.out + done.err)
        return done.code

    def follow(address: str) -> str:
        landed = land(address)
        used.append(dict(parse_qsl(urlsplit(landed).query))["code"])
        return landed

    made = login(rig, follow)
    outputs.append(made.stdout + made.stderr)
    rig.python = True  # the list of processes is to show with which arguments it was started
    assert run("auth", "slack", stdin="xoxb-wrong-0123456789\n") == 3
    assert run("auth", "slack", stdin=f"{TOKEN}\n") == 0
    rig.python = False
    rig.entry(1)
    assert run("poll", "--since", "1d", "--json") == 0
    end_access(rig)
    rig.entry(2)
    rig.slack.faults.add("chat.postMessage", "reset", times=1)
    run("poll")
    for kind in ("status", "close", "html200", "empty200", "truncate"):
        rig.exact.faults.add("PurchaseEntries", kind)
        rig.slack.faults.add("chat.postMessage", kind)
        rig.entry(3 + len(outputs))
        run("poll")
    for words in (
        ["status"], ["status", "--json"], ["status", "--verify", "1d"], ["config", "show"],
        ["config", "check", "--online"], ["auth", "status"], ["auth", "status", "--json"],
        ["auth", "probe"], ["replay", "--failed"], ["route", "explain", "--sample", "payment"],
    ):  # fmt: skip
        run(*words)
    end_access(rig)
    rig.exact.faults.add("oauth2/token", "close")
    run("poll")
    run("poll")  # the refusal for good
    run("auth", "logout", "--revoke")
    used += [t for chain in oauth._chains for t in (*chain.access, *chain.old, chain.refresh) if t]
    used += [oauth.client_secret, TOKEN, "xoxb-wrong-0123456789"]
    used += ["signing-0123456789", "webhook-0123456789"]
    assert len(used) > 10
    text = "\n".join(outputs)
    assert "POST oauth2/token refresh_token -> 200" in text  # it really is at debug level
    for secret in used:
        assert secret not in text
        assert not [line for line in processes if secret in line]
