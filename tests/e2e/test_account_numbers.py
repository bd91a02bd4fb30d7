"""A bank account number that Exact gives is nowhere whole, wherever it stands in Exact and whatever
is done with it: one play through all that writes."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exact_slack.documents.kinds import Kind
from exact_slack.exact.catalogue import ENDPOINTS
from exact_slack.exact.compared.marks import FILE
from exact_slack.sandbox.exact.shapes import catalogue
from tests.e2e.rig import DIVISION, Done, Rig

pytestmark = pytest.mark.usefixtures("hands")
OWN, OLD, NEW = "NL20INGB0001234567", "BE68539007547034", "DE89370400440532013000"
_CORES = {"INGB0001234567", "539007547034", "370400440532013000"}
"""What is left of each without country and check digits: a number as a bank of its country knows
it."""
ROUTES = f"""\
  - name: all
    when: {{kind: [{", ".join(Kind)}]}}
    channel: "#feed"
    triage: true
  - name: odd
    when: {{exception: "*"}}
    channel: "#odd"
"""
EXTRA = """\
alerts: "#feed"
reports:
  - {name: monday, report: aging, channel: "#feed", every: week}
"""
SUPPLIER = "11111111-1111-1111-1111-111111111111"
_NO_TEXT = {"Currency", "CurrencyCode", "Code"}
_NUMBERS = {"AccountBankAccountNumber", "BankAccountNumber", "BankAccount", "IBAN"}
_PARTIES = {"Supplier", "Account", "Customer", "InvoiceTo"}
_AMOUNTS = {
    "AmountDC": 121.0,
    "AmountFC": 121.0,
    "Amount": 121.0,
    "Status": 20,
    "Currency": "EUR",
    "EntryNumber": 7,
}


def _texts(endpoint: str, text: str) -> dict[str, Any]:
    """A row with this in every field that can hold a text."""
    fields = catalogue()[endpoint].fields
    return {n: text for n, edm in fields.items() if edm == "String" and n not in _NO_TEXT}


def _row(kind: Kind, number: str) -> dict[str, Any]:
    endpoint, fours = ENDPOINTS[kind], re.sub(r"(.{4})(?=.)", r"\1 ", number)
    known = catalogue()[endpoint.path].fields
    row = _texts(endpoint.path, f"to {fours}, /IBAN/{number}/ and {number.lower()}")
    row |= dict.fromkeys(_NUMBERS & {*known}, number)
    row |= dict.fromkeys(_PARTIES & {*known}, SUPPLIER)
    row |= {n: v for n, v in _AMOUNTS.items() if n in known}
    if kind is Kind.BANK_ACCOUNT:
        row["Type"] = "A"
    if endpoint.lines:
        fields = catalogue()[endpoint.lines_path].fields
        amounts = {n: v for n, v in _AMOUNTS.items() if n in fields and n.startswith("Amount")}
        row[endpoint.lines] = [_texts(endpoint.lines_path, f"{number} {fours}") | amounts]
    return row


def _wholes(text: str) -> list[str]:
    """The numbers that stand whole in a text, in whichever writing."""
    signs = "".join(sign for sign in text.upper() if sign.isalnum())
    return [core for core in _CORES if core in signs]


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.name, path.read_bytes().decode("latin-1")


def _in_slack(rig: Rig) -> Iterator[tuple[str, str]]:
    for message in (*rig.messages(), *rig.messages("odd")):
        yield "a message", json.dumps(vars(message), default=str)
        for one in message.files:
            file = rig.slack.store.file(one)
            if file is not None:
                yield file.name, (file.content or b"").decode("utf-8")


def _come(rig: Rig, number: str, rows: dict[Kind, dict[str, Any]] | None = None) -> Any:
    """A document of every kind with this number in all its texts; or those that are there."""
    store, made = rig.exact.store, {}
    for kind in Kind:
        key, row = ENDPOINTS[kind].key, _row(kind, number)
        if rows:
            row[key] = rows[kind][key]
        if rows and kind is Kind.PAYMENT:
            entry = rows[Kind.PURCHASE_ENTRY]["EntryID"]
            row |= {"Status": 30, "TransactionEntryID": entry, "PaymentSelected": store.now()}
        made[kind] = store.upsert(DIVISION, ENDPOINTS[kind].path, row)
    return made


COMMANDS = (
    "-v status --json",
    "log --json",
    "log --csv",
    "log 7",
    "queue --csv",
    "preview 7 --json",
    "route explain 7 --json",
    "report aging --csv",
    "report cash --json",
    "close --json",
    "doctor --bundle {}/bundle.json",
    "backup {}/copy.sqlite",
    "config check --online --json",
    "-vv poll --since 60d",
)


def test_an_account_number_is_nowhere_whole(rig: Rig) -> None:
    rig.slack.store.add_channel("odd")
    rig.routes, rig.extra = ROUTES, EXTRA
    rig.write_config()
    rig.exact.limits.on = False
    store = rig.exact.store
    with store.quietly():
        _come(rig, OWN)
        supplier = _texts("crm/Accounts", f"is {OWN}") | {"ID": SUPPLIER, "Code": "4"}
        store.upsert(DIVISION, "crm/Accounts", supplier)
    written: list[tuple[str, str]] = []

    def run(*words: str) -> Done:
        done = rig.run(*words)
        written.append((" ".join(words), done.out + done.err))
        return done

    assert run("-vv", "poll").code == 0
    rows = _come(rig, OLD)
    assert run("-vv", "poll", "--json").code == 0
    _come(rig, NEW, rows)
    rig.environment["EXACT_SLACK_FAILPOINT"] = "after_claim"
    run("-vv", "poll")
    del rig.environment["EXACT_SLACK_FAILPOINT"]
    written += _files(rig.state)  # as the crash left them, with the log of the ledger
    assert run("-vv", "poll", "--json").code == 0
    assert run("report", "monday", "--post").code == 0
    for line in COMMANDS:
        run(*line.format(rig.state).split())
    written += [*_files(rig.state), *_in_slack(rig)]
    assert {where: found for where, text in written if (found := _wholes(text))} == {}
    every = "".join(text for _, text in written)
    assert all(short in every for short in ("NL··4567", "BE··7034", "DE··3000"))
    key = (rig.state / FILE).read_bytes().decode("latin-1")
    assert [name for name, text in written if key in text and name != FILE] == []
