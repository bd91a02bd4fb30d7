"""What only several keys together tell: keys that exclude each other, silences that are over."""

from datetime import date
from pathlib import Path

from exact_slack.config.file.source import Location, Source, dotted, read
from exact_slack.config.model import Config
from exact_slack.config.people import ByRole
from exact_slack.config.route import Silence
from exact_slack.errors import ConfigError


def check_digests(source: Source, config: Config) -> None:
    """ConfigError where a route with a digest asks for what only heads have."""
    for index, route in enumerate(config.routes):
        if route.digest and route.group:
            expected = "no such key on a route with a digest, which is one message already"
            raise ConfigError(source.mistake(("routes", index, "group"), "batch", expected))
        if route.digest and route.attachments:
            expected = "false on a route with a digest, which has no thread for each document"
            where: Location = ("routes", index, "attachments")
            raise ConfigError(source.mistake(where, "true", expected))
        if route.digest and route.triage:
            expected = "no such key on a route with a digest: nobody can take a line of a list"
            where = ("routes", index, "triage")
            raise ConfigError(source.mistake(where, "triage", expected))


def check_people(source: Source, config: Config) -> None:
    """ConfigError where a route asks for a person and for what is nobody's own."""
    for index, route in enumerate(config.routes):
        for key, wanted in (("channel", route.address), ("mention", route.mention)):
            if not isinstance(wanted, ByRole):
                continue
            if route.digest:
                where: Location = ("routes", index, key)
                expected = "no person on a route with a digest, which is about many documents"
                raise ConfigError(source.mistake(where, "a person", expected))
            if not config.people.of(wanted.person):
                where, role = ("routes", index, key), wanted.person.value
                expected = f"entries under people.{role} to find somebody by"
                raise ConfigError(source.mistake(where, role, expected))
        for name, is_set in (("triage", route.triage), ("group", route.group)):
            if route.to_people and is_set:
                expected = "no such key on a route whose channel is a person"
                raise ConfigError(source.mistake(("routes", index, name), name, expected))


def check_reports(source: Source, config: Config) -> None:
    """ConfigError where a report names a division that the config does not have."""
    for index, report in enumerate(config.reports):
        for number, division in enumerate(report.divisions or ()):
            if division not in config.exact.divisions:
                where: Location = ("reports", index, "divisions", number)
                expected = "one of exact.divisions"
                raise ConfigError(source.mistake(where, str(division), expected))


def check_closes(source: Source, config: Config) -> None:
    """ConfigError where a close names a division that the config does not have, or two of them
    tell of one company in one channel."""
    seen: set[tuple[str, int]] = set()
    for index, close in enumerate(config.close):
        for number, division in enumerate(close.divisions or ()):
            if division not in config.exact.divisions:
                where: Location = ("close", index, "divisions", number)
                raise ConfigError(source.mistake(where, str(division), "one of exact.divisions"))
        places = {(close.channel, code) for code in close.divisions or config.exact.divisions}
        if seen & places:
            expected = "another channel, or other divisions, than the close before it"
            raise ConfigError(source.mistake(("close", index, "channel"), close.channel, expected))
        seen |= places


def check_names(source: Source, config: Config) -> None:
    """ConfigError where a name is given to a division that the config does not have."""
    for division in config.exact.names:
        if division not in config.exact.divisions:
            where: Location = ("exact", "names", division)
            raise ConfigError(source.mistake(where, str(division), "one of exact.divisions"))


def same_customer(owner: Path, here: Path) -> bool:
    """Whether the config that is named now is that of a state's owner: the name that was given is
    the customer, also where it is a link that leads elsewhere with each release. Earlier versions
    noted where the link led."""
    if owner == here or not owner.exists() or owner.samefile(here):
        return True
    is_noted_end = owner == owner.resolve() and here != here.resolve()
    return is_noted_end and owner.name in (here.name, here.resolve().name)


def shared_state(path: Path, state: Path, owner: Path | str) -> ConfigError:
    """Two files name one state folder: their ledgers and logins would be one."""
    return ConfigError(
        f"{path}: state: found {state}, which belongs to {owner}.",
        "Give each customer a state folder of its own (the key `state`).",
    )


def ended_silences(config: Config, today: date) -> list[str]:
    """A sentence for each silence that is over, with file, line and key."""
    source = read(config.path)
    places: list[tuple[Location, Silence]] = [
        (("silences", number, "until"), silence) for number, silence in enumerate(config.silences)
    ]
    for index, route in enumerate(config.routes):
        places += [
            (("routes", index, "silences", number, "until"), silence)
            for number, silence in enumerate(route.silences)
        ]
    return [
        f"{config.path}:{source.line(where)}: {dotted(where)}: the silence ended with "
        f"{silence.until} ({silence.reason}); what it held goes out. Take it out of the config."
        for where, silence in places
        if silence.until < today
    ]
