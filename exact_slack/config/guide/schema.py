"""The JSON schema of config files (draft 2020-12), for completion and checks in an editor.

It is made from the model and knows every key, name and form of value. What only several keys
together tell stays with `config check`. A type that it does not know is a TypeError, so that a
new one cannot be forgotten."""

import json
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from exact_slack.config import channels, model, people, route, sides, template, timing, values
from exact_slack.config.cases import Amount
from exact_slack.config.guide.keys import KEYS
from exact_slack.config.values import COMPANY_MAX, EVENTS, EXCEPTIONS, Section
from exact_slack.documents.kinds import Kind
from exact_slack.documents.subjects import Subject
from exact_slack.secrets.source import SOURCES

Schema = dict[str, Any]
_TEXT: Schema = {"type": ["string", "number"], "pattern": r"\S"}
_TIME: Schema = {"type": "string", "pattern": r"^([01]?\d|2[0-3]):[0-5]\d$"}
_ONE_COMPARISON = r"\s*(>=|<=|!=|==|=|>|<)\s*-?\d[\d_]*(\.(?!\d{3}(?!\d))\d+)?\s*"
_DATE = r"^\d{4}-\d{2}-\d{2}$"


def _pattern(pattern: str, type_: str = "string") -> Schema:
    return {"type": type_, "pattern": pattern}


def _several(schema: Schema) -> Schema:
    """One value, or a list of them."""
    return {"anyOf": [schema, {"type": "array", "items": schema, "minItems": 1}]}


def _name(names: tuple[str, ...]) -> Schema:
    """One of the names, a glob for some of them, or `!` and such a one."""
    return {"anyOf": [{"enum": list(names)}, _pattern(r"^!.|[*?\[]")]}


def _secret() -> Schema:
    sources = [
        {
            "type": "object",
            "properties": {source: {"type": "string", "minLength": 1}},
            "required": [source],
            "additionalProperties": False,
        }
        for source in SOURCES
        if source != "command"
    ]
    command = {
        "type": "object",
        "properties": {"command": {"type": "array", "minItems": 1}},
        "required": ["command"],
        "additionalProperties": False,
    }
    return {"anyOf": [{"type": "string", "minLength": 1}, *sources, command]}


_KINDS = tuple(kind.value for kind in Kind)
_WEEKDAY: Schema = {"enum": list(timing.WEEKDAYS)}
_ON: Schema = {"anyOf": [_WEEKDAY, {"type": "integer", "minimum": 1, "maximum": 28}]}
_MENTION = _pattern(r"^(here|[USW][A-Z0-9]{2,})$")
_CHANNEL = _pattern(f"^({channels.NAME}|{channels.ID})$")
_ENTRIES: Schema = {
    "type": "object",
    "propertyNames": {"pattern": r"\S"},
    "additionalProperties": _pattern(r"^[USW][A-Z0-9]{2,}$"),
    "minProperties": 1,
}


def _by_role(otherwise: Schema, *, required: bool) -> Schema:
    return {
        "type": "object",
        "properties": {"person": {"enum": list(people.ROLES)}, "else": otherwise},
        "required": ["person", *(["else"] if required else [])],
        "additionalProperties": False,
    }


_KNOWN: list[tuple[Any, Schema]] = [
    (values.Text, _TEXT),
    (values.Texts, _several(_TEXT)),
    (values.EventName, _name(EVENTS)),
    (values.Events, _several(_name(EVENTS))),
    (values.ExceptionName, _name(EXCEPTIONS)),
    (values.Exceptions, _several(_name(EXCEPTIONS))),
    (route.Kinds, _several(_name(_KINDS))),
    (route.Amounts, _several(_pattern(f"^{_ONE_COMPARISON}( and {_ONE_COMPARISON})*$"))),
    (
        sides.Address,
        _pattern(r"^(https://[^/\s]|http://(127\.0\.0\.1|localhost|\[::1\])([:/?]|$))"),
    ),
    (sides.SecretValue, _secret()),
    (people.Address, {"anyOf": [_CHANNEL, _by_role(_CHANNEL, required=True)]}),
    (people.Mentioned, {"anyOf": [_MENTION, _by_role(_MENTION, required=False)]}),
    (people.Entries, _ENTRIES),
    (route.Mention, _MENTION),
    (channels.Channel, _CHANNEL),
    (values.Locale, {"enum": sorted(values.LOCALES)}),
    (sides.Division, {"type": "integer", "minimum": 1}),
    (template.Source, {**_TEXT, "maxLength": template.MOST_SOURCE}),
    (timing.TimeOfDay, _TIME),
    (values.Duration, _pattern(values.DURATION)),
    (timing.Day, _pattern(_DATE)),
    (timing.ZoneName, {"type": "string"}),
    (Amount, {"anyOf": [{"type": "number"}, _pattern(r"^-?\d+(\.\d+)?$")]}),
    (Kind, {"enum": list(_KINDS)}),
    (model.Limit, {"type": "number", "exclusiveMinimum": 0}),
    (bool, {"type": "boolean"}),
    (str, {"type": "string"}),
]
"""A type of the model, and what may stand in the file for it."""
_LIST_OR_ONE = {**_several(_TEXT)}
_LIST_OR_ONE["anyOf"] = [_TEXT, {"type": "array", "items": _TEXT}]
_SPECIAL: dict[tuple[str, str], Schema] = {
    ("ExactConfig", "names"): {
        "type": "object",
        "propertyNames": {"pattern": r"^[1-9][0-9]*$"},
        "additionalProperties": {**_TEXT, "maxLength": COMPANY_MAX},
    },
    ("Template", "fields"): {
        "type": "object",
        "propertyNames": {"maxLength": 60, "pattern": r"\S"},
        "additionalProperties": {**_TEXT, "maxLength": template.MOST_SOURCE},
        "minProperties": 1,
        "maxProperties": template.MOST_FIELDS,
    },
    ("Digest", "on"): _ON,
    ("Report", "on"): _ON,
    ("Report", "name"): {**_TEXT, "pattern": rf"^(?!({'|'.join(Subject)})$).*\S"},
    ("Quiet", "days"): {"anyOf": [_WEEKDAY, {"type": "array", "items": _WEEKDAY}]},
    ("Case", "routes"): _LIST_OR_ONE,
    ("Case", "channels"): _LIST_OR_ONE,
    ("Case", "event"): {"enum": list(EVENTS)},
    ("Case", "exception"): {
        "anyOf": [_name(EXCEPTIONS), {"type": "array", "items": _name(EXCEPTIONS)}]
    },
}
"""Keys whose form the type alone does not tell."""
_OR_A_SWITCH = {("Route", "triage")}
"""Mappings for which `true` stands, or `false` for none."""
_OPTIONAL_NEVER_EMPTY = {"When"}
"""Mappings in which a key without a value is a mistake."""


