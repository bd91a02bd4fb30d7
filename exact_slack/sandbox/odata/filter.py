"""$filter: a recursive-descent parser that builds a test of one row.

Typed against the endpoint: what Exact refuses (field against field, a filter on
expanded lines, a date compared with a guid) is refused here.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from exact_slack.sandbox.exact.shapes import NUMBERS, Endpoint, Row
from exact_slack.sandbox.odata.literals import Literal, ODataError, Token, constant, tokens

Truth = bool | None
"""SQL's three values: a comparison with null is unknown."""
Test = Callable[[Row], Truth]

COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
MIRROR: Final = {"eq": "eq", "ne": "ne", "gt": "lt", "lt": "gt", "ge": "le", "le": "ge"}
FUNCTIONS: Final[dict[str, Callable[[str, str], bool]]] = {
    "substringof": lambda text, part: part in text,
    "startswith": str.startswith,
    "endswith": str.endswith,
}


@dataclass(frozen=True)
class _Field:
    name: str
    edm: str


def parse_filter(endpoint: Endpoint, text: str) -> tuple[Test, frozenset[str]]:
    """Parse $filter into a test of one row, and the names of the fields it mentions."""
    parser = _Parser(endpoint, list(tokens(text)))
    return parser.parse(), frozenset(parser.fields)


def check_field(endpoint: Endpoint, name: str) -> str:
    """Return the field's Edm type; refuse names the endpoint does not have."""
    edm = endpoint.fields.get(name)
    if edm is None:
        raise ODataError(f"Type '{endpoint.type_name}' does not have a property named '{name}'.")
    return edm


class _Parser:
    def __init__(self, endpoint: Endpoint, words: list[Token]) -> None:
        self.endpoint = endpoint
        self.words = words
        self.at = 0
        self.fields: set[str] = set()

    def parse(self) -> Test:
        test = self._either()
        if self.at < len(self.words):
            raise ODataError(f"Syntax error at position {self.words[self.at].at}.")
        return test

    def _peek(self) -> str:
        return self.words[self.at].text if self.at < len(self.words) else ""

    def _next(self) -> Token:
        if self.at >= len(self.words):
            raise ODataError("Expression expected at the end of $filter.")
        self.at += 1
        return self.words[self.at - 1]

    def _take(self, text: str) -> bool:
        matches = self._peek() == text
        self.at += matches
        return matches

    def _expect(self, text: str) -> None:
        token = self._next()
        if token.text != text:
            raise ODataError(f"'{text}' expected at position {token.at}.")

    def _either(self) -> Test:
        test = self._both()
        while self._take("or"):
            test = _or(test, self._both())
        return test

    def _both(self) -> Test:
        test = self._negated()
        while self._take("and"):
            test = _and(test, self._negated())
        return test

    def _negated(self) -> Test:
        if self._take("not"):
            return _not(self._negated())
        if self._take("("):
            test = self._either()
            self._expect(")")
            return test
        if self._peek() in FUNCTIONS:
            return self._function()
        return self._comparison()

    def _comparison(self) -> Test:
        left = self._operand()
        sign = self._peek()
        if sign not in COMPARE:
            return self._bare(left)
        self.at += 1
        right = self._operand()
        if isinstance(left, _Field) and isinstance(right, _Field):
            # "No field-to-field comparison" (Exact's rest-restrictions article)
            raise ODataError("Comparing two properties is not supported.")
        if isinstance(left, _Field) and isinstance(right, Literal):
            return _compare(left, sign, right)
        if isinstance(right, _Field) and isinstance(left, Literal):
            return _compare(right, MIRROR[sign], left)
        raise ODataError("A comparison needs a property.")

    @staticmethod
    def _bare(operand: _Field | Literal) -> Test:
        if not isinstance(operand, _Field) or operand.edm != "Boolean":
            raise ODataError("Expression of type 'Boolean' expected in $filter.")
        name = operand.name
        return lambda row: row.get(name)

    def _operand(self) -> _Field | Literal:
        token = self._next()
        value = constant(token)
        if value is not None:
            return value
        if token.kind != "name":
            raise ODataError(f"Syntax error at position {token.at}.")
        if self._peek() == "(":
            raise ODataError(f"Unknown function '{token.text}' at position {token.at}.")
        return self._property(token.text)

    def _property(self, text: str) -> _Field:
        head, slash, _ = text.partition("/")
        edm = check_field(self.endpoint, head)
        if slash:
            # "No filter on expanded children" (Exact's rest-restrictions article)
            raise ODataError(f"Filtering on '{text}' is not supported.")
        self.fields.add(head)
        return _Field(head, edm)

    def _function(self) -> Test:
        name = self._next().text
        self._expect("(")
        first = self._operand()
        self._expect(",")
        second = self._operand()
        self._expect(")")
        subject, part = (second, first) if name == "substringof" else (first, second)
        if not isinstance(subject, _Field) or not isinstance(part, Literal):
            raise ODataError(f"{name} needs a property and a text.")
        if subject.edm != "String" or part.edm != "String":
            raise ODataError(f"No applicable function found for '{name}'.")
        return self._truth(_search(subject.name, FUNCTIONS[name], part.value))

    def _truth(self, test: Test) -> Test:
        """A function may be followed by `eq true` or `eq false`."""
        if not self._take("eq"):
            return test
        token = self._next()
        if token.text not in ("true", "false"):
            raise ODataError(f"'true' or 'false' expected at position {token.at}.")
        return test if token.text == "true" else _not(test)


def _search(name: str, function: Callable[[str, str], bool], part: str) -> Test:
    def test(row: Row) -> Truth:
        value = row.get(name)
        return None if value is None else function(value, part)

    return test


def _compare(subject: _Field, sign: str, constant_value: Literal) -> Test:
    name, wanted = subject.name, constant_value.value
    if constant_value.edm == "null":
        return _null_test(name, sign)
    _check_types(subject, sign, constant_value)
    compare = COMPARE[sign]
    if subject.edm == "String":
        wanted = wanted.rstrip(" ")  # SQL Server ignores trailing spaces, not leading ones

    def test(row: Row) -> Truth:
        value = row.get(name)
        if value is None:
            return None
        return compare(value.rstrip(" ") if isinstance(value, str) else value, wanted)

    return test


def _null_test(name: str, sign: str) -> Test:
    if sign == "eq":
        return lambda row: row.get(name) is None
    if sign == "ne":
        return lambda row: row.get(name) is not None
    raise ODataError(f"Operator '{sign}' incompatible with null.")


def _check_types(subject: _Field, sign: str, value: Literal) -> None:
    numeric = subject.edm in NUMBERS and isinstance(value.value, Decimal)
    ordered = subject.edm not in ("Guid", "Boolean") or sign in ("eq", "ne")
    if ordered and (numeric or subject.edm == value.edm):
        return
    raise ODataError(
        f"Operator '{sign}' incompatible with operand types "
        f"'Edm.{subject.edm}' and 'Edm.{value.edm}'."
    )


def _and(left: Test, right: Test) -> Test:
    def test(row: Row) -> Truth:
        value = left(row)
        if value is False:
            return False
        other = right(row)
        if other is False:
            return False
        return None if value is None or other is None else True

    return test


def _or(left: Test, right: Test) -> Test:
    def test(row: Row) -> Truth:
        value = left(row)
        if value:
            return True
        other = right(row)
        if other:
            return True
        return None if value is None or other is None else False

    return test


def _not(inner: Test) -> Test:
    def test(row: Row) -> Truth:
        value = inner(row)
        return None if value is None else not value

    return test
