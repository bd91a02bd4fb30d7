"""Hollander Groothandel, an invented wholesaler: a believable set of documents.

Three distribution centers in Venlo, Antwerpen and Lyon are three divisions.
Each gets documents of every kind, and the awkward ones a feed must survive.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from exact_slack.sandbox.company import cash as cash
from exact_slack.sandbox.company import entries as entries
from exact_slack.sandbox.company import invoices as invoices
from exact_slack.sandbox.company.books import JOURNAL_TYPES, JOURNALS, Books, Cost, Sold
from exact_slack.sandbox.company.data import ANTWERP, LYON, SITES, VENLO, Party, Site
from exact_slack.sandbox.exact.store import ExactStore

DIVISIONS: Final = tuple(site.division for site in SITES)
SPAN: Final = timedelta(days=60)
"""How far back the documents reach."""
MANY_LINES: Final = 140
TRICKY: Final = "<!channel> & @here: prijzen <10% lager, zie *bijlage* `A&B`"
LONG: Final = (
    "Leveranties volgens raamovereenkomst 2026-114, deelzending 3 van 5, inclusief "
    "omverpakking, palletwissel, wachturen en kilometervergoeding; "
) * 6


def seed_company(store: ExactStore, seed: int = 7) -> dict[int, Books]:
    """Fill the store; the same clock and seed give the same company."""
    for site in SITES:
        store.add_division(
            site.division,
            site.name,
            Country=site.country,
            CustomerName="Hollander Groothandel",
            Main=site is VENLO,
            IsMainDivision=site is VENLO,
            City=site.city,
        )
    with store.quietly():
        return {site.division: _seed_site(store, site, seed) for site in SITES}


def _seed_site(store: ExactStore, site: Site, seed: int) -> Books:
    books = Books(store, site)
    began = store.now() - SPAN
    _master_data(books, began)
    moments = _Moments(random.Random(seed + site.division), began, store.now())
    for make in (_purchases, _sales, _orders, _money, _special):
        make(books, moments)
    return books


class _Moments:
    """Times of past working days, ever later, and amounts."""

    def __init__(self, chance: random.Random, began: datetime, now: datetime) -> None:
        self.chance = chance
        self._at = began.replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=1)
        self._now = now

    def __call__(self) -> datetime:
        step = timedelta(hours=self.chance.uniform(8, 36))
        latest = self._now - timedelta(hours=3)
        self._at = min(self._at + step, latest)
        return self._at + timedelta(milliseconds=self.chance.randrange(900_000))

    def money(self, low: int, high: int) -> Decimal:
        return Decimal(self.chance.randrange(low * 100, high * 100)) / 100

    def some(self, low: int, high: int) -> Decimal:
        return Decimal(self.chance.randint(low, high))


def _master_data(books: Books, at: datetime) -> None:
    site = books.site
    for party in site.suppliers + site.customers:
        books.save("crm/Accounts", _account(books, party, party in site.suppliers), at)
    for code, description in site.centers.values():
        row = {"ID": books.key("center", code), "Code": code, "Description": description}
        books.save("hrm/Costcenters", row, at)
    for code, (description, kind) in site.accounts.items():
        row = {"ID": books.key("gl", code), "Code": code, "Description": description}
        books.save("financial/GLAccounts", row | {"Type": kind}, at)
    for code, description in JOURNALS.items():
        row = {"ID": books.key("journal", code), "Code": code, "Description": description}
        more = {"Currency": "EUR", "Type": JOURNAL_TYPES[code], "IsBlocked": False}
        books.save("financial/Journals", {**row, **more}, at)
    _calendar(books, at)
    unit = {"ID": books.key("unit", "2026-01"), "Code": "2026-01", "Description": "Project Noord"}
    books.save("hrm/Costunits", unit, at)


def _calendar(books: Books, at: datetime) -> None:
    """The financial years around today, a month a period."""
    today = books.store.now().date()
    for year in (today.year - 1, today.year, today.year + 1):
        for month in range(1, 13):
            begin = date(year, month, 1)
            end = (begin + timedelta(days=32)).replace(day=1) - timedelta(days=1)
            row = {"ID": books.key("period", year, month), "FinYear": year, "FinPeriod": month}
            books.save(
                "financial/FinancialPeriods", {**row, "StartDate": begin, "EndDate": end}, at
            )


def _account(books: Books, party: Party, supplier: bool) -> dict[str, Any]:
    return {
        "ID": books.key("account", party.code),
        "Code": party.code,
        "Name": party.name,
        "City": party.city,
        "Country": party.country,
        "Status": "A" if supplier else "C",
        "IsSupplier": supplier,
        "PurchaseCurrency": party.currency if supplier else None,
    }


def _purchases(books: Books, when: _Moments) -> None:
    packing, carrier, third, dollars, last = books.site.suppliers[:5]
    make = entries.purchase_entry
    first = make(books, packing, [Cost("4600", when.money(300, 900))], at=when(), status=50)
    entries.pay(books, entries.PAYMENTS, first, when())
    split = [
        Cost("4300", when.money(400, 900), "transport", books.say("Distributie", "Distribution")),
        Cost("4300", when.money(150, 400), "sales", books.say("Koerier", "Coursier")),
        Cost("4500", when.money(20, 80), "office", books.say("Administratie", "Administration")),
    ]
    make(books, carrier, split, at=when(), status=50)
    machine = [
        Cost(
            "3000",
            when.money(11_000, 19_000),
            "goods",
            books.say("Rollenbaan 24 m", "Convoyeur à rouleaux 24 m"),
        )
    ]
    make(books, third, machine, at=when())
    goods = [
        Cost("3000", when.money(4000, 9000), "goods", "Container MSKU 4471190", "0"),
        Cost("4300", when.money(500, 900), "transport", "Sea freight", "0", "2026-01"),
    ]
    make(books, dollars, goods, at=when(), text="PO 200001, shipment 2/3")
    back = [Cost("4600", -when.money(40, 120), text=books.say("Retour pallets", "Retour palettes"))]
    make(books, packing, back, at=when(), credit=True, status=50)
    make(
        books,
        last,
        [Cost("4200", when.money(800, 1900))],
        at=when(),
        status=5,
        text=books.say("Dubbel", "Doublon"),
    )
    make(books, last, [Cost("4500", when.money(60, 240), None)], at=when())


def _sales(books: Books, when: _Moments) -> None:
    first, two, three, four = books.site.customers[:4]
    items = books.site.items
    for party, paid in ((first, True), (two, False), (three, False)):
        lines = [Sold(items[n], when.some(2, 40)) for n in (0, 1, 4)]
        key = invoices.sales_invoice(books, party, lines, at=when())
        entry = invoices.process_sales_invoice(books, party, key, at=when())
        if paid:
            entries.pay(books, entries.RECEIVABLES, entry, when())
    open_lines = [Sold(items[5], when.some(1, 6)), Sold(items[3], when.some(20, 90), "goods")]
    invoices.sales_invoice(books, four, open_lines, at=when())
    draft = [Sold(items[2], when.some(4, 30))]
    invoices.sales_invoice(
        books, first, draft, at=when(), status=10, text=books.say("Concept", "Brouillon")
    )
    entries.sales_entry(books, two, [Cost("8000", when.money(200, 900), "sales")], at=when())
    credit = [
        Cost("8000", -when.money(30, 90), "sales", books.say("Creditering breuk", "Avoir casse"))
    ]
    entries.sales_entry(books, three, credit, at=when(), credit=True)


def _orders(books: Books, when: _Moments) -> None:
    packing, carrier, third, dollars, _ = books.site.suppliers[:5]
    items = books.site.items
    order = invoices.purchase_order
    order(books, packing, [Sold(items[0], when.some(200, 500), "goods")], at=when())
    half = [
        Sold(items[2], Decimal(60), "goods", received=Decimal(25)),
        Sold(items[3], Decimal(400), "goods", received=Decimal(400)),
    ]
    order(books, third, half, at=when(), text=books.say("Uitbreiding hal 2", "Extension hall 2"))
    big = [Sold(items[5], Decimal(40), "goods", "0")]
    order(books, dollars, big, at=when(), approved=False)
    bought = [
        Sold(items[0], when.some(20, 80), "goods"),
        Sold(items[1], when.some(10, 50), "goods"),
    ]
    invoices.purchase_invoice(books, packing, bought, at=when(), status=50)
    invoices.purchase_invoice(books, third, [Sold(items[2], when.some(3, 9), "goods")], at=when())
    returned = [Sold(items[1], -when.some(2, 6), "goods")]
    invoices.purchase_invoice(books, carrier, returned, at=when(), credit=True, status=10)


def _money(books: Books, when: _Moments) -> None:
    supplier, customer = books.site.suppliers[0], books.site.customers[0]
    received = cash.Posting("1300", when.money(300, 1500), customer.name, customer)
    paid = cash.Posting("1600", -when.money(200, 900), supplier.name, supplier)
    cash.money_entry(books, cash.BANK_ENTRIES, [received, paid], at=when())
    rent = cash.Posting(
        "4100", Decimal("-6450.00"), books.say("Huur magazijn", "Loyer entrepôt"), role="goods"
    )
    cash.money_entry(books, cash.BANK_ENTRIES, [rent], at=when(), status=20)
    stamps = cash.Posting(
        "4500", -when.money(10, 60), books.say("Postzegels", "Timbres"), role="office"
    )
    cash.money_entry(books, cash.CASH_ENTRIES, [stamps], at=when())
    wages = when.money(18_000, 32_000)
    half = (wages / 2).quantize(Decimal("0.01"))
    payroll = [
        cash.Posting("4000", half, books.say("Lonen magazijn", "Salaires entrepôt"), role="goods"),
        cash.Posting(
            "4000", wages - half, books.say("Lonen verkoop", "Salaires ventes"), role="sales"
        ),
        cash.Posting("1600", -wages, books.say("Netto lonen", "Salaires nets")),
    ]
    cash.journal_entry(books, payroll, at=when())
    for quantity, status in ((2, 20), (5, 10), (1, 2)):
        item = books.site.items[quantity]
        project = f"{books.say('Inrichting', 'Aménagement')} {books.site.city}"
        cash.cost_transaction(books, item, Decimal(quantity), project, at=when(), status=status)


def _special(books: Books, when: _Moments) -> None:
    """What a feed must survive, each at the site where it would happen."""
    tricky: dict[int, Callable[[Books, _Moments], None]] = {
        VENLO.division: _special_venlo,
        ANTWERP.division: _special_antwerp,
        LYON.division: _special_lyon,
    }
    tricky[books.division](books, when)


def _special_venlo(books: Books, when: _Moments) -> None:
    office = books.site.suppliers[5]
    cost = Cost("4500", when.money(90, 300), "office", TRICKY)
    entries.purchase_entry(books, office, [cost], at=when(), text=TRICKY)
    items = books.site.items
    lines = [Sold(items[n % len(items)], Decimal(1 + n % 7)) for n in range(MANY_LINES)]
    key = invoices.sales_invoice(books, books.site.customers[4], lines, at=when())
    invoices.process_sales_invoice(books, books.site.customers[4], key, at=when())


def _special_antwerp(books: Books, when: _Moments) -> None:
    party = books.site.suppliers[2]
    cost = Cost("4500", when.money(400, 900), "sales", LONG[:900])
    entries.purchase_entry(books, party, [cost], at=when(), text=LONG)


def _special_lyon(books: Books, when: _Moments) -> None:
    """A payment whose invoice is in another system, and accents everywhere."""
    party = books.site.suppliers[4]
    cost = Cost("4500", when.money(40, 90), "office", "Réglure Seyès, œillets & élastiques")
    key = entries.purchase_entry(
        books, party, [cost], at=when(), text="Été – À régler dès réception"
    )
    day = when()
    orphan = {
        **(
            books.store.get(books.division, entries.PAYMENTS, books.key(entries.PAYMENTS, key))
            or {}
        ),
        "ID": books.key(entries.PAYMENTS, "orphan"),
        "TransactionEntryID": books.key("elsewhere"),
        "EntryNumber": 25700917,
        "YourRef": "AVOIR-2025/917",
        "Status": 50,
        "EndDate": day.date(),
    }
    fields = {name: value for name, value in orphan.items() if not name.startswith("_")}
    books.save(entries.PAYMENTS, fields, day)
