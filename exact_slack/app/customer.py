"""Builds the parts of one customer once: config, ledger, Exact, Slack.

What speaks to Exact is loaded when it is first used: `status` asks nobody, and loading requests
would be a fifth of its time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from exact_slack.app.origin import settle
from exact_slack.clock import Clock
from exact_slack.config.file.owner import refuse_other_user
from exact_slack.config.model import Config
from exact_slack.config.together import same_customer, shared_state
from exact_slack.config.values import seconds
from exact_slack.documents.moment import ServerMs
from exact_slack.errors import ExactSlackError, PersonNeeded, SlackLoginNeeded
from exact_slack.exact.auth.placed_store import PlacedTokenStore
from exact_slack.exact.wire.budget import CallCounter
from exact_slack.ledger.counters import Counter
from exact_slack.ledger.ledger import FILE, Ledger
from exact_slack.ledger.notebook import Notebook
from exact_slack.ledger.schema.trouble import damaged
from exact_slack.secrets.store import SLACK_TOKEN, SecretStore

if TYPE_CHECKING:
    from exact_slack.exact.auth.tokens import TokenChain
    from exact_slack.exact.reader import Reader
    from exact_slack.exact.wire.client import ExactClient
    from exact_slack.slack.client import SlackClient

EXACT_TOKENS = "exact-tokens.json"
_FEW = 2
"""Refusals that an endpoint may cost who only looks: Exact counts them."""


class _Capabilities:
    """What endpoints refuse, kept in the ledger for the reader."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._cursors = ledger.cursors
        self._clock = clock

    def get(self, division: int, path: str) -> set[str]:
        return self._cursors.capabilities(division, path, self._clock.now())

    def add(self, division: int, path: str, word: str) -> None:
        self._cursors.add_capability(division, path, word, self._clock.now())