def as_text() -> str:
    """The schema as a JSON file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def schema() -> Schema:
    """The schema of a config file."""
    made = _Schema()
    root = made.section(model.Config)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "exact-slack",
        **root,
        "$defs": made.sections,
    }


def keys(section: type[Section]) -> dict[str, FieldInfo]:
    """The keys of a mapping as they are written in a file, in the model's order."""
    return {
        field.alias or name: field
        for name, field in section.model_fields.items()
        if not field.exclude
    }


class _Schema:
    """Collects the mappings on the way."""

    def __init__(self) -> None:
        self.sections: dict[str, Schema] = {}

    def section(self, section: type[Section]) -> Schema:
        hints = get_type_hints(section, include_extras=True)
        names = {field.alias or name: name for name, field in section.model_fields.items()}
        described = keys(section)
        return {
            "type": "object",
            "description": " ".join((section.__doc__ or "").split()),
            "properties": {
                key: self._key(section, key, field, hints[names[key]])
                for key, field in described.items()
            },
            "required": [key for key, field in described.items() if field.is_required()],
            "additionalProperties": False,
        }

    def _key(self, section: type[Section], key: str, field: FieldInfo, hint: Any) -> Schema:
        name = section.__name__
        optional = NoneType in get_args(hint) or name == "Case"
        schema = dict(_SPECIAL.get((name, key)) or self._type(hint))
        if (name, key) in _OR_A_SWITCH:
            schema = {"anyOf": [{"type": "boolean"}, schema]}
        if optional and not field.is_required() and name not in _OPTIONAL_NEVER_EMPTY:
            schema = {"anyOf": [schema, {"type": "null"}]}
        default = field.get_default()
        if isinstance(default, str | int | bool):  # lists and mappings are empty by default
            schema["default"] = default
        elif isinstance(default, Decimal):
            schema["default"] = float(default) if default % 1 else int(default)
        return {"description": KEYS[name][key], **schema}

    def _type(self, hint: Any) -> Schema:
        for special, schema in _KNOWN:
            if hint == special:
                return schema
        origin, args = get_origin(hint), get_args(hint)
        if origin in (Union, UnionType):
            (inner,) = (part for part in args if part is not NoneType)
            return self._type(inner)
        if origin is Literal:
            return {"enum": list(args)}
        if origin is tuple:
            return {"type": "array", "items": self._type(args[0])}
        if hasattr(hint, "__metadata__"):
            return {**self._type(args[0]), **_bounds(hint.__metadata__)}
        if isinstance(hint, type) and issubclass(hint, Section):
            return self._section(hint)
        if hint is int:
            return {"type": "integer"}
        if hint is Decimal:
            return {"type": "number"}
        raise TypeError(f"{hint}: the JSON schema does not know this type")

    def _section(self, section: type[Section]) -> Schema:
        name = section.__name__
        if name not in self.sections:
            self.sections[name] = {}  # its place in the order, and an end to recursion
            self.sections[name] = self.section(section)
        return {"$ref": f"#/$defs/{name}"}


def _bounds(metadata: tuple[Any, ...]) -> Schema:
    """The limits of `Field(ge=…, le=…, min_length=…)`."""
    schema: Schema = {}
    for field in metadata:
        for limit in getattr(field, "metadata", ()):
            for name, value in (
                ("minimum", getattr(limit, "ge", None)),
                ("maximum", getattr(limit, "le", None)),
                ("minItems", getattr(limit, "min_length", None)),
            ):
                if value is not None and value is not PydanticUndefined:
                    schema[name] = value
    return schema
