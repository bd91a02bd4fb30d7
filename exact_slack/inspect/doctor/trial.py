"""`doctor --post CHANNEL`: what can only be seen by posting. One message, its thread, and all of it
deleted again."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from exact_slack.app.customer import Customer
from exact_slack.errors import BadRequest
from exact_slack.inspect.doctor.findings import Assumption
from exact_slack.inspect.online.findings import Online
from exact_slack.rendering.blocks import container, leaf, rich
from exact_slack.slack.outcome import Outcome, Result

_TEXT: Final = "exact-slack doctor: a message to try things out. It is deleted at once."
_LONG, _PIECES = 9_000, 3
_PACE: Final = 1.2
"""Seconds between two posts: what the ledger keeps for all others."""
Seen = tuple[str, bool | None]
Blocks = list[dict[str, Any]]


def sample_chart() -> dict[str, Any]:
    """A data_visualization block of the shape that reports have."""
    return {
        "type": "data_visualization",
        "title": "doctor",
        "chart": {
            "type": "bar",
            "series": [{"name": "A", "data": [{"label": "1", "value": 1}]}],
            "axis_config": {"categories": ["1"]},
        },
    }


def sample_table() -> dict[str, Any]:
    """A data_table block of the shape that reports have."""
    head = [{"type": "raw_text", "text": name} for name in ("A", "B")]
    row = [{"type": "raw_text", "text": "a"}, {"type": "raw_number", "value": 1, "text": "1"}]
    return {"type": "data_table", "caption": "doctor", "rows": [head, row]}


def sample_container() -> dict[str, Any]:
    """A container of the shape that long tables have."""
    return container("doctor", [rich([leaf("1")])])


def newer_samples() -> Blocks:
    """One of each of the newer blocks."""
    return [sample_chart(), sample_table(), sample_container()]


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "plain_text", "text": text}}


def try_out(customer: Customer, asked: Online, channel: str) -> dict[str, Seen]:
    """Post, look and delete; what was seen, by the name of the assumption."""
    client, channel_id = customer.slack, _id_of(asked, channel)
    key = secrets.token_hex(16)
    customer.clock.sleep(_PACE)
    head = client.chat_post_message(channel_id, _TEXT, [], key)
    if head.result is not Result.POSTED:
        return {"slack metadata after an edit": (f"not posted ({head.error})", None)}
    standing = [head.ts]
    try:
        return dict(_looked(customer, channel_id, head.ts, key, standing))
    finally:
        for ts in reversed(standing):
            client.chat_delete(channel_id, ts)


def _looked(
    customer: Customer, channel_id: str, ts: str, key: str, standing: list[str]
) -> Iterator[tuple[str, Seen]]:
    client = customer.slack
    edited = client.chat_update(channel_id, ts, _TEXT, [_section(_TEXT)])
    page = client.conversations_history(channel_id, float(ts) - 1, None, None)
    if edited.result is not Result.POSTED or isinstance(page, Outcome):
        yield "slack metadata after an edit", ("not edited, or not read", None)
    else:
        kept = any(m.ts == ts and m.idempotency_key == key for m in page.messages)
        yield "slack metadata after an edit", ("the key is there" if kept else "it is gone", kept)

    def taken(blocks: Blocks) -> Outcome:
        customer.clock.sleep(_PACE)
        reply = client.chat_post_message(
            channel_id, _TEXT, blocks, secrets.token_hex(16), thread_ts=ts
        )
        if reply.result is Result.POSTED:
            standing.append(reply.ts)
        return reply

    results = {block["type"]: taken([block]) for block in newer_samples()}
    yield "slack newer blocks", _told(results)
    pieces = [_section("x" * (_LONG // _PIECES)) for _ in range(_PIECES)]
    yield "slack long messages", _told({f"{_LONG} characters": taken(pieces)})


def _told(results: dict[str, Outcome]) -> Seen:
    """What became of each post. One that was not judged says nothing."""
    refused = {n: outcome for n, outcome in results.items() if outcome.result is not Result.POSTED}
    if not refused:
        return "taken", True
    judged = all(outcome.result is Result.RECORD for outcome in refused.values())
    refusals = ", ".join(
        f"{n} ({outcome.error or outcome.result.value})" for n, outcome in refused.items()
    )
    return f"not taken: {refusals}", False if judged else None


def _id_of(asked: Online, channel: str) -> str:
    for place in asked.channels:
        if channel.removeprefix("#") == place.channel.removeprefix("#") and place.id:
            return place.id
    if channel[:1] in ("C", "G", "D") and channel.isalnum() and channel.isupper():
        return channel
    raise BadRequest(
        f"--post {channel}: no channel of this config that the bot is in.",
        "Name one of them, or a channel's id.",
    )


def merged(assumptions: list[Assumption], tried: dict[str, Seen]) -> list[Assumption]:
    """The assumptions with what was seen by posting."""
    return [
        replace(assumption, saw=tried[assumption.name][0], holds=tried[assumption.name][1])
        if assumption.name in tried
        else assumption
        for assumption in assumptions
    ]
