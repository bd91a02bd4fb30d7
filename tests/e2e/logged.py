"""What the log alone tells: what stands in the channels, and where each message is. An independent
reader of `log --json`: it knows nothing of the ledger."""

from collections.abc import Iterable
from typing import Any

from tests.e2e.rig import Rig

STANDS = ("posted", "replied", "edited", "file")


def told(rig: Rig, *words: str) -> list[Any]:
    """The documents that `log` tells."""
    done = rig.run("log", *words, "--json")
    documents: list[Any] = done.json["documents"]
    asked = bool(words) and not words[0].startswith("-")
    assert done.code == (1 if asked and not documents else 0), done.err
    return documents


def standing(documents: Iterable[Any]) -> set[tuple[str, str]]:
    """What stands in the channels, by the log alone: channel and ts."""
    found: set[tuple[str, str]] = set()
    for event in (e for document in documents for e in document["events"]):
        place = (event.get("channel", ""), event.get("ts", ""))
        if event["what"] in ("posted", "replied", "file") and place[1]:
            found.add(place)
        elif event["what"] == "deleted" and "delivery" in event:
            found.discard(place)
    return found


def in_slack(rig: Rig, channel: str = "feed") -> set[tuple[str, str]]:
    """What stands there."""
    return {(f"#{channel}", message.ts) for message in rig.messages(channel)}


def agree(documents: Iterable[Any]) -> None:
    """Of each message the events say where it is now: nothing else, and nothing is missing."""
    for document in documents:
        for message in document["messages"]:
            mine = [e for e in document["events"] if e.get("delivery") == message["delivery"]]
            outcomes = [e["outcome"] for e in mine if e["what"] != "triage"]
            stands = any(e["what"] in STANDS and e["outcome"] != "loose" for e in mine)
            state = message["state"]
            told_so = {
                "posted": stands or "loose" in outcomes,
                "superseded": "superseded" in outcomes,
                "held": outcomes[-1:] == ["held"],
                "failed": outcomes[-1:] == ["failed"],
                "sending": outcomes[-1:] == ["unknown"] and not stands,
                "ambiguous": "ambiguous" in outcomes and not stands,
            }
            assert told_so.get(state, not stands), (state, mine)
