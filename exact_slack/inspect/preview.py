"""`preview`: the messages that a document would cause, without sending anything."""

from dataclasses import dataclass, replace

from exact_slack.app.addressees import addressees, mention_of
from exact_slack.app.company import company_of
from exact_slack.app.customer import Customer
from exact_slack.config.match import matches
from exact_slack.config.route import Route
from exact_slack.deliver.newer_blocks import NewerBlocks
from exact_slack.deliver.presenter import Presenter
from exact_slack.deliver.wording import Wording
from exact_slack.errors import BadRequest, ExactSlackError
from exact_slack.exact.pages import page_of
from exact_slack.inspect.subjects import Subject
from exact_slack.rendering.context import HeadContext
from exact_slack.rendering.message import Message
from exact_slack.rendering.payment_run import RunContext, RunPayment, payment_run
from exact_slack.routing.addressees import Addressees
from exact_slack.routing.explain import explain
from exact_slack.routing.rules import judge
from exact_slack.slack.client import arguments


@dataclass(frozen=True, slots=True)
class Shown:
    """One message. `route` is "" where no route takes the document; `note` says what is odd."""

    subject: Subject
    route: str
    channel: str
    payload: dict[str, object]
    note: str = ""

    def as_json(self) -> dict[str, object]:
        """One element of `preview --json`."""
        return {
            "document": self.subject.as_json(),
            "route": self.route,
            "channel": self.channel,
            "note": self.note,
            "payload": self.payload,
        }


class Previewer:
    """Shows documents; `problems` are templates that failed."""

    def __init__(self, customer: Customer, locale: str | None) -> None:
        self._customer = customer
        self._locale = locale
        self.problems: list[ExactSlackError] = []
        self._wording = Wording(self.problems.append)

    def show(self, subject: Subject, name: str | None) -> list[Shown]:
        """The messages of the routes that post the document, or of the named one (a name or a
        glob); the built-in message where no route does. BadRequest where no route has the name."""
        explanations = explain(
            self._customer.config.routes, subject.occasion, self._addressees(subject)
        )
        if name is None:
            posting = [
                self._shown(subject, explanation.route)
                for explanation in explanations
                if explanation.posts
            ]
            return posting or [self._shown(subject, None, "no route posts it")]
        wanted = [
            explanation for explanation in explanations if matches([name], explanation.route.name)
        ]
        if not wanted:
            names = ", ".join(explanation.route.name for explanation in explanations)
            raise BadRequest(f"--route {name}: no such route. There are: {names}.")
        return [
            self._shown(
                subject,
                explanation.route,
                ""
                if explanation.posts
                else f"the route does not post it: {explanation.sentence()}",
            )
            for explanation in wanted
        ]

    def _shown(self, subject: Subject, route: Route | None, note: str = "") -> Shown:
        message = self._message(subject, route)
        return Shown(
            subject,
            route.name if route else "",
            route.channel if route else "",
            arguments(message.text, list(message.blocks)),
            note,
        )

    def _message(self, subject: Subject, route: Route | None) -> Message:
        run = self._run(subject, route) if route is None or route.group is not None else None
        if run is not None:
            return run
        context = self._context(subject, route)
        if self._locale:
            context = replace(context, locale=self._locale)
        return self._wording.head(subject.document, context, route)

    def _run(self, subject: Subject, route: Route | None) -> Message | None:
        """The run that a payment is in, where that is one message; None for any other document."""
        config, ledger = self._customer.config, self._customer.ledger
        locale = self._locale or config.locale_of(route)
        if subject.stored is not None:
            number = ledger.payment_runs.of(subject.stored.id) if route else None
            return None if number is None else self._presenter().run(number, route, locale)
        if not subject.run:
            return None
        context = RunContext(
            locale,
            batch=next((s.batch_number for d in subject.run if (s := d.settlement)), ""),
            company=company_of(config, None, subject.document.ref.division),
            mention=mention_of(config, None, route, *subject.run),
            link=page_of(config, subject.document),
        )
        return payment_run([RunPayment(document) for document in subject.run], context)

    def _presenter(self) -> Presenter:
        ledger, clock = self._customer.ledger, self._customer.clock
        refused = NewerBlocks(ledger, clock).refused
        return Presenter(self._customer.config, ledger, refused_blocks=refused)

    def _addressees(self, subject: Subject) -> Addressees | None:
        ledger = self._customer.ledger if subject.stored is not None else None
        return addressees(self._customer.config, ledger)

    def _context(self, subject: Subject, route: Route | None) -> HeadContext:
        config = self._customer.config
        judged = judge(config.routes, subject.occasion, self._addressees(subject))
        asked = judged.asked_for(route.channel) if route else ()
        if subject.stored is not None:
            return self._presenter().context(subject.stored, route, asked)
        settlement = subject.document.settlement
        return HeadContext(
            locale=config.locale_of(route),
            company=company_of(config, None, subject.document.ref.division),
            compact=bool(route and route.is_compact),
            mention=mention_of(config, None, route, subject.document),
            deleted=subject.occasion.event == "deleted",
            paid=bool(settlement and settlement.paid),
            exceptions=asked,
            compared=subject.compared,
            link=page_of(config, subject.document),
        )
