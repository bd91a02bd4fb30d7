"""What a click on a button makes of an item: one transaction, so that of two people who click at
once one is first, and the other hears so."""

from dataclasses import dataclass

from exact_slack.app.routes import route_of
from exact_slack.clock import Clock
from exact_slack.config.model import Config
from exact_slack.deliver.items import ItemPresenter
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.outgoing.states import Urgency
from exact_slack.ledger.triage.item import Click, How, Item
from exact_slack.plan.items import triage_of
from exact_slack.plan.threads import Threads
from exact_slack.rendering import blocks as b
from exact_slack.rendering.item import item_rows
from exact_slack.rendering.words.locale import Words
from exact_slack.slack.incoming.clicks import Clicked
from exact_slack.triage.when import put_off_until


@dataclass(frozen=True, slots=True)
class Word:
    """What is said to the one who clicked, and where Slack takes it."""

    answer_to: str
    text: str


class Clicks:
    """Takes clicks in, each within the caller's transaction."""

    def __init__(self, config: Config, clock: Clock) -> None:
        self._config = config
        self._clock = clock

    def take(self, ledger: Ledger, clicked: Clicked) -> Word | None:
        """What a click changes, once; or what is said to the one who clicked in vain."""
        now = self._clock.now()
        if not ledger.inbox.first_time(clicked.id, now):
            return None
        head = ledger.items.head_at(clicked.channel_id, clicked.ts)
        item = ledger.items.of_head(head.id) if head else None
        routed = triage_of(self._config, item, head.channel) if head and item else None
        if head is None or item is None or routed is None or clicked.value != str(item.id):
            return _word(clicked, Words(self._config.locale).label("click_void") + ".")
        until = put_off_until(routed[1], now, self._config.zone())
        after = _after(item, clicked, now, until)
        if after is None:
            return _word(clicked, self._too_late(ledger, head))
        if ledger.items.save(after, now, How.CLICK, item, by=clicked.user):
            Threads(ledger, None).edit(head, now, Urgency.PEOPLE)
        return None

    def _too_late(self, ledger: Ledger, head: Delivery) -> str:
        """That nothing changed, and how the item stands."""
        shown = ItemPresenter(self._config, ledger).shown(head)
        words = Words(self._config.locale_of(route_of(self._config, head)))
        stands = b.joined(item_rows(shown, words, paid_anyway=False)) if shown else ""
        said = words.label("click_late")
        return b.escape(f"{said}. {stands or words.label('item_open')}.")


def _after(item: Item, clicked: Clicked, now: float, until: float) -> Item | None:
    try:
        click = Click(clicked.action)
    except ValueError:  # a button that there is no longer
        return None
    return item.click(click, clicked.user, now, until)


def _word(clicked: Clicked, text: str) -> Word | None:
    return Word(clicked.answer_to, text) if clicked.answer_to else None
