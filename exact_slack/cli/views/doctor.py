"""`doctor` for a person: what is wrong first, then what is well, then the assumptions."""

from exact_slack.cli.frame.out import out
from exact_slack.inspect.doctor.findings import Assumption, Check, Diagnosis, State

_HOLDS = {True: "holds", False: "DOES NOT HOLD", None: "not known"}
_WIDTH = 14


def show(title: str, diagnosis: Diagnosis, *, quiet: bool) -> None:
    """Every check and every assumption; of the quiet only what is broken."""
    checks = diagnosis.broken if quiet else diagnosis.checks
    if not quiet:
        out(title)
    for check in checks:
        _check(check)
    if quiet:
        return
    out()
    out("What we assume of Exact and Slack, and what they just did:")
    for assumption in diagnosis.assumptions:
        _assumption(assumption)
    out()
    out(_summary(diagnosis))


def _check(check: Check) -> None:
    said = check.problem or check.saw
    out(f"{_mark(check.state)}  {check.name.value:<{_WIDTH}}{said}".rstrip())
    if check.problem and check.cure:
        out(f"{'':<{_WIDTH + 9}}{check.cure}")


def _mark(state: State) -> str:
    word = state.value.upper() if state is State.BROKEN else state.value
    return f"{word:<7}"


def _assumption(assumption: Assumption) -> None:
    out(f"{_HOLDS[assumption.holds]}: {assumption.name}: {assumption.assumed}")
    out(f"    saw: {assumption.saw}")
    if assumption.holds is False:
        out(f"    so: {assumption.breaks}")


def _summary(diagnosis: Diagnosis) -> str:
    warnings = sum(1 for check in diagnosis.checks if check.state is State.WARNING)
    broken = len(diagnosis.broken)
    if not (broken or warnings):
        return "All well."
    return f"{broken} broken, {warnings} warning{'' if warnings == 1 else 's'}."
