"""The demo: both sandboxes, a sample company, and exact-slack run on them as a user would."""

import html
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

import requests

from exact_slack.sandbox.company.company import seed_company
from exact_slack.sandbox.day import Step, business_day
from exact_slack.sandbox.exact.api import ExactSandbox
from exact_slack.sandbox.page.text import render_text
from exact_slack.sandbox.slack.api import SlackSandbox
from exact_slack.sandbox.slack.store.model import Message
from exact_slack.sandbox.slack.store.workspace import APP_TOKEN
from exact_slack.sandbox.standing import CHANNELS, TOKEN

_CONFIG = """\
exact:
  region: nl
  divisions: {divisions}
  client_id: {client_id}
  client_secret: {{env: EXACT_CLIENT_SECRET}}
  redirect_uri: {redirect_uri}
  base_url: {exact_url}
slack:
  base_url: {slack_url}
{app_token}state: {state}
locale: en_GB
routes:
  - name: high-value purchases
    when: {{kind: [purchase_entry, purchase_invoice], amount: ">= 10000"}}
    channel: "#ap-exceptions"
    attachments: true
  - name: look twice
    when: {{exception: [duplicate_reference, no_cost_center, rejected]}}
    channel: "#ap-exceptions"
    mention: here
    attachments: true
    triage: true
  - name: purchasing
    when: {{kind: [purchase_entry, purchase_invoice, purchase_order]}}
    channel: "#purchasing"
    otherwise: true
  - name: sales
    when: {{kind: "sales_*"}}
    channel: "#sales"
  - name: bank and cash
    when: {{kind: [bank_entry, cash_entry]}}
    channel: "#bank"
  - name: projects
    when: {{kind: cost_transaction}}
    channel: "#projects"
  - name: everything else
    when: {{kind: "*"}}
    channel: "#finance-feed"
    otherwise: true
  - name: what was bought
    when: {{kind: "purchase_*"}}
    channel: "#ap-exceptions"
    digest: {{every: day, at: "{digest}"}}
"""
_DIGEST_AFTER = 20.0
"""Seconds until the day's digest is due, and up to a minute more."""
_FIRST = CHANNELS[0]
"""The channel that the page shows first: it has something of everything."""
_MORNING = 15
"""Steps after which every kind has a new document; what follows changes them."""
_REACTIONS = {_MORNING - 1: "eyes", _MORNING + 1: "white_check_mark"}
"""After which steps somebody looks after the exception of the morning."""
_ROUND = 4.0
"""Seconds between two rounds of the business day."""


class DemoFailed(Exception):
    """A command of the demo ended with an error."""


