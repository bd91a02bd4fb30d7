"""Frozen dataclasses as those of the standard library, made in a third of the time.

That one compiles six functions a class, and a run loads two hundred classes: a quarter of the time
of a poll with nothing to do. Here one is compiled, `__init__`; the others read the names of the
fields. Whatever is not frozen is left to the standard library, and so is what types say."""

import dataclasses
from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(
        cls: Any = None, /, *, frozen: bool = False, slots: bool = False, **others: Any
    ) -> Any:
        """`dataclasses.dataclass`, for classes that may be frozen."""
        if cls is None:
            return partial(dataclass, frozen=frozen, slots=slots, **others)
        if not frozen:
            return dataclasses.dataclass(cls, slots=slots, **others)
        return _frozen(cls, slots=slots, **others)


_UNSET = object()
Names = tuple[str, ...]


def _frozen(cls: Any, **options: Any) -> Any:
    made: Any = dataclasses.dataclass(cls, init=False, repr=False, eq=False, **options)
    fields, own = dataclasses.fields(made), vars(made)
    compared = tuple(field.name for field in fields if field.compare)
    methods: dict[str, Callable[..., Any]] = {
        "__init__": _init(made, fields),
        "__repr__": _repr(tuple(field.name for field in fields if field.repr)),
        "__eq__": _eq(compared),
        "__setattr__": _set_none,
        "__delattr__": _delete_none,
    }
    if options.get("slots"):
        methods |= {"__getstate__": _state, "__setstate__": _set_state}
    if own.get("__hash__") is None:  # also where a class has an `__eq__` of its own
        made.__hash__ = _hash(tuple(field.name for field in fields if _is_hashed(field)))
    for name, method in methods.items():
        if name not in own:
            setattr(made, name, method)
    return made


def _is_hashed(field: "dataclasses.Field[Any]") -> bool:
    return field.compare if field.hash is None else field.hash


def _init(made: Any, fields: "tuple[dataclasses.Field[Any], ...]") -> Callable[..., None]:
    """The one that is compiled, as it is called most."""
    known: dict[str, Any] = {"_set": object.__setattr__, "_unset": _UNSET}
    plain, named = ["self"], list[str]()
    lines = list[str]()
    for field in fields:
        name, word = field.name, field.name
        if field.default is not dataclasses.MISSING:
            known[f"_default_{name}"] = field.default
            word = f"{name}=_default_{name}"
        elif field.default_factory is not dataclasses.MISSING:
            known[f"_make_{name}"] = field.default_factory
            word = f"{name}=_unset"
            lines.append(f"if {name} is _unset: {name} = _make_{name}()")
        (named if field.kw_only else plain).append(word)
        lines.append(f"_set(self, {name!r}, {name})")
    if hasattr(made, "__post_init__"):
        lines.append("self.__post_init__()")
    words = ", ".join([*plain, "*", *named] if named else plain)
    exec(f"def __init__({words}):\n " + "\n ".join(lines or ["pass"]), known)  # noqa: S102 - names of fields alone, as in dataclasses
    init: Callable[..., None] = known["__init__"]
    init.__qualname__ = f"{made.__qualname__}.__init__"
    return init


def _values(names: Names) -> Callable[[object], object]:
    return attrgetter(*names) if names else lambda _: ()


def _repr(names: Names) -> Callable[[object], str]:
    def __repr__(self: object) -> str:  # noqa: N807 - a method of the class that is made
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{type(self).__qualname__}({values})"

    return __repr__


def _eq(names: Names) -> Callable[[object, object], object]:
    values = _values(names)

    def __eq__(self: object, other: object) -> object:  # noqa: N807 - a method of the class
        return values(self) == values(other) if type(other) is type(self) else NotImplemented

    return __eq__


def _hash(names: Names) -> Callable[[object], int]:
    values = _values(names)

    def __hash__(self: object) -> int:  # noqa: N807 - a method of the class that is made
        return hash(values(self))

    return __hash__


def _set_none(_: object, name: str, value: object) -> None:
    del value
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _delete_none(_: object, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[object]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _set_state(self: Any, state: list[object]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)
