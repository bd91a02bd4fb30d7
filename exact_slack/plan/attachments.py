"""Which files belong into which threads: looked up in Exact for many heads in one call."""

from collections import defaultdict
from collections.abc import Iterable

from exact_slack.app.allowance import calls_left
from exact_slack.app.customer import Customer
from exact_slack.app.reserve import reserve
from exact_slack.app.routes import route_of
from exact_slack.app.summary import Summary
from exact_slack.config.model import Config
from exact_slack.errors import ExactSlackError
from exact_slack.exact.lookups import Attachment
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.outgoing import payloads
from exact_slack.ledger.outgoing.causes import Cause
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.outgoing.files import Search
from exact_slack.ledger.outgoing.states import State

_MOST = 400
"""Heads whose files are looked up in one go: ten calls or so."""
_AGAIN = (600.0, 3600.0, 6 * 3600.0, 24 * 3600.0)
"""Seconds after which a document without files is looked at again: people scan later."""
_REST = 60.0
_REFUSED = 3600.0
"""Seconds after a failure, and after a refusal: Exact counts refusals."""
_NAME = 150
_ENDING = 10
"""Characters of a file's name, and of what counts as its ending."""


def wants_files(config: Config, head: Delivery) -> bool:
    """Whether the route of a head puts files in its thread."""
    route = route_of(config, head)
    return route is not None and route.attachments


class Attachments:
    """Plans the files of heads that are new, or whose documents changed."""

    def __init__(self, customer: Customer, summary: Summary) -> None:
        self._customer = customer
        self._ledger = customer.ledger
        self._summary = summary

    def plan(self) -> None:
        """Look up what is due; a failure is told, and tried again later."""
        now = self._customer.clock.now()
        groups: dict[int, list[tuple[Search, set[str]]]] = defaultdict(list)
        for search in self._ledger.files.due(now, _MOST):
            ids = self._documents(search.head)
            if not ids:
                self._searched([search], None)  # a change of the document brings it up again
                continue
            groups[self._division(search.head)].append((search, ids))
        for division, wanted in groups.items():
            self._division_of(division, wanted, now)

    def _documents(self, head: Delivery) -> set[str]:
        """Exact's ids of the documents whose files go under a head."""
        if not wants_files(self._customer.config, head) or head.subject_id is None:
            return set()
        together = self._ledger.together.under_one_head(head.subject_id)
        return {s.document.document_id for s in together if not s.deleted} - {""}

    def _division(self, head: Delivery) -> int:
        assert head.subject_id is not None
        return self._ledger.documents.by_id(head.subject_id).document.ref.division

    def _division_of(
        self, division: int, wanted: list[tuple[Search, set[str]]], now: float
    ) -> None:
        searches = [search for search, _ in wanted]
        if calls_left(self._customer, division) <= reserve(self._customer.config):
            self._searched(searches, now + _REFUSED)  # the messages need what is left of the day
            return
        try:
            attachments = self._customer.reader.attachments(
                division, {id_ for _, ids in wanted for id_ in ids}
            )
        except ExactSlackError as error:
            rest = _REST if error.exit_code != 1 else _REFUSED
            self._searched(searches, now + rest)
            self._summary.problem(error)
            return
        with self._ledger.transaction():
            for search, ids in wanted:
                mine = [id_ for id_ in attachments if id_.document in ids]
                if self._next(search, bool(mine), now):
                    add_files(self._ledger, search.head, mine, now)

    def _next(self, search: Search, complete: bool, now: float) -> bool:
        later = None
        if not complete and search.tries < len(_AGAIN):
            later = now + _AGAIN[search.tries]
        return self._ledger.files.searched(search, later, search.tries + 1)

    def _searched(self, searches: Iterable[Search], again_at: float | None) -> None:
        with self._ledger.transaction():
            for search in searches:
                self._ledger.files.searched(search, again_at, search.tries)


def add_files(ledger: Ledger, head: Delivery, attachments: list[Attachment], now: float) -> None:
    """A delivery for each file that is not under the head yet, nor on its way."""
    there = ledger.files.under(head.id)
    held = ledger.deliveries.get(head.id).state.needs_person
    for attachment in attachments:
        if attachment.id in there:
            continue
        there.add(attachment.id)
        number = ledger.deliveries.add(
            payloads.File(),
            route=head.route,
            channel=head.channel,
            document=head.document_id,
            head=head.id,
            state=State.HELD if held else State.PENDING,
            cause=Cause.HEAD_MISSING if held else Cause.NONE,
            now=now,
        )
        ledger.files.add(number, attachment.id, _named(attachment.name), attachment.url)


def _named(name: str) -> str:
    """The name that Slack gets: it tells a file's type by the ending, so a long name is cut
    before it."""
    from exact_slack.rendering.blocks import clean

    whole = clean(name or "file", 1_000)
    stem, _, ending = whole.rpartition(".")
    if not (stem and ending) or len(ending) > _ENDING:
        return clean(whole, _NAME)
    return f"{clean(stem, _NAME - len(ending) - 1)}.{ending}"
