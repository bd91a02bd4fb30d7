"""Who Hollander Groothandel is: three distribution centers and the people they deal with.

The company, its partners and every amount are invented.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final


@dataclass(frozen=True)
class Party:
    """A supplier or customer."""

    code: str
    name: str
    city: str
    country: str
    currency: str = "EUR"
    days: int = 30


@dataclass(frozen=True)
class Item:
    """Something that is bought and sold."""

    code: str
    description: str
    price: Decimal
    unit: str = "pc"


@dataclass(frozen=True)
class Site:
    """One distribution center, which is one division in Exact Online."""

    division: int
    name: str
    city: str
    country: str
    clerk: str
    first: int
    """Where its document numbers begin, so that the sites' numbers differ."""
    vat: dict[str, Decimal]
    """VAT code to percentage."""
    centers: dict[str, tuple[str, str]]
    """Role (goods, transport, sales, office) to code and description."""
    accounts: dict[str, tuple[str, int]]
    """GL account code to description and type."""
    suppliers: tuple[Party, ...]
    customers: tuple[Party, ...]
    items: tuple[Item, ...] = field(repr=False)


def _items(*names: str) -> tuple[Item, ...]:
    prices = ("4.85", "12.40", "189.00", "2.15", "36.90", "749.50")
    pairs = zip(names, prices, strict=True)
    return tuple(
        Item(f"HG-{n:03}", name, Decimal(price)) for n, (name, price) in enumerate(pairs, start=101)
    )


DUTCH_ACCOUNTS: Final = {
    "1000": ("Kas", 10),
    "1100": ("Bank", 12),
    "1300": ("Debiteuren", 20),
    "1600": ("Crediteuren", 22),
    "3000": ("Voorraad handelsgoederen", 40),
    "4000": ("Lonen en salarissen", 121),
    "4100": ("Huur magazijn", 121),
    "4200": ("Energiekosten", 121),
    "4300": ("Transportkosten", 121),
    "4500": ("Kantoorkosten", 121),
    "4600": ("Verpakkingsmateriaal", 121),
    "8000": ("Omzet handelsgoederen", 110),
}
FRENCH_ACCOUNTS: Final = {
    "1000": ("Caisse", 10),
    "1100": ("Banque", 12),
    "1300": ("Clients", 20),
    "1600": ("Fournisseurs", 22),
    "3000": ("Stock de marchandises", 40),
    "4000": ("Salaires", 121),
    "4100": ("Loyer entrepôt", 121),
    "4200": ("Énergie", 121),
    "4300": ("Transport", 121),
    "4500": ("Frais de bureau", 121),
    "4600": ("Emballages", 121),
    "8000": ("Ventes de marchandises", 110),
}

VENLO: Final = Site(
    division=123456,
    name="Hollander Groothandel B.V. - Venlo",
    city="Venlo",
    country="NL",
    clerk="Anouk de Wit",
    first=30,
    vat={"0": Decimal(0), "1": Decimal(9), "2": Decimal(21)},
    centers={
        "goods": ("MAG-VEN", "Magazijn Venlo"),
        "transport": ("TRA-VEN", "Transport Venlo"),
        "sales": ("VKP-NL", "Verkoop Nederland"),
        "office": ("ALG", "Algemeen"),
    },
    accounts=DUTCH_ACCOUNTS,
    suppliers=(
        Party("50001", "Van Dijk Verpakkingen B.V.", "Tegelen", "NL"),
        Party("50002", "Transportbedrijf Jansen & Zn.", "Blerick", "NL", days=14),
        Party("50003", "Müller Fördertechnik GmbH", "Kaldenkirchen", "DE"),
        Party("50004", "Shenzhen Brightway Co., Ltd.", "Shenzhen", "CN", "USD", 45),
        Party("50005", "Limburgse Energie N.V.", "Roermond", "NL", days=14),
        Party("50006", "Kantoorhuis <Groot> & Klein", "Venlo", "NL"),
    ),
    customers=(
        Party("10001", "Bouwmarkt De Peel B.V.", "Deurne", "NL"),
        Party("10002", "Tuincentrum Maasoever", "Arcen", "NL", days=14),
        Party("10003", "Café 't Hoekje", "Venlo", "NL", days=8),
        Party("10004", "Gärtnerei Schröder KG", "Straelen", "DE"),
        Party("10005", "Hotel Zuiderzicht", "Valkenburg", "NL"),
    ),
    items=_items(
        "Stretchfolie 500 mm", "Werkhandschoenen maat 9", "Stellingbalk 2,70 m",
        "Pallethoek", "Regenjas marine", "Handpompwagen 2500 kg",
    ),
)  # fmt: skip

