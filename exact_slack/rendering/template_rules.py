"""What templates may use, and how much of it. The only module that imports Jinja2 as it loads."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache, wraps
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.sandbox import SandboxedEnvironment

from exact_slack.rendering.blocks import clean
from exact_slack.rendering.words.locale import Words


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one message: rounds of all loops together, characters of any text on the way, seconds of
    processor time, nested brackets and blocks, and digits of a number."""

    rounds: int = 10_000
    text: int = 10_000
    seconds: float = 0.5
    depth: int = 30
    digits: int = 60


LIMITS = Limits()


class TooMuch(Exception):
    """A template asks for more than `LIMITS`, or for something that it may not use."""


class TooSlow(TooMuch):
    """Its time is up; another document would take as long."""


@dataclass(slots=True)
class Budget:
    """What one message may still use, and the words of its locale."""

    words: Words
    currency: str
    rounds: int = LIMITS.rounds
    until: float = field(default_factory=lambda: time.thread_time() + LIMITS.seconds)

    def check(self) -> None:
        """TooMuch where the time is up."""
        if time.thread_time() > self.until:
            raise TooSlow(f"it takes more than {LIMITS.seconds:g} s")

    def round(self) -> None:
        """One more round of a loop."""
        self.rounds -= 1
        if self.rounds < 0:
            raise TooMuch(f"its loops have more than {LIMITS.rounds} rounds")
        self.check()


_BUDGET: ContextVar[Budget] = ContextVar("template_budget")


@contextmanager
def spending(budget: Budget) -> Iterator[None]:
    """Everything rendered inside spends from this budget."""
    token = _BUDGET.set(budget)
    try:
        yield
    finally:
        _BUDGET.reset(token)


def _bounded(value: Any) -> Any:
    """A value on the way: a text of bounded length, a number of bounded size."""
    if isinstance(value, str) and len(value) > LIMITS.text:
        raise TooMuch(f"a text on the way has more than {LIMITS.text} characters")
    if isinstance(value, int) and value.bit_length() > 4 * LIMITS.digits:
        raise TooMuch(f"a number on the way has more than {LIMITS.digits} digits")
    return value


# -- filters -----------------------------------------------------------------------------------


def _amount(value: object, currency: str | None = None) -> str:
    """In the document's currency, or the one that is named."""
    budget = _BUDGET.get()
    return budget.words.amount(_money(value), budget.currency if currency is None else currency)


def _price(value: object, currency: str | None = None) -> str:
    budget = _BUDGET.get()
    return budget.words.price(_money(value), budget.currency if currency is None else currency)


def _number(value: object) -> str:
    return _BUDGET.get().words.number(_money(value))


def _date(value: object) -> str:
    if value is not None and not isinstance(value, date):
        raise TooMuch("the filter date needs a date")
    return _BUDGET.get().words.date(value)


def _label(value: object) -> str:
    return _BUDGET.get().words.label(str(value))


def _short(value: object, most: int = 40) -> str:
    return clean(str(value), max(2, int(most)))


def _joined(value: Iterable[Any], by: str = "", attribute: str | None = None) -> str:
    texts: list[str] = []
    length = 0
    for item in value:
        # by the sandbox, which knows what may be looked at
        text = _shown(item if attribute is None else _environment().getattr(item, attribute))
        texts.append(text)
        length += len(text) + len(by)
        if length > LIMITS.text + len(by):
            raise TooMuch(f"a text on the way has more than {LIMITS.text} characters")
    return by.join(texts)


def _replaced(value: object, old: str, new: str) -> str:
    text = _shown(value)
    if len(text) + text.count(old) * len(new) > LIMITS.text:
        raise TooMuch(f"a text on the way has more than {LIMITS.text} characters")
    return text.replace(old, new)


def _rounded(value: object, digits: int = 0) -> Decimal | None:
    number = _money(value)
    return None if number is None else round(number, max(0, min(int(digits), 10)))


def _shown(value: Any) -> str:
    """How a value stands in the output: nothing for None, as the locale writes it otherwise."""
    if value is None:
        return ""
    if isinstance(value, jinja2.Undefined):
        return str(value)  # which says what is undefined
    if isinstance(value, date):
        return _date(value)
    if isinstance(value, Decimal):
        return _BUDGET.get().words.number(value)
    if isinstance(value, bool):
        return _BUDGET.get().words.label("yes" if value else "no")
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, str | int):
        return str(value)
    raise TooMuch("it shows a list or an object, expected one of its values (or join)")


def _each(value: Any) -> Iterator[Any]:
    """What a loop goes over, counted."""
    budget = _BUDGET.get()
    for item in value:
        budget.round()
        yield item


_OWN: dict[str, Callable[..., Any]] = {
    "amount": _amount,
    "money": _amount,
    "price": _price,
    "number": _number,
    "date": _date,
    "label": _label,
    "short": _short,
    "join": _joined,
    "replace": _replaced,
    "round": _rounded,
}
_KEPT = (
    "abs", "capitalize", "count", "d", "default", "first", "last", "length", "list", "lower",
    "map", "max", "min", "reject", "rejectattr", "reverse", "select", "selectattr", "sort", "sum",
    "title", "trim", "unique", "upper",
)  # fmt: skip
_TESTS = (
    "defined", "undefined", "none", "string", "number", "odd", "even", "in", "eq", "equalto", "ne",
    "lt", "le", "gt", "ge", "lessthan", "greaterthan", "true", "false", "==", "!=", "<", "<=", ">",
    ">=",
)  # fmt: skip
_METHODS = ("startswith", "endswith", "lower", "upper", "strip", "title")
_EACH, _TEXT, _SHOWN = "_each", "_text", "_shown"
"""Filters that the compiler puts in, not people: names with an underscore are refused."""


