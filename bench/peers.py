"""The ways people read Exact Online from Python today, on the same changed documents.

The libraries have no memory of what was read: they are used as their documentation shows it, with
`$filter=Modified gt` (or `ge`) the highest `Modified` seen so far."""

import json
import subprocess
import sys
import venv
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bench import processes
from bench.figures import RESULTS, Section, Table
from bench.world import world
from exact_slack.app.customer import Customer
from exact_slack.config.load import load
from exact_slack.documents.kinds import Kind
from tests.e2e.rig import DIVISION, ENTRIES, Rig

FIRST, THEN = 700, 300
SAME, LATE = 200, 50
"""Of those that come after the first reading: with the `Modified` that was the highest so far, and
committed late with an older one."""
_FIELDS = "EntryID,Modified,PurchaseEntryLines,PurchaseEntryLines/ID"

EXACTONLINE = """
import json, sys
from exactonline import http
from exactonline.api import ExactApi
from exactonline.resource import GET
from exactonline.storage.base import ExactOnlineConfig, MissingSetting
http.opt_secure.protocols = ("http", "https")  # loopback has no TLS
base, token, division, query = sys.argv[1:]
class Store(ExactOnlineConfig):
    values = {("server", "rest_url"): base + "/api", ("transient", "access_token"): token,
              ("transient", "access_expiry"): "9999999999", ("transient", "division"): division}
    def get(self, section, option):
        if (section, option) not in self.values:
            raise MissingSetting()
        return self.values[section, option]
    def set(self, section, option, value):
        self.values[section, option] = value
rows = ExactApi(storage=Store()).restv1(GET("purchaseentry/PurchaseEntries?" + query))
print(json.dumps(rows))
"""
SDK = """
import json, sys
from urllib.parse import parse_qsl
from exact_online_sdk.client import ExactOnlineClient
from exact_online_sdk.config import Settings
base, token, division, query = sys.argv[1:]
class Auth:
    def get_access_token(self):
        return token
settings = Settings("id", "secret", "http://127.0.0.1/", base_url=base, division=int(division))
client = ExactOnlineClient(settings, auth=Auth())
pages = client.iter_pages("purchaseentry/PurchaseEntries", params=dict(parse_qsl(query)))
print(json.dumps([row for page in pages for row in page]))
"""
PEERS = {"exactonline": EXACTONLINE, "exact-online-sdk": SDK, "tap-exact": ""}


@dataclass(slots=True)
class Got:
    """What one way of reading obtained: rows by document, and the lines of the last of each."""

    calls: int
    rows: Counter[str]
    lines: int


def measure(runs: int) -> Section:
    """Counts, not times: one run says it all, and every run says the same."""
    rows = [_shown("exact-slack", _ours())]
    for name, script in PEERS.items():
        python, why = _install(name)
        if why:
            rows.append((name, f"not measured: {why}", "", "", "", ""))
            continue
        rows.extend(
            _shown(f"{name}, `Modified {operator}`", _theirs(python, script, operator))
            for operator in ("gt", "ge")
        )
    section = Section("peers")
    section.tables.append(
        Table(
            "Beside other ways to read Exact Online from Python",
            ("way", "calls", "documents", "lines", "lost", "doubled"),
            tuple(rows),
            f"{FIRST} purchase entries with two lines each, read; then {THEN} more, of which "
            f"{SAME} have the same `Modified` as the latest one so far and {LATE} were committed "
            "late with an older one; read again. exact-slack asks again for what lies in its "
            "overlap of five minutes, here for everything, and recognizes it: those are its "
            "additional calls.",
        )
    )
    return section


def _shown(name: str, got: Got) -> tuple[str, ...]:
    lost = FIRST + THEN - len(got.rows)
    doubled = sum(got.rows.values()) - len(got.rows)
    return (name, str(got.calls), f"{len(got.rows):,}", f"{got.lines:,}", str(lost), str(doubled))


