"""What `auth` does beyond asking: checking what was stored, and the report."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field

from exact_slack.app.customer import EXACT_TOKENS, Customer
from exact_slack.config.load import exposed
from exact_slack.config.model import Config
from exact_slack.errors import LOGIN, OK, PERSON, TEMPORARY, ExactSlackError, LoginNeeded
from exact_slack.exact.auth.age import REFRESH_LIMIT_DAYS, unused_days, unused_warning
from exact_slack.secrets.store import SLACK_TOKEN
from exact_slack.secrets.vault import cron_process
from exact_slack.slack.client import SlackClient
from exact_slack.slack.install import Features, wanted_scopes
from exact_slack.slack.outcome import Outcome, Result
from exact_slack.slack.token import unfit_for

EXACT_LOGIN, EXACT_WRITING = "exact login", "exact login, writing"
"""Whether the login at Exact can be used, and whether its next tokens could be stored."""
EVERYTHING = "everything"
"""In place of a secret's name: nothing can be told of any."""

# -- what is stored, and whether cron can use it ------------------------------------------------


def readable(customer: Customer) -> dict[str, str]:
    """Each secret and why it cannot be read here, "" where it can. The login at Exact also with
    why it cannot be used, and whether its next tokens could be stored. Asks nobody."""
    checks: dict[str, Callable[[], object]] = {
        name: lambda n=name, s=secret: s.fetch(n)  # type: ignore[misc]  # bound now
        for name, secret in customer.config.named_secrets().items()
    }
    checks[EXACT_LOGIN] = lambda: _raise(customer.tokens.trouble())
    checks[EXACT_WRITING] = customer.token_store.check_writing
    if customer.config.slack.token is None:
        checks["slack token"] = customer.slack_token
    results: dict[str, str] = {}
    for name, check in checks.items():
        try:
            check()
            results[name] = ""
        except ExactSlackError as error:
            results[name] = str(error)
    return results


def _raise(trouble: LoginNeeded | None) -> None:
    if trouble is not None:
        raise trouble


def readable_from_cron(config: Config) -> dict[str, str]:
    """The same, asked in a fresh process with an environment like cron's. With the one key
    EVERYTHING where that process could not tell."""
    words = ["-m", "exact_slack", "-c", str(config.path.absolute()), "auth", "probe"]
    try:
        done = cron_process(*words)
    except (subprocess.TimeoutExpired, OSError) as error:
        return {EVERYTHING: f"a process like cron's does not run ({type(error).__name__})"}
    try:
        whys = json.loads(done.stdout)
        return {str(name): str(why) for name, why in whys.items()}
    except (ValueError, AttributeError):
        said = [line for line in done.stderr.splitlines() if line.startswith("exact-slack: ")]
        why = said[-1].removeprefix("exact-slack: ") if said else f"exit code {done.returncode}"
        return {EVERYTHING: f"a process like cron's ends with an error: {why}"}


def told(config: Config, name: str, why: str) -> str:
    """Why something cannot be read, with its name. A secret of the config names itself."""
    return why if name in {EVERYTHING, *config.named_secrets()} else f"{name}: {why}"


def why_not_cron(config: Config) -> str:
    """Why a poll that cron starts could not work, "" where it can: what fails first, and whatever
    else fails, in one line."""
    whys = [told(config, name, why) for name, why in readable_from_cron(config).items() if why]
    apart = [*(why.rstrip(".") for why in whys[:-1]), *whys[-1:]]  # a command may end one
    return " ".join("; ".join(apart).split())


# -- the report ----------------------------------------------------------------------------------


