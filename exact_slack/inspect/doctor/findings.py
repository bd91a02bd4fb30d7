"""What `doctor` finds, as values."""

from dataclasses import dataclass, field
from enum import StrEnum

from exact_slack.app.summary import worst
from exact_slack.errors import PERSON, ExactSlackError
from exact_slack.exact.errors import ExactRefused


class State(StrEnum):
    """How a check ended. A warning is no reason to end with an error."""

    OK = "ok"
    WARNING = "warning"
    BROKEN = "broken"
    SKIPPED = "skipped"
    """Something else must be mended before it can be asked."""


class Subject(StrEnum):
    """What is looked at, in this order."""

    PROGRAM = "program"
    CONFIG = "config"
    SECRETS = "secrets"
    CRON = "cron"
    STATE = "state"
    DISK = "disk"
    LEDGER = "ledger"
    BACKUP = "backup"
    RUNS = "runs"
    PROXY = "proxy"
    CERTIFICATES = "certificates"
    EXACT = "exact"
    SLACK = "slack"
    CLOCK = "clock"
    EXACT_LOGIN = "exact login"
    DIVISIONS = "divisions"
    RIGHTS = "rights"
    SLACK_LOGIN = "slack login"
    SCOPES = "scopes"
    CHANNELS = "channels"
    SOCKET = "socket mode"
    WEBHOOKS = "webhooks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at; of a subject there may be several. `saw` is what is there,
    `problem` "" where that is well."""

    name: Subject
    state: State = State.OK
    saw: str = ""
    problem: str = ""
    cure: str = ""
    exit_code: int = PERSON
    """What a command ends with for whose run it is broken."""
    sort: str = ""
    """The type of the error behind it; with `endpoint` and `status` all that a bundle tells."""
    endpoint: str = ""
    status: int | None = None

    @classmethod
    def of(
        cls, name: Subject, error: ExactSlackError, state: State = State.BROKEN, cure: str = ""
    ) -> "Check":
        """An error as a finding. `cure`: where it has none of its own."""
        refused = error if isinstance(error, ExactRefused) else None
        return cls(
            name=name,
            state=state,
            problem=error.sentence,
            cure=error.cure or cure,
            exit_code=error.exit_code or PERSON,
            sort=type(error).__name__,
            endpoint=refused.endpoint if refused else "",
            status=refused.status if refused else None,
        )

    def as_json(self) -> dict[str, object]:
        """An element of `checks`."""
        return {
            "name": self.name.value,
            "state": self.state.value,
            "saw": self.saw,
            "problem": self.problem,
            "cure": self.cure,
        }


@dataclass(frozen=True, slots=True)
class Assumption:
    """Something about Exact or Slack that no public source says, what breaks if it is otherwise,
    and what the real service just did. Nothing in it is of a customer: it can be mailed."""

    name: str
    assumed: str
    breaks: str
    saw: str = ""
    holds: bool | None = None
    """None where it cannot be seen without changing something, or was not to be seen now."""

    def as_json(self) -> dict[str, object]:
        """An element of `assumptions`."""
        names = ("name", "assumed", "breaks", "saw", "holds")
        return {name: getattr(self, name) for name in names}


@dataclass(slots=True)
class Diagnosis:
    """Everything that was found."""

    checks: list[Check] = field(default_factory=list)
    assumptions: list[Assumption] = field(default_factory=list)

    @property
    def broken(self) -> list[Check]:
        """What keeps it from working."""
        return [check for check in self.checks if check.state is State.BROKEN]

    def is_broken(self, *names: Subject) -> bool:
        """Whether any of these subjects is broken."""
        return any(check.name in names for check in self.broken)

    def exit_code(self) -> int:
        """By the rank of all commands: log in, configuration, a person, temporary."""
        return worst([check.exit_code for check in self.broken])

    def as_json(self) -> dict[str, object]:
        """As `doctor --json` says it."""
        return {
            "ok": not self.broken,
            "checks": [check.as_json() for check in self.checks],
            "assumptions": [assumption.as_json() for assumption in self.assumptions],
        }
