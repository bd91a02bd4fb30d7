"""A company whose documents come one by one, as the planner takes them in."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from exact_slack.account_number import AccountNumber, shown
from exact_slack.app.summary import Summary
from exact_slack.config.load import load
from exact_slack.documents.document import Account, Bank, Document, Settlement
from exact_slack.documents.exceptions import ExceptionKind
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.outgoing.delivery import Delivery
from exact_slack.plan.fired import fired_now
from exact_slack.plan.planner import Planner
from exact_slack.plan.planning import Planning
from exact_slack.rendering.evidence import evidence_text
from exact_slack.rendering.words.locale import Words

TODAY = date(2026, 11, 24)
DIVISION = 123456
CONFIG = """\
exact:
  region: nl
  divisions: [123456]
  client_id: a
  client_secret: b
  redirect_uri: https://example.com/
exceptions: {below_limits: [500, 10000]}
routes:
  - ROUTE
"""


class Company:
    """A ledger, and what Exact sends it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ledger = Ledger(folder / "state")
        self.asks('"*"')

    def asks(self, names: str) -> None:
        """From now on, with another config."""
        self.asks_for(f"{{name: odd, when: {{exception: {names}}}, channel: '#odd'}}")

    def asks_for(self, route: str) -> None:
        """From now on, with another route."""
        path = self.folder / "acme.yaml"
        path.write_text(CONFIG.replace("ROUTE", route))
        self.config = load(path)
        self.planner = Planner(Planning.of(self.config, self.ledger), Summary())

    def sends(self, document: Document) -> Document:
        with self.ledger.transaction():
            asked = self.ledger.saves.count()
            self.planner.take_in(
                document, first_run_at=ServerMs(0), today=TODAY, now=1.0, asked=asked
            )
        return document

    def heads(self, document: Document) -> list[Delivery]:
        stored = self.ledger.documents.get(document.ref)
        assert stored is not None
        return self.ledger.deliveries.heads(stored.subject_id)

    def fired(self, document: Document) -> set[str]:
        """What fires on it as things stand."""
        stored = self.ledger.documents.get(document.ref)
        assert stored is not None
        return set(fired_now(self.config, self.ledger, stored, tuple(ExceptionKind)))

    def told(self, document: Document, name: str) -> str | None:
        """What the exception was compared with; None where the message does not say it."""
        stored = self.ledger.documents.get(document.ref)
        assert stored is not None
        heads = self.ledger.deliveries.heads(stored.subject_id)
        if not any(name in head.exceptions for head in heads):
            return None
        found = fired_now(self.config, self.ledger, stored, (name,))
        return evidence_text(found[name], "EUR", Words("en_GB"))


def purchase(number: int, **values: object) -> Document:
    kind = Kind(str(values.pop("kind", "purchase_entry")))
    day = date(2026, 11, 20)
    document = Document(
        ref=Ref(DIVISION, kind, f"{kind}-{number}"),
        modified=ServerMs(number),
        created=ServerMs(int(datetime(2026, 11, 24, tzinfo=UTC).timestamp()) * 1000),
        number=f"2660{number:04d}",
        status_code=20,
        date=day,
        reference=f"F-{number * 977}",
        account=Account("s1", "400012", "Van Dijk"),
        currency="EUR",
        company_currency="EUR",
        amount=Decimal(121),
        amount_dc=Decimal(121),
    )
    return replace(document, **values)  # type: ignore[arg-type]


def payment(of: Document, status: int) -> Document:
    paid = status == 50
    settlement = Settlement(of.ref.guid, of.number, of.amount, paid, TODAY if paid else None)
    ref = Ref(DIVISION, Kind.PAYMENT, f"term-{of.number}")
    return replace(
        of, ref=ref, status_code=status, settlement=settlement, modified=ServerMs(status)
    )


def number_of(text: str) -> AccountNumber:
    return AccountNumber(shown(text), f"k1234567{text}")


OLD, NEW = number_of("NL20INGB0001234567"), number_of("NL91ABNA0417164300")
DAY = ServerMs(int(datetime(2026, 11, 24, tzinfo=UTC).timestamp()) * 1000)


def goes(of: Document, payee: AccountNumber, status: int = 30) -> Document:
    """A payment of it to that account, selected on 24 November."""
    term = payment(of, status)
    assert term.settlement is not None
    settlement = replace(
        term.settlement, payee=payee, selected=DAY, selector="Anna", paid_on=date(2026, 11, 3)
    )
    return replace(term, settlement=settlement)


def card(key: str, payee: AccountNumber, **values: object) -> Document:
    document = Document(
        ref=Ref(DIVISION, Kind.BANK_ACCOUNT, key),
        modified=DAY,
        created=ServerMs(0),
        number=payee.shown,
        account=Account("s1", "400012", "Van Dijk"),
        modifier="P. Claes",
        bank=Bank(payee, main=True),
    )
    return replace(document, **values)  # type: ignore[arg-type]
