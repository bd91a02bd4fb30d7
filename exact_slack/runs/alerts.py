"""exact-slack speaks of itself: once in the `alerts` channel when something needs a person, and
once when it is well again."""

from exact_slack.app.allowance import rhythm
from exact_slack.app.customer import Customer
from exact_slack.app.summary import Summary
from exact_slack.config.model import Config
from exact_slack.deliver.channels import ChannelTakesNothing
from exact_slack.errors import PERSON, TEMPORARY, ExactSlackError, SlackLoginNeeded
from exact_slack.ledger import payloads

_PATIENCE = 1800.0
"""Seconds after the first poll by which one should have ended well."""
_STUCK = "stuck"
_SEE = "See: exact-slack status"
_STALE, _MISSED = 6 * 3600.0, 3
"""Seconds without a success after which also what is only temporary is told; and for who polls
seldom, so many polls."""


def plan(customer: Customer, summary: Summary) -> bool:
    """Compare what is wrong now with what was told; whether there is something to say."""
    if customer.config.alerts is None:
        return False
    ledger, now = customer.ledger, customer.clock.now()
    found = _troubles(customer.config, customer, summary)
    with ledger.transaction():
        known = ledger.troubles()
        news = [sentence for key, sentence in found.items() if key not in known]
        well_again = bool(known) and not found
        if found.keys() != known.keys():
            ledger.set_troubles(found, now)
            if news:
                _say(customer, "exact-slack needs a person:\n" + "\n".join(news), now)
            elif well_again:
                _say(customer, "exact-slack is well again.", now)
    return bool(news) or well_again


def tell_stuck(customer: Customer, sentence: str) -> bool:
    """Say once that a run holds the lock for long; the run itself ends this trouble when it ends.
    Whether there is something to say."""
    if customer.config.alerts is None:
        return False
    ledger, now = customer.ledger, customer.clock.now()
    with ledger.transaction():
        known = ledger.troubles()
        if _STUCK in known:
            return False
        ledger.set_troubles({**known, _STUCK: sentence}, now)
        _say(customer, f"exact-slack needs a person:\n{sentence}", now)
    return True


def _say(customer: Customer, text: str, now: float) -> None:
    assert customer.config.alerts is not None
    customer.ledger.deliveries.add(
        payloads.Alert(text),
        route="alerts",
        channel=customer.config.alerts,
        now=now,
    )


def _troubles(config: Config, customer: Customer, summary: Summary) -> dict[str, str]:
    """What is wrong, each under a key that stays while it lasts."""
    parked = customer.ledger.channels.parked()
    parked.pop(config.alerts or "", None)
    found = {f"channel {name}": f"{name}: {why}" for name, why in parked.items()}
    for problem in summary.problems:
        told = isinstance(problem, ChannelTakesNothing) and problem.channel in parked
        if _is_news(problem) and not told:
            found[str(problem)] = str(problem)
    for state, count in (("refused", summary.failed), ("held", summary.held)):
        if count:
            found[state] = f"{_messages(count)} {state}. {_SEE}"
    stale, code = gone_stale(customer), summary.exit_code()
    only_held = code == PERSON and not summary.problems  # told above; all else went well
    if stale and code != 0 and not only_held:
        found["stale"] = f"{stale} {_SEE}"
    return found


def _messages(count: int) -> str:
    return "1 message is" if count == 1 else f"{count} messages are"


def _is_news(problem: ExactSlackError) -> bool:
    """Slack's own refusal of the token cannot be told in Slack; what passes by itself need not."""
    if isinstance(problem, SlackLoginNeeded):
        return False
    return problem.exit_code != TEMPORARY and problem.exit_code >= PERSON


def gone_stale(customer: Customer) -> str:
    """That nothing has succeeded for long, or yet; "" where all is well, or where it never ran."""
    last, now = customer.ledger.last_success(), customer.clock.now()
    if last is None:
        first = customer.ledger.first_poll()
        return _never(now - first) if first is not None and now - first >= _PATIENCE else ""
    limit = max(_STALE, _MISSED * (rhythm(customer) or 0.0))
    if now - last < limit:
        return ""
    hours = int((now - last) // 3600)
    return f"No poll has ended well for {hours} hours."


def never_well(customer: Customer) -> str:
    """That polls have ended, and none of them well; "" otherwise. For who looks: an alert waits."""
    if customer.ledger.last_success() is not None or not customer.ledger.recent_polls(1):
        return ""
    first = customer.ledger.first_poll()
    return _never(customer.clock.now() - (first or 0.0))


def _never(seconds: float) -> str:
    minutes = max(int(seconds // 60), 0)
    since = f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"
    return f"No poll has ended well yet, since the first one {since} ago."
