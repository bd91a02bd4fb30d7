"""A business day at Hollander Groothandel: documents arrive, change, are paid and vanish."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from exact_slack.sandbox.company import cash as cash
from exact_slack.sandbox.company import entries as entries
from exact_slack.sandbox.company import invoices as invoices
from exact_slack.sandbox.company.books import STATUS, Books, Cost, Sold
from exact_slack.sandbox.company.data import ANTWERP, LYON, VENLO
from exact_slack.sandbox.exact.store import ExactStore


@dataclass(frozen=True)
class Step:
    """One thing that happens; `apply` changes the store."""

    description: str
    division: int
    run: Callable[[], object]

    def apply(self) -> None:
        """Let it happen."""
        self.run()


def business_day(store: ExactStore) -> Iterator[Step]:
    """The steps of the day in their order; the store is filled by `seed_company` before.

    The first fifteen steps bring a new document of every kind. Numbers are
    taken when the day is planned, so the steps must be run in order.
    """
    yield from _Day(store).steps()


class _Day:
    def __init__(self, store: ExactStore) -> None:
        self.venlo = Books(store, VENLO)
        self.antwerp = Books(store, ANTWERP)
        self.lyon = Books(store, LYON)
        self.store = store

    def steps(self) -> list[Step]:
        """Plan the day: mornings bring new documents, afternoons change them."""
        return [*self._morning(), *self._payments(), *self._afternoon(), *self._evening()]

    def _morning(self) -> list[Step]:
        venlo, antwerp, lyon = self.venlo, self.antwerp, self.lyon
        self.packing = venlo.number(entries.PURCHASE_ENTRIES)
        self.reference = f"VDV-{88_000 + self.packing % 1000}"
        self.order = antwerp.number(invoices.PURCHASE_ORDERS)
        self.draft = lyon.number(invoices.SALES_INVOICES)
        self.sale = venlo.number(invoices.SALES_INVOICES)
        self.invoice = venlo.number(entries.SALES_ENTRIES)
        self.bought = lyon.number(invoices.PURCHASE_INVOICES)
        self.entry = antwerp.number(entries.SALES_ENTRIES)
        return [
            self._step(venlo, self._packing_arrives, "Purchase entry {} from {} arrives",
                       self.packing, VENLO.suppliers[0].name),
            self._step(antwerp, self._order_placed, "Purchase order {} to {} is placed",
                       self.order, ANTWERP.suppliers[1].name),
            self._step(lyon, self._draft_begun, "A sales invoice for {} is drafted",
                       LYON.customers[0].name),
            self._step(venlo, self._sale_entered, "A sales invoice for {} is entered",
                       VENLO.customers[0].name),
            self._step(venlo, self._sale_processed, "...is processed as number {}", self.invoice),
            self._step(lyon, self._bought, "Purchase invoice {} from {} arrives",
                       self.bought, LYON.suppliers[0].name),
            self._step(antwerp, self._entry_made, "Sales entry {} for {} is made",
                       self.entry, ANTWERP.customers[0].name),
            *self._money(),
        ]  # fmt: skip

    def _money(self) -> list[Step]:
        bank = self.venlo.number(cash.BANK_ENTRIES)
        till = self.lyon.number(cash.CASH_ENTRIES)
        self.accrual = self.antwerp.number(cash.JOURNAL_ENTRIES)
        self.cost = self.venlo.number(cash.COST_TRANSACTIONS)
        return [
            self._step(self.venlo, lambda: self._bank(bank), "Bank statement {} is read", bank),
            self._step(self.lyon, lambda: self._till(till), "Cash entry {} is made", till),
            self._step(self.antwerp, lambda: self._accrual(Decimal("1840.00")),
                       "Journal entry {} accrues the energy costs", self.accrual),
            self._step(self.venlo, self._cost, "Cost transaction {} is booked on a project",
                       self.cost),
        ]  # fmt: skip

    def _payments(self) -> list[Step]:
        self.dollars = self.antwerp.number(entries.PURCHASE_ENTRIES)
        self.bare = self.lyon.number(entries.PURCHASE_ENTRIES)
        return [
            self._step(self.antwerp, self._dollars, "Purchase entry {} from {} arrives, in dollars",
                       self.dollars, ANTWERP.suppliers[3].name),
            self._step(self.lyon, self._bare, "Purchase entry {} from {} arrives, no cost center",
                       self.bare, LYON.suppliers[1].name),
            self._step(self.venlo, lambda: self._pay_purchase(self.venlo, self.packing),
                       "Purchase entry {} is paid", self.packing),
            self._step(self.antwerp, lambda: self._receive(self.antwerp, self.entry),
                       "{} pays invoice {}", ANTWERP.customers[0].name, self.entry),
        ]  # fmt: skip

    def _afternoon(self) -> list[Step]:
        duplicate = self.venlo.number(entries.PURCHASE_ENTRIES)
        return [
            self._step(self.antwerp, self._due_date, "Purchase entry {} changes its due date",
                       self.dollars),
            self._step(self.venlo, lambda: self._status(self.venlo, self.packing, 50),
                       "Purchase entry {} is processed", self.packing),
            self._step(self.antwerp, lambda: self._received(Decimal(12), Decimal(0)),
                       "Part of purchase order {} is received", self.order),
            self._step(self.lyon, self._touch_bought,
                       "Purchase invoice {} is saved again, unchanged", self.bought),
            self._step(self.lyon, self._bought_processed, "Purchase invoice {} is processed",
                       self.bought),
            self._step(self.lyon, self._draft_grows, "The draft for {} gets a line",
                       LYON.customers[0].name),
            self._step(self.venlo, lambda: self._duplicate(duplicate),
                       "Purchase entry {} repeats the reference of {}", duplicate, self.packing),
            self._step(self.venlo, lambda: self._status(self.venlo, duplicate, 5),
                       "Purchase entry {} is rejected", duplicate),
            self._step(self.venlo, lambda: self._delete_entry(self.venlo, duplicate),
                       "Purchase entry {} is deleted", duplicate),
            self._step(self.lyon, self._bare_filled, "Purchase entry {} gets its cost centers",
                       self.bare),
        ]  # fmt: skip

    def _evening(self) -> list[Step]:
        return [
            self._step(self.venlo, lambda: self._receive(self.venlo, self.invoice),
                       "{} pays invoice {}", VENLO.customers[0].name, self.invoice),
            self._step(self.antwerp, lambda: self._received(Decimal(12), Decimal(30)),
                       "The rest of purchase order {} is received", self.order),
            self._step(self.lyon, self._delete_draft, "The draft for {} is deleted",
                       LYON.customers[0].name),
            self._step(self.antwerp, lambda: self._accrual(Decimal("1910.50")),
                       "Journal entry {} is corrected", self.accrual),
            self._step(self.venlo, self._cost_rejected, "Cost transaction {} is rejected",
                       self.cost),
            self._step(self.venlo, self._touch_sale, "Sales invoice {} is printed again, unchanged",
                       self.invoice),
            self._step(self.lyon, lambda: self._pay_purchase(self.lyon, self.bare),
                       "Purchase entry {} is paid", self.bare),
            self._step(self.venlo, self._delete_cost, "Cost transaction {} is deleted", self.cost),
            self._step(self.antwerp, self._reworded, "Purchase entry {} gets a new description",
                       self.dollars),
        ]  # fmt: skip

    @staticmethod
    def _step(books: Books, run: Callable[[], object], text: str, *words: object) -> Step:
        return Step(f"{text.format(*words)} ({books.site.city})", books.division, run)

    # New documents

    def _packing_arrives(self) -> None:
        costs = [
            Cost("4600", Decimal("1284.50"), "goods", "Dozen 60x40"),
            Cost("4600", Decimal("310.00"), "sales", "Bedrukte tape"),
        ]
        entries.purchase_entry(
            self.venlo, VENLO.suppliers[0], costs, number=self.packing, reference=self.reference
        )

    def _ordered(self, first: Decimal, second: Decimal) -> list[Sold]:
        items = ANTWERP.items
        return [
            Sold(items[1], Decimal(12), "goods", received=first),
            Sold(items[4], Decimal(30), "goods", received=second),
        ]

    def _order_placed(self) -> None:
        sold = self._ordered(Decimal(0), Decimal(0))
        party = ANTWERP.suppliers[1]
        invoices.purchase_order(self.antwerp, party, sold, number=self.order)

    def _draft_begun(self) -> None:
        sold = [Sold(LYON.items[0], Decimal(24))]
        invoices.sales_invoice(self.lyon, LYON.customers[0], sold, order=self.draft, status=10)

    def _sale_entered(self) -> None:
        sold = [Sold(VENLO.items[5], Decimal(3)), Sold(VENLO.items[0], Decimal(48), "goods")]
        party = VENLO.customers[0]
        invoices.sales_invoice(self.venlo, party, sold, order=self.sale, text="Order 4471")

    def _sale_processed(self) -> None:
        key = self.venlo.key(invoices.SALES_INVOICES, self.sale)
        party = VENLO.customers[0]
        invoices.process_sales_invoice(self.venlo, party, key, number=self.invoice)

    def _bought(self) -> None:
        sold = [Sold(LYON.items[0], Decimal(120), "goods"), Sold(LYON.items[3], Decimal(500))]
        party = LYON.suppliers[0]
        invoices.purchase_invoice(self.lyon, party, sold, number=self.bought)

    def _entry_made(self) -> None:
        costs = [Cost("8000", Decimal("2615.30"), "sales", "Werkkledij najaar")]
        entries.sales_entry(self.antwerp, ANTWERP.customers[0], costs, number=self.entry)

    def _bank(self, number: int) -> None:
        party = VENLO.customers[1]
        postings = [
            cash.Posting("1300", Decimal("1190.64"), party.name, party),
            cash.Posting("4100", Decimal("-6450.00"), "Huur magazijn", role="goods"),
        ]
        cash.money_entry(self.venlo, cash.BANK_ENTRIES, postings, number=number, status=20)

    def _till(self, number: int) -> None:
        postings = [cash.Posting("4500", Decimal("-23.80"), "Café & croissants", role="office")]
        cash.money_entry(self.lyon, cash.CASH_ENTRIES, postings, number=number)

    def _accrual(self, amount: Decimal) -> None:
        postings = [
            cash.Posting("4200", amount, "Te betalen energie", role="goods"),
            cash.Posting("1600", -amount, "Te betalen energie"),
        ]
        cash.journal_entry(self.antwerp, postings, number=self.accrual)

    def _cost(self) -> None:
        item, party = VENLO.items[2], VENLO.customers[4]
        cash.cost_transaction(
            self.venlo, item, Decimal(6), "Magazijninrichting Zuiderzicht",
            number=self.cost, status=10, party=party, notes="Inclusief montage",
        )  # fmt: skip

    def _dollars(self) -> None:
        costs = [
            Cost("3000", Decimal("13980.00"), "goods", "Pallet racking, 12 bays", "0"),
            Cost("4300", Decimal("1120.00"), "transport", "Sea freight Newark-Antwerp", "0"),
        ]
        party = ANTWERP.suppliers[3]
        entries.purchase_entry(self.antwerp, party, costs, number=self.dollars, text="Hall 3")

    def _bare_costs(self, role: str | None) -> list[Cost]:
        return [
            Cost("4300", Decimal("486.20"), role, "Navette Lyon-Mâcon"),
            Cost("4300", Decimal("92.75"), role, "Péage"),
        ]

    def _bare(self) -> None:
        party = LYON.suppliers[1]
        entries.purchase_entry(self.lyon, party, self._bare_costs(None), number=self.bare)

    def _duplicate(self, number: int) -> None:
        costs = [Cost("4600", Decimal("1594.50"), "goods", "Dozen en tape")]
        entries.purchase_entry(
            self.venlo, VENLO.suppliers[0], costs, number=number, reference=self.reference
        )

    # Changes

    def _change(self, books: Books, endpoint: str, row: dict[str, Any]) -> None:
        books.save(endpoint, row)

    def _entry_key(self, books: Books, number: int) -> str:
        return books.key(entries.PURCHASE_ENTRIES, number)

    def _status(self, books: Books, number: int, status: int) -> None:
        key = self._entry_key(books, number)
        row = {"EntryID": key, "Status": status, "StatusDescription": STATUS[status]}
        self._change(books, entries.PURCHASE_ENTRIES, row)

    def _due_date(self) -> None:
        key = self._entry_key(self.antwerp, self.dollars)
        due = self.antwerp.today(None) + timedelta(days=60)
        row = {"EntryID": key, "DueDate": due}
        self._change(self.antwerp, entries.PURCHASE_ENTRIES, row)

    def _reworded(self) -> None:
        key = self._entry_key(self.antwerp, self.dollars)
        row = {"EntryID": key, "Description": "Hall 3 <stage 1 & 2> @channel"}
        self._change(self.antwerp, entries.PURCHASE_ENTRIES, row)

    def _received(self, first: Decimal, second: Decimal) -> None:
        sold = self._ordered(first, second)
        party = ANTWERP.suppliers[1]
        status = invoices.receipt_status(sold)
        row = {
            "PurchaseOrderID": self.antwerp.key(invoices.PURCHASE_ORDERS, self.order),
            "OrderStatus": status,
            "ReceiptStatus": status,
            "PurchaseOrderLines": [invoices.order_line(self.antwerp, party, s) for s in sold],
        }
        self._change(self.antwerp, invoices.PURCHASE_ORDERS, row)

    def _touch_bought(self) -> None:
        key = self.lyon.key(invoices.PURCHASE_INVOICES, self.bought)
        self.store.touch(LYON.division, invoices.PURCHASE_INVOICES, key)

    def _touch_sale(self) -> None:
        key = self.venlo.key(invoices.SALES_INVOICES, self.sale)
        self.store.touch(VENLO.division, invoices.SALES_INVOICES, key)

    def _bought_processed(self) -> None:
        key = self.lyon.key(invoices.PURCHASE_INVOICES, self.bought)
        invoices.process_purchase_invoice(self.lyon, LYON.suppliers[0], key)

    def _draft_grows(self) -> None:
        sold = [Sold(LYON.items[0], Decimal(24)), Sold(LYON.items[4], Decimal(2))]
        invoices.sales_invoice(self.lyon, LYON.customers[0], sold, order=self.draft, status=10)

    def _bare_filled(self) -> None:
        row = {
            "EntryID": self._entry_key(self.lyon, self.bare),
            "PurchaseEntryLines": entries.lines(
                self.lyon, LYON.suppliers[1], self._bare_costs("transport"),
                entries.PURCHASE_ENTRIES, 30,
            ),
        }  # fmt: skip
        self._change(self.lyon, entries.PURCHASE_ENTRIES, row)

    def _cost_rejected(self) -> None:
        key = self.venlo.key(cash.COST_TRANSACTIONS, self.cost)
        self._change(self.venlo, cash.COST_TRANSACTIONS, {"ID": key, "HourStatus": 2})

    # Payments and deletions

    def _pay_purchase(self, books: Books, number: int) -> None:
        entries.pay(books, entries.PAYMENTS, self._entry_key(books, number))

    def _receive(self, books: Books, number: int) -> None:
        entries.pay(books, entries.RECEIVABLES, books.key(entries.SALES_ENTRIES, number))

    def _delete_entry(self, books: Books, number: int) -> None:
        """With an entry its open term goes too."""
        key = self._entry_key(books, number)
        term = entries.term_key(books, entries.PAYMENTS, key)
        self.store.delete(books.division, entries.PAYMENTS, term)
        self.store.delete(books.division, entries.PURCHASE_ENTRIES, key)

    def _delete_draft(self) -> None:
        key = self.lyon.key(invoices.SALES_INVOICES, self.draft)
        self.store.delete(LYON.division, invoices.SALES_INVOICES, key)

    def _delete_cost(self) -> None:
        key = self.venlo.key(cash.COST_TRANSACTIONS, self.cost)
        self.store.delete(VENLO.division, cash.COST_TRANSACTIONS, key)
