"""The least that a durable message needs: one chat.postMessage by slack_sdk between two commits."""

import sqlite3
import sys

from slack_sdk import WebClient

_BLOCK = {
    "type": "section",
    "text": {"type": "plain_text", "text": "An amount of €1,234.56. " * 12},
}


def main(base_url: str, token: str, channel: str, ledger: str, count: int) -> None:
    """Post so many messages of 3 kB each."""
    slack = WebClient(token, base_url=base_url)
    db = sqlite3.connect(ledger, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        db.execute(f"PRAGMA {pragma}")
    db.execute("CREATE TABLE messages (id INTEGER PRIMARY KEY, state TEXT, ts TEXT)")
    for number in range(count):
        db.execute("INSERT INTO messages VALUES (?, 'sending', '')", (number,))
        answer = slack.chat_postMessage(channel=channel, text="An amount", blocks=[_BLOCK] * 8)
        db.execute("UPDATE messages SET state='posted', ts=? WHERE id=?", (answer["ts"], number))


if __name__ == "__main__":
    base_url, token, channel, ledger, count = sys.argv[1:]
    main(base_url, token, channel, ledger, int(count))
