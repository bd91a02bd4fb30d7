"""The documents that `log` was asked for, one by one: there may be a million."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from exact_slack.app.customer import Customer
from exact_slack.inspect.log.event import Story, What
from exact_slack.inspect.log.query import Match, find
from exact_slack.inspect.log.story import Stories
from exact_slack.ledger.documents.filtering import Filtering
from exact_slack.ledger.outgoing.states import State

_PAGE = 200
_FEW = 2000
"""So many stories are told, and looked at, sooner than one more filter is asked for."""


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
                or any(e.channel.lstrip("#") in self.channel_names() for e in events)
                or any(m.channel.lstrip("#") in self.channel_names() for m in story.messages)
            )
            and (not self.states or any(m.state in self.states for m in story.messages))
            and (
                not self.exceptions
                or any(e.what is What.EXCEPTION and e.exception in self.exceptions for e in events)
            )
        )

    def channel_names(self) -> set[str]:
        """Without their mark: a config may name a channel either way."""
        return {channel.lstrip("#") for channel in self.channels}

    def _fits_time(self, story: Story) -> bool:
        begin = float("-inf") if self.since is None else self.since
        end = float("inf") if self.until is None else self.until
        if self.since is None and self.until is None:
            return True
        return any(begin <= event.at <= end for event in story.events)


def everything(customer: Customer, filters: Filters) -> Iterator[Story]:
    """Every document that fits, each once, as it is found."""
    stories = Stories(customer)
    for number in _candidates(customer, filters):
        story = stories.of(number)
        if filters.fit(story):
            yield story


def _candidates(customer: Customer, filters: Filters) -> Iterator[int]:
    """Few more than those that fit, for telling a story is dear; the first ones soon. A filter
    that nearly every document passes is left to `fit`."""
    searches = list(_searches(customer, filters))
    if not searches:
        yield from _all(customer.ledger.filtering)
        return
    begun: list[Iterator[set[int]]] = []
    for search in searches if len(searches) > 1 else ():
        few: set[int] = set()
        for match in search:
            few |= match
            if len(few) > _FEW:
                break
        else:
            yield from sorted(few)
            return
        begun.append(chain([few], search))
    first, *others = begun or searches
    also = [set().union(*search) for search in others]
    covered: set[int] = set()
    for match in first:
        new = match.intersection(*also) - covered
        covered |= new
        yield from sorted(new)


def _searches(customer: Customer, filters: Filters) -> Iterator[Iterator[set[int]]]:
    """What each filter finds by itself."""
    filtering, log = customer.ledger.filtering, customer.ledger.log
    if filters.exceptions:
        yield _with_relatives(customer, iter([filtering.with_exceptions()]))
    if filters.states and State.POSTED not in filters.states:
        states = [State(state) for state in filters.states]
        yield _with_relatives(customer, iter([filtering.in_states(states)]))
    begin = float("-inf") if filters.since is None else filters.since
    if filters.until is not None or begin > filtering.first():
        end = float("inf") if filters.until is None else filters.until
        yield _with_relatives(customer, filtering.happened(begin, end, log.since()))
    if filters.channels:
        yield _with_relatives(customer, filtering.in_channels(filters.channel_names()))
    if filters.kinds or filters.divisions:
        yield filtering.of(filters.kinds, filters.divisions)


def _with_relatives(customer: Customer, search: Iterator[set[int]]) -> Iterator[set[int]]:
    """What happened to an entry, or a payment term, happened to its invoice's story, too."""
    documents, filtering = customer.ledger.documents, customer.ledger.filtering
    settled_by = customer.ledger.together.settled_by
    for numbers in search:
        terms = (documents.by_id(number) for number in filtering.terms(numbers))
        invoices = (settled_by(term.document) for term in terms if not term.forgotten)
        yield filtering.relatives(numbers | {each.id for each in invoices if each is not None})


def _all(filtering: Filtering) -> Iterator[int]:
    after = 0
    while page := filtering.page(after, _PAGE):
        yield from page
        after = page[-1]


def matching(customer: Customer, query: str, filters: Filters) -> Iterator[Match]:
    """The documents that a query may mean, newest first, as they are asked for."""
    matches = find(customer.ledger, query)
    if filters == Filters():
        return matches
    return _fitting(customer, matches, filters)


def _fitting(customer: Customer, matches: Iterator[Match], filters: Filters) -> Iterator[Match]:
    """Of a few each story is told; of more only those that the filters may find."""
    stories = Stories(customer)
    for match in islice(matches, _PAGE):
        if filters.fit(stories.of(match.document)):
            yield match
    rest = next(matches, None)
    if rest is None:
        return
    numbers = set(_candidates(customer, filters)) if any(_searches(customer, filters)) else None
    for match in chain([rest], matches):
        if (numbers is None or match.document in numbers) and filters.fit(
            stories.of(match.document)
        ):
            yield match


def stories_of(customer: Customer, matches: Iterable[Match]) -> Iterator[Story]:
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
