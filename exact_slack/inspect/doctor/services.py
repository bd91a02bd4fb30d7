"""What both services say of this login, this token, and what they may do: the questions of
`config check --online`, finding by finding."""

from collections.abc import Iterator

from exact_slack.app.customer import Customer
from exact_slack.errors import ConfigError, ExactSlackError, LoginNeeded, TemporaryError
from exact_slack.exact.auth.age import REFRESH_LIMIT_DAYS, unused_days, unused_warning
from exact_slack.exact.errors import DivisionDenied, ExactRefused, UserBlocked
from exact_slack.inspect.doctor.findings import Check, State, Subject
from exact_slack.inspect.doctor.network import skipped
from exact_slack.inspect.online.exact import ask_exact
from exact_slack.inspect.online.findings import Online, Place
from exact_slack.inspect.online.slack import SCOPE_CURE, ask_slack
from exact_slack.runs.hearing import hearing
from exact_slack.serve.crowd import CURE, too_many
from exact_slack.slack.install import TRIAGE

_READS = "exact-slack config check --online says more."
_AGAIN = "Run doctor once more later."


def exact(customer: Customer, asked: Online) -> Iterator[Check]:
    """The login, the divisions, and every endpoint that is read."""
    try:
        ask_exact(customer, asked)
    except ExactSlackError as error:
        asked.errors.append(error)
    for problem in asked.errors:
        yield Check.of(_of_exact(problem), problem, cure=_AGAIN)
    for warning in asked.warnings:
        yield Check.of(Subject.RIGHTS, warning, State.WARNING, cure=_READS)
    if asked.me is None:
        for subject in (Subject.DIVISIONS, Subject.RIGHTS):
            yield skipped(subject, "the login comes first")
        return
    yield _login(customer)
    if asked.divisions:
        yield Check(name=Subject.DIVISIONS, saw=f"{len(asked.divisions)} of the config")
    if asked.access:
        yield Check(name=Subject.RIGHTS, saw=f"{len(asked.access)} endpoints can be read")


def _of_exact(error: ExactSlackError) -> Subject:
    if isinstance(error, LoginNeeded | UserBlocked | ConfigError):
        return Subject.EXACT_LOGIN
    if isinstance(error, TemporaryError):
        return Subject.EXACT
    if isinstance(error, ExactRefused) and not isinstance(error, DivisionDenied):
        return Subject.RIGHTS
    return Subject.DIVISIONS


def _login(customer: Customer) -> Check:
    tokens = customer.token_store.load()
    unused = unused_days(tokens.obtained_at, customer.clock.now()) if tokens else 0.0
    saw = f"{REFRESH_LIMIT_DAYS - unused:.0f} days until it ends unused"
    for warning in unused_warning(unused):
        problem, _, cure = warning.partition(". ")
        state = State.WARNING
        return Check(name=Subject.EXACT_LOGIN, state=state, saw=saw, problem=problem, cure=cure)
    return Check(name=Subject.EXACT_LOGIN, saw=saw)


def slack(customer: Customer, asked: Online) -> Iterator[Check]:
    """The token, its scopes, and every channel of the config."""
    try:
        ask_slack(customer, asked)
    except ExactSlackError as error:
        subject = Subject.SLACK if isinstance(error, TemporaryError) else Subject.SLACK_LOGIN
        yield Check.of(subject, error, cure=_AGAIN)
        for name in (Subject.SCOPES, Subject.CHANNELS):
            yield skipped(name, "Slack's token comes first")
        return
    yield Check(name=Subject.SLACK_LOGIN)
    for scope, lost in asked.missing_scopes.items():
        yield Check(
            name=Subject.SCOPES,
            state=State.WARNING if scope in TRIAGE else State.BROKEN,
            problem=f"Slack: the scope {scope} is missing: {lost}.",
            cure=SCOPE_CURE,
            sort=f"lacks {scope}",
        )
    if not asked.missing_scopes:
        yield Check(name=Subject.SCOPES, saw=f"{len(asked.scopes)} granted")
    yield from map(_channel, asked.channels)


def socket(customer: Customer, asked: Online) -> Iterator[Check]:
    """Socket Mode: whether Slack takes the app-level token, and how `serve` hears over it."""
    if asked.app_token is not None:
        yield Check.of(Subject.SOCKET, asked.app_token, cure=_AGAIN)
        return
    heard = hearing(customer)
    if heard is None or not heard.connected:
        why = heard.problem if heard else ""
        yield Check(
            name=Subject.SOCKET,
            state=State.WARNING,
            problem=f"serve does not hear Slack ({why}): clicks are lost, the rest comes by poll.",
            cure="Start: exact-slack serve",
            sort="deaf",
        )
    elif crowded := too_many(heard.connections):
        yield Check(
            name=Subject.SOCKET, state=State.WARNING, problem=crowded, cure=CURE, sort="crowded"
        )
    else:
        yield Check(name=Subject.SOCKET, saw="serve is connected")


def _channel(place: Place) -> Check:
    if not place.problem:
        return Check(name=Subject.CHANNELS)
    named = f"{place.channel} ({', '.join(place.used_by)})"
    if place.untold:  # posting may work all the same
        return Check(
            name=Subject.CHANNELS,
            state=State.WARNING,
            problem=f"{named}: {place.problem}.",
            cure=SCOPE_CURE,
            sort="untold",
        )
    return Check(
        name=Subject.CHANNELS,
        state=State.BROKEN,
        problem=f"{named} takes no messages.",
        cure=place.problem[:1].upper() + place.problem[1:],
        sort="unfit",
    )
