"""The documents that `log` was asked for, one by one: there may be a million."""

from collections.abc import Iterator
from dataclasses import dataclass

from exact_slack.app.customer import Customer
from exact_slack.inspect.log.event import Story, What
from exact_slack.inspect.log.query import Match, find
from exact_slack.inspect.log.story import Stories
from exact_slack.ledger.finding import Finding

_PAGE = 200


@dataclass(frozen=True, slots=True)
class Filters:
    """What a document must have to be told. Of several values of one kind it must have any.
    `since` and `until`, in seconds since 1970, speak of when something happened to it."""

    since: float | None = None
    until: float | None = None
    kinds: tuple[str, ...] = ()
    divisions: tuple[int, ...] = ()
    channels: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()

    def fit(self, story: Story) -> bool:
        """Whether a document is told."""
        named, events = story.named, story.events
        return (
            (not self.kinds or named.kind in self.kinds)
            and (not self.divisions or named.division in self.divisions)
            and self._fits_time(story)
            and (
                not self.channels
                or any(e.channel.lstrip("#") in self._channels() for e in events)
                or any(m.channel.lstrip("#") in self._channels() for m in story.messages)
            )
            and (not self.states or any(m.state in self.states for m in story.messages))
            and (
                not self.exceptions
                or any(e.what is What.EXCEPTION and e.exception in self.exceptions for e in events)
            )
        )

    def _channels(self) -> set[str]:
        return {channel.lstrip("#") for channel in self.channels}

    def _fits_time(self, story: Story) -> bool:
        begin = float("-inf") if self.since is None else self.since
        end = float("inf") if self.until is None else self.until
        if self.since is None and self.until is None:
            return True
        return any(begin <= event.at <= end for event in story.events)


def everything(customer: Customer, filters: Filters) -> Iterator[Story]:
    """Every document that fits, in the order in which they were first seen."""
    stories = Stories(customer)
    for number in _candidates(customer, filters):
        story = stories.of(number)
        if filters.fit(story):
            yield story


def _candidates(customer: Customer, filters: Filters) -> Iterator[int]:
    finding, since = customer.ledger.finding, filters.since
    if since is not None and since >= customer.ledger.log.since():
        until = float("inf") if filters.until is None else filters.until
        numbers = finding.happened(since, until)
        triage = {step.item for step in customer.ledger.items.steps(since)}
        heads = (customer.ledger.items.get(number).head_id for number in triage)
        documents = (customer.ledger.deliveries.get(head).document_id for head in heads)
        yield from _with_relatives(customer, {*numbers, *(n for n in documents if n is not None)})
        return
    yield from _all(finding, filters)


def _with_relatives(customer: Customer, numbers: set[int]) -> Iterator[int]:
    """What happened to an entry, or a payment term, happened to its invoice's story, too."""
    documents = customer.ledger.documents
    more: set[int] = set()
    for number in numbers:
        stored = documents.by_id(number)
        invoice = documents.settled_by(stored.document) if stored.document.is_term else stored
        if invoice is not None:
            more |= {each.id for each in documents.together(invoice.subject_id)}
    yield from sorted(numbers | more)


def _all(finding: Finding, filters: Filters) -> Iterator[int]:
    where, values = "", []
    for name, wanted in (("kind", filters.kinds), ("division", filters.divisions)):
        if wanted:
            where += f" AND {name} IN ({','.join('?' * len(wanted))})"
            values += list(wanted)
    after = 0
    while page := finding.page(after, _PAGE, where, *values):
        yield from page
        after = page[-1]


def matching(
    customer: Customer, query: str, filters: Filters, most: int | None = None
) -> list[Match]:
    """The documents that a query may mean. What is told in another one's story, and is found by
    the same, does not stand beside it."""
    matches = find(customer.ledger, query, most)
    stories = Stories(customer)
    if filters != Filters():
        matches = [match for match in matches if filters.fit(stories.of(match.document))]
    return matches


def stories_of(customer: Customer, matches: list[Match]) -> Iterator[Story]:
    """The story of each."""
    stories = Stories(customer)
    for match in matches:
        yield stories.of(match.document)


def main_of(customer: Customer, matches: list[Match]) -> list[Match]:
    """Without those that another one's story tells: an invoice with its entry and its payments is
    one."""
    stories = Stories(customer)
    ledger, covered = customer.ledger.documents, set()
    for match in matches:
        stored = ledger.by_id(match.document)
        if not stored.document.is_term and stored.subject_id == stored.id:
            covered |= stories.members(match.document) - {match.document}
    return [match for match in matches if match.document not in covered]
