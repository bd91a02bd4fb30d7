"""exact-slack speaks of itself: in the mail of cron, the ping and the `alerts` channel alike, by
the rule of `exact_slack.ledger.troubles`."""

import socket
from collections.abc import Iterable
from dataclasses import replace

from exact_slack.app.allowance import rhythm
from exact_slack.app.customer import Customer
from exact_slack.app.summary import Summary
from exact_slack.app.telling import lines, troubles_of
from exact_slack.config.file.owner import user_name
from exact_slack.errors import OK, PERSON, ExactSlackError, SlackLoginNeeded
from exact_slack.ledger.outgoing.states import State
from exact_slack.ledger.troubles import News, Part, Trouble, Weight, judge
from exact_slack.paste import pasteable, working_on
from exact_slack.runs.frame import outside

SEE = "See: exact-slack status"
_STALE, _MISSED = 6 * 3600.0, 3
"""Seconds without a success after which also trouble is told that never lasts; and for who polls
seldom, so many polls."""
_STALE_CAUSE = "no success"


def plan(customer: Customer, summary: Summary, started: float) -> bool:
    """Compare what a run that started then met with what was known; `summary.news` is what is told
    of it. Whether the alerts channel is to hear something."""
    ledger, now = customer.ledger, started
    before = outside.known(customer)
    whole = frozenset({*summary.whole, Part.RUN})
    with ledger.transaction():
        stored = ledger.troubles.all()
        earlier = [*stored, *(trouble for _, trouble in before)]
        met = _met(customer, summary)
        news, kept = judge(earlier, met, whole, now, customer.patience)
        stale = _stale(customer, summary, kept)
        if stale:
            news, kept = judge(earlier, [*met, stale], whole, now, customer.patience)
        posted = _post(customer, news, now, well=summary.exit_code() == OK)
        kept = tuple(
            replace(trouble, posted=trouble.posted or trouble.cause in posted) for trouble in kept
        )
        if kept != stored:
            ledger.troubles.remember(kept)
    for notebook, trouble in before:
        notebook.forget([trouble.cause])
    summary.news = news
    return bool(posted)


def skipped(customer: Customer, problem: ExactSlackError) -> News:
    """What is told of a run that holds the lock for long. That run, or the next, ends it."""
    ledger, now = customer.ledger, customer.clock.now()
    stuck = Trouble(problem.cause, Part.RUN, Weight.PERSON, problem.sentence, problem.cure)
    with ledger.transaction():
        stored = {trouble.cause: trouble for trouble in ledger.troubles.all()}
        before = [stored[stuck.cause]] if stuck.cause in stored else []
        news, kept = judge(before, [stuck], frozenset(), now, customer.patience)
        posted = bool(_post(customer, news, now, well=False))
        for trouble in kept:
            stored[trouble.cause] = replace(trouble, posted=trouble.posted or posted)
        ledger.troubles.remember(stored.values())
    return news


# -- what is wrong -----------------------------------------------------------------------------


def _met(customer: Customer, summary: Summary) -> list[Trouble]:
    """What a run met, and what the ledger knows."""
    parked = customer.ledger.channels.parked()
    met = [
        Trouble(f"channel {name}", Part.RUN, Weight.PERSON, f"{name}: {why}")
        for name, why in parked.items()
    ]
    causes = {trouble.cause for trouble in met}
    met += [trouble for trouble in troubles_of(summary) if trouble.cause not in causes]
    return [*met, *_unsent(customer)]


def _unsent(customer: Customer) -> list[Trouble]:
    """The messages that wait for a person."""
    waiting = customer.ledger.backlog.for_person()
    return [
        Trouble(
            state.value,
            Part.RUN,
            Weight.PERSON,
            f"{_messages(sum(group.count for group in some))} {word}.",
            members=frozenset(f"{group.cause} {group.channel}" for group in some),
        )
        for state, word in ((State.FAILED, "refused"), (State.HELD, "held"))
        if (some := [group for group in waiting if group.state is state])
    ]


def _messages(count: int) -> str:
    return "1 message is" if count == 1 else f"{count} messages are"


def _stale(customer: Customer, summary: Summary, kept: Iterable[Trouble]) -> Trouble | None:
    """That nothing went well for long, though no trouble of it was told."""
    only_held = summary.exit_code() == PERSON and not summary.problems
    if summary.exit_code() == OK or only_held:
        return None
    if any(each.told_at is not None and each.weight is not Weight.NOTICE for each in kept):
        return None
    sentence = gone_stale(customer)
    return Trouble(_STALE_CAUSE, Part.RUN, Weight.PERSON, sentence) if sentence else None


# -- what is said ------------------------------------------------------------------------------


def _post(customer: Customer, news: News, now: float, *, well: bool) -> set[str]:
    """Plan the message for the alerts channel; the causes that it tells of."""
    channel = customer.config.alerts
    if channel is None:
        return set()
    untold = {SlackLoginNeeded.usual_cause, f"channel {channel}"}

    def heard(troubles: Iterable[Trouble]) -> tuple[Trouble, ...]:
        return tuple(
            trouble
            for trouble in troubles
            if trouble.cause not in untold and trouble.weight is not Weight.NOTICE
        )

    ended = tuple(trouble for trouble in news.ended if trouble.posted)
    heard_of = News(heard(news.began), heard(news.lasts), ended)
    if not heard_of:
        return set()
    from exact_slack.ledger.outgoing import payloads

    customer.ledger.deliveries.add(
        payloads.Alert(_text(customer, heard_of, well, now)),
        route="alerts",
        channel=channel,
        now=now,
    )
    return {trouble.cause for trouble in (*heard_of.present, *heard_of.ended)}


def _text(customer: Customer, news: News, well: bool, now: float) -> str:
    """It is read far from where it happened: it says on which machine, as which user and with which
    config, and its commands work from any folder."""
    said, path = lines(news, well=well, now=now), customer.config.path.absolute()
    if not news.present:
        return "\n".join(["exact-slack: " + said[0], *said[1:], f"({_place()}, {path})"])
    person = any(trouble.weight is Weight.PERSON for trouble in news.present)
    title = "needs a person" if person else "waits, and goes on by itself"
    with working_on(path):
        return pasteable("\n".join([f"exact-slack {title}:", *said, f"{SEE} ({_place()})"]))


def _place() -> str:
    """Whose crontab it is, and where: `finance on web1`."""
    return f"{user_name()} on {socket.gethostname()}"


def gone_stale(customer: Customer) -> str:
    """That nothing has succeeded for long, or yet; "" where all is well, or where it never ran."""
    last, now = customer.ledger.last_success(), customer.clock.now()
    if last is None:
        first = customer.ledger.first_poll()
        return _never(now - first) if first is not None and now - first >= customer.patience else ""
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
