"""The two sides: Exact Online and Slack, and what each knows us by."""

from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    ValidationInfo,
)

from exact_slack.config.values import COMPANY_MAX, Section, Text
from exact_slack.secrets.source import Secret

Region = Literal["nl", "be", "de", "fr", "es", "uk", "us"]
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def _address(value: str) -> str:
    parts = urlsplit(value)
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not secure or not parts.hostname:
        raise ValueError("an https address (http only on this machine, as http://127.0.0.1:8080)")
    return value


Address = Annotated[str, AfterValidator(_address)]


def _secret(value: Any, info: ValidationInfo) -> Secret:
    secret = Secret.parse(value)
    config = (info.context or {}).get("config")
    return secret.named_in(config) if config else secret


SecretValue = Annotated[
    Secret,
    BeforeValidator(_secret),
    PlainSerializer(lambda secret: secret.description, return_type=str),
]


Division = Annotated[int, Field(strict=True, ge=1)]


ShortName = Annotated[Text, Field(max_length=COMPANY_MAX)]


def once(value: tuple[int, ...]) -> tuple[int, ...]:
    """A division that stands there twice would be read twice, and paid for with twice the calls."""
    if len(set(value)) < len(value):
        raise ValueError("each division once")
    return value


class ExactConfig(Section):
    """The Exact Online side."""

    region: Region
    divisions: Annotated[tuple[Division, ...], Field(min_length=1), AfterValidator(once)]
    names: dict[Division, ShortName] = Field(default_factory=dict)
    client_id: SecretValue
    client_secret: SecretValue
    redirect_uri: Address
    webhook_secret: SecretValue | None = None
    base_url: Address | None = None


class SlackConfig(Section):
    """The Slack side. Without `token` the one stored by `auth slack` is used; with `app_token`
    `serve` hears Slack over Socket Mode. `client_id`, `client_secret` and `redirect_uri` only for
    `auth slack --install` of a distributed app."""

    token: SecretValue | None = None
    app_token: SecretValue | None = None
    signing_secret: SecretValue | None = None
    client_id: SecretValue | None = None
    client_secret: SecretValue | None = None
    redirect_uri: Address | None = None
    base_url: Address | None = None


def _is_secret(annotation: Any) -> bool:
    return annotation is Secret or any(_is_secret(part) for part in get_args(annotation))


SECRET_KEYS = frozenset(
    name
    for section in (ExactConfig, SlackConfig)
    for name, field in section.model_fields.items()
    if _is_secret(field.annotation)
)
"""The keys that hold a secret; what stands there is shown nowhere."""
