"""`status`: what the ledger knows, as data."""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from exact_slack.config.timing import local
from exact_slack.errors import OK, PERSON, TEMPORARY, ExactSlackError, TemporaryError
from exact_slack.flow import period, subscribe
from exact_slack.exact.budget import A_DAY
from exact_slack.flow.budget import schedule
from exact_slack.flow.complete import Completer
from exact_slack.flow.login import REFRESH_LIMIT_DAYS, unused_warning
from exact_slack.flow.plan import Planner
from exact_slack.flow.summary import Summary
from exact_slack.flow.verify import Checked, Verifier
from exact_slack.flow.wiring import Customer
from exact_slack.ledger.ledger import SLACK_SAYS_DEAD
from exact_slack.ledger.lock import RunLock
from exact_slack.ledger.states import State

_LISTED = 20


def _iso(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _wall(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def status(customer: Customer) -> dict[str, object]:
    """Everything `status --json` says."""
    deliveries = customer.ledger.deliveries
    now = customer.clock.now()
    counts = deliveries.counts(now)
    waits = deliveries.waits(now)
    zone = customer.config.zone()
    trouble = deliveries.in_states(State.FAILED, State.HELD, State.AMBIGUOUS)
    parked = customer.ledger.channels.parked()
    auth = _auth(customer)
    last = customer.ledger.last_run()
    ended_well = last is None or last.exit_code in (None, OK, TEMPORARY)
    needs = counts[State.FAILED] + counts[State.HELD] + counts[State.AMBIGUOUS]
    return {
        "ok": ended_well
        and not needs
        and not parked
        and bool(auth["exact"])
        and bool(auth["slack"]),
        "last_success": _iso(customer.ledger.last_success()),
        "last_run": _iso(last.started_at) if last else None,
        "backlog": deliveries.backlog(now),
        "failed": counts[State.FAILED],
        "held": counts[State.HELD],
        "ambiguous": counts[State.AMBIGUOUS],
        "waiting": sum(waiting.count for waiting in waits),
        "waits": [
            {"until": local(w.until, zone).isoformat(), "reason": w.why, "count": w.count}
            for w in waits
        ],
        "reasons": dict(Counter(d.reason or d.state.value for d in trouble).most_common(_LISTED)),
        "parked_channels": parked,
        "problems": (last.summary.get("problems") or []) if last else [],
        "cursors": [
            {
                "division": c.division,
                "kind": c.kind.value,
                "modified": _wall(c.newest),
                "read_at": _iso(c.read_at),
            }
            for c in customer.ledger.cursors.all()
        ],
        "budget": _budget(customer),
        "auth": auth,
        "webhooks": _webhooks(customer),
    }


def _webhooks(customer: Customer) -> dict[str, object]:
    return {
        "waiting": customer.ledger.inbox.waiting(),
        "arrivals": [
            {
                "division": a.division,
                "kind": a.kind.value,
                "by_webhook": a.by_webhook,
                "by_poll": a.by_poll,
                "last_webhook": _iso(a.last_webhook),
            }
            for a in customer.ledger.inbox.arrivals()
        ],
        "warnings": subscribe.warnings(customer),
    }


def _budget(customer: Customer) -> dict[str, object]:
    used = customer.ledger.cursors.calls(customer.utc_day())
    result: dict[str, object] = {}
    for division in customer.config.exact.divisions:
        calls, left = used.get(division, (0, None))
        result[str(division)] = {
            "calls_today": calls,
            "left_today": left if left is not None else max(A_DAY - calls, 0),
        }
    found = schedule(customer)
    result["schedule"] = asdict(found) if found else None
    return result


def _auth(customer: Customer) -> dict[str, object]:
    try:
        tokens = customer.token_store.load()
    except ExactSlackError:
        tokens = None
    told = customer.ledger.fact(SLACK_SAYS_DEAD)
    unused = (customer.clock.now() - tokens.obtained_at) / 86400 if tokens else None
    return {
        "exact": tokens is not None,
        "exact_refreshed_at": _iso(tokens.obtained_at) if tokens else None,
        "exact_days_left": round(REFRESH_LIMIT_DAYS - unused, 1) if unused is not None else None,
        "slack": _has_slack_token(customer) and not told,
        "warnings": [
            *(unused_warning(unused) if unused is not None else []),
            *([f"Slack says {told}: install the app again, then auth slack."] if told else []),
        ],
    }


def _has_slack_token(customer: Customer) -> bool:
    try:
        return bool(customer.slack_token())
    except ExactSlackError:
        return False


@dataclass(frozen=True, slots=True)
class Verification:
    """What `--verify` found: the period in words, and one result per division and kind."""

    since: str
    until: str
    results: tuple[Checked, ...]

    def exit_code(self) -> int:
        """1 where there is a gap, 75 where something could not be compared."""
        if any(result.gaps for result in self.results):
            return PERSON
        return TEMPORARY if any(result.problem for result in self.results) else OK

    def as_json(self) -> dict[str, object]:
        """The fields of `verify` in `status --json`."""
        return {
            "since": self.since,
            "until": self.until,
            "gaps": sum(len(result.gaps) for result in self.results),
            "healed": sum(result.healed for result in self.results),
            "kinds": [result.as_json() for result in self.results],
        }


def verify(customer: Customer, text: str, heal: bool) -> Verification:
    """Compare the ledger with Exact for a period. Healing needs the run lock."""
    lock = RunLock(customer.state)
    if heal and not lock.take():
        raise TemporaryError("Another run is at work.", "Try --heal again when it has ended.")
    try:
        since, until = period.parse(text, customer.server_now())
        summary = Summary()
        completer = Completer(customer.ledger, customer.reader, customer.clock, summary)
        planner = Planner(customer.config, customer.ledger, summary, None)
        verifier = Verifier(
            customer.config,
            customer.ledger,
            customer.reader,
            completer,
            planner,
            customer.clock,
            heal,
        )
        results = verifier.run(since, until)
        with customer.ledger.transaction():
            planner.tell_floods(customer.clock.now())
        customer.record_calls()
        return Verification(_wall(since), _wall(until), tuple(results))
    finally:
        lock.release()
