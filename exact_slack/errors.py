"""What can go wrong, as types. Each carries one sentence, its cure and the exit code it means.

`cli/frame/run.py` turns them into a line on stderr and an exit code; nothing else prints errors.
What comes from outside may be in a sentence, and that is stored, shown and posted: so no
error holds a known secret, or a character that nobody should see.
"""

from collections.abc import Sequence
from copy import copy

from exact_slack.foreign import visible
from exact_slack.redact import hide

OK, PERSON, USAGE, LOGIN, TEMPORARY, CONFIG = 0, 1, 2, 3, 75, 78
"""Exit codes: done; a person is needed; usage; log in again; temporary; configuration."""


class ExactSlackError(Exception):
    """Base of all errors that are told to a person. `cure` says what to do about it."""

    exit_code = PERSON
    usual_cause = ""
    """The cause of a type whose errors are all of one."""
    is_news = True
    """False if a person was told of it already, and not so long ago that it is told again."""

    def __init__(
        self, sentence: str, cure: str = "", *, cause: str = "", subject: str = ""
    ) -> None:
        """`cause`: what stays the same while the trouble lasts, whatever the sentence counts.
        `subject`: which of several of one cause."""
        sentence, cure = _clean(sentence), _clean(cure)
        super().__init__(f"{sentence} {cure}".strip())
        self.sentence = sentence
        self.cure = cure
        self.cause = cause or self.usual_cause or sentence
        self.subject = subject

    def joined(self, others: Sequence["ExactSlackError"]) -> "ExactSlackError":
        """This one and others of its cause, as one."""
        if not others:
            return self
        joined = copy(self)
        joined.sentence = f"{self.sentence} And {len(others)} more of this kind."
        joined.args = (f"{joined.sentence} {joined.cure}".strip(),)
        return joined


def _clean(text: str) -> str:
    """Lines stay: a config has one for each mistake."""
    return hide("\n".join(map(visible, text.split("\n"))))


class ConfigError(ExactSlackError):
    """The configuration cannot be used; nothing was called."""

    exit_code = CONFIG


class LoginNeeded(ExactSlackError):
    """A login at Exact or a Slack token is missing, expired or revoked."""

    exit_code = LOGIN
    usual_cause = "Exact's login"


class SlackLoginNeeded(LoginNeeded):
    """It is Slack's token that is missing, expired or revoked: Slack cannot be told of it."""

    usual_cause = "Slack's token"


class TemporaryError(ExactSlackError):
    """Network, rate limit, maintenance: the next run goes on."""

    exit_code = TEMPORARY


class PersonNeeded(ExactSlackError):
    """Something that only a person can mend, outside the configuration."""


class Unforeseen(PersonNeeded):
    """What nobody thought of, in one of many: the others went on."""


class BadRequest(ExactSlackError):
    """The command was asked for something that cannot be."""

    exit_code = USAGE


class Notice(ExactSlackError):
    """Something a person should mend, but the work was done all the same."""

    exit_code = OK