@dataclass(slots=True)
class Report:
    """What `auth status` says."""

    places: dict[str, str] = field(default_factory=dict)
    here: dict[str, str] = field(default_factory=dict)
    cron: dict[str, str] = field(default_factory=dict)
    exact: bool = False
    """There is a login, and Exact (where it could be asked) accepts it."""
    exact_problem: str = ""
    exact_host: str = ""
    exact_user: str = ""
    chain_days: float | None = None
    """Since somebody logged in."""
    days_left: float | None = None
    """Until Exact forgets the login, if nothing renews it."""
    slack: bool = False
    slack_problem: str = ""
    slack_team: str = ""
    scopes: list[str] | None = None
    """None where Slack does not say."""
    missing_scopes: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    exit_code: int = OK

    def as_json(self) -> dict[str, object]:
        """All fields, and whether all is well."""
        return {"ok": self.exit_code == OK, **{n: getattr(self, n) for n in self.__slots__}}

    def here_and_cron(self, name: str) -> tuple[str, str]:
        """Why a secret cannot be used here and under cron, "" where it can."""
        return self.here.get(name, ""), self.cron.get(EVERYTHING) or self.cron.get(name, "")


def report(customer: Customer) -> Report:
    """Look at everything: the stores, the chain, Slack's scopes, and the same as cron."""
    made = Report(here=readable(customer), cron=readable_from_cron(customer.config))
    made.places = {n: s.description for n, s in customer.config.named_secrets().items()}
    place = customer.secrets.describe(EXACT_TOKENS)
    made.places |= {EXACT_LOGIN: place, EXACT_WRITING: place}
    if customer.config.slack.token is None:
        made.places["slack token"] = customer.secrets.describe(SLACK_TOKEN)
    codes = {_exact(customer, made), _slack(customer, made)}
    for name, why in made.cron.items():
        if why and not made.here.get(name):
            sentence = why.removeprefix(f"{name}: ")
            made.warnings.append(f"Cron cannot use {name}: {sentence}")
    made.warnings += filter(None, [exposed(customer.config)])
    if any(made.here.values()) or any(made.cron.values()):
        codes.add(PERSON)
    made.exit_code = next((c for c in (LOGIN, PERSON, TEMPORARY) if c in codes), OK)
    return made


def _exact(customer: Customer, report: Report) -> int:
    try:
        tokens = customer.token_store.load()
        trouble = customer.tokens.trouble()
    except ExactSlackError as error:
        report.exact_problem = str(error)
        return LOGIN
    if tokens is not None:
        now = customer.clock.now()
        report.exact_host = tokens.host
        report.chain_days = round((now - tokens.chain_started_at) / 86400, 1)
        unused = unused_days(tokens.obtained_at, now)
        report.days_left = round(REFRESH_LIMIT_DAYS - unused, 1)
        report.warnings += unused_warning(unused)
    if trouble is not None:
        report.exact_problem = str(trouble)
        return LOGIN
    return _asked(customer, report)


def _asked(customer: Customer, report: Report) -> int:
    """Only Exact knows whether the app's access was withdrawn."""
    try:
        report.exact_user = customer.reader.me().user_name
    except LoginNeeded as error:
        report.exact_problem = str(error)
        return LOGIN
    except ExactSlackError as error:
        report.warnings.append(f"Whether Exact accepts the login is not known: {error}")
        report.exact = True
        return error.exit_code
    report.exact = True
    return OK


def _slack(customer: Customer, report: Report) -> int:
    try:
        token = customer.slack_token()
    except ExactSlackError as error:
        report.slack_problem = str(error)
        return LOGIN
    answer = SlackClient(token, customer.config.slack.base_url).auth_test()
    if isinstance(answer, Outcome):
        refused = answer.result is Result.TOKEN
        verb = "does not accept the token" if refused else "could not be asked"
        cure = " Run: exact-slack auth slack" if refused else ""
        report.slack_problem = f"Slack {verb} ({answer.error}).{cure}"
        report.warnings.append(report.slack_problem)
        return LOGIN if refused else TEMPORARY
    report.slack_team = answer.team
    if answer.scopes is not None:
        report.scopes = sorted(answer.scopes)
        report.missing_scopes = missing_scopes(customer.config, answer.scopes)
    unusable = unfit_for(answer)
    if unusable:
        report.slack_problem = str(unusable)
        report.warnings.append(report.slack_problem)
        return LOGIN
    report.slack = True
    return OK


def missing_scopes(config: Config, granted: frozenset[str]) -> dict[str, str]:
    """Scopes this config needs and does not have, and what each costs."""
    wanted = wanted_scopes(Features.of(config))
    return {s: why for s, why in wanted.items() if s not in granted}