def _first(rig: Rig, start: datetime) -> None:
    for number in range(FIRST):
        _entry(rig, number, start + timedelta(milliseconds=10 * min(number, FIRST - 100)))


def _then(rig: Rig, start: datetime) -> None:
    highest = start + timedelta(milliseconds=10 * (FIRST - 100))
    for number in range(THEN):
        modified = highest
        if number >= SAME:
            modified += timedelta(seconds=-60 if number < SAME + LATE else number)
        _entry(rig, FIRST + number, modified)


def _entry(rig: Rig, number: int, modified: datetime) -> None:
    row = {
        "EntryNumber": 26700000 + number,
        "Status": 20,
        "PurchaseEntryLines": [{"AmountDC": 60.0}, {"AmountDC": 40.0}],
    }
    rig.exact.store.upsert(DIVISION, ENTRIES, row, modified=modified)


def _start(rig: Rig) -> datetime:
    return rig.exact.store.now() + timedelta(minutes=2)


def _ours() -> Got:
    with world((Kind.PURCHASE_ENTRY,)) as rig:
        processes.command(rig.config, "poll")
        start, before = _start(rig), sum(rig.exact.api.calls.values())
        for step in (_first, _then):
            step(rig, start)
            processes.command(rig.config, "poll", "--max-posts", "0")
        calls = sum(rig.exact.api.calls.values()) - before
        with closing(Customer(load(rig.config))) as customer:
            known = customer.ledger.db.rows("SELECT key, data FROM documents")
            heads = customer.ledger.db.rows(
                "SELECT o.key FROM deliveries d JOIN documents o ON o.id=d.document"
                " WHERE d.action='head'"
            )
        lines = sum(len(json.loads(row["data"])["lines"]) for row in known)
        return Got(calls, Counter(row["key"] for row in heads), lines)


def _theirs(python: Path, script: str, operator: str) -> Got:
    with world((Kind.PURCHASE_ENTRY,)) as rig:
        start, calls = _start(rig), 0
        since = start - timedelta(seconds=1)
        rows: Counter[str] = Counter()
        lines: dict[str, int] = {}
        for step in (_first, _then):
            step(rig, start)
            query = (
                f"$filter=Modified+{operator}+datetime'{since.isoformat()}'&$orderby=Modified"
                f"&$select={_FIELDS}&$expand=PurchaseEntryLines"
            )
            before = sum(rig.exact.api.calls.values())
            token = rig.exact.oauth.issue_chain().access
            ran = processes.run(
                [str(python), "-c", script, rig.exact.url, token, str(DIVISION), query]
            )
            if ran.code:
                raise RuntimeError(ran.out[-2000:])
            calls += sum(rig.exact.api.calls.values()) - before
            for row in json.loads(ran.out.splitlines()[-1]):
                rows[row["EntryID"]] += 1
                lines[row["EntryID"]] = len(row["PurchaseEntryLines"]["results"])
                since = max(since, _moment(row["Modified"]))
        return Got(calls, rows, sum(lines.values()))


def _moment(text: str) -> datetime:
    milliseconds = int(text.removeprefix("/Date(").removesuffix(")/"))
    return datetime(1970, 1, 1) + timedelta(milliseconds=milliseconds)  # noqa: DTZ001 - Exact's own


def _install(name: str) -> tuple[Path, str]:
    """Its Python, in an environment of its own; or why there is none."""
    folder = RESULTS.parent / "peers" / name
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    done = subprocess.run(
        [python, "-m", "pip", "install", "-q", name], capture_output=True, text=True, check=False
    )
    if done.returncode:
        reasons = [line for line in done.stderr.splitlines() if line.startswith("ERROR:")]
        return python, reasons[-1].removeprefix("ERROR: ") if reasons else "pip failed"
    print(f"{name} is installed for {sys.version.split()[0]}", file=sys.stderr)
    return python, ""