ANTWERP: Final = Site(
    division=234567,
    name="Hollander Groothandel NV - Antwerpen",
    city="Antwerpen",
    country="BE",
    clerk="Pieter Claes",
    first=210,
    vat={"0": Decimal(0), "1": Decimal(6), "2": Decimal(21)},
    centers={
        "goods": ("MAG-ANT", "Magazijn Antwerpen"),
        "transport": ("TRA-ANT", "Transport haven"),
        "sales": ("VKP-BE", "Verkoop België"),
        "office": ("ALG", "Algemeen"),
    },
    accounts=DUTCH_ACCOUNTS,
    suppliers=(
        Party("60001", "Scheldekade Logistics NV", "Antwerpen", "BE"),
        Party("60002", "Elektro Peeters BV", "Mortsel", "BE", days=14),
        Party("60003", "Drukkerij Van den Bossche", "Mechelen", "BE"),
        Party("60004", "Harbor Freight Supply Inc.", "Newark", "US", "USD", 45),
        Party("60005", "Houthandel Maes & Dochters", "Boom", "BE"),
    ),
    customers=(
        Party("20001", "Brico Kempen BV", "Geel", "BE"),
        Party("20002", "Scheepsbenodigdheden Noordzee", "Oostende", "BE", days=14),
        Party("20003", "Feestzaal De Gouden Leeuw", "Lier", "BE"),
        Party("20004", "Quincaillerie Namuroise SA", "Namur", "BE"),
    ),
    items=_items(
        "Stretchfolie 500 mm", "Veiligheidshelm wit", "Stellingstaander 4 m",
        "Spanband 5 m", "Signalisatievest", "Elektrische stapelaar",
    ),
)  # fmt: skip

LYON: Final = Site(
    division=345678,
    name="Hollander Distribution SAS - Lyon",
    city="Lyon",
    country="FR",
    clerk="Élodie Marchand",
    first=470,
    vat={"0": Decimal(0), "1": Decimal("5.5"), "2": Decimal(20)},
    centers={
        "goods": ("ENT-LYO", "Entrepôt Lyon"),
        "transport": ("TRA-LYO", "Transport Rhône-Alpes"),
        "sales": ("VEN-FR", "Ventes France"),
        "office": ("GEN", "Frais généraux"),
    },
    accounts=FRENCH_ACCOUNTS,
    suppliers=(
        Party("70001", "Emballages du Rhône SARL", "Vénissieux", "FR"),
        Party("70002", "Transports Lefèvre & Fils", "Villeurbanne", "FR"),
        Party("70003", "Électricité Gerland", "Lyon", "FR", days=14),
        Party("70004", "Northgate Tools LLC", "Cleveland", "US", "USD", 60),
        Party("70005", "Papeterie de l'Île d'Or", "Hyères", "FR"),
    ),
    customers=(
        Party("30001", "Bricolage Bellecour", "Lyon", "FR"),
        Party("30002", "Jardinerie des Alpes", "Grenoble", "FR", days=45),
        Party("30003", "Hôtel Saint-Exupéry", "Colombier", "FR"),
        Party("30004", "Menuiserie Dubœuf", "Mâcon", "FR"),
    ),
    items=_items(
        "Film étirable 500 mm", "Gants de travail T9", "Lisse de rayonnage 2,70 m",
        "Cornière de palette", "Veste de pluie bleue", "Transpalette 2500 kg",
    ),
)  # fmt: skip

SITES: Final = (VENLO, ANTWERP, LYON)
USD_RATE: Final = Decimal("0.8624")
"""Euro for one dollar."""
