"""What we assume of Exact Online and no public source settles."""

from typing import Final
from urllib.parse import urlsplit

from exact_slack.documents.kinds import Kind
from exact_slack.exact import capabilities
from exact_slack.exact.catalogue import DELETED, ENDPOINTS
from exact_slack.exact.errors import ExactRefused
from exact_slack.exact.lookups import DOCUMENTS
from exact_slack.exact.standing import OVERVIEW
from exact_slack.exact.times import literal
from exact_slack.exact.values import money
from exact_slack.exact.wire.budget import A_DAY, A_MINUTE
from exact_slack.inspect.doctor.points import NOT_TRIED, Context, Point, Seen

_CLOSE: Final = 120.0
"""Seconds by which two clocks of one service may differ."""
_SUMS: Final = ("OutstandingReceivableInvoiceAmount", "OutstandingPayableInvoiceAmount")
_BAD_QUERY: Final = 400


def _own_time(context: Context) -> Seen:
    me, ahead = context.asked.me, context.customer.reader.ahead_ms
    if me is None or ahead is None:
        return "the answer bore no Date", None
    saw = f"ServerTime is {ahead / 1000:.0f} s ahead of the answer's Date"
    if me.utc_offset is None:
        return f"{saw}, and there is no ServerUtcOffset", False
    near = abs(ahead / 1000 - me.utc_offset) <= _CLOSE
    return f"{saw}, ServerUtcOffset {me.utc_offset} s", near


def _modified_after(path: str, context: Context) -> Seen:
    """A filter on `Modified`, as a poll asks; what poll has found out is not asked again."""
    division, me = context.division, context.asked.me
    if capabilities.NO_FILTER in context.customer.reader.refusals_of(division, path):
        return "refused; the poll reads the newest ones and filters them itself", False
    if path in context.refused or me is None:
        return "it may not be read", None
    params = {"$filter": f"Modified gt {literal(me.server_time_ms)}", "$select": "ID,Modified"}
    try:
        context.customer.exact.get(division, path, params)
    except ExactRefused as refused:
        return f"refused with {refused.status}", False if refused.status == _BAD_QUERY else None
    return "taken", True


def _payments(context: Context) -> Seen:
    return _modified_after(ENDPOINTS[Kind.PAYMENT].path, context)


def _receipts(context: Context) -> Seen:
    return _modified_after(ENDPOINTS[Kind.RECEIPT].path, context)


def _rates(context: Context) -> Seen:
    context.customer.exact.adopt_limits(context.division)
    state = context.customer.calls.rates.get(context.division)
    if state is None or state.day_limit is None:
        return "the answers say no limit", None
    minute = state.minute_limit
    saw = f"{state.day_limit} a day" + (f", {minute} a minute" if minute else "")
    return saw, state.day_limit == A_DAY and minute in (None, A_MINUTE)


def _resets(context: Context) -> Seen:
    context.customer.exact.adopt_limits(context.division)
    state = context.customer.calls.rates.get(context.division)
    reset = state.day_reset_ms if state else None
    if reset is None:
        return "the answers say no time", None
    left = reset / 1000 - context.customer.clock.now()
    return f"in {left / 3600:.1f} hours, read as epoch milliseconds", 0 <= left <= 2 * 86_400


def _overview(context: Context) -> Seen:
    if OVERVIEW in context.refused:
        return "it may not be read", None
    params = {"$select": f"CurrencyCode,{','.join(_SUMS)}"}
    rows = context.customer.exact.get(context.division, OVERVIEW, params).rows
    signs = {
        name: {"+" if amount > 0 else "-" for row in rows if (amount := money(row, name))}
        for name in _SUMS
    }
    parts = [f"{name}: {'/'.join(sorted(marks)) or '0'}" for name, marks in signs.items()]
    if not any(signs.values()):
        return f"{len(rows)} rows, nothing is open", None
    return f"{len(rows)} rows; {', '.join(parts)}", all(marks <= {"+"} for marks in signs.values())


def _deleted(context: Context) -> Seen:
    if DELETED in context.refused:
        return "it may not be read", None
    asked = [a for a in context.asked.access if a.endpoint == DELETED and not a.problem]
    return ("it answers", True) if asked else ("the routes need it for no kind", None)


def _cursors(context: Context) -> Seen:
    me, cursors = context.asked.me, context.customer.ledger.cursors.all()
    if me is None or not cursors:
        return "nothing was read yet", None
    latest = max(cursor.high_watermark for cursor in cursors)
    ahead = (latest - me.server_time_ms) / 1000
    if ahead > _CLOSE:
        return f"a Modified lies {ahead:.0f} s after ServerTime", False
    return "no Modified lies after ServerTime", True


def _signature(context: Context) -> Seen:
    taken = sum(arrival.by_webhook for arrival in context.customer.ledger.inbox.arrivals())
    if not taken:
        return "no notification with a right signature has come yet", None
    return f"{taken} documents came by notifications with a right signature", True


def _topics(context: Context) -> Seen:
    arrivals = context.customer.ledger.inbox.arrivals()
    heard = sorted({ENDPOINTS[a.kind].topic or "" for a in arrivals if a.by_webhook} - {""})
    return (f"heard: {', '.join(heard)}", True) if heard else ("none was heard yet", None)