def _soon(seconds: float = _DIGEST_AFTER) -> float:
    """When the day's digest is due: the first whole minute after these seconds."""
    return ((time.time() + seconds) // 60 + 1) * 60


class Demo:
    """Both sandboxes and one customer on them. Use as a context manager."""

    def __init__(self, port: int, say: Callable[[str], object]) -> None:
        self._say = say
        self._folder = tempfile.TemporaryDirectory(prefix="exact-slack-demo-")
        self._exact = ExactSandbox()
        self._slack = SlackSandbox(port=port, token=TOKEN)
        self._digest = _soon()
        self._clerk = self._slack.store.add_user("Anke de Boer")
        self._listens = False
        """Whether `serve` runs beside, which hears of clicks and reactions at once."""

    def __enter__(self) -> "Demo":
        self._exact.start()
        self._slack.start()
        for name in CHANNELS:
            self._slack.store.add_channel(name)
        seed_company(self._exact.store)
        self._write_config()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._slack.stop()
        self._exact.stop()
        self._folder.cleanup()

    @property
    def config(self) -> Path:
        """The config file of the demo's customer."""
        return Path(self._folder.name) / "demo.yaml"

    def _write_config(self) -> None:
        oauth = self._exact.oauth
        self.config.write_text(
            _CONFIG.format(
                divisions=list(self._exact.store.divisions),
                client_id=oauth.client_id,
                redirect_uri=oauth.redirect_uri,
                exact_url=self._exact.url,
                slack_url=self._slack.base_url,
                app_token=f"  app_token: {APP_TOKEN}\n" if self._listens else "",
                state=Path(self._folder.name) / "state",
                digest=time.strftime("%H:%M", time.localtime(self._digest)),
            ),
            encoding="utf-8",
        )

    # -- commands, as a user would type them -----------------------------------------------

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "exact_slack", "-c", str(self.config), *words]

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "EXACT_CLIENT_SECRET": self._exact.oauth.client_secret}

    def _run(self, *words: str, stdin: str = "") -> str:
        done = subprocess.run(
            self._command(*words),
            input=stdin,
            capture_output=True,
            text=True,
            env=self._environment(),
            check=False,
        )
        if done.returncode:
            raise DemoFailed(f"{' '.join(words)}: exit code {done.returncode}\n{done.stderr}")
        return done.stdout

    def log_in(self) -> None:
        """The OAuth login for real: read the address, log in there, paste where it leads."""
        self._say("$ exact-slack auth exact --no-browser")
        with subprocess.Popen(
            self._command("auth", "exact", "--no-browser"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self._environment(),
        ) as login:
            assert login.stdout is not None
            address = next(self._addresses(login.stdout), "")
            landed = _click_through(address)
            out, err = login.communicate(landed + "\n", timeout=60)
        if login.returncode:
            raise DemoFailed(f"auth exact: exit code {login.returncode}\n{err}")
        self._say(_indented(out))
        self._say("$ exact-slack auth slack")
        self._say(_indented(self._run("auth", "slack", stdin=TOKEN + "\n")))

    def _addresses(self, lines: Iterator[str]) -> Iterator[str]:
        host = urlsplit(self._exact.url).netloc
        for line in lines:
            if address := re.search(rf"http://{re.escape(host)}\S+", line):
                yield address[0]

    # -- the two ways to watch -------------------------------------------------------------

    def once(self) -> None:
        """One round: what is there, then a business day; a summary, and the best of it."""
        self.log_in()
        self._poll("--since", "400d")
        self._digest = _soon(1.0)  # on a slow machine the first moment is over by now
        self._write_config()
        steps = list(business_day(self._exact.store))
        self._let_happen(steps[:_MORNING])
        for emoji in ("eyes", "white_check_mark"):
            self._react(emoji)
            self._poll()
        self._let_happen(steps[_MORNING:])
        time.sleep(max(self._digest - time.time(), 0.0))
        self._poll()
        self._sum_up()

    def _let_happen(self, steps: list[Step]) -> None:
        for step in steps:
            step.apply()
            self._say(f"  {step.description}")
        self._poll("--deletions")

    def _react(self, emoji: str) -> None:
        """Somebody of the team looks after the latest exception."""
        store = self._slack.store
        heads = store.live_messages(_FIRST, include_replies=False)
        odd = [head for head in heads if "no cost center" in head.text]
        if odd:
            store.react(_FIRST, odd[-1].ts, emoji, self._clerk)
            self._say(f"  Anke de Boer reacts with :{emoji}:")

    def _sum_up(self) -> None:
        """How many messages each channel has, and one of each sort."""
        store = self._slack.store
        self._say("")
        for name in CHANNELS:
            messages = store.live_messages(name)
            heads = [message for message in messages if not message.is_reply]
            files = sum(len(message.files) for message in messages)
            replies = len(messages) - len(heads)
            self._say(f"#{name}: {len(heads)} messages, {replies} replies, {files} files")
        self._say(f"\nOf #{_FIRST}, as it looks in Slack (`exact-slack demo` shows it all):\n")
        for message in self._best():
            self._say(render_text(message, store))

    def _best(self) -> list[Message]:
        """An exception with its mention, its file, a change and the payment; and the digest."""
        store = self._slack.store
        heads = store.live_messages(_FIRST, include_replies=False)
        answered = [len(store.replies(_FIRST, head.ts)) for head in heads]
        digests = [head for head in heads if "Daily digest" in head.text]
        return [heads[answered.index(max(answered))], *digests[-1:]] if heads else []

    def forever(self) -> None:
        """The page, and the business day round by round, until interrupted."""
        self._say(f"The channels: {self._slack.page_url}   (Ctrl-C ends the demo)")
        self._listens = True
        self._slack.sockets.switch_on()
        self._write_config()
        self.log_in()
        self._poll("--since", "400d")
        self._say("$ exact-slack serve   (Socket Mode: react and click on the page)")
        serve = subprocess.Popen(
            self._command("serve"), stderr=subprocess.DEVNULL, env=self._environment()
        )
        try:
            for number, step in enumerate(business_day(self._exact.store)):
                time.sleep(_ROUND)
                step.apply()
                self._say(f"  {step.description}")
                self._poll("--deletions")
                if number in _REACTIONS:
                    self._react(_REACTIONS[number])
            self._say("The business day is over; the page stays until Ctrl-C.")
            while True:
                time.sleep(1)
        except KeyboardInterrupt:
            self._say("The demo has ended.")
        finally:
            serve.terminate()
            serve.wait(30)

    def _poll(self, *options: str) -> None:
        self._say("$ exact-slack " + " ".join(["poll", *options]))
        self._say(_indented(self._run("-v", "poll", *options)))


def _click_through(address: str) -> str:
    """Log in as a person would: open the page, press its button; where the browser then lands."""
    page = requests.get(address, timeout=10)
    target = re.search(r'(?:href|action)="([^"]+)"', page.text)
    if target is None:
        raise DemoFailed(f"The login page has no button (status {page.status_code}).")
    return html.unescape(target[1])


def _indented(text: str) -> str:
    return "\n".join("  " + line for line in text.strip().splitlines())
