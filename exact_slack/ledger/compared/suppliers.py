"""Who is one company in several divisions: by VAT number, else by where it is paid."""

from collections.abc import Iterable

from exact_slack.ledger.schema.database import Database


class Suppliers:
    """The table `suppliers`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def unknown(self, division: int, ids: Iterable[str]) -> list[str]:
        """Those that were not asked for yet."""
        return [
            id_
            for id_ in ids
            if self._db.row("SELECT 1 FROM suppliers WHERE division=? AND id=?", division, id_)
            is None
        ]

    def of_past(self, division: int) -> list[str]:
        """All that anything was ever bought from."""
        rows = self._db.rows(
            "SELECT DISTINCT supplier FROM purchases WHERE division=? AND supplier NOT IN"
            " (SELECT id FROM suppliers WHERE division=?)",
            division,
            division,
        )
        return [row["supplier"] for row in rows]

    def set(self, division: int, numbers: dict[str, str]) -> None:
        """VAT numbers, "" for none."""
        for id_, number in numbers.items():
            plain = "".join(sign for sign in number.upper() if sign.isalnum())
            self._db.run("INSERT OR REPLACE INTO suppliers VALUES (?,?,?)", division, id_, plain)

    def elsewhere(self, division: int, supplier: str) -> list[tuple[int, str]]:
        """The same company in other divisions."""
        rows = self._db.rows(
            "SELECT o.division, o.id AS id FROM suppliers s JOIN suppliers o ON o.vat=s.vat"
            " AND o.vat<>'' AND o.division<>s.division WHERE s.division=? AND s.id=?"
            " UNION SELECT o.division, o.supplier FROM divisions"
            " CROSS JOIN payees s INDEXED BY payees_supplier"
            " CROSS JOIN payees o INDEXED BY payees_mark ON o.division=divisions.code"
            " AND o.mark=s.mark AND o.mark<>''"
            " WHERE divisions.code<>? AND s.division=? AND s.supplier=?"
            " ORDER BY 1, 2",
            *(division, supplier, division, division, supplier),
        )
        return [(row["division"], row["id"]) for row in rows]
