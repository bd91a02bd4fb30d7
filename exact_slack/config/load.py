"""Reading a config file. Every mistake is told as `FILE:LINE: key: found …, expected …`."""

from pathlib import Path

from exact_slack.config.cases import check_known
from exact_slack.config.model import Config
from exact_slack.config.source import Location, Source, mistakes, read
from exact_slack.config.together import check_digests
from exact_slack.errors import ConfigError


def load(path: Path) -> Config:
    """The configuration in `path`; ConfigError lists every mistake, one a line."""
    from pydantic import ValidationError

    source = read(path)
    if not isinstance(source.values, dict):
        raise ConfigError(f"{path}:1: found no settings, expected a mapping with exact and routes.")
    try:
        config = Config.model_validate({**source.values, "path": path})
    except ValidationError as error:
        raise mistakes(source, error, Config) from None
    _check_names(source, config)
    check_digests(source, config)
    return config


def line_of(path: Path, where: Location) -> int:
    """The line of a key, for mistakes that only Exact or Slack can tell."""
    try:
        return read(path).line(where)
    except ConfigError:
        return 1


def _check_names(source: Source, config: Config) -> None:
    seen: set[str] = set()
    for index, route in enumerate(config.routes):
        if route.name in seen:
            where: Location = ("routes", index, "name")
            expected = "a name of its own for each route"
            raise ConfigError(source.mistake(where, f"{route.name!r} again", expected))
        seen.add(route.name)
    check_known(source, ("tests",), config.tests, config.known())
