"""What Exact Online refuses, as types. Each sentence names endpoint, division and cure.

Reasons and texts as collected in picqer/exact-php-client (PR #451, #509) and Exact's article
"Response codes and error handling".
"""

import re
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Final

from exact_slack.errors import ExactSlackError, TemporaryError
from exact_slack.exact.catalogue import scope_of

LOGIN_CURE: Final = "Run: exact-slack auth exact"
DOWN: Final = "Exact does not answer"
"""The cause, whichever way it does not."""
PAGE_TEXT: Final = "a page instead of data"
"""Stands for the text of a refusal that came as HTML: a gateway spoke, perhaps not Exact."""


_REASONS_NAMED: Final = 3
_DIVISIONS_NAMED: Final = 5


def named_divisions(divisions: Iterable[int | None]) -> str:
    """Division 1; divisions 1 and 2; 12 divisions (1, 2, 3, 4, 5 …)."""
    codes = [str(code) for code in sorted({code for code in divisions if code is not None})]
    if len(codes) <= 1:
        return f"division {codes[0]}" if codes else "the request"
    if len(codes) > _DIVISIONS_NAMED:
        return f"{len(codes)} divisions ({', '.join(codes[:_DIVISIONS_NAMED])} …)"
    return f"divisions {', '.join(codes[:-1])} and {codes[-1]}"


class ExactRefused(ExactSlackError):
    """A request that Exact answered with 400, 403, 404 or another refusal. Asking again does not
    help, and more than ten such answers an hour block the app (Exact's API limits article)."""

    def __init__(  # noqa: PLR0913 - what a refusal is
        self,
        sentence: str,
        cure: str = "",
        *,
        status: int,
        endpoint: str,
        division: int | None,
        reason: str = "",
        text: str = "",
    ) -> None:
        subject = place(endpoint, division)
        super().__init__(sentence, cure, cause=f"Exact refuses with {status}", subject=subject)
        self.status = status
        self.endpoint = endpoint
        self.division = division
        self.reason = reason
        self.text = text

    def joined(self, others: Sequence[ExactSlackError]) -> ExactSlackError:
        """Several endpoints, of one division or of several."""
        every = [self, *(other for other in others if isinstance(other, ExactRefused))]
        if len(every) == 1:
            return self
        endpoints = sorted({refused.endpoint for refused in every})
        said = (refused.sentence.partition(": ")[2] or refused.sentence for refused in every)
        reasons = [*dict.fromkeys(said)]
        named = " ".join(reasons[:_REASONS_NAMED])
        if len(reasons) > _REASONS_NAMED:
            named += f" And {len(reasons) - _REASONS_NAMED} other reasons."
        kinds = "1 kind" if len(endpoints) == 1 else f"{len(endpoints)} kinds"
        where = named_divisions(refused.division for refused in every)
        sentence = f"Exact refuses {where}, {kinds}: {named}"
        cure = self.cure if all(other.cure == self.cure for other in others) else _rights(endpoints)
        return ExactRefused(
            sentence,
            cure,
            status=self.status,
            endpoint=self.endpoint,
            division=self.division,
        )


def _rights(endpoints: list[str]) -> str:
    scopes = ", ".join(sorted({f'"{scope}"' for scope in map(scope_of, endpoints) if scope}))
    return (
        "Either the user has no rights to them, the package lacks the modules, or scopes are not"
        f" ticked in Exact's App Center: {scopes} (read)."
    )


class DivisionDenied(ExactRefused):
    """The login may not read this division, or the division is closed at the moment."""


class ScopeMissing(ExactRefused):
    """The app has no scope for this endpoint."""


class NotLicensed(ExactRefused):
    """The customer's Exact package does not have the module, or the licence has ended."""


class UserBlocked(ExactRefused):
    """The user who logged in is blocked or inactive."""


SPENT: Final = "the calls of the day"
"""The cause of all that waits for the day's end."""


class DayUsedUp(TemporaryError):
    """The calls of the day for one division are gone; other divisions go on."""

    def __init__(self, division: int, cure: str) -> None:
        super().__init__(
            f"Exact's calls for today are used up for division {division};",
            cure,
            cause=SPENT,
            subject=str(division),
        )
        self.division = division

    def joined(self, others: Sequence[ExactSlackError]) -> ExactSlackError:
        """Several divisions."""
        codes = {int(error.subject) for error in (self, *others) if error.subject.isdecimal()}
        if len(codes) <= 1:
            return self
        sentence = f"Exact's calls for today are used up for {named_divisions(codes)};"
        return TemporaryError(sentence, self.cure, cause=self.cause, subject=self.subject)


