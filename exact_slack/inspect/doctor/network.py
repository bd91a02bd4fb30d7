"""The way to both services: proxy, certificates, whether they answer, and what time they say."""

from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from exact_slack.app.customer import Customer
from exact_slack.errors import TEMPORARY, ConfigError
from exact_slack.exact.wire.hosts import api_root
from exact_slack.inspect.doctor.findings import Check, Diagnosis, State, Subject
from exact_slack.inspect.doctor.probe import probe
from exact_slack.network import authorities
from exact_slack.network.errors import PROXY_LOGIN, NoConnection, Obstacle
from exact_slack.network.proxies import proxy_for
from exact_slack.slack.client import api_address

_TOLERATED = 300.0
"""Seconds by which clocks may differ: from there on signatures of Slack are refused."""
_OF_PROXY = (
    PROXY_LOGIN,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
)
"""What a proxy says that does not let plain http through."""
_SUBJECTS = {
    Obstacle.PROXY: Subject.PROXY,
    Obstacle.CERTIFICATE: Subject.CERTIFICATES,
    Obstacle.TLS: Subject.CERTIFICATES,
}
"""Whose trouble it is; every other obstacle is the host's."""
_HOST_CURE = "Try again later; if it stays so, look whether this machine reaches the internet."
_CLOCK_CURE = "Set this machine's clock, and let NTP keep it: timedatectl set-ntp true"


@dataclass(frozen=True, slots=True)
class Heard:
    """What time a service says it is (seconds since 1970), and what time it is here."""

    who: str
    at: float
    here: float

    @property
    def ahead(self) -> float:
        """Seconds by which this machine's clock is ahead."""
        return self.here - self.at


def addresses(customer: Customer) -> dict[Subject, str]:
    """Where both services are."""
    config = customer.config
    return {
        Subject.EXACT: api_root(config.exact),
        Subject.SLACK: api_address(config.slack.base_url),
    }


def ask(customer: Customer, diagnosis: Diagnosis) -> list[Heard]:
    """Everything on the way to both; returns what time they say."""
    usable = _proxy(customer, diagnosis) and _certificates(customer, diagnosis)
    heard: list[Heard] = []
    for subject, address in addresses(customer).items():
        if not usable:
            diagnosis.checks.append(skipped(subject, "what leads there must be mended first"))
            continue
        try:
            said = _reach(customer, subject, address)
        except NoConnection as error:
            diagnosis.checks.append(_unreached(subject, error))
        except OSError as error:
            diagnosis.checks.append(_silent(subject, type(error).__name__))
        else:
            heard.append(said)
            diagnosis.checks.append(Check(name=subject, saw="it answers"))
    return heard


def skipped(name: Subject, why: str) -> Check:
    """Not asked, because of something that comes before."""
    return Check(name=name, state=State.SKIPPED, saw=f"not asked: {why}")


def _proxy(customer: Customer, diagnosis: Diagnosis) -> bool:
    through = 0
    try:
        for address in addresses(customer).values():
            parts = urlsplit(address)
            through += proxy_for(parts.scheme, parts.hostname or "", parts.port) is not None
    except ConfigError as error:
        diagnosis.checks.append(Check.of(Subject.PROXY, error))
        return False
    saw = "none" if not through else "for both services" if through > 1 else "for one service"
    diagnosis.checks.append(Check(name=Subject.PROXY, saw=saw))
    return True


def _certificates(customer: Customer, diagnosis: Diagnosis) -> bool:
    plain = [
        f"{subject.value}.base_url"
        for subject, address in addresses(customer).items()
        if address.startswith("http:")
    ]
    if plain:
        diagnosis.checks.append(
            Check(
                name=Subject.CERTIFICATES,
                state=State.WARNING,
                problem=f"{' and '.join(plain)}: http, so nothing is encrypted on the way.",
                cure="That is for tests on this machine; elsewhere take it out of the config.",
            )
        )
    try:
        authorities.context()
    except ConfigError as error:
        diagnosis.checks.append(Check.of(Subject.CERTIFICATES, error))
        return False
    if not plain:
        diagnosis.checks.append(Check(name=Subject.CERTIFICATES))
    return True


def _reach(customer: Customer, subject: Subject, address: str) -> Heard:
    """Ask for nothing but a head. NoConnection, or an OSError for one that does not answer."""
    parts = urlsplit(address)
    answer = probe("HEAD", f"{parts.scheme}://{parts.netloc}/")
    passed_on = parts.scheme == "http" and proxy_for("http", parts.hostname or "")
    if passed_on and answer.status in _OF_PROXY:
        raise NoConnection(Obstacle.PROXY, parts.netloc, f"status {answer.status}")
    now = customer.clock.now()
    return Heard(subject.value, _date(answer.date, now), now)


def _date(text: str, otherwise: float) -> float:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError):
        return otherwise


def _unreached(subject: Subject, error: NoConnection) -> Check:
    return Check(
        name=_SUBJECTS.get(error.obstacle, subject),
        state=State.BROKEN,
        problem=f"{subject.value.capitalize()} cannot be reached: {error}.",
        cure=error.obstacle.cure or _HOST_CURE,
        exit_code=TEMPORARY,
        sort=error.obstacle.name.lower(),
    )


def _silent(subject: Subject, sort: str) -> Check:
    problem = f"{subject.value.capitalize()} takes requests and does not answer."
    return Check(
        name=subject,
        state=State.BROKEN,
        problem=problem,
        cure=_HOST_CURE,
        exit_code=TEMPORARY,
        sort=sort,
    )


def clock(heard: list[Heard]) -> Iterator[Check]:
    """Whether this machine's clock is right, by what both services say."""
    if not heard:
        yield skipped(Subject.CLOCK, "nobody said what time it is")
        return
    said = max(heard, key=lambda server: abs(server.ahead))
    if abs(said.ahead) <= _TOLERATED:
        yield Check(name=Subject.CLOCK, saw=f"{abs(said.ahead):.0f} s off at most")
        return
    way = "ahead" if said.ahead > 0 else "behind"
    yield Check(
        name=Subject.CLOCK,
        state=State.BROKEN,
        problem=f"This machine's clock is {_long(abs(said.ahead))} {way}, by what"
        f" {said.who.capitalize()} says.",
        cure=_CLOCK_CURE,
        sort="off",
    )


def _long(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} minutes" if minutes < 180 else f"{minutes / 60:.0f} hours"
