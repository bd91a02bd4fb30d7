"""`close`: how the end of a period stands now; and each morning, what `poll` makes of it."""

from collections.abc import Iterator, Mapping

from exact_slack.app.customer import Customer
from exact_slack.app.summary import Summary
from exact_slack.app.today import today
from exact_slack.close import periods
from exact_slack.close.books import Ticked, Wishes
from exact_slack.close.codec import from_json
from exact_slack.close.make import Asked, Made, close_of, divisions_of
from exact_slack.close.scheduled import Due, look_after, make_due, wishes_of
from exact_slack.config.closing import Close
from exact_slack.documents.closing import Light
from exact_slack.documents.compared.period import Period
from exact_slack.errors import BadRequest, ExactSlackError, LoginNeeded
from exact_slack.exact.errors import ExactDown
from exact_slack.exact.lookups import DivisionInfo
from exact_slack.ledger.schema.trouble import DamagedRecord, record
from exact_slack.runs.delivered import PeriodDelivered
from exact_slack.runs.frame.busy import Skipped
from exact_slack.runs.frame.run import deliver, locked
from exact_slack.runs.ticks import Ticks


def mornings(customer: Customer, summary: Summary) -> bool:
    """Look after the closes that are due; whether any was."""
    return make_due(customer, summary, PeriodDelivered(customer), Ticks(customer))


def close(customer: Customer, text: str, divisions: tuple[int, ...] = ()) -> Made:
    """Read and judge it; the calls count for the day. Slack is not asked."""
    made = Made()
    try:
        for info, period, calendar in _chosen(customer, text, divisions, made.problems):
            entry = _entry(customer, info.code)
            wishes = wishes_of(entry) if entry else Wishes()
            ticks = _last_ticks(customer, entry, info.code, period) if entry else {}
            asked = Asked(wishes, PeriodDelivered(customer), ticks)
            made.closings.append(close_of(customer, info, period, calendar, asked))
        return made
    finally:
        customer.record_calls()


def send(
    customer: Customer, text: str, divisions: tuple[int, ...] = ()
) -> tuple[Made, Summary] | Skipped:
    """Look after it as a morning does, now: its message is edited, or posted."""
    if not customer.config.close:
        raise BadRequest(
            "--post needs close: in the config, which says the channel.",
            "Add it, or leave --post out.",
        )
    made = Made()

    def work(_: int, summary: Summary) -> None:
        asked = []
        for info, period, calendar in _chosen(customer, text, divisions, made.problems):
            with customer.ledger.transaction():
                customer.ledger.closes.know(info.code, calendar)
            asked += [Due(e, info.code, period, None) for e in _entries(customer, info.code)]
        delivered, ticks = PeriodDelivered(customer), Ticks(customer)
        made.closings += look_after(customer, asked, summary, delivered, ticks)
        for problem in made.problems:
            summary.problem(problem)
        deliver(customer, summary)

    done = locked(customer, "close", work)
    return done if isinstance(done, Skipped) else (made, done)


def _chosen(
    customer: Customer, text: str, divisions: tuple[int, ...], problems: list[ExactSlackError]
) -> Iterator[tuple[DivisionInfo, Period, list[Period]]]:
    """Each company, the period that is meant there, and those around it. What cannot be read is
    told, and stops no other company."""
    for division in divisions:
        if division not in customer.config.exact.divisions:
            raise BadRequest(f"--division {division} is not in {customer.config.path}.")
    day = today(customer.config, customer.clock)
    year = periods.year_of(text, day)
    wanted = divisions or customer.config.exact.divisions
    for info in divisions_of(customer, wanted, problems):
        try:
            calendar = periods.read(customer.exact, info.code, year)
            period = periods.chosen(calendar, text, day, info.code)
        except (LoginNeeded, ExactDown):
            raise
        except ExactSlackError as error:
            problems.append(error)
            continue
        yield info, period, calendar


def _entries(customer: Customer, division: int) -> Iterator[Close]:
    for entry in customer.config.close:
        if division in (entry.divisions or customer.config.exact.divisions):
            yield entry


def _entry(customer: Customer, division: int) -> Close | None:
    return next(_entries(customer, division), None)


def _last_ticks(
    customer: Customer, entry: Close, division: int, period: Period
) -> Mapping[str, Ticked]:
    """Who had ticked what when the message was last looked after."""
    ledger = customer.ledger
    row = ledger.closes.find(entry.channel, division, period)
    state = ledger.closes.latest(row.id) if row else None
    if state is None:
        return {}
    try:
        with record("close", state.id):
            closing = from_json(state.body)
    except DamagedRecord:
        return {}
    return {
        line.judged.title: Ticked(line.judged.why[0].text)
        for line in closing.lines
        if line.name == "manual" and line.light is Light.GREEN
    }
