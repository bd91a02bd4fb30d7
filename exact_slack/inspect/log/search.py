"""The documents that `log` was asked for, one by one: there may be a million."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from exact_slack.app.customer import Customer
from exact_slack.inspect.log.event import Story, What
from exact_slack.inspect.log.query import Match, find
from exact_slack.inspect.log.story import Stories
from exact_slack.ledger.documents.finding import Finding
from exact_slack.ledger.outgoing.states import State

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


def _candidates(customer: Customer, filters: Filters) -> Iterable[int]:
    """Few more than those that fit: telling a story is dear. A filter that nearly every document
    passes is left to `fit`."""
    finding = customer.ledger.finding
    sets: list[set[int]] = []
    begin = float("-inf") if filters.since is None else filters.since
    if filters.until is not None or begin > finding.first():
        until = float("inf") if filters.until is None else filters.until
        happened = finding.happened(begin, until, customer.ledger.log.since())
        sets.append(_with_relatives(customer, happened))
    if filters.states and State.POSTED not in filters.states:
        states = finding.in_states(State(state) for state in filters.states)
        sets.append(_with_relatives(customer, states))
    if filters.exceptions:
        sets.append(_with_relatives(customer, finding.with_exceptions()))
    if filters.kinds or filters.divisions:
        sets.append(finding.of(filters.kinds, filters.divisions))
    return sorted(set.intersection(*sets)) if sets else _all(finding)


def _with_relatives(customer: Customer, numbers: set[int]) -> set[int]:
    """What happened to an entry, or a payment term, happened to its invoice's story, too."""
    documents, finding = customer.ledger.documents, customer.ledger.finding
    settled_by = customer.ledger.together.settled_by
    terms = (documents.by_id(number) for number in finding.terms(numbers))
    invoices = (settled_by(term.document) for term in terms if not term.forgotten)
    return finding.relatives(numbers | {each.id for each in invoices if each is not None})


def _all(finding: Finding) -> Iterator[int]:
    after = 0
    while page := finding.page(after, _PAGE):
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
