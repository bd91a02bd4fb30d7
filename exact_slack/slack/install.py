"""The customer's own Slack app: its manifest, the scopes and what each is for, and the install
over OAuth v2 for those who distribute an app (docs.slack.dev, app manifests and installing)."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from exact_slack.config.model import Config
from exact_slack.slack import answers
from exact_slack.slack.answers import Answer, Installed, ask
from exact_slack.slack.client import api_address
from exact_slack.slack.outcome import Outcome

SCOPES = {
    "chat:write": "nothing can be posted",
    "channels:read": "channels are addressed by name, and archived ones are noticed late",
    "groups:read": "the same for private channels",
    "channels:history": "a send with an unknown outcome is held for a person",
    "groups:history": "the same in private channels",
}
"""Bot scopes, and what is lost without each."""
FILES = {"files:write": "attachments, and the lists of monthly digests, stay out of the threads"}
"""Asked for only where a route wants files in its threads."""

DIRECT = {
    "im:write": "no direct message is sent",
    "im:history": "a direct message with an unknown outcome is held for a person",
    "users:read": "who left, or is an app, is written to all the same",
}
"""Asked for only where a route writes to people."""
TRIAGE = {
    "reactions:read": "of a message that lies far back, or has very many reactions, triage may "
    "miss who has it; `serve` hears of no reaction",
    "reactions:write": "what Exact settles bears no check mark",
    "users:read": "messages show ids in place of names, and what apps react counts like people's",
}
"""Asked for only where a route has triage. All of them can be done without."""


@dataclass(frozen=True, slots=True)
class Features:
    """What of a config decides about scopes and events."""

    files: bool = False
    """Files go into threads."""
    triage: bool = False
    socket: bool = False
    """Events and clicks come over Socket Mode."""
    direct: bool = False
    """Direct messages."""

    @classmethod
    def of(cls, config: Config) -> "Features":
        """Those that a config uses."""
        socket = config.slack.app_token is not None
        direct = bool(config.direct_messages())
        return cls(config.sends_files(), config.has_triage(), socket, direct)


def wanted_scopes(features: Features) -> dict[str, str]:
    """The scopes this config needs, and what is lost without each."""
    wanted = ((FILES, features.files), (TRIAGE, features.triage), (DIRECT, features.direct))
    scopes = dict(SCOPES)
    for costs, is_wanted in wanted:
        scopes |= costs if is_wanted else {}
    return scopes


_EVENTS = (
    "app_uninstalled",
    "tokens_revoked",
    "channel_archive",
    "channel_unarchive",
    "channel_deleted",
    "channel_rename",
    "channel_left",
    "group_archive",
    "group_unarchive",
    "group_deleted",
    "group_rename",
    "group_left",
    "member_joined_channel",
)
"""What `serve` makes use of, whatever the config says."""


def _address(root: str | None, path: str) -> dict[str, str]:
    return {"request_url": root + path} if root else {}


def manifest(features: Features, public_url: str | None) -> dict[str, Any]:
    """The app manifest: exactly the scopes that are needed; events only with `serve`, clicks only
    where heads have buttons. Over Socket Mode there are no addresses."""
    settings: dict[str, Any] = {
        "org_deploy_enabled": False,
        "socket_mode_enabled": features.socket,
        "token_rotation_enabled": False,
    }
    if features.socket or public_url:
        root = None if features.socket else str(public_url).rstrip("/")
        reactions = ("reaction_added", "reaction_removed") if features.triage else ()
        settings["event_subscriptions"] = {
            **_address(root, "/slack/events"),
            "bot_events": [*_EVENTS, *reactions],
        }
        if features.triage:
            settings["interactivity"] = {
                "is_enabled": True,
                **_address(root, "/slack/interactions"),
            }
    shown: dict[str, Any] = {"bot_user": {"display_name": "exact-slack", "always_online": False}}
    if features.direct:
        shown["app_home"] = {"messages_tab_enabled": True}
    return {
        "display_information": {
            "name": "exact-slack",
            "description": "What happens in Exact Online, in the channels where finance works.",
        },
        "features": shown,
        "oauth_config": {"scopes": {"bot": list(wanted_scopes(features))}},
        "settings": settings,
    }


def manifest_link(content: dict[str, Any]) -> str:
    """The address that opens Slack's "create app" page with this manifest filled in."""
    text = json.dumps(content, separators=(",", ":"))
    return f"https://api.slack.com/apps?new_app=1&manifest_json={quote(text, safe='')}"


def authorize_url(client_id: str, redirect_uri: str, state: str, features: Features) -> str:
    """Where a workspace installs a distributed app (oauth/v2/authorize)."""
    query = {
        "client_id": client_id,
        "scope": ",".join(wanted_scopes(features)),
        "redirect_uri": redirect_uri,
        "state": state,
    }
    return f"https://slack.com/oauth/v2/authorize?{urlencode(query)}"


@dataclass(frozen=True, slots=True)
class Landed:
    """What the browser's address says after the install."""

    code: str
    state: str
    error: str


def landed(address: str) -> Landed:
    """Code, state and error in a pasted redirect address."""
    try:
        query = urlsplit(address.strip()).query
    except ValueError:
        query = address.partition("?")[2]
    values = dict(parse_qsl(query))
    return Landed(values.get("code", ""), values.get("state", ""), values.get("error", ""))


def exchange(
    client_id: str, client_secret: str, code: str, redirect_uri: str, base_url: str | None
) -> Installed | Outcome:
    """oauth.v2.access: the bot token for a code (it lives ten minutes), or what went wrong: an
    answer without a token, or that does not say `ok`, counts as lost."""
    from exact_slack.slack.web import SlackWeb

    web = SlackWeb(api_address(base_url))
    answer = ask(
        web.oauth_v2_access,
        client_id=client_id,
        client_secret=client_secret,
        code=code,
        redirect_uri=redirect_uri,
    )
    return answers.installed(answer) if isinstance(answer, Answer) else answer
