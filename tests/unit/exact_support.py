"""What the tests of the source side share: a clock that sleeps in no time, a config, rows."""

from pathlib import Path
from typing import Any

from exact_slack.clock import Clock
from exact_slack.config.sides import ExactConfig
from exact_slack.exact.auth.file_store import FileTokenStore
from exact_slack.exact.auth.store import Tokens
from exact_slack.exact.auth.tokens import TokenChain
from exact_slack.exact.wire.budget import CallCounter
from exact_slack.exact.wire.client import ExactClient

ROOT = "https://start.exactonline.nl"
API = f"{ROOT}/api/v1"
TOKEN_URL = f"{ROOT}/api/oauth2/token"
NOW = 1_795_500_000.0
DIVISION = 123456
K1 = "11111111-1111-4111-8111-111111111111"
K2 = "22222222-2222-4222-8222-222222222222"
K3 = "33333333-3333-4333-8333-333333333333"


class FakeClock(Clock):
    """Sleeping moves it on."""

    def __init__(self, now: float = NOW) -> None:
        self.time = now
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


class KnownRefusals:
    """Capabilities in memory."""

    def __init__(self, *words: str) -> None:
        self.words = set(words)

    def get(self, division: int, path: str) -> set[str]:
        return set(self.words)

    def add(self, division: int, path: str, word: str) -> None:
        self.words.add(word)


def make_config(**more: Any) -> ExactConfig:
    values: dict[str, Any] = {
        "region": "nl",
        "divisions": [DIVISION],
        "client_id": "the-client-id",
        "client_secret": "the-client-secret",
        "redirect_uri": "https://finance.example.com/exact/callback",
    }
    return ExactConfig.model_validate({**values, **more})


def make_tokens(access: str = "access-1", refresh: str = "refresh-1", left: float = 600) -> Tokens:
    return Tokens(access, refresh, NOW + left, NOW + left - 600, NOW - 86400)


def make_chain(folder: Path, clock: Clock, tokens: Tokens | None = None) -> TokenChain:
    store = FileTokenStore(folder / "state" / "exact-token.json")
    if tokens is not None:
        store.save(tokens)
    return TokenChain(make_config(), store, clock)


def make_client(
    folder: Path, clock: Clock, counts: CallCounter | None = None, **more: Any
) -> ExactClient:
    chain = make_chain(folder, clock, make_tokens())
    return ExactClient(make_config(**more), chain, clock, counts or CallCounter(), folder / "locks")


def wire(ms: int) -> str:
    return f"/Date({ms})/"


def entry(key: str = K1, modified: int = 1_795_507_201_617, **more: Any) -> dict[str, Any]:
    """A purchase entry as Exact sends it."""
    return {
        "EntryID": key,
        "EntryNumber": 26600012,
        "Modified": wire(modified),
        "AmountDC": 121.0,
        "AmountFC": 121.0,
        "Currency": "EUR",
        "PurchaseEntryLines": {"results": []},
        **more,
    }
