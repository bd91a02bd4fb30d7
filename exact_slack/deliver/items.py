"""What messages say of items of triage: who has one, what is unfinished, what nobody has taken."""

from exact_slack.app.company import company_of
from exact_slack.app.routes import route_of
from exact_slack.config.model import Config
from exact_slack.config.timing import day_of, local
from exact_slack.documents.document import Document
from exact_slack.exact.pages import page_of
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.outgoing import payloads
from exact_slack.ledger.outgoing.actions import Action
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.schema.trouble import DamagedRecord
from exact_slack.ledger.triage.item import BUTTONS, ItemState
from exact_slack.plan.items import address_of, triage_of
from exact_slack.rendering.item import ShownItem
from exact_slack.rendering.message import Message
from exact_slack.rendering.queue import NAMED, Unfinished, escalation, item_list, item_list_more
from exact_slack.rendering.words.locale import Words


class ItemPresenter:
    """Builds what is said of items from the state as it is now."""

    def __init__(self, config: Config, ledger: Ledger) -> None:
        self._config = config
        self._ledger = ledger

    def message(self, delivery: Delivery, locale: str) -> Message | None:
        """A list, or the word that nobody has taken something; None where all is taken care of."""
        if delivery.action is Action.ITEMS:
            return self._list(delivery, locale)
        return self._escalation(delivery, locale)

    def shown(self, head: Delivery) -> ShownItem | None:
        """How the item of a message stands, if it is one."""
        item = self._ledger.items.of_head(head.id)
        if item is None or triage_of(self._config, item, head.channel) is None:
            return None
        words = Words(self._config.locale_of(route_of(self._config, head)))
        until = words.wall(local(item.until, self._config.zone())) if item.until else ""
        name = self._ledger.people.name(item.person) if item.person else ""
        clicks = BUTTONS[item.state] if self._config.hears_slack() else ()
        buttons = tuple(click.value for click in clicks)
        return ShownItem(item.state.value, name, until, item.id, buttons)

    def _list(self, delivery: Delivery, locale: str) -> Message | None:
        """Those that are still unfinished; in the thread the ones that the list does not name."""
        brought = delivery.payload_of(payloads.ItemList)
        unfinished = [self._unfinished(number) for number in brought.items]
        if brought.part:
            below = list(filter(None, unfinished))
            return item_list_more(below, locale) if below else None
        named = list(filter(None, unfinished[:NAMED]))
        more = len(list(filter(None, unfinished[NAMED:])))
        return item_list(named, more, locale) if named or more else None

    def _escalation(self, delivery: Delivery, locale: str) -> Message | None:
        """None where somebody took it before it was told."""
        item = self._ledger.items.get(delivery.payload_of(payloads.Escalation).item)
        entry = self._unfinished(item.id)
        head = self._ledger.deliveries.get(item.head_id)
        routed = triage_of(self._config, item, head.channel)
        if item.state is not ItemState.OPEN or entry is None or routed is None:
            return None
        escalate = routed[1].escalate
        return escalation(entry, locale, escalate.mention if escalate else None)

    def _unfinished(self, number: int) -> Unfinished | None:
        """An item for a line of a list; None where it is finished, or cannot be read."""
        item = self._ledger.items.find(number)
        if item is None or item.state.is_finished or item.state is ItemState.LATER:
            return None
        head = self._ledger.deliveries.get(item.head_id)
        try:
            document = self._document(head)
        except DamagedRecord as error:  # the others are told
            self._ledger.db.note(error)
            return None
        name = self._ledger.people.name(item.person) if item.person else ""
        came = day_of(item.opened_at, self._config.zone())
        link = address_of(self._ledger, head) or page_of(self._config, document)
        company = company_of(self._config, self._ledger, document.ref.division)
        return Unfinished(document, name, came, link, company)

    def _document(self, head: Delivery) -> Document:
        assert head.document_id is not None
        stored = self._ledger.documents.by_id(head.document_id)
        if stored.damage:
            raise stored.damage
        return stored.document
