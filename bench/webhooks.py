"""Load on `serve`: signed notifications at a steady rate, and forged, stale, truncated and random
requests. Prints counts and answer times; `make bench` takes them into docs/benchmarks.md.

    python -m bench.webhooks --rate 500 --seconds 10 --forged 100000
"""

import argparse
import hashlib
import hmac
import http.client
import json
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

from exact_slack.ledger.ledger import Ledger
from exact_slack.sandbox.exact.api import ExactSandbox
from exact_slack.sandbox.slack.api import SlackSandbox
from tests.e2e.rig import DIVISION, ENTRIES, TOKEN, Rig

SECRET, SIGNING = "webhook-secret", "signing-secret"
CLIENTS = 8


def notification(key: str, secret: str = SECRET) -> bytes:
    """A delivery as Exact sends it."""
    content = json.dumps(
        {"Topic": "PurchaseEntries", "Division": DIVISION, "Action": "Update", "Key": key}
    ).encode()
    mark = hmac.new(secret.encode(), content, hashlib.sha256).hexdigest().upper()
    return b'{"Content":' + content + b',"HashCode":"' + mark.encode() + b'"}'


def steady(url: str, rate: float, seconds: float, seed: int) -> tuple[Counter[int], list[float]]:
    """Send at a steady rate; an answer that is late delays nothing that is due (open loop), and
    its time counts from when it was due."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", place.port or 0, timeout=30)
    statuses: Counter[int] = Counter()
    times = []
    started = time.perf_counter()
    for number in range(int(rate * seconds)):
        due = started + number / rate
        time.sleep(max(0.0, due - time.perf_counter()))
        key = f"{seed:08d}-0000-0000-0000-{number:012d}"
        connection.request("POST", "/exact/webhook", notification(key))
        answer = connection.getresponse()
        answer.read()
        statuses[answer.status] += 1
        times.append(time.perf_counter() - due)
    connection.close()
    return statuses, times


def _steady(arguments: tuple[str, float, float, int]) -> tuple[Counter[int], list[float]]:
    return steady(*arguments)


def _junk(draw: random.Random) -> tuple[str, bytes, dict[str, str]]:
    good = notification(f"00000000-0000-0000-0000-{draw.randrange(10**12):012d}")
    kind = draw.randrange(6)
    if kind == 0:
        return "/exact/webhook", notification("x" * 36, "another secret"), {}
    if kind == 1:
        return "/exact/webhook", good[: draw.randrange(1, len(good) - 1)], {}
    if kind == 2:
        return "/exact/webhook", draw.randbytes(draw.randrange(1, 600)), {}
    if kind == 3:
        place = draw.randrange(20, len(good) - 90)
        return "/exact/webhook", good[:place] + b"~" + good[place + 1 :], {}
    body = b'{"type":"event_callback","event_id":"E","event":{"type":"app_uninstalled"}}'
    old = str(int(time.time()) - 1000)
    mark = hmac.new(SIGNING.encode(), b"v0:" + old.encode() + b":" + body, hashlib.sha256)
    if kind == 4:
        stale = {"X-Slack-Request-Timestamp": old, "X-Slack-Signature": "v0=" + mark.hexdigest()}
        return "/slack/events", body, stale
    forged = {"X-Slack-Request-Timestamp": str(int(time.time())), "X-Slack-Signature": "v0=00"}
    return "/slack/interactions", draw.randbytes(80), forged


def junk(arguments: tuple[str, int, int]) -> Counter[int]:
    """Send requests that must all be refused."""
    url, count, seed = arguments
    draw, statuses = random.Random(seed), Counter[int]()
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(url).port or 0, timeout=30)
    for _ in range(count):
        path, body, headers = _junk(draw)
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read()
        statuses[answer.status] += 1
    connection.close()
    return statuses


def measure(rate: int, seconds: float, forged: int) -> dict[str, object]:
    """Run `serve` in a process of its own, with the sandboxes in this one, and load it."""
    with (
        tempfile.TemporaryDirectory() as folder,
        ExactSandbox(divisions=(DIVISION,), limits_on=False) as exact,
        SlackSandbox(token=TOKEN) as slack,
    ):
        slack.store.add_channel("feed")
        rig = Rig(Path(folder), exact, slack)
        rig.write_config()
        text = rig.config.read_text().replace("slack:\n", f"  webhook_secret: {SECRET}\nslack:\n")
        rig.config.write_text(text.replace("  token:", f"  signing_secret: {SIGNING}\n  token:"))
        rig.log_in()
        rig.poll()
        # the workers rest: what is measured is the intake
        exact.faults.add(ENTRIES, "status", times=10**9, when="before", status=503)
        log = rig.folder / "serve.log"
        with log.open("w") as out:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "exact_slack", "-c", str(rig.config)),
                    *("serve", "--listen", "127.0.0.1:0"),
                ],
                stderr=out,
                env=dict(os.environ),
            )
        while "Listening on" not in log.read_text():
            time.sleep(0.05)
        url = log.read_text().split("Listening on ")[1].split()[0]
        with multiprocessing.get_context("spawn").Pool(CLIENTS) as pool:
            pool.map(abs, range(CLIENTS))  # the clients are started before the clock is
            each = [(url, rate / CLIENTS, seconds, seed) for seed in range(CLIENTS)]
            results = pool.map(_steady, each)
            refused: Counter[int] = Counter()
            for part in pool.map(junk, [(url, forged // CLIENTS, s) for s in range(CLIENTS)]):
                refused += part
        process.kill()
        process.wait()
        ledger = Ledger(rig.state)
        stored = ledger.inbox.waiting()
        ledger.close()
    times = sorted(t for _, part in results for t in part)
    statuses: Counter[int] = Counter()
    for part, _ in results:
        statuses += part
    return {
        "rate": rate,
        "sent": len(times),
        "statuses": dict(statuses),
        "stored_after_kill": stored,
        "median_ms": round(times[len(times) // 2] * 1000, 1),
        "p99_ms": round(times[int(len(times) * 0.99)] * 1000, 1),
        "forged": sum(refused.values()),
        "forged_statuses": dict(refused),
    }


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--forged", type=int, default=100_000)
    args = parser.parse_args()
    print(json.dumps(measure(args.rate, args.seconds, args.forged), indent=2))


if __name__ == "__main__":
    main()
