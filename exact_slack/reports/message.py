"""A report out of the ledger: its message and its list. Both come from what was read when it was
made, so they cannot differ, however late they go out."""

from typing import BinaryIO

from exact_slack.config.model import Config
from exact_slack.documents.standing import Report
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.outgoing import payloads
from exact_slack.ledger.outgoing.actions import Action
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.schema.trouble import record
from exact_slack.rendering.message import Message
from exact_slack.rendering.report import list as report_list
from exact_slack.rendering.report.message import ReportContext
from exact_slack.rendering.report.message import report as drawn
from exact_slack.reports.codec import from_json


def report_message(
    config: Config, ledger: Ledger, delivery: Delivery, without: frozenset[str]
) -> Message | None:
    """The message of a delivery with the action `report`; `without`: types of blocks that Slack
    does not take. None where the ledger has forgotten what it said."""
    standing = _report(ledger, delivery)
    if standing is None:
        return None
    listed = any(below.action is Action.FILE for below in ledger.deliveries.under(delivery.id))
    several = len(config.exact.divisions) > 1
    context = ReportContext(locale_of(config, delivery.route), listed, several, without)
    return drawn(standing, context)


def write_list(config: Config, ledger: Ledger, head: Delivery, into: BinaryIO) -> int:
    """Write the list that goes under a report; returns its bytes."""
    standing = _report(ledger, head)
    names = names_of(config, ledger)
    locale = locale_of(config, head.route)
    return report_list.write(standing, names, locale, into) if standing else 0


def names_of(config: Config, ledger: Ledger) -> dict[int, str]:
    """What a list calls the divisions: their short names, else Exact's."""
    names = {code: record.name for code, record in ledger.cursors.divisions().items()}
    return names | config.exact.names


def locale_of(config: Config, name: str) -> str:
    """The locale of a report, by its name."""
    named = (report.locale for report in config.reports if report.name == name)
    return next(named, None) or config.locale


def _report(ledger: Ledger, delivery: Delivery) -> Report | None:
    row = ledger.reports.get(delivery.payload_of(payloads.Report).number)
    if not row.body:
        return None
    with record("report", row.id):
        return from_json(row.body)
