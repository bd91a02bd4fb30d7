"""Reading a config file. Every mistake is told as `FILE:LINE: key: found …, expected …`."""

import stat
from collections.abc import Container
from pathlib import Path

from exact_slack.config.cases import check_known
from exact_slack.config.file.source import Location, Source, mistakes, read, unknown_key
from exact_slack.config.model import Config
from exact_slack.config.together import (
    check_closes,
    check_digests,
    check_names,
    check_people,
    check_reports,
)
from exact_slack.errors import ConfigError, TemporaryError
from exact_slack.secrets.source import others_can_read


def load(path: Path) -> Config:
    """The configuration in `path`; ConfigError lists every mistake, one a line."""
    from pydantic import ValidationError

    source = read(path)
    if not isinstance(source.values, dict):
        raise ConfigError(f"{path}:1: found no settings, expected a mapping with exact and routes.")
    if "path" in source.values:  # the model's own field, not a setting
        raise ConfigError(source.mistake(("path",), *unknown_key(Config, ("path",))))
    try:
        values = {**source.values, "path": path}
        config = Config.model_validate(values, context={"config": path})
    except ValidationError as error:
        raise mistakes(source, error, Config) from None
    _check_names(source, config)
    check_digests(source, config)
    check_people(source, config)
    check_reports(source, config)
    check_closes(source, config)
    check_names(source, config)
    return config


def line_of(path: Path, where: Location) -> int:
    """The line of a key, for mistakes that only Exact or Slack can tell."""
    try:
        return read(path).line(where)
    except ConfigError:
        return 1


def exposed(config: Config) -> str:
    """What to do where secrets are written in a file that others can read; "" elsewhere. A client
    id is no secret. Said, not refused: a run never stops for it."""
    secrets = {k: s for k, s in config.named_secrets().items() if not k.endswith(".client_id")}
    if not any(secret.source == "literal" for secret in secrets.values()):
        return ""
    mode = config.path.stat().st_mode
    if not (stat.S_ISREG(mode) and others_can_read(mode)):
        return ""
    return (
        f"{config.path}: secrets are written in it, and others can read it"
        f" (mode {stat.S_IMODE(mode):04o}). Run: chmod 600 {config.path}"
    )


def not_here(config: Config, *, only: Container[str] | None = None) -> list[ConfigError]:
    """Static secrets that cannot be read in this environment. Only what is quick to look at: no
    program is started, no keyring opened."""
    lines = []
    for name, secret in config.named_secrets().items():
        if secret.source not in ("env", "file") or (only is not None and name not in only):
            continue
        try:
            secret.fetch(name)
        except ConfigError as error:
            lines.append(ConfigError(f"{config.path}: {error.sentence}", error.cure))
    return lines


def unreadable(config: Config, *, sends: bool = True) -> list[ConfigError]:
    """Why a run must not begin here: what it needs to renew the login at Exact (an access token
    lives ten minutes, so a run without these would be well now and fail later), and what Slack
    knows the bot by. A store that is only slow is no reason: the token may outlive it."""
    needed = ["exact.client_id", "exact.client_secret", *(["slack.token"] if sends else [])]
    secrets, errors = config.named_secrets(), []
    for name in filter(secrets.__contains__, needed):
        try:
            secrets[name].fetch(name)
        except ConfigError as error:
            errors.append(error)
        except TemporaryError:
            continue
    return errors


def _check_names(source: Source, config: Config) -> None:
    _check_once(source, "routes", [route.name for route in config.routes])
    _check_once(source, "reports", [report.name for report in config.reports])
    check_known(source, ("tests",), config.tests, config.known())


def _check_once(source: Source, section: str, names: list[str]) -> None:
    for index, name in enumerate(names):
        if name in names[:index]:
            where: Location = (section, index, "name")
            expected = f"a name of its own for each {section.removesuffix('s')}"
            raise ConfigError(source.mistake(where, f"{name!r} again", expected))