class _PassingCapabilities(_Capabilities):
    """For who only reads the ledger: what is found out lasts as long as the process, and counts
    for all divisions, so that no endpoint is asked in vain once for each."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        super().__init__(ledger, clock)
        self._own: set[tuple[int, str, str]] = set()

    def get(self, division: int, path: str) -> set[str]:
        own = {word for _, of, word in self._own if of == path}
        return super().get(division, path) | own

    def add(self, division: int, path: str, word: str) -> None:
        self._own.add((division, path, word))


class Customer:
    """The parts of one customer, each made when it is first used."""

    def __init__(
        self, config: Config, clock: Clock | None = None, *, reading: bool = False
    ) -> None:
        """`reading`: the ledger is only read, and never written."""
        self._reading = reading
        self.config = config
        self.clock = clock or Clock()
        self._ledger: Ledger | None = None
        self._exact: ExactClient | None = None
        self._slack: SlackClient | None = None
        self._slack_calls_before = 0
        self._counted = (0, 0)
        """Calls to Exact and to Slack that are in the ledger's counts."""

    @cached_property
    def state(self) -> Path:
        """The state folder. ConfigError where it is another user's."""
        folder = self.config.state_dir()
        refuse_other_user(folder, FILE)
        return folder

    @property
    def ledger(self) -> Ledger:
        """The ledger in the state folder. ConfigError where it is another customer's."""
        if self._ledger is None:
            self._ledger = self._opened_ledger()
        return self._ledger

    def do_without_ledger(self) -> None:
        """Go on with an empty one in memory: the ledger cannot be read, and the rest is still to
        be looked at."""
        self._ledger = Ledger.empty()

    def _opened_ledger(self) -> Ledger:
        ledger = Ledger(self.state, reading=self._reading)
        try:
            here, owner = self.config.path.absolute(), ledger.fact("config")
            if owner and not same_customer(Path(owner), here):
                raise shared_state(self.config.path, self.state, owner)
            if not self._reading:
                if owner != str(here):
                    ledger.set_fact("config", str(here))
                settle(ledger, self.state, self.config, self.clock.now(), self._login_used)
        except BaseException:
            ledger.close()
            raise
        return ledger

    def _login_used(self) -> tuple[float, float] | None:
        tokens = self.token_store.load()
        return (tokens.chain_started_at, tokens.obtained_at) if tokens else None

    @cached_property
    def calls(self) -> CallCounter:
        """The calls to Exact of this run."""
        return CallCounter()

    @cached_property
    def secrets(self) -> SecretStore:
        """Where this customer's own secrets are kept."""
        return SecretStore(self.state, self.config.secrets)

    @cached_property
    def token_store(self) -> PlacedTokenStore:
        """Where Exact's rotating tokens are kept."""
        return PlacedTokenStore(self.state / EXACT_TOKENS, self.secrets)

    @cached_property
    def tokens(self) -> "TokenChain":
        """Exact's token chain."""
        from exact_slack.exact.auth.tokens import TokenChain

        return TokenChain(self.config.exact, self.token_store, self.clock)

    @property
    def exact(self) -> "ExactClient":
        """Exact's API."""
        if self._exact is None:
            from exact_slack.exact.wire.client import ExactClient

            login = self.config.exact
            self._exact = ExactClient(login, self.tokens, self.clock, self.calls, self.state)
        return self._exact

    @cached_property
    def currencies(self) -> dict[int, str]:
        """Each division's own currency; `collect` adds to it when it checks the divisions."""
        return {c: d.currency for c, d in self.ledger.cursors.divisions().items()}

    @cached_property
    def reader(self) -> "Reader":
        """Reading Exact's documents."""
        return self.reader_on(self.ledger)

    def reader_on(self, ledger: Ledger) -> "Reader":
        """One that keeps what it learns about Exact in this ledger, which may be a copy."""
        from exact_slack.exact.compared.marks import marks_in
        from exact_slack.exact.reader import ATTEMPTS, Reader

        keeping = _PassingCapabilities if self._reading else _Capabilities
        capabilities, marks = keeping(ledger, self.clock), marks_in(self.state)
        attempts = _FEW if self._reading else ATTEMPTS
        return Reader(self.exact, capabilities, self.currencies, marks, attempts)

    def slack_token(self) -> str:
        """The bot token: from the config, else as stored by `auth slack`."""
        from exact_slack.slack.token import unfit

        token = self._slack_token()
        unusable = unfit(token)
        if unusable:
            raise unusable
        return token

    def _slack_token(self) -> str:
        if self.config.slack.token:
            return self.config.slack.token.fetch("slack.token")
        stored = self.secrets.get(SLACK_TOKEN)
        if not stored:
            there = self.secrets.elsewhere(SLACK_TOKEN)
            sentence = f"The Slack token is not here. {there}," if there else ""
            raise SlackLoginNeeded(
                sentence or "There is no Slack token yet.",
                f"{'or: ' if there else ''}Run: exact-slack auth slack",
            )
        return stored

    @property
    def slack(self) -> "SlackClient":
        """Slack's API."""
        if self._slack is None:
            from exact_slack.slack.client import SlackClient

            self._slack = SlackClient(self.slack_token(), self.config.slack.base_url)
        return self._slack

    def forget_slack(self) -> None:
        """The token may be another one by now; a client holds the one that it was made with."""
        self._slack_calls_before = self.slack_calls()
        if self._slack is not None:
            self._slack.close()
        self._slack = None

    def slack_calls(self) -> int:
        """Calls to Slack so far."""
        return self._slack_calls_before + (self._slack.calls if self._slack else 0)

    def slack_scopes(self) -> frozenset[str] | None:
        """What Slack's token may do, as its answers to this run said; None where none did."""
        return self._slack.scopes if self._slack else None

    def new_round(self) -> None:
        """`serve` begins anew after a rest: what was out of order may be well again."""
        if self._exact is not None:
            self._exact.ask_again()

    def server_now(self) -> datetime:
        """Exact's own wall clock, as a time without a zone."""
        return datetime.fromtimestamp(self.server_ms() / 1000, UTC).replace(tzinfo=None)

    def server_ms(self) -> ServerMs:
        """The same in ms."""
        return self.reader.me().server_time_ms

    def utc_day(self) -> str:
        """Today in UTC: Exact counts calls by it."""
        return datetime.fromtimestamp(self.clock.now(), UTC).strftime("%Y-%m-%d")

    @property
    def patience(self) -> float:
        """Seconds that temporary trouble lasts before a person hears of it."""
        return seconds(self.config.monitoring.patience)

    @cached_property
    def notebook(self) -> Notebook:
        """What was told while the ledger could not be used."""
        return Notebook(self.state)

    def record_calls(self) -> None:
        """Add what was called since the last time to the day's count, and to that of all days."""
        if self._reading:
            return
        made = self.calls.total, self.slack_calls()
        exact, slack = (now - before for now, before in zip(made, self._counted, strict=True))
        if not (exact or slack):
            return
        with self.ledger.transaction():
            for division, calls in self.calls.per_division.items():
                rates = self.calls.rates.get(division)
                remaining = rates.day_remaining if rates else None
                self.ledger.cursors.add_calls(division, self.utc_day(), calls, remaining)
            for counter, calls in ((Counter.EXACT_CALLS, exact), (Counter.SLACK_CALLS, slack)):
                if calls:
                    self.ledger.counters.add(counter, calls)
        self.calls.per_division.clear()
        self._counted = made

    def damage(self) -> PersonNeeded | None:
        """The sentence where the ledger is damaged: asked where something happened that nobody
        foresaw."""
        if self._ledger is None:
            return None
        fault = self._ledger.db.damage()
        return damaged(self._ledger.db.path, fault) if fault else None

    def close(self) -> None:
        """Close what was opened."""
        if self._exact is not None:
            self._exact.close()
        if self._slack is not None:
            self._slack.close()
        if self._ledger is not None:
            self._ledger.close()


@contextmanager
def customer(
    config: Config, clock: Clock | None = None, *, reading: bool = False
) -> Iterator[Customer]:
    """One customer, closed at the end."""
    built = Customer(config, clock, reading=reading)
    try:
        yield built
    except (ExactSlackError, BrokenPipeError):  # the ledger has no part in who stops reading
        raise
    except Exception as error:
        if damage := built.damage():
            raise damage from error
        raise
    finally:
        built.close()
