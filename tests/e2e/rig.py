"""Both sandboxes and one customer on them, driven by the real command in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exact_slack.app.customer import EXACT_TOKENS
from exact_slack.exact.auth.file_store import FileTokenStore
from exact_slack.exact.auth.store import Tokens
from exact_slack.sandbox.exact.api import ExactSandbox
from exact_slack.sandbox.slack.api import SlackSandbox
from exact_slack.sandbox.slack.store.model import Message
from tests.e2e import forked

TOKEN = "xoxb-sandbox"
DIVISION = 123456
ENTRIES = "purchaseentry/PurchaseEntries"
FEED = """\
  - name: feed
    when: {kind: purchase_entry}
    channel: "#feed"
"""


@dataclass
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Rig:
    """One customer. `routes` is the YAML below `routes:`."""

    folder: Path
    exact: ExactSandbox
    slack: SlackSandbox
    routes: str = FEED
    divisions: tuple[int, ...] = (DIVISION,)
    extra: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    state_dir: Path | None = None
    python: bool = False
    """Start a Python of its own for every command, rather than fork one that is loaded."""

    @property
    def config(self) -> Path:
        return self.folder / "acme.yaml"

    @property
    def state(self) -> Path:
        return self.state_dir or self.folder / "state"

    def write_config(self) -> None:
        oauth = self.exact.oauth
        self.config.write_text(
            "exact:\n"
            "  region: nl\n"
            f"  divisions: {list(self.divisions)}\n"
            f"  client_id: {oauth.client_id}\n"
            f"  client_secret: {oauth.client_secret}\n"
            f"  redirect_uri: {oauth.redirect_uri}\n"
            f"  base_url: {self.exact.url}\n"
            "slack:\n"
            f"  token: {TOKEN}\n"
            f"  base_url: {self.slack.base_url}\n"
            f"state: {self.state}\n"
            f"{self.extra}"
            f"routes:\n{self.routes}",
            encoding="utf-8",
        )
        self.config.chmod(0o600)  # secrets are written in it

    def log_in(self) -> None:
        """Put a token chain into the store, as `auth exact` would."""
        pair = self.exact.oauth.issue_chain()
        now = self.exact.oauth.clock()
        tokens = Tokens(pair.access, pair.refresh, now + 600, now, now)
        FileTokenStore(self.state / EXACT_TOKENS).save(tokens)

    def run(self, *words: str, stdin: str = "", env: Mapping[str, str] | None = None) -> Done:
        whole = {**os.environ, **self.environment, **(env or {})}
        options = ("-c", str(self.config), *words)
        if not self.python:
            return Done(*forked.run(options, stdin, whole, timeout=120))
        done = subprocess.run(
            [sys.executable, "-m", "exact_slack", *options],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            env=whole,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def poll(self, *options: str) -> Any:
        """`poll --json`, which must end well."""
        done = self.run("poll", "--json", *options)
        assert done.code == 0, done.err + done.out
        return done.json

    def messages(self, channel: str = "feed", *, replies: bool = True) -> list[Message]:
        return self.slack.store.live_messages(channel, include_replies=replies)

    def heads(self, channel: str = "feed") -> list[Message]:
        return [m for m in self.messages(channel) if not m.is_reply]

    def replies(self, channel: str = "feed") -> list[Message]:
        return [m for m in self.messages(channel) if m.is_reply]

    def entry(self, number: int = 26700001, division: int = DIVISION, **values: Any) -> Any:
        """A purchase entry with two lines appears."""
        row = {
            "EntryNumber": number,
            "SupplierName": "Van Dijk",
            "Supplier": "11111111-1111-1111-1111-111111111111",
            "Description": "Boxes",
            "AmountDC": 121.0,
            "AmountFC": 121.0,
            "VATAmountFC": 21.0,
            "Currency": "EUR",
            "Status": 20,
            "Type": 30,
            "Journal": "60",
            "YourRef": f"VD-{number}",
            "PurchaseEntryLines": [
                {"Description": "Small", "AmountDC": 60.0, "AmountFC": 60.0, "CostCenter": "VEN"},
                {"Description": "Large", "AmountDC": 40.0, "AmountFC": 40.0, "CostCenter": "ANT"},
            ],
        }
        return self.exact.store.upsert(division, ENTRIES, {**row, **values})
