"""`python -m exact_slack.sandbox`: what it prints is enough to try everything on it."""

import re
import subprocess
import sys

import requests

from tests.e2e.test_tutorial import _port


def test_an_app_may_listen_over_socket_mode_with_the_token_that_is_printed() -> None:
    words = (sys.executable, "-m", "exact_slack.sandbox", "--port", str(_port()))
    with subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as sandbox:
        try:
            assert sandbox.stdout is not None
            said = ""
            while "Enter:" not in said:
                said += next(sandbox.stdout)
            base = re.search(r"slack\.base_url: (\S+)", said)
            token = re.search(r"slack\.app_token: (\S+)", said)
            assert base is not None
            assert token is not None
            answer = requests.post(
                f"{base[1].rstrip('/')}/api/apps.connections.open",
                headers={"Authorization": f"Bearer {token[1]}"},
                timeout=10,
            ).json()
            assert answer["ok"]
            assert answer["url"].startswith("ws://127.0.0.1:")
        finally:
            sandbox.terminate()
