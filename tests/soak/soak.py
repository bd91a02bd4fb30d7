"""A long run under attack: documents appear and change while several processes deliver side by
side, as in the docs and worse (`serve`, sometimes two, beside polls, replays, healing and backups).
All are killed at random moments; both wires are faulty the whole time, messages do not arrive, and
Slack's history lags or hides. At the end every document must have exactly one live head that shows
its latest state, and no message may stand twice.

    python -m tests.soak.soak --documents 2000 --kills 2000
"""

import argparse
import os
import random
import re
import signal
import socket
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import requests

from exact_slack.failpoints import POINTS
from exact_slack.sandbox.exact.api import ExactSandbox
from exact_slack.sandbox.faults import Kind
from exact_slack.sandbox.slack.api import SlackSandbox
from exact_slack.sandbox.slack.store.quirks import Quirks, Shown
from tests.e2e.forked import Running
from tests.e2e.hands import VARIABLE, Hands
from tests.e2e.rig import DIVISION, ENTRIES, TOKEN, Rig
from tests.e2e.serving import SECRET, notification

CHANNELS = "abcd"
QUICK: tuple[Kind, ...] = (
    *("close", "reset", "truncate", "html200", "empty200", "status", "answer", "redirect"),
)
SLOW: tuple[Kind, ...] = ("drip", "pour", "hang")
RATE = 0.02
SHOWN: tuple[Shown, ...] = ("payloads", "payloads", "types", "nothing")
SIDE_BY_SIDE = (("serve", "poll"), ("serve", "serve", "poll"))
"""What delivers at once: two, and three."""
LIVES, SHORT_LIVES = 6.0, 2.5
"""How many times longer than an idle poll takes a process may live; where pauses take no time."""
MISTAKES = ("Traceback", "a mistake in exact-slack")


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Report:
    """What happened, and what is wrong at the end."""

    documents: int = 0
    changes: int = 0
    runs: int = 0
    kills: int = 0
    logins: int = 0
    faults: int = 0
    seconds: float = 0.0
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not (self.lost or self.twice or self.mistakes)

    def lines(self) -> str:
        return "\n".join(
            [
                f"documents {self.documents}, changes {self.changes}, runs {self.runs}",
                f"kills {self.kills}, faults on the wire {self.faults}, new logins {self.logins}",
                f"lost {len(self.lost)}, twice {len(self.twice)}, {self.seconds:.0f} s",
                *self.mistakes[:3],
            ]
        )


