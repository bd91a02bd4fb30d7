"""Which of Slack's tokens exact-slack works with: that of a bot, which does not expire; and, for
Socket Mode, an app-level one.

The letters tell a token of another kind; what `auth.test` says of it decides, whatever its letters
(docs.slack.dev, tokens and token rotation)."""

from exact_slack.config.model import Config
from exact_slack.errors import ConfigError, SlackLoginNeeded
from exact_slack.secrets.source import flaw
from exact_slack.slack.answers import AuthTest

_MEANT = "Paste the Bot User OAuth Token (xoxb-…) of the app, under OAuth & Permissions."
_OTHERS = {
    "xoxp-": "That is a user's token (xoxp-…): messages would come from a person.",
    "xapp-": "That is an app-level token (xapp-…): it cannot post.",
    "xwfp-": "That is a workflow's token (xwfp-…): it dies with its step.",
    "xoxe-": "That is a refresh token (xoxe-…): it cannot post.",
    "xoxc-": "That is the token of a browser (xoxc-…): messages would come from a person.",
    "xoxs-": "That is the token of a browser (xoxs-…): messages would come from a person.",
    "xoxd-": "That is the cookie of a browser (xoxd-…).",
}
_ROTATES = "The tokens of this Slack app rotate: this one dies within hours."
_NO_ROTATION = (
    "Rotation cannot be turned off for an app: make another one with exact-slack auth slack "
    "--manifest, which leaves it off, and store its token."
)


def unfit(token: str) -> SlackLoginNeeded | None:
    """Why these letters are not those of a bot's token that lasts, or None."""
    wrong = flaw(token)
    if wrong:
        return SlackLoginNeeded(
            f"That is no Slack token: it {wrong}, and so holds characters that no token has.",
            "Copy the Bot User OAuth Token (xoxb-…) once more, and nothing around it.",
        )
    if token.startswith("xoxe."):
        return SlackLoginNeeded(_ROTATES, _NO_ROTATION)
    sentence = next(
        (sentence for start, sentence in _OTHERS.items() if token.startswith(start)), None
    )
    return SlackLoginNeeded(sentence, _MEANT) if sentence else None


def unfit_for(who: AuthTest) -> SlackLoginNeeded | None:
    """The same, by what Slack says of the token."""
    if who.expires:
        return rotates()
    if not who.bot_id:
        return SlackLoginNeeded(
            "Slack says that this token is not a bot's: messages would come from a person.", _MEANT
        )
    return None


def app_token(config: Config) -> str:
    """The app-level token, as its source has it now; "" where the config names none. ConfigError
    where it is another one."""
    secret = config.slack.app_token
    if secret is None:
        return ""
    token = secret.fetch("slack.app_token")
    if not token.startswith("xapp-"):
        raise ConfigError(
            f"{config.path}: slack.app_token is no app-level token (xapp-…).",
            "Make one on Slack's app page, Basic Information, with the scope connections:write.",
        )
    return token


def rotates() -> SlackLoginNeeded:
    """The app gives out tokens that expire."""
    return SlackLoginNeeded(_ROTATES, _NO_ROTATION)
