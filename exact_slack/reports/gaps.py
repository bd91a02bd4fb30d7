"""What a report lacks, for its message: the reason without the words of an error."""

from http import HTTPStatus

from exact_slack.documents.standing import Because, Gap, Lacking
from exact_slack.errors import ExactSlackError, TemporaryError
from exact_slack.exact.catalogue import scope_of
from exact_slack.exact.errors import DivisionDenied, ExactRefused, NotLicensed, UserBlocked
from exact_slack.exact.lookups import DivisionInfo

_BY_TYPE: tuple[tuple[type[ExactSlackError], Because], ...] = (
    (DivisionDenied, Because.NO_ACCESS),
    (UserBlocked, Because.BLOCKED),
    (NotLicensed, Because.NOT_LICENSED),
    (TemporaryError, Because.UNANSWERED),
)


def gap(lacking: Lacking, error: ExactSlackError, division: DivisionInfo) -> Gap:
    """What is lacking because of an error."""
    scope, status = "", 0
    if isinstance(error, ExactRefused):
        scope, status = scope_of(error.endpoint), error.status
    return Gap(lacking, _because(error, scope), division.code, division.name, scope, status)


def _because(error: ExactSlackError, scope: str) -> Because:
    word = next((why for kind, why in _BY_TYPE if isinstance(error, kind)), None)
    if word is not None:
        return word
    forbidden = isinstance(error, ExactRefused) and error.status == HTTPStatus.FORBIDDEN
    return Because.NO_RIGHT if forbidden and scope else Because.REFUSED
