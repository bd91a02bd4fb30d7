"""A message: what goes to Slack."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from exact_slack.rendering import blocks as b


@dataclass(frozen=True, slots=True)
class Message:
    """What goes to Slack: `text`, complete by itself and escaped; blocks, perhaps none."""

    text: str
    blocks: tuple[dict[str, Any], ...] = ()

    def imprint(self) -> str:
        """The same for two messages that look the same."""
        content = json.dumps((self.text, self.blocks)).encode()
        return hashlib.blake2b(content, digest_size=16).hexdigest()


def plain(message: Message) -> Message:
    """The same as text alone."""
    return Message(message.text)


def alert(text: str) -> Message:
    """What exact-slack says of itself: sentences, one a line."""
    sentence = b.cut_escaped(b.escape(text[:2_500]))
    return Message(sentence, (b.rich([b.leaf(text[:2_500])]),))
