"""A worker of `serve`: a thread that works, waits to be woken, and outlives every trouble."""

import logging
import threading

from exact_slack import speaking
from exact_slack.app.customer import Customer
from exact_slack.clock import Clock
from exact_slack.config.model import Config
from exact_slack.errors import ExactSlackError, LoginNeeded, TemporaryError

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

    rest_login = 60.0
    """Seconds after which a login that was refused is tried again; a new one is at once."""

    def __init__(self, name: str, config: Config) -> None:
        super().__init__(name=name, daemon=True)
        self.clock = WorkerClock()
        self._config = config
        self._woken = threading.Event()
        self._told: tuple[str, str] | None = None

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
        try:
            self.work(customer)
        except Ending:
            return
        except LoginNeeded as error:
            self._tell(error)
            self._wait_for_login(customer)
        except ExactSlackError as error:
            self._rest(error)
        except OSError as error:
            where = f" ({error.filename})" if error.filename else ""
            self._rest(TemporaryError(f"{error.strerror or type(error).__name__}{where}."))
        except Exception as error:  # a worker must outlive what nobody foresaw
            log.exception("unexpected trouble in %s", self.name)
            damage = customer.damage()
            self._rest(damage or TemporaryError(f"{type(error).__name__} in {self.name}."))
        else:
            self._told = None
            if self._woken.wait(_IDLE):
                self._woken.clear()

    def _tell(self, error: ExactSlackError) -> None:
        trouble = error.cause, error.subject
        if trouble != self._told:
            log.error("%s", error)
            self._told = trouble

    def _rest(self, error: ExactSlackError) -> None:
        self._tell(error)
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

    def work(self, customer: Customer) -> None:
        """One round."""
        raise NotImplementedError  # abstract

    def finish(self) -> None:
        """After the last round."""
