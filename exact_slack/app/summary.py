"""What a run did, and what it means for the exit code."""

from dataclasses import dataclass, field

from exact_slack.errors import CONFIG, LOGIN, OK, PERSON, TEMPORARY, USAGE, ExactSlackError
from exact_slack.exact.errors import ExactDown, Unanswered
from exact_slack.ledger.troubles import News, Part

_UNSHOWN = ("problems", "capped", "beside", "part", "parts", "whole", "news")
_RANK = (LOGIN, CONFIG, PERSON, TEMPORARY, USAGE)
"""Which exit code wins where several apply."""
SLACK_WAITS = "Slack has not taken all"
"""The cause of all that is on its way, whichever way Slack does not take it."""


def worst(codes: list[int]) -> int:
    """The exit code for several results."""
    return next((code for code in _RANK if code in codes), OK)


@dataclass(slots=True)
class Summary:
    """Counts of one run (the fields of `poll --json`) and the problems met on the way."""

    exact_calls: int = 0
    slack_calls: int = 0
    seen: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    unrouted: int = 0
    posted: int = 0
    updated: int = 0
    failed: int = 0
    held: int = 0
    ambiguous: int = 0
    pending: int = 0
    waiting: int = 0
    """What waits on purpose (quiet hours, a silence) and goes out by itself."""
    duration_s: float = 0.0
    capped: bool = False
    """Stopped by `--max-posts`: what is pending was left on purpose."""
    beside: bool = False
    """Another living process sends: what is left is not this run's trouble."""
    problems: list[ExactSlackError] = field(default_factory=list)
    part: Part = Part.RUN
    """The part of the run that is under way."""
    parts: dict[str, Part] = field(default_factory=dict)
    """Which part met a cause."""
    whole: set[Part] = field(default_factory=set)
    """The parts that would have met all that is wrong."""
    news: News = field(default_factory=News)
    """What is told now."""

    def problem(self, error: ExactSlackError) -> None:
        """Remember a problem, once. Where Exact is down as a whole, that says it all."""
        if isinstance(error, ExactDown):
            self.problems = [met for met in self.problems if not isinstance(met, Unanswered)]
        if str(error) not in {str(other) for other in self.problems}:
            self.problems.append(error)
        self.parts.setdefault(error.cause, self.part)

    def causes(self) -> list[ExactSlackError]:
        """The problems, those of one cause as one."""
        by_cause: dict[str, list[ExactSlackError]] = {}
        for error in self.problems:
            by_cause.setdefault(error.cause, []).append(error)
        return [first.joined(others) for first, *others in by_cause.values()]

    def exit_code(self) -> int:
        """See the table of exit codes in README.md."""
        codes = [problem.exit_code for problem in self.problems]
        if self.failed or self.held:
            codes.append(PERSON)
        if not self.beside and (self.ambiguous or (self.pending and not self.capped)):
            codes.append(TEMPORARY)
        return worst(codes)

    def as_record(self) -> dict[str, object]:
        """For the ledger: as for a machine, the problems as people are told them, one a cause."""
        return {**self.as_json(), "problems": [str(problem) for problem in self.causes()]}

    def as_json(self) -> dict[str, object]:
        """The counts, and the problems as sentences."""
        names = [name for name in self.__slots__ if name not in _UNSHOWN]
        values: dict[str, object] = {name: getattr(self, name) for name in names}
        values["problems"] = [str(problem) for problem in self.problems]
        values["exit_code"] = self.exit_code()
        return values
