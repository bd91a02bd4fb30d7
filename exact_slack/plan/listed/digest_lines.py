"""What a closed digest says, out of the ledger: its message and its list. Both come from the same
lines, so they cannot differ."""

import json
from datetime import UTC, date
from typing import TYPE_CHECKING, Any, BinaryIO

from exact_slack.app.addressees import mention_of
from exact_slack.config.model import Config
from exact_slack.config.route import Route
from exact_slack.config.timing import local
from exact_slack.documents.document import Document
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.outgoing import payloads
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.recurring.digests import Digest
from exact_slack.ledger.schema.trouble import DamagedRecord, record

if TYPE_CHECKING:
    from exact_slack.rendering.digest.rows import Line
    from exact_slack.rendering.digest.trend import Before
    from exact_slack.rendering.message import Message

_TIMES = 3
"""Digests that one is shown beside."""


def lines(ledger: Ledger, number: int) -> "list[Line]":
    """The lines of a closed digest."""
    from exact_slack.rendering.digest.rows import Line

    with record("a line of digest", number):
        return [Line.from_json(text) for text in ledger.digests.lines(number) if text]


def digest_message(
    config: Config, ledger: Ledger, delivery: Delivery, without: frozenset[str]
) -> "Message":
    """The message of a delivery with the action `digest`; `without`: types of blocks that Slack
    does not take."""
    from exact_slack.rendering.digest.message import DigestContext, digest

    collected = ledger.digests.get(delivery.payload_of(payloads.Digest).number)
    route = config.route_named(collected.route)
    with record("digest", collected.id):
        left_out = json.loads(collected.left_out)
        silenced = tuple((str(reason), int(n)) for reason, n in left_out["silenced"].items())
        every, waiting = str(left_out["every"]), int(left_out["waiting"])
    listed = any(below.action.traits.is_file for below in ledger.deliveries.under(delivery.id))
    earlier = _earlier(config, ledger, collected, route)
    before = next((b for other, b in earlier if _is_next(config, route, other, collected)), None)
    context = DigestContext(
        locale=config.locale_of(route),
        route=collected.route,
        every=every,
        since=_wall(config, collected.since),
        due=_wall(config, collected.due_at),
        mention=mention_of(config, ledger, route),
        silenced=silenced,
        waiting=waiting,
        covers=_covers(left_out),
        listed=listed,
        before=before,
        earlier=tuple(rows for _, rows in earlier),
        without=without,
    )
    return digest(lines(ledger, collected.id), context)


def _earlier(
    config: Config, ledger: Ledger, digest: Digest, route: Route | None
) -> "list[tuple[Digest, Before]]":
    """The digests of the three times before, the latest first: those that there were and that the
    ledger still knows, made by the same rhythm."""
    if route is None or route.digest is None:
        return []
    since = digest.due_at
    for _ in range(_TIMES):
        since = route.digest.due(since - 1, config.zone())
    rows = []
    for _ in range(_TIMES):
        before = ledger.digests.before(digest)
        if before is None or before.due_at < since:
            break
        digest = before
        listed = _known(config, ledger, digest, route.digest.every)
        rows += [(digest, listed)] if listed else []
    return rows


def _known(config: Config, ledger: Ledger, digest: Digest, every: str) -> "Before | None":
    from exact_slack.rendering.digest.trend import Before

    try:
        with record("digest", digest.id):
            left_out = dict(json.loads(digest.left_out))
            covers = _covers(left_out)
        rows = lines(ledger, digest.id)
    except DamagedRecord as error:  # the later one is told all the same
        ledger.db.note(error)
        return None
    if not rows or left_out.get("every") != every:
        return None
    if covers is None:
        days = [local(seconds, config.zone()).date() for seconds in (digest.since, digest.due_at)]
        covers = days[0], days[1]
    return Before(covers, tuple(rows))


def _is_next(config: Config, route: Route | None, before: Digest, digest: Digest) -> bool:
    """Whether a digest is of the very time after another one."""
    if route is None or route.digest is None:
        return False
    return route.digest.following(before.due_at, config.zone()) == digest.due_at


def _covers(left_out: dict[str, Any]) -> tuple[date, date] | None:
    """The days that a digest by period counts."""
    days = left_out.get("covers")
    return (date.fromisoformat(days[0]), date.fromisoformat(days[1])) if days else None


def _wall(config: Config, seconds: float) -> int:
    """The wall clock there, in ms, written as if it were UTC."""
    return int(local(seconds, config.zone()).replace(tzinfo=UTC).timestamp() * 1000)


def write_list(config: Config, ledger: Ledger, delivery: Delivery, into: BinaryIO) -> int:
    """Write the list that a delivery under a digest brings; returns its bytes."""
    from exact_slack.rendering.digest import list as digest_list

    assert delivery.head_id is not None
    head = ledger.deliveries.get(delivery.head_id)
    digest = ledger.digests.get(head.payload_of(payloads.Digest).number)
    route = config.route_named(digest.route)
    locale = config.locale_of(route)
    return digest_list.write(lines(ledger, digest.id), locale, into)


def list_name(config: Config, route: Route, due_at: float) -> str:
    """The name of the list's file: route and day."""
    day = local(due_at, config.zone()).strftime("%Y-%m-%d")
    safe = "".join(c if c.isalnum() else "-" for c in route.name).strip("-") or "digest"
    return f"{safe[:60]}-{day}.csv"


def code_of(ledger: Ledger, document: Document) -> str:
    """The code of its account. Entries have none: then that of any other document of the same
    account (its payment term, an order), or what Exact was asked for."""
    account, division = document.account, document.ref.division
    if account.code or not account.id:
        return account.code
    by_document = ledger.finding.code_of(division, account.id)
    return by_document or ledger.cursors.code_of(division, account.id)
