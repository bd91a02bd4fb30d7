"""A YAML file with the line of every key; mistakes as `FILE:LINE: key: found …, expected …`.

The config and the files of `route test` are read by it."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import yaml
from yaml.constructor import ConstructorError

from exact_slack.config.file.yaml_words import said
from exact_slack.errors import ConfigError
from exact_slack.files import read_plain

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

Location = tuple[str | int, ...]


_MOST_BYTES = 1024 * 1024
"""A config of a thousand routes has a fifth of it; YAML takes a second for each of them."""
_MOST_VALUES = 100_000
"""More than any config has: nine aliases of nine aliases, nine deep, would never end."""
_MOST_WRITTEN = 50_000
"""Keys, values and lists that are written: twice what a thousand routes have, read in a second or
two. A text of commas and brackets would take half a minute for its megabyte."""


class _TooMany(Exception):
    """More is written than a config has; the line where it was enough."""


class _Loader(yaml.SafeLoader):
    """YAML as people mean it: 0700 and 1.10 are codes, not numbers that lose their noughts, and
    `on` is a word."""

    _written = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Counts while it reads: nobody waits for the end of what is too much."""
        self._written += 1
        if self._written > _MOST_WRITTEN:
            raise _TooMany(self.line + 1)
        return super().compose_node(parent, index)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """A tag may ask for anything of a text (`!!bool 7`), and a date need not exist: what fails
        is told with its line."""
        try:
            return super().construct_object(node, deep=deep)
        except (yaml.YAMLError, RecursionError):
            raise
        except Exception:  # noqa: BLE001 - whatever a YAML file makes the parser raise
            problem = "found a value that cannot be read (a date or number that does not exist?)"
            raise ConstructorError(problem=problem, problem_mark=node.start_mark) from None


_FLOAT = "tag:yaml.org,2002:float"
_PLAIN = {
    "tag:yaml.org,2002:int": (re.compile(r"[-+]?(?:0|[1-9][0-9_]*)$"), "-+0123456789"),
    "tag:yaml.org,2002:bool": (re.compile(r"(?:true|True|TRUE|false|False|FALSE)$"), "tTfF"),
}
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in (*_PLAIN, _FLOAT)]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _tag, (_pattern, _firsts) in _PLAIN.items():
    _Loader.add_implicit_resolver(_tag, _pattern, list(_firsts))


