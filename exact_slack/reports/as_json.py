"""A report for a program: the fields of `report --json`. Amounts are numbers, to the cent."""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from exact_slack.documents.standing import Cash, Change, Report, Since, Standing, Term, age

_CENT = Decimal("0.01")


def as_json(report: Report) -> dict[str, Any]:
    """Report, side, companies, rows; and what changed where there is an earlier one."""
    companies = [*map(_standing, report.standings), *map(_cash, report.cash)]
    return {
        "report": report.subject.value,
        "side": report.side.value if report.side else None,
        "name": report.name,
        "date": report.today.isoformat(),
        "companies": companies,
        "rows": [_row(term, report) for term in report.terms],
        "since": _since(report.since) if report.since else None,
        "problems": list(report.remarks),
    }


def _money(amount: Decimal | None) -> float | None:
    """The double that is written with these cents."""
    if amount is None:
        return None
    return float(amount.quantize(_CENT, ROUND_HALF_EVEN)) + 0.0  # no minus before a zero


def _standing(standing: Standing) -> dict[str, Any]:
    return {
        "division": standing.division,
        "name": standing.name,
        "side": standing.side.value,
        "currency": standing.currency,
        "open": _money(standing.open),
        "overdue": _money(standing.overdue),
        "buckets": {bucket.value: _money(amount) for bucket, amount in standing.buckets},
        "count": standing.count,
        "ties": standing.ties,
        "difference": _money(standing.difference),
    }


def _cash(cash: Cash) -> dict[str, Any]:
    journals = [
        {
            "division": balance.division,
            "code": balance.code,
            "name": balance.name,
            "currency": balance.currency,
            "balance": _money(balance.balance),
            "date": balance.date.isoformat() if balance.date else None,
            "processed": balance.processed,
        }
        for balance in cash.journals
    ]
    weeks = [
        {
            "from": week.begin.isoformat(),
            "until": week.end.isoformat(),
            "in": _money(week.incoming),
            "out": _money(week.outgoing),
        }
        for week in cash.weeks
    ]
    return {
        "division": cash.division,
        "name": cash.name,
        "currency": cash.currency,
        "journals": journals,
        "weeks": weeks,
        "count": cash.count,
        "ties": cash.ties,
        "difference": _money(cash.difference),
    }


def _row(term: Term, report: Report) -> dict[str, Any]:
    days = term.days(report.today)
    return {
        "division": term.division,
        "side": term.side.value,
        "kind": term.kind.value,
        "account": term.account,
        "number": term.number,
        "reference": term.reference,
        "due": term.due.isoformat() if term.due else None,
        "days": days,
        "bucket": age(days).value,
        "currency": term.currency,
        "amount": _money(term.amount),
        "own_currency": term.own_currency or None,
        "own_amount": _money(term.own_amount),
    }


def _since(since: Since) -> dict[str, Any]:
    changed: dict[str, list[dict[str, Any]]] = {change.value: [] for change in Change}
    for moved in since.moved:
        changed[moved.change.value].append(_changed(moved.term, moved.amount))
    shift = since.shift
    return {
        "date": since.day.isoformat(),
        **changed,
        "first_time_late": [_changed(term, term.amount) for term in since.first_time_late],
        "most_moved": {
            "division": shift.division or None,
            "account": shift.account,
            "side": shift.side.value,
            "currency": shift.currency,
            "bucket": shift.bucket.value,
            "amount": _money(shift.amount),
        }
        if shift
        else None,
    }


def _changed(term: Term, amount: Decimal) -> dict[str, Any]:
    return {
        "division": term.division,
        "side": term.side.value,
        "account": term.account,
        "number": term.number,
        "currency": term.currency,
        "amount": _money(amount),
    }
