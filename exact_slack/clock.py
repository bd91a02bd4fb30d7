"""The local clock, in one place, so that tests can hold it. It never decides what was seen:
that is Exact's own clock (see `exact_slack.exact.times`)."""

import time


class Clock:
    """Wall clock in seconds since 1970 (UTC), and sleep."""

    def now(self) -> float:
        """Seconds since 1970, UTC."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait; zero or less returns at once."""
        if seconds > 0:
            time.sleep(seconds)
