"""The least that does it: documents read from Exact with requests, written to SQLite before and
after one chat.postMessage of slack_sdk each. No rule, no words, no pace, nothing remembered."""

import json
import sqlite3
import sys
from collections.abc import Iterator
from typing import Any

import requests
from slack_sdk import WebClient

ENTRIES = (
    "purchaseentry/PurchaseEntries?$expand=PurchaseEntryLines&$select="
    "EntryID,EntryNumber,SupplierName,Description,AmountDC,Currency,Modified,"
    "PurchaseEntryLines/Description,PurchaseEntryLines/AmountDC,PurchaseEntryLines/CostCenter"
)


def main(exact: tuple[str, str], slack: tuple[str, str, str], ledger: str) -> None:
    """Post every purchase entry, in a message of 3 kB. `exact`: the division's address and an
    access token; `slack`: its address, a token and a channel's id."""
    address, token, channel = slack
    client = WebClient(token, base_url=address)
    db = sqlite3.connect(ledger, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        db.execute(f"PRAGMA {pragma}")
    db.execute("CREATE TABLE messages (id TEXT PRIMARY KEY, document TEXT, state TEXT, ts TEXT)")
    for row in _documents(*exact):
        text = json.dumps(row)
        db.execute("INSERT INTO messages VALUES (?, ?, 'sending', '')", (row["EntryID"], text))
        sent = client.chat_postMessage(channel=channel, text="An amount", blocks=_blocks(row))
        done = "UPDATE messages SET state='posted', ts=? WHERE id=?"
        db.execute(done, (sent["ts"], row["EntryID"]))


def _documents(division: str, access: str) -> Iterator[dict[str, Any]]:
    session = requests.Session()
    session.headers.update({"Authorization": f"Bearer {access}", "Accept": "application/json"})
    page = division + ENTRIES
    while page:
        answer = session.get(page, timeout=60).json()["d"]
        yield from answer["results"]
        page = answer.get("__next", "")


def _blocks(row: dict[str, Any]) -> list[dict[str, Any]]:
    text = f"{row['SupplierName']} {row['Description']} €{row['AmountDC']:,.2f} " * 8
    return [{"type": "section", "text": {"type": "plain_text", "text": text}}] * 8


if __name__ == "__main__":
    _, division, access, *slack, ledger = sys.argv
    main((division, access), (slack[0], slack[1], slack[2]), ledger)
