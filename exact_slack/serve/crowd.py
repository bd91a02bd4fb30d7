"""What is said where an app has several connections of Socket Mode: Slack counts them in its
greeting, and tells each thing to one of them (docs.slack.dev, using Socket Mode). Of a process that
was killed one may stand for about as long as a connection lives, five hours."""

from typing import Final

CURE: Final = (
    "Let one serve run for an app. The connection of a process that was killed goes by itself"
    " within hours."
)


def too_many(connections: int) -> str:
    """That what Slack tells may go to another connection; "" where there is one."""
    if connections <= 1:
        return ""
    return (
        f"Slack counted {connections} connections of this app when serve connected, and tells each"
        " thing to one of them only: serve hears a part of it, and the polls read the rest."
    )
