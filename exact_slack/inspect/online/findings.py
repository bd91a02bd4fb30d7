"""What `config check --online` found on both sides."""

from dataclasses import asdict, dataclass, field
from typing import Any

from exact_slack.app.summary import worst
from exact_slack.errors import (
    ExactSlackError,
    Notice,
)
from exact_slack.exact.lookups import Me
from exact_slack.inspect.people import Entry, Unmatched


@dataclass(slots=True)
class Division:
    """A division of the config. `problem` is "" where it can be used."""

    division: int
    name: str = ""
    currency: str = ""
    status: str = ""
    problem: str = ""


@dataclass(slots=True)
class Access:
    """One endpoint in one division. `kind` is "" for what is read beside the kinds, `scope` the
    group in the App Center, `problem` "" where it can be read."""

    division: int
    kind: str
    endpoint: str
    scope: str
    problem: str = ""


@dataclass(slots=True)
class Place:
    """A channel, and who names it: routes, or `alerts`. None: Slack did not say."""

    channel: str
    used_by: list[str]
    id: str | None = None
    is_member: bool | None = None
    is_archived: bool | None = None
    is_private: bool | None = None
    untold: bool = False
    """Slack does not say how it stands."""
    problem: str = ""


@dataclass(slots=True)
class Online:
    """Everything `config check --online` found. `errors` make the exit code."""

    user: str = ""
    divisions: list[Division] = field(default_factory=list)
    access: list[Access] = field(default_factory=list)
    team: str = ""
    bot: str = ""
    scopes: list[str] = field(default_factory=list)
    missing_scopes: dict[str, str] = field(default_factory=dict)
    channels: list[Place] = field(default_factory=list)
    people: list[Entry] = field(default_factory=list)
    unmatched: list[Unmatched] = field(default_factory=list)
    errors: list[ExactSlackError] = field(default_factory=list)
    warnings: list[Notice] = field(default_factory=list)
    me: Me | None = None
    exact_calls: int = 0
    slack_calls: int = 0
    app_token: ExactSlackError | None = None
    """Why Slack opens no connection for `serve`; one of `errors`, too."""

    def exit_code(self) -> int:
        """By the rank of all commands: log in, configuration, a person, temporary."""
        return worst([error.exit_code for error in self.errors])

    def as_json(self) -> dict[str, Any]:
        """The fields of `config check --online --json`."""
        return {
            "ok": not self.errors,
            "exit_code": self.exit_code(),
            "exact": {
                "user": self.user,
                "divisions": [asdict(division) for division in self.divisions],
                "access": [asdict(access) for access in self.access],
                "calls": self.exact_calls,
            },
            "slack": {
                "team": self.team,
                "bot": self.bot,
                "scopes": self.scopes,
                "missing_scopes": self.missing_scopes,
                "channels": [asdict(place) for place in self.channels],
                "people": [asdict(entry) for entry in self.people],
                "unmatched": [asdict(entry) for entry in self.unmatched],
                "calls": self.slack_calls,
            },
            "problems": [str(error) for error in self.errors],
            "warnings": [str(warning) for warning in self.warnings],
        }
