"""The methods around the token, the person and the judge of blocks.

Sources: docs.slack.dev, auth.test, auth.revoke, oauth.v2.access, users.info,
blocks.validate.
"""

from __future__ import annotations

import base64
import binascii
import json
import time
from typing import Any

from exact_slack.sandbox.slack.blocks.judge import Refused, judge, parse_blocks
from exact_slack.sandbox.slack.methods.call import Call, SlackError, invalid_arguments

VALIDATE_LENGTH = 100_000


def test(call: Call) -> dict[str, Any]:
    """auth.test."""
    store = call.store
    return {
        "ok": True,
        "url": store.team_url,
        "team": store.team_name,
        "user": store.bot_name,
        "team_id": store.team_id,
        "user_id": store.bot_user,
        "bot_id": store.bot_id,
        "app_id": store.app_id,
        "is_enterprise_install": False,
    }


def revoke(call: Call) -> dict[str, Any]:
    """auth.revoke; with `test` nothing happens."""
    only_test = call.flag("test")
    if not only_test:
        call.store.revoke_token()
    return {"ok": True, "revoked": not only_test}


def oauth_access(call: Call) -> dict[str, Any]:
    """oauth.v2.access: a code for a token, once."""
    client_id, client_secret = _client(call)
    code = call.store.oauth_code(call.text("code") or "")
    if code is None or code.used or code.expires_at < time.monotonic():
        raise SlackError("invalid_code")
    if client_id != code.client_id:
        raise SlackError("invalid_client_id")
    if client_secret != code.client_secret:
        raise SlackError("bad_client_secret")
    if call.text("redirect_uri") != code.redirect_uri:
        raise SlackError("bad_redirect_uri")
    code.used = True
    return _installed(call)


def _installed(call: Call) -> dict[str, Any]:
    store = call.store
    return {
        "ok": True,
        "access_token": store.token,
        "token_type": "bot",
        "scope": ",".join(store.scopes),
        "bot_user_id": store.bot_user,
        "app_id": store.app_id,
        "team": {"id": store.team_id, "name": store.team_name},
        "enterprise": None,
        "authed_user": {"id": store.admin},
        "is_enterprise_install": False,
    }


def _client(call: Call) -> tuple[str, str]:
    """Return the client's id and secret, from HTTP Basic or from the arguments."""
    scheme, _, encoded = call.request.headers.get("Authorization").partition(" ")
    if scheme.lower() != "basic":
        return call.text("client_id") or "", call.text("client_secret") or ""
    try:
        client_id, _, secret = base64.b64decode(encoded).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise SlackError("invalid_client_id") from None
    return client_id, secret


def user_info(call: Call) -> dict[str, Any]:
    """users.info, the few fields that matter here."""
    user = call.store.user(call.required("user"))
    if user is None:
        raise SlackError("user_not_found")
    profile = {"real_name": user.real_name, "display_name": user.name}
    answer = {
        "id": user.id,
        "team_id": call.store.team_id,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": user.deleted,
        "is_bot": user.is_bot,
        "profile": profile,
    }
    return {"ok": True, "user": answer}


def validate(call: Call) -> dict[str, Any]:
    """blocks.validate for blocks and messages; views are not part of the sandbox."""
    given = [name for name in ("blocks", "message", "view") if call.args.get(name)]
    if len(given) != 1:
        raise invalid_arguments("provide exactly one of blocks, message, view")
    kind = given[0]
    value = call.args[kind]
    raw = value if isinstance(value, str) else json.dumps(value)
    if len(raw) > VALIDATE_LENGTH or kind == "view":
        raise invalid_arguments(f"{kind} is too long or not supported here")
    blocks = _blocks_in(raw, kind)
    most, unsupported = call.settings.blocks_text_max, call.settings.unsupported_blocks
    refused = judge(blocks, most, unsupported) if blocks is not None else None
    if blocks is not None and refused is None:
        return {"ok": True}
    error = "invalid_blocks" if kind == "blocks" else "invalid_message"
    raise SlackError(error, errors=_validation_errors(refused, kind))


def _blocks_in(raw: str, kind: str) -> list[dict[str, Any]] | None:
    if kind == "blocks":
        return parse_blocks(raw)
    try:
        message = json.loads(raw)
    except ValueError:
        return None
    return parse_blocks(message.get("blocks", [])) if isinstance(message, dict) else None


def _validation_errors(refused: Refused | None, kind: str) -> list[dict[str, Any]]:
    if refused is None:
        return [{"pointer": "", "code": "invalid_format", "message": "not a list of blocks"}]
    if not refused.findings:
        message = (refused.messages or [refused.error])[0]
        return [{"pointer": "", "code": "failed_constraint", "message": message}]
    cut = "/blocks" if kind == "blocks" else ""
    return [
        {"pointer": item.pointer.removeprefix(cut), "code": item.code, "message": item.message}
        for item in refused.findings
    ]