def _redirect(context: Context) -> Seen:
    host = urlsplit(context.customer.config.exact.redirect_uri).hostname
    if host not in ("localhost", "127.0.0.1", "::1"):
        return "the app's redirect address is not on this machine", None
    return "the login was made with one", True


def _host(context: Context) -> Seen:
    if context.customer.config.exact.base_url is not None:
        return "exact.base_url is set", None
    return f"the host of {context.customer.config.exact.region} answered", True


def _documents(context: Context) -> Seen:
    if DOCUMENTS in context.refused:
        return "it may not be read", None
    works = context.customer.ledger.cursors.knows_any("link")
    return ("Exact gave the address of a page", True) if works else ("none was read yet", None)


def _untried(_: Context) -> Seen:
    return NOT_TRIED


def _batches(context: Context) -> Seen:
    path = ENDPOINTS[Kind.PAYMENT].path
    if path in context.refused:
        return "it may not be read", None
    params = {"$filter": "Status eq 30", "$select": "ID,CashflowTransactionBatchCode"}
    rows = context.customer.exact.get(context.division, path, params).rows
    if not rows:
        return "no payment is selected now", None
    coded = sum(1 for row in rows if row.get("CashflowTransactionBatchCode"))
    return f"of {len(rows)} selected payments {coded} bear a batch code", coded == 0


POINTS: Final = (
    Point(
        "exact own time",
        "current/Me says Exact's wall clock, and by how many seconds it is ahead of UTC.",
        "times in messages are shifted; what was seen is not touched",
        _own_time,
        needs_exact=True,
    ),
    Point(
        "exact modified base",
        "Modified is written in that same wall clock, so none lies in its future.",
        "a first run could begin too late, and miss what changed meanwhile",
        _cursors,
        needs_exact=True,
    ),
    Point(
        "exact modified filter on payments",
        "cashflow/Payments takes a filter on Modified.",
        "nothing: the newest payments are read and filtered here, in more calls",
        _payments,
        needs_exact=True,
    ),
    Point(
        "exact modified filter on receivables",
        "cashflow/Receivables takes a filter on Modified.",
        "nothing: the newest receipts are read and filtered here, in more calls",
        _receipts,
        needs_exact=True,
    ),
    Point(
        "exact limits",
        "An app has 60 calls a minute and 5,000 a day in a division.",
        "polls stop too early, or are refused with 429",
        _rates,
        needs_exact=True,
    ),
    Point(
        "exact reset",
        "X-RateLimit-Reset is a Unix time in milliseconds.",
        "after a full day or minute a poll goes on too early or too late",
        _resets,
        needs_exact=True,
    ),
    Point(
        "exact full minute",
        "A 429 of the minute is over at the next full minute, with or without Retry-After.",
        "a poll ends with 75, and the next one goes on",
        _untried,
    ),
    Point(
        "exact deletions",
        "sync/Deleted is filtered by Timestamp alone, and tells of kinds by its EntityType.",
        "a deletion is noticed by webhook or status --verify only",
        _deleted,
        needs_exact=True,
    ),
    Point(
        "exact overview",
        "OutstandingInvoicesOverview has one row a currency, and what is owed is positive in it.",
        "a report says that its sum does not tie, and by how much",
        _overview,
        needs_exact=True,
    ),
    Point(
        "exact payment selected",
        "A payment that is taken out of a selection goes back from status 30 to 20.",
        "its message goes on saying that it is selected",
        _untried,
    ),
    Point(
        "exact payment batch",
        "A selected payment bears no batch code yet; a processed one does.",
        "payments of one run are told apart by who selected them and when",
        _batches,
        needs_exact=True,
    ),
    Point(
        "exact webhook signature",
        "HashCode is the upper-case hex HMAC-SHA256 of the raw Content with the webhook secret.",
        "webhooks are refused with 401, and the poll brings everything later",
        _signature,
    ),
    Point(
        "exact webhook topics",
        "A topic is called like the entity of the header.",
        "that kind cannot be subscribed, and comes by the poll",
        _topics,
    ),
    Point(
        "exact webhook fields",
        "A change of a field that Exact's documentation does not mark sends no webhook.",
        "nothing: polls read every change; `webhooks` calls one missed that was never to come",
        _untried,
    ),
    Point(
        "exact outside the consent",
        "A division outside the consent answers 403; one made later is outside it.",
        "`divisions` says that Exact is down, and not that the company was not granted",
        _untried,
    ),
    Point(
        "exact page of a document",
        "DocumentViewUrl opens the document in Exact Online for who is logged in there.",
        "the link of a message leads to the company's page, or nowhere",
        _documents,
    ),
    Point(
        "exact redirect",
        "An app may have a redirect address on this machine.",
        "the login needs --no-browser and a pasted address",
        _redirect,
        needs_exact=True,
    ),
    Point(
        "exact host",
        "Each country has one host for login, tokens and data.",
        "nothing can be read; exact.base_url names another one",
        _host,
        needs_exact=True,
    ),
)
