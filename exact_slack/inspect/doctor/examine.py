"""Everything that `doctor` looks at, in the order in which one thing rests on another."""

from functools import partial

from exact_slack.app.customer import Customer
from exact_slack.inspect.doctor import (
    exact_points,
    machine,
    network,
    points,
    services,
    slack_points,
    trial,
    webhooks,
)
from exact_slack.inspect.doctor.findings import Check, Diagnosis, State, Subject
from exact_slack.inspect.doctor.network import Heard, skipped
from exact_slack.inspect.login import readable
from exact_slack.inspect.online.findings import Online

_ORDER = {subject: place for place, subject in enumerate(Subject)}


def examine(customer: Customer, channel: str = "") -> Diagnosis:
    """Look at everything. `channel`: post there what cannot be seen otherwise."""
    diagnosis = Diagnosis()
    _machine(customer, diagnosis)
    heard = network.ask(customer, diagnosis)
    exact, slack = _services(customer, diagnosis, heard)
    _webhooks(customer, diagnosis)
    context = points.Context(
        customer,
        exact,
        exact=exact.me is not None,
        slack=bool(slack.bot),
        refused={access.endpoint for access in exact.access if access.problem},
    )
    assumed = (*exact_points.POINTS, *_of_close(customer), *slack_points.POINTS)
    diagnosis.assumptions = points.seen(assumed, context)
    if channel:
        tried = trial.try_out(customer, slack, channel)
        diagnosis.assumptions = trial.merged(diagnosis.assumptions, tried)
    diagnosis.checks = _in_order(diagnosis.checks)
    return diagnosis


def _of_close(customer: Customer) -> tuple[points.Point, ...]:
    """What the close assumes, if the config has one."""
    if not customer.config.close:
        return ()
    from exact_slack.inspect.doctor import close_points

    return close_points.POINTS


def _machine(customer: Customer, diagnosis: Diagnosis) -> None:
    def look(name: Subject, *looks: machine.Look, cure: str = "") -> None:
        for look in looks:
            diagnosis.checks += machine.guarded(name, look, cure)

    look(Subject.PROGRAM, machine.program)
    look(Subject.CONFIG, partial(machine.config, customer), cure="Write what is expected there.")
    look(Subject.SECRETS, partial(machine.secrets, customer))
    look(Subject.STATE, partial(machine.state, customer))
    if diagnosis.is_broken(Subject.STATE):  # on a network even to look at it may hang
        rest = (Subject.CRON, Subject.DISK, Subject.LEDGER, Subject.BACKUP, Subject.RUNS)
        diagnosis.checks += [skipped(name, "the state folder comes first") for name in rest]
        customer.do_without_ledger()
        return
    here = frozenset(name for name, why in readable(customer).items() if why)
    look(Subject.CRON, partial(machine.cron, customer, here))
    look(Subject.DISK, partial(machine.room, customer))
    look(Subject.LEDGER, partial(machine.ledger, customer))
    if diagnosis.is_broken(Subject.LEDGER):
        diagnosis.checks += [
            skipped(name, "the ledger comes first") for name in (Subject.BACKUP, Subject.RUNS)
        ]
        customer.do_without_ledger()
        return
    look(Subject.BACKUP, partial(machine.backup, customer))
    look(Subject.RUNS, partial(machine.runs, customer))


def _services(
    customer: Customer, diagnosis: Diagnosis, heard: list[Heard]
) -> tuple[Online, Online]:
    exact, slack = Online(), Online()
    reached = {said.who for said in heard}
    usable = not diagnosis.is_broken(Subject.STATE)  # the login lies there
    if Subject.EXACT.value in reached and usable:
        diagnosis.checks += machine.guarded(
            Subject.EXACT_LOGIN, partial(services.exact, customer, exact)
        )
    else:
        why = "Exact cannot be reached" if usable else "the state folder comes first"
        names = (Subject.EXACT_LOGIN, Subject.DIVISIONS, Subject.RIGHTS)
        diagnosis.checks += [skipped(name, why) for name in names]
    if exact.me is not None and exact.me.utc_offset is not None:
        now, said = customer.clock.now(), exact.me.server_time_ms / 1000 - exact.me.utc_offset
        heard.append(Heard(Subject.EXACT.value, said, now))
    diagnosis.checks += network.clock(heard)
    asks_slack = Subject.SLACK.value in reached
    if asks_slack:
        diagnosis.checks += machine.guarded(
            Subject.SLACK_LOGIN, partial(services.slack, customer, slack)
        )
    else:
        names = (Subject.SLACK_LOGIN, Subject.SCOPES, Subject.CHANNELS)
        diagnosis.checks += [skipped(name, "Slack cannot be reached") for name in names]
    if customer.config.slack.app_token is not None:
        _socket(customer, diagnosis, slack, asks_slack=asks_slack)
    return exact, slack


def _socket(customer: Customer, diagnosis: Diagnosis, asked: Online, *, asks_slack: bool) -> None:
    if not asks_slack or diagnosis.is_broken(Subject.SLACK_LOGIN):
        why = "Slack's token comes first" if asks_slack else "Slack cannot be reached"
        diagnosis.checks.append(skipped(Subject.SOCKET, why))
        return
    diagnosis.checks += machine.guarded(Subject.SOCKET, partial(services.socket, customer, asked))


def _webhooks(customer: Customer, diagnosis: Diagnosis) -> None:
    if not webhooks.are_wanted(customer):
        diagnosis.checks.append(
            Check(name=Subject.WEBHOOKS, state=State.SKIPPED, saw="the config uses none")
        )
        return
    usable = not diagnosis.is_broken(
        Subject.STATE, Subject.EXACT, Subject.EXACT_LOGIN, Subject.PROXY, Subject.CERTIFICATES
    )
    diagnosis.checks += machine.guarded(
        Subject.WEBHOOKS, partial(webhooks.look, customer, ask_exact=usable)
    )


def _in_order(checks: list[Check]) -> list[Check]:
    """By subject. What is well is not said beside what is not."""
    worse = {check.name for check in checks if check.state in (State.WARNING, State.BROKEN)}
    kept: dict[tuple[Subject, State, str], Check] = {}
    for check in checks:
        if check.name in worse and check.state not in (State.WARNING, State.BROKEN):
            continue
        kept.setdefault((check.name, check.state, check.problem), check)
    return sorted(kept.values(), key=lambda check: _ORDER[check.name])
