"""`config check` beyond the file's form: the templates, rendered against samples of every kind that
their route can get."""

from exact_slack.config.file.source import Location, read
from exact_slack.config.match import matches
from exact_slack.config.model import Config
from exact_slack.config.route import Route
from exact_slack.documents.kinds import Kind
from exact_slack.documents.samples import samples_of
from exact_slack.errors import ConfigError
from exact_slack.exact.pages import page_of
from exact_slack.rendering.context import HeadContext
from exact_slack.rendering.templates import TemplateFailed, render


def check_templates(config: Config) -> None:
    """ConfigError lists each template that fails, one a line, with the sample it failed for."""
    flaws: dict[Location, str] = {}
    for index, route in enumerate(config.routes):
        for where, sentence in _failures(config, route):
            flaws.setdefault(("routes", index, "template", *where), sentence)
    if flaws:
        source, expected = read(config.path), "a template that works for every kind of the route"
        mistakes = [source.mistake(place, sentence, expected) for place, sentence in flaws.items()]
        raise ConfigError("\n".join(mistakes))


def _failures(config: Config, route: Route) -> list[tuple[tuple[str, ...], str]]:
    if route.template is None:
        return []
    kinds = frozenset(
        kind for kind in Kind if route.when.kind is None or matches(route.when.kind, kind.value)
    )
    failures: list[tuple[tuple[str, ...], str]] = []
    for name, document in samples_of(kinds).items():
        context = HeadContext(
            locale=config.locale_of(route),
            link=page_of(config, document),
        )
        for part in route.template.each():
            try:
                render(part, document, context)
            except TemplateFailed as error:
                failures.append((error.place, f"{error.sentence} (with the sample {name})"))
    return failures
