"""Frozen dataclasses that are made faster are those of the standard library in all they do."""

import copy
import dataclasses
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from exact_slack import dataclass as faster

Maker = Callable[..., Callable[[type], Any]]


def both(make: Callable[[Maker], Any]) -> tuple[Any, Any]:
    """The same classes, made by each."""
    return make(faster.dataclass), make(dataclasses.dataclass)


def document(dataclass: Maker, **options: bool) -> Any:
    @dataclass(frozen=True, **options)
    class Document:
        """Of all sorts of fields."""

        key: str
        amount: float = 1.5
        lines: list[str] = dataclasses.field(default_factory=list)
        read_at: float = dataclasses.field(default=0.0, compare=False)
        secret: str = dataclasses.field(default="x", repr=False, hash=False)
        note: str = dataclasses.field(default="", kw_only=True)

    return Document


ARGUMENTS: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    (("a",), {}),
    (("a", 2.0, ["line"]), {"note": "n"}),
    (("a",), {"read_at": 5.0}),
    (("a",), {"secret": "y"}),
    ((), {"key": "b", "lines": ["l"]}),
]


@pytest.mark.parametrize("slots", [False, True])
def test_values_are_made_shown_and_compared_alike(slots: bool) -> None:
    ours, theirs = both(lambda maker: document(maker, slots=slots))
    made = [[cls(*args, **named) for args, named in ARGUMENTS] for cls in (ours, theirs)]
    assert [repr(one) for one in made[0]] == [repr(one) for one in made[1]]
    equal = [[one == other for one in each for other in each] for each in made]
    assert equal[0] == equal[1]
    assert made[0][0] != made[1][0]
    assert made[0][0].lines is not made[0][2].lines
    assert [dataclasses.asdict(one) for one in made[0]] == list(map(dataclasses.asdict, made[1]))
    assert ours.__match_args__ == theirs.__match_args__
    assert dataclasses.replace(made[0][0], key="c", note="m") == ours("c", note="m")


@pytest.mark.parametrize("slots", [False, True])
@pytest.mark.parametrize(
    ("args", "named"), [((), {}), (("a", 1, [], 0.0, "", "too many"), {}), (("a",), {"other": 1})]
)
def test_wrong_arguments_are_refused(args: Any, named: Any, slots: bool) -> None:
    for cls in both(lambda maker: document(maker, slots=slots)):
        with pytest.raises(TypeError):
            cls(*args, **named)


@pytest.mark.parametrize("slots", [False, True])
def test_nothing_of_them_changes(slots: bool) -> None:
    for cls in both(lambda maker: document(maker, slots=slots)):
        one = cls("a")
        with pytest.raises(dataclasses.FrozenInstanceError):
            one.key = "b"
        with pytest.raises(dataclasses.FrozenInstanceError):
            del one.key
        assert one.key == "a"


def empty(dataclass: Maker) -> Any:
    @dataclass(frozen=True, slots=True)
    class Empty:
        """No field."""

    return Empty


def own(dataclass: Maker) -> Any:
    @dataclass(frozen=True, slots=True)
    class Own:
        """With methods of its own."""

        name: str
        length: int = 0

        def __post_init__(self) -> None:
            object.__setattr__(self, "length", len(self.name))

        def __repr__(self) -> str:
            return f"<{self.name}>"

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Own) and other.length == self.length

        def __hash__(self) -> int:
            return 7

    return Own


def test_what_a_class_says_itself_stands() -> None:
    for cls in both(own):
        assert (repr(cls("ab")), hash(cls("ab")), cls("ab") == cls("cd")) == ("<ab>", 7, True)
    for cls in both(empty):
        assert (cls() == cls(), len({cls(), cls()}), repr(cls()).endswith("Empty()")) == (1, 1, 1)


def family(dataclass: Maker) -> Any:
    @dataclass(frozen=True, slots=True)
    class Parent:
        """Of another."""

        a: int
        b: int = 2

    @dataclass(frozen=True, slots=True)
    class Child(Parent):
        """Of a parent."""

        c: int = 3

    return Parent, Child


def test_a_child_is_not_its_parent() -> None:
    for parent, child in both(family):
        assert repr(child(1)).endswith("Child(a=1, b=2, c=3)")
        assert child(1) != parent(1)
        assert len({child(1), child(1, 2, 3), child(1, c=4)}) == 2


@faster.dataclass(frozen=True, slots=True)
class Kept:
    """Goes through a pipe."""

    name: str
    number: int = 0


def test_they_are_copied_and_sent_between_processes() -> None:
    one = Kept("a", 5)
    for other in (copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):  # noqa: S301 - its own
        assert other == one
        assert hash(other) == hash(one)


def test_one_that_may_change_is_the_standard_librarys() -> None:
    @faster.dataclass
    class Counter:
        """Of something."""

        n: int = 0

    counter = Counter()
    counter.n += 1
    assert counter == Counter(1)
    with pytest.raises(TypeError):
        hash(counter)