def _watched(filter_: Callable[..., Any]) -> Callable[..., Any]:
    """A filter whose result is bounded and that stops when the time is up."""

    @wraps(filter_)
    def run(*args: Any, **kwargs: Any) -> Any:
        _BUDGET.get().check()
        return _bounded(filter_(*args, **kwargs))

    return run


# -- syntax ------------------------------------------------------------------------------------

_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Assign,
    nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.CondExpr,
    nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
    nodes.Neg, nodes.Pos, nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod,
    nodes.Concat, nodes.Tuple, nodes.List, nodes.Call, nodes.Keyword,
)  # fmt: skip


def _refuse(node: nodes.Node, what: str) -> None:
    raise jinja2.TemplateSyntaxError(what, getattr(node, "lineno", 1))


def _check(node: nodes.Node, depth: int = 0) -> None:
    """Refuse what templates may not use."""
    if depth > LIMITS.depth:
        _refuse(node, "it is nested too deeply")
    if not isinstance(node, _ALLOWED):
        _refuse(node, f"{type(node).__name__.lower()} cannot be used here")
    if isinstance(node, nodes.For) and node.recursive:
        _refuse(node, "a recursive loop cannot be used here")
    if isinstance(node, nodes.Call) and not _harmless(node):
        _refuse(
            node, "only range() and " + ", ".join(f"{m}()" for m in _METHODS) + " can be called"
        )
    named = getattr(node, "name", None) or getattr(node, "attr", None)
    if isinstance(named, str) and named.startswith("_"):
        _refuse(node, f"{named} cannot be used here")
    for child in node.iter_child_nodes():
        _check(child, depth + 1)


def _harmless(call: nodes.Call) -> bool:
    if call.dyn_args or call.dyn_kwargs:
        return False
    if isinstance(call.node, nodes.Name):
        return call.node.name == "range"
    return isinstance(call.node, nodes.Getattr) and call.node.attr in _METHODS


def _instrument(node: nodes.Node) -> None:
    """Count the rounds of every loop, and bound every text that is put together."""
    for name, value in list(node.iter_fields()):
        if isinstance(value, nodes.Node):
            _instrument(value)
            setattr(node, name, _wrapped(node, name, value))
        elif isinstance(value, list):
            for child in value:
                if isinstance(child, nodes.Node):
                    _instrument(child)
            setattr(node, name, [_wrapped(node, name, child) for child in value])


def _wrapped(parent: nodes.Node, name: str, value: Any) -> Any:
    if isinstance(parent, nodes.For) and name == "iter":
        return _filter(value, _EACH)
    if isinstance(parent, nodes.Concat):
        value = _filter(value, _SHOWN)
    return _filter(value, _TEXT) if isinstance(value, nodes.Concat) else value


def _filter(node: nodes.Node, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


# -- the environment ---------------------------------------------------------------------------


class _Environment(SandboxedEnvironment):
    """Jinja2's sandbox, with sums and products that stay small."""

    intercepted_binops = frozenset(("+", "-", "*", "/", "//", "%"))

    def call_binop(
        self, context: jinja2.runtime.Context, operator: str, left: Any, right: Any
    ) -> Any:
        texts = isinstance(left, str) and isinstance(right, str) and operator == "+"
        numbers = all(isinstance(v, int | float | Decimal) for v in (left, right))
        if not texts and not numbers:
            raise TooMuch(f"{operator} needs two numbers (~ puts texts together)")
        # 0.1 and 0.2 are 0.3 where people reckon with money
        left, right = (Decimal(str(v)) if isinstance(v, float) else v for v in (left, right))
        return _bounded(super().call_binop(context, operator, left, right))


def _range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > LIMITS.rounds:
        raise TooMuch(f"a range has more than {LIMITS.rounds} numbers")
    return numbers


@cache
def _environment() -> _Environment:
    # optimized: constants would be worked out while compiling, where no budget is
    env = _Environment(
        autoescape=False,
        undefined=jinja2.StrictUndefined,
        optimized=False,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
        cache_size=0,
    )
    env.filters = {name: _watched(env.filters[name]) for name in _KEPT}
    env.filters |= {name: _watched(own) for name, own in _OWN.items()}
    env.filters |= {_EACH: _each, _TEXT: _bounded, _SHOWN: _shown}
    env.tests = {name: env.tests[name] for name in _TESTS}
    env.globals = {"range": _range}
    return env


def compiled(source: str) -> jinja2.Template:
    """A template ready to render. jinja2.TemplateSyntaxError where it cannot be."""
    env = _environment()
    tree = env.parse(source)
    _check(tree)
    _instrument(tree)
    return env.from_string(tree)


def _money(value: object) -> Decimal | None:
    """A number for the filters of amounts; None where there is none. ValueError for a text."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("an amount is a number")
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    if not number.is_finite():
        raise ValueError("a number is too large")
    return number
