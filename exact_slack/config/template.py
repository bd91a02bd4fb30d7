"""The templates of a route: Jinja2 texts that replace parts of a message. Here only their size is
looked at; `exact_slack.rendering.templates` compiles and renders them."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, field_validator

from exact_slack.config.values import Section, Text

MOST_SOURCE = 2_000
"""Characters of one template."""
MOST_FIELDS = 20

Source = Annotated[Text, Field(max_length=MOST_SOURCE)]
Label = Annotated[Text, Field(max_length=60)]


class Template(Section):
    """What is not given stays as it is built in: the title; the labelled facts (`fields`); the
    description and notes (`text`). Lines, cost centers and the link always stay."""

    title: Source | None = None
    text: Source | None = None
    fields: dict[Label, Source] | None = None

    @field_validator("fields")
    @classmethod
    def _some(cls, value: dict[str, str] | None) -> dict[str, str] | None:
        if value is not None and not 1 <= len(value) <= MOST_FIELDS:
            raise ValueError(f"1 to {MOST_FIELDS} fields, or no such key")
        return value

    def parts(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """The place of each template below `template`, and its source."""
        for name in ("title", "text"):
            source = getattr(self, name)
            if source is not None:
                yield (name,), source
        for label, source in (self.fields or {}).items():
            yield ("fields", label), source

    def each(self) -> Iterator["Template"]:
        """Each part as a template of its own."""
        for name in ("title", "text"):
            if getattr(self, name) is not None:
                yield Template.model_validate({name: getattr(self, name)})
        for label, source in (self.fields or {}).items():
            yield Template(fields={label: source})
