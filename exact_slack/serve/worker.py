"""A worker of `serve`: a thread that works, waits to be woken, and outlives every trouble."""

import logging
import threading

from exact_slack import speaking
from exact_slack.app.customer import Customer
from exact_slack.app.summary import Summary
from exact_slack.app.telling import lines, troubles_of
from exact_slack.clock import Clock
from exact_slack.config.model import Config
from exact_slack.errors import ExactSlackError, LoginNeeded, TemporaryError
from exact_slack.ledger.troubles import Part, Trouble, judge

log = logging.getLogger("exact_slack.serve")
_IDLE = 5.0
"""Seconds after which a worker looks by itself, whether it was woken or not; so often it also
looks for a new login."""
_REST_TROUBLE = 15.0


class Ending(BaseException):
    """The command ends while a worker waits for Exact's next minute."""


class WorkerClock(Clock):
    """The clock of a worker: it remembers when it was last asked, as a sign of life, and no
    sleep outlasts the command. Exact's pauses are kept, whatever comes in meanwhile."""

    def __init__(self) -> None:
        self.asked_at = super().now()
        self.ending = threading.Event()

    def now(self) -> float:
        """Seconds since 1970, UTC."""
        self.asked_at = super().now()
        return self.asked_at

    def sleep(self, seconds: float) -> None:
        """Wait; raises Ending at the end."""
        if seconds > 0 and self.ending.wait(seconds):
            raise Ending


class WakingClock(Clock):
    """The clock of a delivery: its sleep ends early when there is something to do, because then a
    shorter wait may be the right one."""

    def __init__(self, clock: WorkerClock) -> None:
        self._clock = clock
        self.event = threading.Event()

    def now(self) -> float:
        """Seconds since 1970, UTC."""
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        """Wait, or until woken."""
        if seconds > 0 and self.event.wait(seconds):
            self.event.clear()


class Worker(threading.Thread):
    """A loop that works, then waits to be woken; trouble makes it rest, nothing ends it."""

    part = Part.DELIVER
    """What it does of a run."""
    rest_login = 60.0
    """Seconds after which a login that was refused is tried again; a new one is at once."""

    def __init__(self, name: str, config: Config) -> None:
        super().__init__(name=name, daemon=True)
        self.clock = WorkerClock()
        self._config = config
        self._woken = threading.Event()
        self._met = Summary(part=self.part)
        self._known: tuple[Trouble, ...] = ()

    def wake(self) -> None:
        """There is something to do."""
        self._woken.set()

    def end(self) -> None:
        """Finish the step at hand, then end."""
        self.clock.ending.set()
        self.wake()

    @property
    def beat(self) -> float:
        """When it last showed a sign of life, seconds since 1970."""
        return self.clock.asked_at

    @property
    def ending(self) -> bool:
        """Whether it was asked to end."""
        return self.clock.ending.is_set()

    def run(self) -> None:
        """Work until asked to end."""
        speaking.customer.set(self._config.path.stem)
        customer = Customer(self._config, self.clock)
        try:
            while not self.ending:
                self.clock.now()
                customer.new_round()
                self._guarded(customer)
        finally:
            self.finish()
            customer.close()

    def _guarded(self, customer: Customer) -> None:
        """One round, and the wait for the next."""
        self._met = Summary(part=self.part)
        try:
            is_whole = self.work(customer)
        except Ending:
            return
        except LoginNeeded as error:
            self.meets(error)
            self._tell(customer)
            self._wait_for_login(customer)
        except ExactSlackError as error:
            self._rest(customer, error)
        except OSError as error:
            where = f" ({error.filename})" if error.filename else ""
            self._rest(customer, self._around(f"{error.strerror or type(error).__name__}{where}."))
        except Exception as error:  # noqa: BLE001 - a worker must outlive what nobody foresaw
            self._unexpected(customer, error)
        else:
            self._tell(customer, Part.RUN, *([self.part] if is_whole else []))
            if self._woken.wait(_IDLE):
                self._woken.clear()

    def _unexpected(self, customer: Customer, error: Exception) -> None:
        trouble = self._around(f"{type(error).__name__} in {self.name}.")
        is_known = any(before.cause == trouble.cause for before in self._known)
        log.log(
            logging.DEBUG if is_known else logging.ERROR,
            "unexpected trouble in %s",
            self.name,
            exc_info=error,
        )
        self._rest(customer, customer.damage() or trouble)

    def _around(self, sentence: str) -> TemporaryError:
        """Trouble with the machine, not with the work: it is over when a round gets through."""
        self._met.part = Part.RUN
        return TemporaryError(sentence)

    def meets(self, error: ExactSlackError) -> None:
        """Trouble that does not end the round."""
        self._met.problem(error)

    def _tell(self, customer: Customer, *whole: Part) -> None:
        """One trouble, one word, as in cron's mail; `whole`: what went through without leaving
        anything behind. With -v each is told when it is first met."""
        now, met = self.clock.now(), troubles_of(self._met)
        before = {trouble.cause for trouble in self._known}
        news, self._known = judge(self._known, met, frozenset(whole), now, customer.patience)
        for line in lines(news, well=False, now=now):
            log.error("%s", line)
        causes = {trouble.cause for trouble in news.present}
        for trouble in met:
            if trouble.cause not in before | causes:
                log.info("%s", trouble)

    def _rest(self, customer: Customer, error: ExactSlackError) -> None:
        self.meets(error)
        self._tell(customer)
        self.clock.ending.wait(_REST_TROUBLE)  # woken or not: trouble needs time

    def _wait_for_login(self, customer: Customer) -> None:
        refused = self._login(customer)
        ends = self.clock.now() + self.rest_login
        while self.clock.now() < ends and not self.clock.ending.wait(_IDLE):
            if self._login(customer) != refused:
                break
        self.forget_login(customer)

    def _login(self, customer: Customer) -> object:
        try:
            return self.login(customer)
        except ExactSlackError:
            return None

    @staticmethod
    def count_calls(customer: Customer) -> None:
        """Add the calls of this round to the day's count."""
        customer.record_calls()

    def login(self, customer: Customer) -> object:
        """What is stored of the login, to see whether it is another one."""
        raise NotImplementedError  # abstract

    def forget_login(self, customer: Customer) -> None:
        """The next round reads the login again."""

    def work(self, customer: Customer) -> bool:
        """One round; whether something was done and nothing is left of it, so that all that is
        wrong was met."""
        raise NotImplementedError  # abstract

    def finish(self) -> None:
        """After the last round."""


class SlackWorker(Worker):
    """One that works at Slack."""

    def login(self, customer: Customer) -> object:
        """Slack's token."""
        return customer.slack_token()

    def forget_login(self, customer: Customer) -> None:
        """The next client is made with the token that is there then."""
        customer.forget_slack()
