"""What a delivery shows: the ledger's knowledge put into the words of `rendering`."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from exact_slack.app.addressees import mention_of
from exact_slack.app.company import company_of
from exact_slack.app.routes import route_of
from exact_slack.config.model import Config
from exact_slack.config.route import Route
from exact_slack.deliver.items import ItemPresenter
from exact_slack.deliver.wording import Tell, Wording
from exact_slack.documents.document import Document
from exact_slack.exact.pages import page_of
from exact_slack.ledger.documents.stored import Stored
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.outgoing import payloads
from exact_slack.ledger.outgoing.actions import Action, Broadcast
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.ledger.schema.trouble import DamagedRecord
from exact_slack.plan.fired import fired_now, resolved
from exact_slack.plan.listed.digest_lines import digest_message
from exact_slack.plan.owed import Owed, owed
from exact_slack.rendering import replies
from exact_slack.rendering.context import HeadContext
from exact_slack.rendering.due import NAMED, FellDue, due_list, due_list_more, due_reply
from exact_slack.rendering.evidence import noticed
from exact_slack.rendering.files import missing
from exact_slack.rendering.folded import CONTAINER, LONG
from exact_slack.rendering.head import is_small
from exact_slack.rendering.item import ShownItem
from exact_slack.rendering.message import Message, alert
from exact_slack.rendering.payment_run import RunContext, RunPayment, payment_run
from exact_slack.rendering.words.locale import Words


class Presenter:
    """Builds the message of a delivery from the state as it is now."""

    def __init__(
        self,
        config: Config,
        ledger: Ledger,
        tell: Tell = lambda _: None,
        refused_blocks: Callable[[], frozenset[str]] = frozenset,
    ) -> None:
        """`refused_blocks`: types of blocks that the workspace does not take."""
        self._config = config
        self._ledger = ledger
        self._wording = Wording(tell)
        self._refused_blocks = refused_blocks
        self._items = ItemPresenter(config, ledger)

    def broadcast(self, delivery: Delivery) -> bool:
        """Shown in the channel, too: an exception that came later, and payments unless the route
        says otherwise."""
        match delivery.action.traits.broadcast:
            case Broadcast.NEVER:
                return False
            case Broadcast.TOLD:
                return delivery.payload_of(payloads.CloseChanged).loud
            case Broadcast.ALWAYS:
                return True
            case Broadcast.EXCEPTION:
                return bool(delivery.exceptions)
            case Broadcast.PAYMENT:
                route = route_of(self._config, delivery)
                wanted = route is None or route.broadcast_payments
                in_run = self._ledger.payment_runs.of(delivery.document_id) is not None
                return delivery.head_id is not None and wanted and not in_run

    def _locale(self, delivery: Delivery) -> str:
        return self._config.locale_of(route_of(self._config, delivery))

    def message(self, delivery: Delivery) -> Message | None:
        """The message; None where there is nothing left to say."""
        match delivery.action:
            case Action.HEAD | Action.EDIT | Action.STATE | Action.RUN:
                return self._head(delivery)
            case Action.DETAILS:
                return self._details(delivery)
            case Action.CHANGED:
                return self._changed(delivery)
            case Action.PAID:
                return self._paid(delivery)
            case Action.DELETED:
                document = self._stored(delivery).document
                return replies.deleted_reply(
                    document, self._locale(delivery), self._company(document)
                )
            case Action.FILE:
                return self._missing(delivery)
            case Action.DIGEST:
                refused = self._refused_blocks()
                return digest_message(self._config, self._ledger, delivery, refused)
            case (
                Action.REPORT
                | Action.CLOSE
                | Action.CLOSE_CHANGED
                | Action.CLOSE_READY
                | Action.CLOSE_MANUAL
            ):
                is_report = delivery.action is Action.REPORT
                return self._report(delivery) if is_report else self._close(delivery)
            case Action.DUE | Action.DUE_LIST:
                alone = delivery.action is Action.DUE
                return self._due(delivery) if alone else self._due_list(delivery)
            case Action.ITEMS | Action.ESCALATION:
                return self._items.message(delivery, self._locale(delivery))
            case Action.NOTICE:
                return self._notice(delivery)
            case Action.ALERT:
                return alert(delivery.payload_of(payloads.Alert).said)

    def _stored(self, delivery: Delivery) -> Stored:
        """The document that it tells of."""
        assert delivery.document_id is not None
        return self._known(delivery.document_id)

    def _known(self, number: int) -> Stored:
        stored = self._ledger.documents.by_id(number)
        if stored.damage:
            raise stored.damage
        return stored

    def _head(self, delivery: Delivery) -> Message | None:
        head = self._ledger.deliveries.get(delivery.head_id) if delivery.head_id else delivery
        if head.action is Action.CLOSE:
            return self._close(delivery)
        route = route_of(self._config, head)
        if head.action is Action.RUN:
            return self.run(head.payload_of(payloads.Run).number, route)
        stored = self._stored(delivery)
        item = self._items.shown(head) if self._config.has_triage() else None
        if item is not None and delivery.action is Action.STATE:
            item = replace(item, buttons=())  # a click is one on the head
        context = self.context(stored, route, head.exceptions, item)
        return self._wording.head(stored.document, context, route)

    def run(self, number: int, route: Route | None, locale: str = "") -> Message:
        """A payment run as it is now, in the route's locale or another one."""
        locale = locale or self._config.locale_of(route)
        runs, documents = self._ledger.payment_runs, self._ledger.documents
        members = [documents.by_id(member) for member in runs.members(number)]
        payments = [self._run_payment(s, locale) for s in members if not (s.damage or s.forgotten)]
        run = runs.get(number)
        context = RunContext(
            locale,
            batch=run.batch if run else "",
            company=company_of(self._config, self._ledger, run.division) if run else "",
            mention=mention_of(self._config, self._ledger, route, *(p.document for p in payments)),
            has_successor=bool(run and run.successor),
            folds=self._folds(len(payments)),
            link=page_of(self._config, payments[0].document) if payments else "",
        )
        return payment_run(payments, context)

    def _run_payment(self, stored: Stored, locale: str) -> RunPayment:
        """What is odd of it is what the config asks for, and what is wrong with money itself."""
        asked = self._config.asked_exceptions()
        compared = fired_now(self._config, self._ledger, stored, asked) if asked else {}
        if not compared:
            return RunPayment(stored.document)
        context = HeadContext(locale, exceptions=tuple(compared), compared=compared)
        return RunPayment(stored.document, noticed(stored.document, context, Words(locale)))

    def _details(self, delivery: Delivery) -> Message | None:
        """All that the compact head above leaves out; None where that says all."""
        stored, route = self._stored(delivery), route_of(self._config, delivery)
        if is_small(stored.document):
            return None
        context = replace(self.context(stored, route), compact=False, mention=None)
        return self._wording.head(stored.document, context, route)

    def _changed(self, delivery: Delivery) -> Message | None:
        stored = self._stored(delivery)
        before = delivery.payload_of(payloads.Changed).before
        route = route_of(self._config, delivery)
        context = self.context(stored, route, delivery.exceptions)
        rows = max(len(before.lines), len(stored.document.lines))
        context = replace(context, folds=self._folds(rows))
        steps = bool(route and route.steps)
        return replies.changed_reply(before, stored.document, context, steps=steps)

    def _paid(self, delivery: Delivery) -> Message | None:
        term = self._stored(delivery).document
        if not (term.settlement and term.settlement.paid):
            return None  # taken back before it was told
        invoice = self._ledger.together.settled_by(term)
        owes = owed(self._ledger, invoice) if invoice else Owed()
        return replies.paid_reply(
            term,
            invoice.document if invoice else None,
            self._locale(delivery),
            owes.left,
            owes.whole,
            self._company(term),
        )

    def _report(self, delivery: Delivery) -> Message | None:
        from exact_slack.reports.message import report_message

        return report_message(self._config, self._ledger, delivery, self._refused_blocks())

    def _close(self, delivery: Delivery) -> Message | None:
        from exact_slack.close.drawn import drawn

        return drawn(self._config, self._ledger, delivery)

    def _due(self, delivery: Delivery) -> Message | None:
        brought = delivery.payload_of(payloads.Due)
        route = route_of(self._config, delivery)
        fell = self._fell_due(self._stored(delivery), brought.exception, brought.due)
        if fell is None:
            return None
        by_route = route if delivery.exceptions else None
        mention = mention_of(self._config, self._ledger, by_route, fell.document)
        return due_reply(fell, self._locale(delivery), mention)

    def _due_list(self, delivery: Delivery) -> Message | None:
        """Those that are still so; in the thread the ones that the list does not name."""
        brought, locale = delivery.payload_of(payloads.DueList), self._locale(delivery)
        named: list[FellDue] = []
        below: list[FellDue] = []
        for number, row in enumerate(brought.rows):
            try:
                fell = self._fell_due(self._known(row.document), row.exception, row.due)
            except DamagedRecord as error:  # the others are told
                self._ledger.db.note(error)
                continue
            if fell is not None:
                (named if number < NAMED else below).append(fell)
        if not (named or below):
            return None
        if brought.part:
            return due_list_more(named, locale)
        mentions = tuple(self._mentions(brought))
        return due_list(named, below, brought.day, locale, mentions)

    def _mentions(self, listed: payloads.DueList) -> dict[str, None]:
        """Whom a list mentions: each route's, of a person who is found that of each document."""
        people: dict[str, None] = {}
        for row in listed.rows:
            route = self._config.route_named(row.route)
            if route and route.mention:
                document = self._ledger.documents.by_id(row.document).document
                who = mention_of(self._config, self._ledger, route, document)
                people |= {who: None} if who else {}
        return people

    def _fell_due(self, stored: Stored, exception: str, due: date) -> FellDue | None:
        """None where it was paid, deleted or moved before it was told."""
        document, settlement = stored.document, stored.document.settlement
        owes = Owed() if document.is_term else owed(self._ledger, stored)
        paid = owes.settled or bool(settlement and settlement.paid)
        if paid or stored.deleted or document.due_date != due:
            return None
        link, company = page_of(self._config, document), self._company(document)
        return FellDue(document, exception, due, owes.left, owes.whole, link, company)

    def _notice(self, delivery: Delivery) -> Message:
        held, limit = delivery.payload_of(payloads.Notice).held, self._config.flood_limit
        return replies.flood_notice(held, self._locale(delivery), limit)

    def _missing(self, delivery: Delivery) -> Message:
        """Why a file is not there, and where the document is."""
        locale = self._locale(delivery)
        row, link, own = self._ledger.files.of(delivery.id), "", False
        if delivery.document_id is not None:
            document = self._ledger.documents.by_id(delivery.document_id).document
            link = page_of(self._config, document)
            own = link == document.url
        limit = self._config.attachments_max_mb
        return missing(row.problem, row.name, row.detail, limit, link, locale, is_document=own)

    def _company(self, document: Document) -> str:
        """Its company's short name; "" where the config has one division."""
        return company_of(self._config, self._ledger, document.ref.division)

    def context(
        self,
        stored: Stored,
        route: Route | None,
        exceptions: tuple[str, ...] = (),
        item: ShownItem | None = None,
    ) -> HeadContext:
        """What the head shows beyond the document itself, in the words of a route."""
        document = stored.document
        division = self._ledger.cursors.division(document.ref.division)
        same = self._ledger.together.under_one_head(stored.subject_id)
        owes = owed(self._ledger, stored, same)
        others = [s for s in same if s.id != stored.id]
        compared = fired_now(self._config, self._ledger, stored, exceptions) if exceptions else {}
        return HeadContext(
            locale=self._config.locale_of(route),
            division_name=division.name if division else "",
            company=self._company(document),
            mention=mention_of(self._config, self._ledger, route, document),
            deleted=stored.deleted,
            booked_as=next((s.document.number for s in others if not s.deleted), ""),
            open_amount=owes.left,
            stage=owes.stage,
            paid=owes.settled,
            on_their_way=owes.on_their_way,
            terms_total=owes.whole,
            exceptions=exceptions,
            resolved=resolved(exceptions, document, compared, paid=owes.settled),
            compared=compared,
            folds=self._folds(len(document.lines)),
            compact=bool(route and route.is_compact),
            link=page_of(self._config, document),
            item=item,
        )

    def _folds(self, rows: int) -> bool:
        """Whether what a table of so many rows leaves out can be folded away; the ledger is asked
        for long ones only."""
        return rows > LONG and CONTAINER not in self._refused_blocks()