@dataclass(frozen=True)
class Source:
    """The file's values, with the line of every key and value."""

    path: Path
    values: Any
    lines: dict[Location, int]

    def line(self, where: Location) -> int:
        """The line of a key, or of the nearest mapping around it."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)

    def value(self, where: Location) -> Any:
        """The value as written, or of the nearest mapping around it."""
        value = self.values
        for part in where:
            if not isinstance(value, dict | list):
                return value
            try:
                value = value[part]  # type: ignore[index]  # a wrong kind of key is a TypeError
            except (KeyError, IndexError, TypeError):
                return value
        return value

    def mistake(self, where: Location, given: str, expected: str) -> str:
        """One mistake in the form that all have."""
        key = f"{dotted(where)}: " if where else ""
        return f"{self.path}:{self.line(where)}: {key}found {given}, expected {expected}."


def read(path: Path) -> Source:
    """The file; ConfigError where it cannot be read or is not YAML."""
    try:
        text = read_plain(path, _MOST_BYTES).decode("utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8 text.") from None
    try:
        loader = _Loader(text)
    except yaml.YAMLError:
        raise ConfigError(f"{path}: holds characters that are no text, expected YAML.") from None
    try:
        node = loader.get_single_node()
        lines: dict[Location, int] = {}
        if node is not None:
            _note_lines(path, node, (), lines)
        values = loader.construct_document(node) if node is not None else None
    except yaml.MarkedYAMLError as error:
        line, problem = said(error, text)
        raise ConfigError(f"{path}:{line}: expected YAML, but {problem}.") from None
    except _TooMany as error:
        raise ConfigError(f"{path}:{error}: found more values than a config has.") from None
    except RecursionError:
        raise ConfigError(f"{path}:1: found an alias inside itself, expected plain YAML.") from None
    finally:
        loader.dispose()
    return Source(path, values, lines)


def _note_lines(path: Path, node: yaml.Node, where: Location, lines: dict[Location, int]) -> None:
    if len(lines) > _MOST_VALUES:
        raise ConfigError(f"{path}: its aliases unfold to more values than a config has.")
    lines.setdefault(where, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode) or not isinstance(key.value, str):
                raise ConfigError(
                    f"{path}:{key.start_mark.line + 1}: {dotted(where)}: found a key that is no "
                    "text, expected a name."
                )
            here = (*where, key.value)
            if here in lines:
                line = key.start_mark.line + 1
                raise ConfigError(
                    f"{path}:{line}: {dotted(here)}: found a second time, expected it once."
                )
            lines[here] = key.start_mark.line + 1
            _note_lines(path, value, here, lines)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _note_lines(path, value, (*where, index), lines)


def dotted(where: Location) -> str:
    """A place as people write it: `routes[0].when.kind`."""
    text = ""
    for part in where:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _owner(root: type["BaseModel"], where: Location) -> type["BaseModel"]:
    """The mapping that a key stands in, found by walking down from the whole file."""
    section = root
    for part in where[:-1]:
        if isinstance(part, str) and part in section.model_fields:
            section = _model_in(section.model_fields[part].annotation) or section
    return section


def _model_in(annotation: Any) -> type["BaseModel"] | None:
    if isinstance(annotation, type) and hasattr(annotation, "model_fields"):
        return annotation
    inner = (_model_in(part) for part in get_args(annotation))
    return next(filter(None, inner), None)


def _known_keys(root: type["BaseModel"], where: Location) -> list[str]:
    fields = _owner(root, where).model_fields.items()
    names = (field.alias or name for name, field in fields)
    return [name for name in names if name != "path"]


def unknown_key(root: type["BaseModel"], where: Location) -> tuple[str, str]:
    """What was found and what was expected instead, with the key that was probably meant."""
    import difflib

    keys = _known_keys(root, where)
    close = difflib.get_close_matches(str(where[-1]), keys, n=1)
    meant = f" (did you mean {close[0]!r}?)" if close else ""
    return f"the unknown key {where[-1]!r}{meant}", "one of " + ", ".join(keys)


_EXPECTED = {
    "missing": "this key",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "decimal_parsing": "a number",
    "decimal_type": "a number",
    "dict_type": "a mapping of keys",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "a text",
    "tuple_type": "a list",
    "too_short": "at least one",
    "model_type": "a mapping of keys",
    "model_attributes_type": "a mapping of keys",
}


def mistakes(source: Source, error: "ValidationError", root: type["BaseModel"]) -> ConfigError:
    """Every mistake that `root` found in a file, one a line."""
    items = [dict(item) for item in error.errors(include_url=False)]
    # a bad item makes its list count as too short, too: that is no second mistake
    real = [item for item in items if item["type"] != "too_short"] or items
    return ConfigError("\n".join(dict.fromkeys(_tell(source, item, root) for item in real)))


def _tell(source: Source, error: dict[str, Any], root: type["BaseModel"]) -> str:
    kind = str(error["type"])
    where: Location = tuple(
        part for part in error["loc"] if not (isinstance(part, str) and "[" in part)
    )
    context = error.get("ctx") or {}
    if kind == "extra_forbidden":
        given, expected = unknown_key(root, where)
    elif kind == "missing":
        given, expected = "nothing", _EXPECTED[kind]
    else:
        given = _shown(source.value(where), where)
        expected = _EXPECTED.get(kind) or str(context.get("expected", ""))
        if kind == "value_error":
            expected = str(context["error"])
        elif kind == "string_type" and source.value(where) is None:
            expected += '; one that begins with # stands in quotes, as "#finance"'
        elif kind == "string_too_long":
            expected = f"{context['max_length']} characters at most"
        elif "ge" in context:
            expected = f"{context['ge']} or more"
        elif "le" in context:
            expected = f"{context['le']} or less"
    return source.mistake(where, given, expected or str(error["msg"]))


def _shown(value: Any, where: Location) -> str:
    from exact_slack.config.sides import SECRET_KEYS  # only where something is wrong

    if any(part in SECRET_KEYS for part in where) or where in (("slack",), ("exact",)):
        return "something else"
    if isinstance(value, dict | list) and value:
        return "a list" if isinstance(value, list) else "a mapping"
    if value is None:
        return "nothing"
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "…"
