"""A company's purchases of two years as they come, with nothing wrong in them; and what people do
wrong, in as many ways as chance finds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from exact_slack.account_number import AccountNumber
from exact_slack.documents.document import Account, Document, Settlement
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref
from tests.unit.plan.company import DIVISION, number_of

FIRST, DAYS = date(2025, 1, 6), 450
OTHER_DIVISION = 234567
_DAY_MS = 86_400_000


def at(day: date) -> ServerMs:
    return ServerMs((day - date(1970, 1, 1)).days * _DAY_MS)


@dataclass
class Supplier:
    """`bills`: how it names its invoices, the next number first."""

    account: Account
    payee: AccountNumber
    names: Callable[[int, date], str]
    next: int
    amounts: Callable[[], Decimal]


@dataclass
class Books:
    """Makes documents; `chance` decides everything."""

    chance: Random
    number: int = 0
    suppliers: list[Supplier] = field(default_factory=list)

    def key(self) -> str:
        return str(UUID(int=self.chance.getrandbits(128), version=4))

    def supplier(self, name: str, names: str, amount: str) -> Supplier:
        chance, cents = self.chance, self.chance.randrange(2_000, 900_000)
        fixed = Decimal(cents) / 100
        amounts: dict[str, Callable[[], Decimal]] = {
            "fixed": lambda: fixed,
            "any": lambda: Decimal(chance.randrange(1_000, 900_000)) / 100,
            "few": lambda: chance.choice((fixed, fixed + 25, fixed * 2)),
        }
        account = Account(self.key(), str(400_000 + len(self.suppliers)), name)
        payee = number_of(f"NL{chance.randrange(10, 99)}BANK{chance.randrange(10**9, 10**10)}")
        made = Supplier(account, payee, NAMES[names], chance.randrange(1, 9000), amounts[amount])
        self.suppliers.append(made)
        return made

    def bill(self, supplier: Supplier, day: date, **values: object) -> Document:
        """The next one of a supplier, or what `values` make of it."""
        self.number += 1
        kind = Kind(str(values.pop("kind", Kind.PURCHASE_ENTRY)))
        if "reference" not in values:
            values["reference"] = supplier.names(supplier.next, day)
            supplier.next += 1
        amount = values.pop("amount", None) or supplier.amounts()
        assert isinstance(amount, Decimal)
        document = Document(
            ref=Ref(DIVISION, kind, self.key()),
            modified=at(day),
            created=at(day),
            number=str(26_600_000 + self.number),
            status_code=20,
            date=day,
            account=supplier.account,
            currency="EUR",
            company_currency="EUR",
            amount=amount,
            amount_dc=amount,
        )
        return replace(document, **values)  # type: ignore[arg-type]

    def pays(self, bill: Document, day: date, status: int, payee: AccountNumber) -> Document:
        settlement = Settlement(
            bill.ref.guid, bill.number, bill.amount, status == 50, day if status == 50 else None,
            payee=payee, selected=at(day),
        )  # fmt: skip
        ref = Ref(DIVISION, Kind.PAYMENT, self.key())
        moment = at(day)
        return replace(
            bill,
            ref=ref,
            settlement=settlement,
            status_code=status,
            modified=moment,
            created=moment,
        )


NAMES: dict[str, Callable[[int, date], str]] = {
    "year": lambda n, day: f"{day.year}/{n:04d}",
    "plain": lambda n, _: str(260_000 + n),
    "prefix": lambda n, _: f"INV-{n:05d}",
    "letters": lambda n, day: f"VF{day:%y}{n:04d}",
    "words": lambda _, day: f"Huur {day:%B} {day.year}",
    "period": lambda _, day: f"Abonnement {day.year}-{day.month:02d}",
    "week": lambda _, day: f"Week {day.isocalendar().week} {day.year}",
    "rent": lambda _n, _d: "Rent",
    "none": lambda _n, _d: "",
}
_NUMBERED = ("year", "plain", "prefix", "letters")


def innocent(books: Books) -> Iterator[Document]:
    """Day by day, in the order in which they are entered."""
    chance = books.chance
    monthly = [
        books.supplier(f"Verhuur {n}", names, "fixed")
        for n, names in enumerate(("words", "rent", "none", "period", "plain", "prefix", "year"))
    ]
    weekly = [
        books.supplier(f"Schoonmaak {n}", names, "fixed")
        for n, names in enumerate(("week", "none", "plain"))
    ]
    any_day = [
        books.supplier(f"Handel {n}", chance.choice(_NUMBERED), chance.choice(("any", "few")))
        for n in range(40)
    ]
    branches = [books.supplier(f"Bakker {town}", "plain", "any") for town in ("Breda", "Delft")]
    branches[1].payee = branches[0].payee
    any_day += branches
    for number in range(DAYS):
        day = FIRST + timedelta(number)
        if day.weekday() > 4:
            continue
        if day.weekday() == 0:
            yield from (books.bill(one, day) for one in weekly)
        for place, one in enumerate(monthly):
            if day.day == place + 1 or (
                day.weekday() == 0 and place + 1 in (day.day - 1, day.day - 2)
            ):
                yield from _paid(books, one, books.bill(one, day), day)
        for _ in range(chance.choice((0, 1, 1, 2, 3))):
            one = chance.choice(any_day)
            yield from _story(books, one, day)


def _paid(books: Books, supplier: Supplier, bill: Document, day: date) -> Iterator[Document]:
    yield bill
    if books.chance.random() < 0.4:
        yield books.pays(bill, day, 50, supplier.payee)


def _story(books: Books, supplier: Supplier, day: date) -> Iterator[Document]:
    """What comes of one bill."""
    bill = books.bill(supplier, day)
    match books.chance.randrange(20):
        case 0:  # wrong, credited, and billed anew
            amount = bill.amount or Decimal(0)
            yield bill
            yield books.bill(supplier, day, reference=bill.reference, amount=-amount, credit=True)
            yield books.bill(supplier, day + timedelta(2), reference=bill.reference, amount=amount)
        case 1:  # rejected, and entered anew
            yield replace(bill, status_code=5)
            yield books.bill(supplier, day, reference=bill.reference, amount=bill.amount)
        case 2:  # an invoice, and the entry that is made from it
            yield replace(bill, ref=Ref(DIVISION, Kind.PURCHASE_INVOICE, books.key()))
            yield bill
        case 3:  # instalments: two terms of one bill
            yield bill
            half = (bill.amount or Decimal(0)) / 2
            for days in (0, 30):
                term = books.pays(bill, day + timedelta(days), 30, supplier.payee)
                yield replace(term, amount=half, amount_dc=half)
        case 4:  # a bill in parts, each with a number of its own
            for part in (1, 2, 3):
                reference = f"{bill.reference}-{part}"
                yield books.bill(supplier, day, reference=reference, amount=bill.amount)
        case 5:  # two of one amount and day, with numbers that follow
            yield bill
            yield books.bill(supplier, day, amount=bill.amount)
        case 6:  # the same amount for a sister company
            yield bill
            other = books.bill(supplier, day, amount=bill.amount)
            yield replace(other, ref=replace(other.ref, division=OTHER_DIVISION))
        case _:
            yield from _paid(books, supplier, bill, day)


# -- what people do wrong ------------------------------------------------------------------------


def _zeros(text: str, chance: Random) -> str:
    """Zeros before a number come, or go."""
    digits = [at for at, sign in enumerate(text) if sign.isdigit()]
    starts = [at for at in digits if at == 0 or not text[at - 1].isdigit()]
    start = starts[-1]
    if text[start] == "0" and len(text[start:].lstrip("0")) > 0:
        return text[:start] + text[start:].lstrip("0")
    return text[:start] + "0" * chance.randint(1, 3) + text[start:]


def _punctuated(text: str, chance: Random) -> str:
    signs = chance.choice(("", " ", "-", "/", ".", "_", " - "))
    parts, kept = [], ""
    for sign in text:
        if sign.isalnum():
            kept += sign
        elif kept:
            parts.append(kept)
            kept = ""
    parts.append(kept)
    return signs.join(parts)


def _cased(text: str, _: Random) -> str:
    return text.swapcase()


def _spaced(text: str, chance: Random) -> str:
    at = chance.randrange(len(text))
    return f"  {text[:at]} {text[at:]} "


def _named(text: str, chance: Random) -> str:
    """What stands before a number on an invoice is typed, too."""
    return chance.choice(("Factuur ", "fact.nr. ", "Invoice no. ", "F", "inv#", "Rg. ")) + text


def _bare(text: str, _: Random) -> str:
    """Without the letters before the number."""
    return text.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-. ")


def _wide(text: str, _: Random) -> str:
    """As some scanners read: full width."""
    return "".join(chr(ord(s) + 0xFEE0) if s.isdigit() else s for s in text)


SHAPES: dict[str, Callable[[str, Random], str]] = {
    "same": lambda text, _: text,
    "zeros": _zeros,
    "punctuation": _punctuated,
    "case": _cased,
    "blanks": _spaced,
    "named": _named,
    "bare": _bare,
    "wide": _wide,
}
"""The same reference, as somebody else types it."""


def _digit(text: str, chance: Random) -> str:
    at = chance.choice([n for n, sign in enumerate(text) if sign.isdigit()])
    other = chance.choice([d for d in "0123456789" if abs(int(d) - int(text[at])) > 1])
    return text[:at] + other + text[at + 1 :]


def _swap(text: str, chance: Random) -> str:
    pairs = [
        n for n in range(len(text) - 1)
        if text[n : n + 2].isdigit() and text[n] != text[n + 1]
    ]  # fmt: skip
    at = chance.choice(pairs) if pairs else -1
    if at < 0:
        return _digit(text, chance)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _lost(text: str, chance: Random) -> str:
    at = chance.choice([n for n, sign in enumerate(text) if sign.isdigit()])
    return text[:at] + text[at + 1 :]


def _twice(text: str, chance: Random) -> str:
    at = chance.choice([n for n, sign in enumerate(text) if sign.isdigit()])
    return text[:at] + text[at] + text[at:]


def _mistaken(text: str, chance: Random) -> str:
    """As a scanner mistakes one sign."""
    alike = {"0": "O", "1": "l", "5": "S", "8": "B"}
    places = [n for n, sign in enumerate(text) if sign in alike]
    if not places:
        return _digit(text, chance)
    at = chance.choice(places)
    return text[:at] + alike[text[at]] + text[at + 1 :]


SLIPS: dict[str, Callable[[str, Random], str]] = {
    "digit": _digit,
    "swap": _swap,
    "lost": _lost,
    "twice": _twice,
    "mistaken": _mistaken,
}
"""With a slip; they count within a month."""
