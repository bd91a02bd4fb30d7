"""The methods of the app itself. Source: docs.slack.dev, apps.connections.open."""

from __future__ import annotations

from typing import Any

from exact_slack.sandbox.slack.methods.call import Call, SlackError


def connections_open(call: Call) -> dict[str, Any]:
    """apps.connections.open. What it answers while Socket Mode is off is not documented."""
    if not call.store.socket_mode:
        raise SlackError("forbidden_team")
    return {"ok": True, "url": call.socket_url()}