class NoNextPage(TemporaryError):
    """A list of Exact's does not go on: its next page lies elsewhere, or was there before."""


class Unanswered(TemporaryError):
    """One call had no answer in time: the host's trouble, or only this query is too much."""

    usual_cause = DOWN

    def __init__(self, what: str, why: str, cure: str) -> None:
        """`what` was asked for; `why` there is no answer, "" if that is only late."""
        reason = f": {why}." if why else " in time."
        super().__init__(f"Exact did not answer {what}{reason}", cure, subject=what)
        self._why = why

    def joined(self, others: Sequence[ExactSlackError]) -> ExactSlackError:
        """Several questions that had no answer."""
        asked = {self.subject, *(other.subject for other in others)}
        if len(asked) == 1:
            return self
        return Unanswered(f"{len(asked)} questions", self._why, self.cure)


class ExactDown(TemporaryError):
    """Exact cannot be asked at all: the host, the proxy, the certificate or the login service is
    out of order. Nobody of this run asks any more."""

    usual_cause = DOWN


class TooEarly(TemporaryError):
    """Exact does not renew a token that is still alive; the present one goes on."""


_REASONS: Final[dict[str, tuple[type[ExactRefused], str, str]]] = {
    "nodivisionaccess": (
        DivisionDenied,
        "this login has no access to the division",
        "Give the user rights in it, or log in again and tick it: exact-slack auth exact",
    ),
    "divisionblocked": (
        DivisionDenied,
        "the division is blocked (a backup, a conversion or a move)",
        "Wait until Exact opens it again, or take it out of exact.divisions.",
    ),
    "blockeduser": (
        UserBlocked,
        "the user who logged in is blocked",
        "Unblock the user in Exact Online, or log in as another: exact-slack auth exact",
    ),
    "inactiveuser": (
        UserBlocked,
        "the user who logged in is inactive",
        "Activate the user in Exact Online, or log in as another: exact-slack auth exact",
    ),
    "blockedcustomer": (
        NotLicensed,
        "Exact has blocked the customer",
        "Ask Exact's support about the contract.",
    ),
    "licenseexpired": (
        NotLicensed,
        "the Exact licence has expired",
        "Renew the licence, or take the division out of exact.divisions.",
    ),
}


def refusal(
    status: int, endpoint: str, division: int | None, reason: str, text: str
) -> ExactRefused:
    """The error for a refused request: its type, sentence and cure."""
    kind, meaning, cure = _meaning(status, endpoint, reason, text)
    sentence = f"Exact refuses {place(endpoint, division)}: {meaning} (status {status})."
    return kind(
        sentence,
        cure,
        status=status,
        endpoint=endpoint,
        division=division,
        reason=reason,
        text=text,
    )


def place(endpoint: str, division: int | None) -> str:
    """Endpoint and division, as every sentence names them."""
    return endpoint if division is None else f"{endpoint} in division {division}"


def _meaning(
    status: int, endpoint: str, reason: str, text: str
) -> tuple[type[ExactRefused], str, str]:
    both = f"{reason} {text}"
    if status == HTTPStatus.FORBIDDEN:
        return _forbidden(endpoint, both, text or reason)
    if status == HTTPStatus.NOT_FOUND:
        return (
            ExactRefused,
            text or "no such endpoint or document",
            "Check the division number in exact.divisions.",
        )
    return ExactRefused, text or reason or "the query is not accepted", ""


def _forbidden(endpoint: str, both: str, sentence: str) -> tuple[type[ExactRefused], str, str]:
    squeezed = re.sub(r"[^a-z]", "", both.lower())
    for word, meaning in _REASONS.items():
        if word in squeezed:
            return meaning
    scope = scope_of(endpoint)
    named = " and ".join(f'"{group}"' for group in scope.split(", "))
    tick = f"Tick {named} (read)" if scope else "Tick its scope (read)"
    if "scope" in squeezed:
        match = re.search(r"'([\w.]+)' scope", both)
        sentence = f"the app lacks the scope {match[1]}" if match else "the app lacks the scope"
        cure = (
            f"{tick} for the app in Exact's App Center, then log in again: exact-slack auth exact"
        )
        return ScopeMissing, sentence, cure
    if any(word in squeezed for word in ("licen", "module", "package")):
        return (
            NotLicensed,
            sentence,
            "The Exact package lacks this module: take the kind out of the routes.",
        )
    cure = (
        f"Either the user has no rights to it, the package lacks the module, or the scope is not"
        f" ticked: {tick[0].lower()}{tick[1:]} in Exact's App Center."
    )
    return ExactRefused, sentence or "no reason given", cure
