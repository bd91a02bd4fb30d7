"""Heads in a route's own words: its templates, or the built-in message where one fails."""

import logging
from collections.abc import Callable

from exact_slack.config.route import Route
from exact_slack.documents.document import Document
from exact_slack.errors import ExactSlackError, Notice
from exact_slack.rendering.blocks import clean
from exact_slack.rendering.context import HeadContext
from exact_slack.rendering.head import head
from exact_slack.rendering.message import Message
from exact_slack.rendering.templates import TemplateFailed, render

log = logging.getLogger("exact_slack.templates")
Tell = Callable[[ExactSlackError], None]
"""Takes a problem of the run."""


class Wording:
    """One run. A failure is told once a route; what was too slow is not tried again."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._slow: set[str] = set()
        self._told: set[str] = set()

    def head(self, document: Document, context: HeadContext, route: Route | None) -> Message:
        """The head of a document for a route."""
        if route is None or route.template is None or route.name in self._slow:
            return head(document, context)
        try:
            return head(document, context, render(route.template, document, context))
        except TemplateFailed as error:
            self._note(route, document, error)
            return head(document, context)

    def _note(self, route: Route, document: Document, error: TemplateFailed) -> None:
        place = ".".join(("template", *error.place))
        label = clean(document.label, 60)  # Exact's own words: they must not break a log
        sentence = f"The {place} of the route {route.name!r} failed on {label} ({error.public})."
        log.warning("%s The message is the built-in one.", sentence)
        if error.slow:
            self._slow.add(route.name)
        if route.name not in self._told:
            self._told.add(route.name)
            self._tell(
                Notice(sentence, "Its message is the built-in one. See: exact-slack preview")
            )
