"""A long run under attack: documents appear and change while polls are killed at random moments
and both wires are faulty the whole time. At the end every document must have exactly one live head
that shows its latest state.

    python -m tests.soak.soak --documents 2000 --kills 200
"""

import argparse
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from exact_slack.sandbox.exact_api import ExactSandbox
from exact_slack.sandbox.faults import Kind
from exact_slack.sandbox.slack_api import SlackSandbox
from tests.e2e.rig import DIVISION, ENTRIES, TOKEN, Rig

CHANNELS = "abcd"
FAULTS: tuple[Kind, ...] = ("close", "reset", "truncate", "html200", "empty200", "status")
RATE = 0.02


@dataclass
class Report:
    """What happened, and what is wrong at the end."""

    documents: int = 0
    changes: int = 0
    polls: int = 0
    kills: int = 0
    logins: int = 0
    faults: int = 0
    seconds: float = 0.0
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)

    def lines(self) -> str:
        return "\n".join(
            [
                f"documents {self.documents}, changes {self.changes}, polls {self.polls}",
                f"kills {self.kills}, faults on the wire {self.faults}, new logins {self.logins}",
                f"lost {len(self.lost)}, twice {len(self.twice)}, {self.seconds:.0f} s",
            ]
        )


class Soak:
    """One run of it, on sandboxes of its own."""

    def __init__(self, folder: Path, documents: int, kills: int, seed: int) -> None:
        self.documents = documents
        self.kills = kills
        self.random = random.Random(seed)
        self.report = Report()
        self.latest: dict[str, str] = {}
        self.exact = ExactSandbox(divisions=(DIVISION,), limits_on=False)
        self.slack = SlackSandbox(token=TOKEN)
        routes = "".join(
            f"  - name: {c}\n    when: {{creator: {c}}}\n    channel: '#{c}'\n" for c in CHANNELS
        )
        self.rig = Rig(folder, self.exact, self.slack, routes, extra="flood_limit: 100000\n")
        self.done = threading.Event()

    def run(self, most_seconds: float) -> Report:
        """Until all documents are out and all kills done, or the time is over."""
        started = time.monotonic()
        with self.exact, self.slack:
            for name in CHANNELS:
                self.slack.store.add_channel(name)
            self.rig.write_config()
            self.rig.log_in()
            assert self.rig.run("poll", "--kind", "purchase_entry").code == 0
            for number, server in enumerate((self.exact.server, self.slack.server)):
                server.faults.random(number, RATE, FAULTS)
            business = threading.Thread(target=self._business, daemon=True)
            business.start()
            while time.monotonic() - started < most_seconds:
                if self._poll() and self.done.is_set() and self.report.kills >= self.kills:
                    break
            self.done.set()
            business.join(10)
            self._settle()
            self._judge()
        self.report.seconds = time.monotonic() - started
        return self.report

    def _business(self) -> None:
        pause = 0.05 if self.documents <= 100 else 0.25
        for number in range(self.documents):
            self._create(number)
            if number % 4 == 3:
                self._change()
            time.sleep(pause)
        self.done.set()

    def _create(self, number: int) -> None:
        reference = f"REF-{number:05d}-0"
        channel = self.random.choice(CHANNELS)
        row = self.rig.entry(number, YourRef=reference, CreatorFullName=channel)
        self.latest[row["EntryID"]] = reference
        self.report.documents += 1

    def _change(self) -> None:
        key = self.random.choice(list(self.latest))
        name, number, version = self.latest[key].split("-")
        reference = f"{name}-{number}-{int(version) + 1}"
        self.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": key, "YourRef": reference})
        self.latest[key] = reference
        self.report.changes += 1

    def _poll(self) -> bool:
        """One poll, killed at a random moment while there are kills left; True if all is quiet."""
        self.report.polls += 1
        command = [sys.executable, "-m", "exact_slack", "-c", str(self.rig.config), "poll"]
        quiet = subprocess.DEVNULL
        with subprocess.Popen(
            [*command, "--kind", "purchase_entry"], stdout=quiet, stderr=quiet
        ) as process:
            if self.report.kills < self.kills:
                time.sleep(self.random.uniform(0.2, 3.0))
                if process.poll() is None:
                    process.kill()
                    self.report.kills += 1
            code = process.wait(600)
        if code == 3:  # the answer with a new token was lost on the wire
            self.rig.log_in()
            self.report.logins += 1
        return code == 0

    def _settle(self) -> None:
        for server in (self.exact.server, self.slack.server):
            self.report.faults += len(server.faults.served)
            server.faults.clear()
        self.kills = 0
        for _ in range(10):
            self.rig.run("replay", "--failed", "--held", "--ambiguous")
            if self._poll():
                return

    def _judge(self) -> None:
        seen: Counter[str] = Counter()
        for channel in CHANNELS:
            for message in self.slack.store.live_messages(channel):
                if not message.is_reply:
                    seen[message.text.partition("REF-")[2][:7]] += 1
        for reference in self.latest.values():
            heads = seen[reference.removeprefix("REF-")]
            if heads == 0:
                self.report.lost.append(reference)
            elif heads > 1:
                self.report.twice.append(reference)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=40)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        soak = Soak(Path(folder), args.documents, args.kills, args.seed)
        report = soak.run(args.minutes * 60)
    print(report.lines())
    enough = report.documents >= args.documents and report.kills >= args.kills
    sys.exit(0 if enough and not (report.lost or report.twice) else 1)


if __name__ == "__main__":
    main()