class Soak:
    """One run of it, on sandboxes of its own. With `hands` pauses take no time."""

    def __init__(
        self,
        folder: Path,
        documents: int,
        kills: int,
        seed: int,
        *,
        side_by_side: tuple[str, ...] = SIDE_BY_SIDE[-1],
        hands: Hands | None = None,
    ) -> None:
        self.documents = documents
        self.kills = kills
        self.random = random.Random(seed)
        self.report = Report()
        self.latest: dict[str, str] = {}
        self.side_by_side = side_by_side
        self.quick = hands is not None
        self.exact = (
            hands.exact((DIVISION,))
            if hands
            else ExactSandbox(divisions=(DIVISION,), limits_on=False)
        )
        self.slack = hands.slack(TOKEN) if hands else SlackSandbox(token=TOKEN)
        routes = "".join(
            f"  - name: {c}\n    when: {{creator: {c}}}\n    channel: '#{c}'\n" for c in CHANNELS
        )
        self.rig = Rig(folder, self.exact, self.slack, routes, extra="flood_limit: 100000\n")
        if hands:
            self.rig.environment[VARIABLE] = str(hands.path)
        self.told = threading.Event()
        """All documents are there."""
        self.over = threading.Event()
        self.pace = 0.0
        """Seconds that a run takes on this machine, as busy as it is."""
        self.ports = [free_port() for what in side_by_side if what == "serve"]
        self._lock = threading.Lock()

    def run(self, most_seconds: float) -> Report:
        """Until all documents are out and all kills done, or the time is over."""
        started = time.monotonic()
        with self.exact, self.slack:
            for name in CHANNELS:
                self.slack.store.add_channel(name)
            self.rig.write_config()
            self._add_serve()
            self.rig.log_in()
            for _ in range(2):  # the first one loads the packages for all
                begun = time.monotonic()
                assert self.rig.run("poll", "--kind", "purchase_entry").code == 0
                self.pace = time.monotonic() - begun
            with self._trouble(), self._threads():
                while time.monotonic() - started < most_seconds:
                    if self.told.is_set() and self.report.kills >= self.kills:
                        break
                    time.sleep(0.05)
            self._settle()
            self._judge()
        self.report.seconds = time.monotonic() - started
        return self.report

    def _add_serve(self) -> None:
        config = self.rig.config
        text = config.read_text().replace("slack:\n", f"  webhook_secret: {SECRET}\nslack:\n", 1)
        config.write_text(text + "serve: {public_url: http://127.0.0.1:1}\n")

    @contextmanager
    def _threads(self) -> Iterator[None]:
        works: list[Callable[[], None]] = [self._business, self._moods]
        lanes = ("others", *self.side_by_side)
        ports = iter(self.ports)
        for what in lanes:
            port = next(ports) if what == "serve" else 0
            works.append(partial(self._lane, what, port))
        threads = [threading.Thread(target=self._watched, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.over.set()
            for thread in threads:
                thread.join()

    def _watched(self, work: Callable[[], None]) -> None:
        """A part of the soak that ends early would make the rest easy."""
        try:
            work()
        except Exception:
            self.report.mistakes.append(traceback.format_exc())

    # -- what happens in Exact -------------------------------------------------------------

    def _business(self) -> None:
        chance = random.Random(self.random.random())
        pause = 0.05 if self.documents <= 100 else 0.25
        for number in range(self.documents):
            self._create(number, chance)
            if number % 4 == 3:
                self._change(chance)
            if self.over.wait(pause):
                return
        self.told.set()
        while not self.over.wait(8 * pause):
            self._change(chance)

    def _create(self, number: int, chance: random.Random) -> None:
        reference = f"REF-{number:05d}-0"
        row = self.rig.entry(number, YourRef=reference, CreatorFullName=chance.choice(CHANNELS))
        self.latest[row["EntryID"]] = reference
        self.report.documents += 1
        self._notify(row["EntryID"], "Create")

    def _change(self, chance: random.Random) -> None:
        key = chance.choice(list(self.latest))
        name, number, version = self.latest[key].split("-")
        reference = f"{name}-{number}-{int(version) + 1}"
        self.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": key, "YourRef": reference})
        self.latest[key] = reference
        self.report.changes += 1
        self._notify(key, "Update")

    def _notify(self, key: str, action: str) -> None:
        """Exact tells each `serve` that is there; polls find the others."""
        for port in self.ports:
            with suppress(requests.RequestException):
                address = f"http://127.0.0.1:{port}/exact/webhook"
                requests.post(address, data=notification(key, action), timeout=5)

    # -- what goes wrong -------------------------------------------------------------------

    @contextmanager
    def _trouble(self) -> Iterator[None]:
        kinds = QUICK if self.quick else QUICK + SLOW
        for number, server in enumerate((self.exact.server, self.slack.server)):
            server.faults.random(number, RATE, kinds)
        try:
            yield
        finally:
            for server in (self.exact.server, self.slack.server):
                self.report.faults += len(server.faults.served)
                server.faults.clear()
            self.slack.store.quirks = Quirks()

    def _moods(self) -> None:
        """Messages that do not arrive, answers about nothing, a history that lags or hides."""
        chance = random.Random(self.random.random())
        post = "chat.postMessage"
        while not self.over.wait(0.3 if self.quick else 3.0):
            self.slack.store.quirks = Quirks(
                history_lag=chance.choice((0.0, 0.0, 8.0, 30.0, 45.0)),
                metadata_shown=chance.choice(SHOWN),
                empty_first_pages=chance.random() < 0.2,
            )
            drawn = chance.random()
            if drawn < 0.5:
                self.slack.faults.add(post, "close", when="before")
            elif drawn < 0.6:
                self.slack.faults.change(post, lambda answer: {**answer, "ts": 5})
            elif drawn < 0.7:
                self.slack.faults.change(post, lambda answer: {**answer, "channel": "C0OTHER"})

    # -- who works -------------------------------------------------------------------------

    def _lane(self, what: str, port: int = 0) -> None:
        """One command after another, each killed at a random moment while there are kills left."""
        chance = random.Random(self.random.random())
        number = 0
        while not self.over.is_set():
            number += 1
            err = self.rig.folder / f"{what}-{threading.get_ident()}-{number}"
            words = self._words(what, number, port, chance)
            dies_at = self._point(chance)
            env = {**os.environ, **self.rig.environment, "EXACT_SLACK_FAILPOINT": dies_at}
            with self._lock:
                running = Running(words, env, err=err)
                self.report.runs += 1
            life = chance.uniform(0.2, SHORT_LIVES if self.quick else LIVES) * self.pace
            code = self._end(running, life * 2 if dies_at else life)
            self._after(code, err)

    def _words(self, what: str, number: int, port: int, chance: random.Random) -> tuple[str, ...]:
        words = {
            "serve": ("serve", "--listen", f"127.0.0.1:{port}"),
            "poll": ("poll", "--kind", "purchase_entry"),
        }
        copy = str(self.rig.folder / f"copy-{number}.sqlite")
        others = (
            ("replay", "--failed"),
            ("status", "--verify", "1d", "--heal"),
            ("backup", copy),
            words["poll"],
        )
        chosen = words[what] if what in words else chance.choice(others)
        return ("-c", str(self.rig.config), *chosen)

    def _point(self, chance: random.Random) -> str:
        """Half of them die at a point between two steps of a send, the others at any moment."""
        if self.report.kills >= self.kills or chance.random() < 0.5:
            return ""
        return f"{chance.choice(POINTS[:-3])}:{chance.randint(1, 4)}"

    def _end(self, running: Running, life: float) -> int:
        ends = time.monotonic() + life
        while running.returncode is None and not self.over.is_set():
            if time.monotonic() >= ends and self._may_kill():
                running.kill()
                return running.wait(60)
            time.sleep(0.01)
        if running.returncode == -signal.SIGKILL:
            self._may_kill()
        running.terminate()
        return running.wait(200)

    def _may_kill(self) -> bool:
        with self._lock:
            if self.report.kills >= self.kills:
                return False
            self.report.kills += 1
            return True

    def _after(self, code: int, err: Path) -> None:
        said = err.read_text("utf-8", "replace") if err.exists() else ""
        err.unlink(missing_ok=True)
        if any(word in said for word in MISTAKES):
            self.report.mistakes.append(said[-2000:])
        if code == 3 or "auth exact" in said:  # the answer with a new token was lost on the wire
            with self._lock:
                self.rig.log_in()
                self.report.logins += 1

    # -- the end ---------------------------------------------------------------------------

    def _settle(self) -> None:
        self.rig.log_in()
        for _ in range(10):
            self._finish("replay", "--failed", "--held", "--ambiguous")
            if self._finish("poll", "--kind", "purchase_entry") == 0:
                return

    def _finish(self, *words: str) -> int:
        """A run that nothing disturbs: what waits for its second in its channel takes minutes."""
        env = {**os.environ, **self.rig.environment}
        return Running(("-c", str(self.rig.config), *words), env).wait(1800)

    def _judge(self) -> None:
        seen: Counter[str] = Counter()
        keys: Counter[Any] = Counter()
        for channel in CHANNELS:
            for message in self.slack.store.live_messages(channel):
                keys[str(message.metadata)] += 1
                if not message.is_reply:
                    seen.update(re.findall(r"REF-\d+-\d+", message.text)[:1])
        self.report.twice = [key for key, count in keys.items() if count > 1]
        for reference in self.latest.values():
            heads = seen[reference]
            if heads == 0:
                self.report.lost.append(reference)
            elif heads > 1:
                self.report.twice.append(reference)


def main() -> None:
    """The command line: with two deliverers, then with three."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=40)
    args = parser.parse_args()
    good = True
    for side_by_side in SIDE_BY_SIDE:
        documents, kills = args.documents // 2, args.kills // 2
        with tempfile.TemporaryDirectory() as folder:
            soak = Soak(Path(folder), documents, kills, args.seed, side_by_side=side_by_side)
            report = soak.run(args.minutes * 60 / 2)
        print(f"{' + '.join(side_by_side)}\n{report.lines()}", flush=True)
        enough = report.documents >= documents and report.kills >= kills
        good = good and enough and report.good
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
