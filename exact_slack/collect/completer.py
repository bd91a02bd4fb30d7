"""What a row of Exact does not say by itself: names of accounts, links; looked up in batches."""

from dataclasses import replace

from exact_slack.collect.reading import Reading
from exact_slack.documents.document import Account, Document
from exact_slack.exact.errors import ExactRefused

Rests = dict[tuple[int, str], float]
"""Until when a look-up of a division is left alone: Exact blocks an app after ten refusals an
hour."""
_REST = 3600.0


class Completer:
    """Fills in names and links, cached in the ledger; what the app may not read stays empty.

    What was refused is not asked for a week. With `rests`, as `serve` has them, it is kept there
    and for an hour only: the next poll meets it, and tells of it where it is seen."""

    def __init__(self, reading: Reading, rests: Rests | None = None) -> None:
        self._ledger = reading.ledger
        self._reader = reading.reader
        self._clock = reading.clock
        self._summary = reading.summary
        self._rests = rests

    def complete(self, division: int, documents: tuple[Document, ...]) -> tuple[Document, ...]:
        """The same documents with the names of their accounts and their links."""
        nameless = [d.account.id for d in documents if d.account.id and not d.account.name]
        names = self._looked_up(division, "account", nameless)
        links = self._looked_up(division, "link", [d.document_id for d in documents])
        return tuple(_complete(d, names, links) for d in documents)

    def _looked_up(self, division: int, what: str, ids: list[str]) -> dict[str, str]:
        wanted = sorted({id_ for id_ in ids if id_})
        if not wanted:
            return {}
        cursors, now = self._ledger.cursors, self._clock.now()
        cached = cursors.lookups(division, what, wanted)
        missing = [id_ for id_ in wanted if id_ not in cached]
        if not missing or self._is_refused(division, what, now):
            return cached
        try:
            answers = self._ask(division, what, missing)
        except ExactRefused as error:
            self._refused(division, what, now)
            self._summary.problem(error)
            return cached
        complete = {id_: answers.get(id_, "") for id_ in missing}
        cursors.set_lookups(division, what, complete, now)
        return {**cached, **complete}

    def _is_refused(self, division: int, what: str, now: float) -> bool:
        if self._rests is not None and 0 < self._rests.get((division, what), 0.0) - now <= _REST:
            return True
        return "refused" in self._ledger.cursors.capabilities(division, what, now)

    def _refused(self, division: int, what: str, now: float) -> None:
        if self._rests is None:
            self._ledger.cursors.add_capability(division, what, "refused", now)
        else:
            self._rests[division, what] = now + _REST

    def _ask(self, division: int, what: str, ids: list[str]) -> dict[str, str]:
        if what == "link":
            return self._reader.document_links(division, ids)
        accounts = self._reader.accounts(division, ids)
        return {key: f"{account.code}\t{account.name}" for key, account in accounts.items()}


def _complete(document: Document, names: dict[str, str], links: dict[str, str]) -> Document:
    account = document.account
    if account.id in names and not account.name:
        code, _, name = names[account.id].partition("\t")
        account = Account(account.id, code or account.code, name)
    return replace(document, account=account, url=links.get(document.document_id, document.url))
