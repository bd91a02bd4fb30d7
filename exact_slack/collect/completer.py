"""What a row of Exact does not say by itself: names of accounts, links, what it is compared with;
looked up in batches."""

from dataclasses import replace
from typing import TYPE_CHECKING

from exact_slack.collect.comparison import Comparisons
from exact_slack.collect.reading import Reading
from exact_slack.collect.refusals import Refusals, Rests
from exact_slack.config.people import Role
from exact_slack.exact.errors import ExactRefused
from exact_slack.ledger.incoming.cursors import ACCOUNT

if TYPE_CHECKING:
    from exact_slack.documents.document import Document

_MANAGER, ACCOUNT_CODES = "manager", "account code"
_WEEK = 7 * 86400.0


class Completer:
    """Fills in names and links, cached in the ledger; what the app may not read stays empty."""

    def __init__(self, reading: Reading, rests: Rests | None = None) -> None:
        """`rests`: as `serve` has them."""
        self._ledger = reading.ledger
        self._reader = reading.reader
        self._clock = reading.clock
        self._refusals = Refusals(reading, rests)
        self._comparisons = Comparisons(reading, self._refusals)
        self._roles = reading.config.roles()
        self._listed = reading.config.listed_kinds()

    def complete(self, division: int, documents: "tuple[Document, ...]") -> "tuple[Document, ...]":
        """The same documents with the names of their accounts and their links."""
        nameless = [d.account.id for d in documents if d.account.id and not d.account.name]
        names = self._looked_up(division, ACCOUNT, nameless)
        links = self._looked_up(division, "link", [d.document_id for d in documents])
        if self._listed:
            self._learn_codes(division, documents)
        self._comparisons.prepare(division, documents)
        complete = tuple(_complete(d, names, links) for d in documents)
        return self._with_people(division, complete) if self._roles else complete

    def _learn_codes(self, division: int, documents: "tuple[Document, ...]") -> None:
        """The codes of accounts that no document names, for the list of a digest. Without that
        right the column stays empty, which `config check --online` says."""
        listed = (d.account for d in documents if d.kind in self._listed)
        wanted = {account.id for account in listed if account.id and not account.code}
        knows = self._ledger.finding.code_of
        unknown = [id_ for id_ in wanted if not knows(division, id_)]
        if not self._refusals.stands(division, ACCOUNT_CODES):
            self._looked_up(division, ACCOUNT, unknown, refused=ACCOUNT_CODES)

    def _with_people(
        self, division: int, documents: "tuple[Document, ...]"
    ) -> "tuple[Document, ...]":
        """With the account managers, where routes go by them. Before any of these is planned all
        are noted: two users with one name are not told apart by it."""
        if Role.ACCOUNT_MANAGER in self._roles:
            what = f"{_MANAGER} {self._clock.now() // _WEEK:.0f}"  # asked again every week
            managers = self._looked_up(division, what, [d.account.id for d in documents])
            documents = tuple(_managed(d, managers) for d in documents)
        self._ledger.exact_people.note(documents)
        return documents

    def _looked_up(
        self, division: int, what: str, ids: list[str], refused: str = ""
    ) -> dict[str, str]:
        """`refused`: under which name it is kept that this was refused; nobody is told of it."""
        wanted = sorted({id_ for id_ in ids if id_})
        if not wanted:
            return {}
        cursors, now = self._ledger.cursors, self._clock.now()
        cached = cursors.lookups(division, what, wanted)
        missing = [id_ for id_ in wanted if id_ not in cached]
        if not missing or self._refusals.stands(division, what):
            return cached
        try:
            answers = self._ask(division, what, missing)
        except ExactRefused as error:
            self._refusals.add(division, refused or what, error, told=not refused)
            return cached
        complete = {id_: answers.get(id_, "") for id_ in missing}
        cursors.set_lookups(division, what, complete, now)
        return {**cached, **complete}

    def _ask(self, division: int, what: str, ids: list[str]) -> dict[str, str]:
        if what == "link":
            return self._reader.document_links(division, ids)
        if what.startswith(_MANAGER):
            managers = self._reader.account_managers(division, ids)
            return {key: f"{manager.id}\t{manager.name}" for key, manager in managers.items()}
        accounts = self._reader.accounts(division, ids)
        return {key: f"{account.code}\t{account.name}" for key, account in accounts.items()}


def _managed(document: "Document", managers: dict[str, str]) -> "Document":
    id_, _, name = managers.get(document.account.id, "").partition("\t")
    return replace(document, account_manager_id=id_, account_manager=name)


def _complete(document: "Document", names: dict[str, str], links: dict[str, str]) -> "Document":
    account = document.account
    if account.id in names and not account.name:
        code, _, name = names[account.id].partition("\t")
        account = replace(account, code=code or account.code, name=name)
    return replace(document, account=account, url=links.get(document.document_id, document.url))
