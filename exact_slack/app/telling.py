"""What is told of trouble, by the rule of `exact_slack.ledger.troubles`: in cron's mail, in the log
of `serve`, in the ping and in the `alerts` channel alike."""

from exact_slack.app.summary import Summary
from exact_slack.errors import OK, TEMPORARY, USAGE, ExactSlackError
from exact_slack.ledger.troubles import News, Trouble, Weight


def weight_of(error: ExactSlackError) -> Weight:
    """Who mends it."""
    return {OK: Weight.NOTICE, TEMPORARY: Weight.PASSING}.get(error.exit_code, Weight.PERSON)


def troubles_of(summary: Summary) -> list[Trouble]:
    """The problems that were met, one a cause. What a person asked for that cannot be is none."""
    causes = [error for error in summary.causes() if error.exit_code != USAGE]
    return [_trouble(summary, error) for error in causes]


def _trouble(summary: Summary, error: ExactSlackError) -> Trouble:
    members = {problem.subject for problem in summary.problems if problem.cause == error.cause}
    part = summary.parts[error.cause]
    return Trouble(
        error.cause, part, weight_of(error), error.sentence, error.cure, frozenset(members - {""})
    )


def lines(news: News, *, well: bool, now: float) -> list[str]:
    """The news, a line a cause. `well`: all is well now."""
    said = [_line(trouble, now) for trouble in news.present]
    if news.ended:
        lasted = span(now - min(trouble.since for trouble in news.ended))
        missing = "; nothing is missing" if well else ""
        was = " ".join(_first_line(trouble.sentence) for trouble in news.ended)
        said.append(f"well again after {lasted}{missing}. It was: {was}")
    return said


def _first_line(text: str) -> str:
    return text.splitlines()[0]


def _line(trouble: Trouble, now: float) -> str:
    lasted = now - trouble.since
    return f"{trouble} (For {span(lasted)} now.)" if lasted >= 60 else str(trouble)


def span(seconds: float) -> str:
    """How long: 6 h 10 min."""
    minutes = max(int(seconds // 60), 0)
    if minutes < 1:
        return "less than a minute"
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min"
    return f"{hours // 24} d {hours % 24} h"
