"""What can go wrong, as types. Each carries one sentence, its cure and the exit code it means.

`cli/run.py` turns them into a line on stderr and an exit code; nothing else prints errors. What
comes from outside may be in a sentence, and the sentence is stored, shown and posted: so no error
holds a known secret, or a character that nobody should see.
"""

from exact_slack.foreign import visible
from exact_slack.redact import hide

OK, PERSON, USAGE, LOGIN, TEMPORARY, CONFIG = 0, 1, 2, 3, 75, 78
"""Exit codes: done; a person is needed; usage; log in again; temporary; configuration."""


class ExactSlackError(Exception):
    """Base of all errors that are told to a person. `cure` says what to do about it."""

    exit_code = PERSON

    def __init__(self, sentence: str, cure: str = "") -> None:
        sentence, cure = _clean(sentence), _clean(cure)
        super().__init__(f"{sentence} {cure}".strip())
        self.sentence = sentence
        self.cure = cure


def _clean(text: str) -> str:
    """Lines stay: a config has one for each mistake."""
    return hide("\n".join(map(visible, text.split("\n"))))


class ConfigError(ExactSlackError):
    """The configuration cannot be used; nothing was called."""

    exit_code = CONFIG


class LoginNeeded(ExactSlackError):
    """A login at Exact or a Slack token is missing, expired or revoked."""

    exit_code = LOGIN


class SlackLoginNeeded(LoginNeeded):
    """It is Slack's token that is missing, expired or revoked: Slack cannot be told of it."""


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
