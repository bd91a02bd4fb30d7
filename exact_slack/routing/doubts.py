"""Conditions that can never hold, or that need more than the config reads: typing errors that
would be noticed only by what does not come."""

from collections.abc import Iterable, Iterator
from datetime import time
from decimal import Decimal

from exact_slack.config.file.source import Location, dotted, read
from exact_slack.config.match import matches
from exact_slack.config.model import Config
from exact_slack.config.route import Comparison, When
from exact_slack.documents.exceptions import BY_TIME, FIRES, ExceptionKind
from exact_slack.documents.kinds import SETTLED_BY, STATUS_WORDS, TERMS, Kind

_BILLS = frozenset(kind for kinds in SETTLED_BY.values() for kind in kinds)
_CENT = Decimal("0.01")


def doubts(config: Config) -> list[str]:
    """A sentence for each doubtful condition of a route or a silence, with file, line and key."""
    source = read(config.path)
    conditions = (
        ((*where, key), sentence)
        for where, when in _conditions(config)
        for key, sentence in _of(when, config)
    )
    return [
        f"{config.path}:{source.line(where)}: {dotted(where)}: {sentence}"
        for where, sentence in (*conditions, *_triage(config))
    ]


def _triage(config: Config) -> Iterator[tuple[Location, str]]:
    reminded: dict[str, time] = {}
    for index, route in enumerate(config.routes):
        triage, where = route.triage, ("routes", index, "triage")
        if triage is None:
            continue
        if "alert_after" in triage.model_fields_set and not config.alerts:
            yield (*where, "alert_after"), "there is no alerts channel that could hear it."
        if triage.remind is None:
            continue
        first = reminded.setdefault(route.channel, triage.remind)
        if first != triage.remind:
            yield (
                (*where, "remind"),
                (
                    f"a channel gets one list a day, and that of {route.channel} comes at"
                    f" {min(first, triage.remind):%H:%M}."
                ),
            )


def _conditions(config: Config) -> Iterator[tuple[Location, When]]:
    for number, silence in enumerate(config.silences):
        yield ("silences", number, "match"), silence.match
    for index, route in enumerate(config.routes):
        yield ("routes", index, "when"), route.when
        for number, silence in enumerate(route.silences):
            yield ("routes", index, "silences", number, "match"), silence.match


def _of(when: When, config: Config) -> Iterator[tuple[str, str]]:
    kinds = frozenset(filter(when.takes, Kind))
    if not kinds:
        yield "kind", "no kind is left, so this takes nothing."
        return
    divisions = [str(number) for number in config.exact.divisions]
    if when.division and not any(matches(when.division, division) for division in divisions):
        yield "division", f"none of exact.divisions fits ({', '.join(divisions)})."
    if when.event and set(when.event) == {"paid"} and not kinds & TERMS:
        yield "event", "only a payment or a receipt is paid, and kind leaves both out."
    for comparisons in when.amount or ():
        if not _can_hold(comparisons):
            yield "amount", "no amount is that large and that small at once."
    for name in _plain(when.currency):
        if len(name) != 3 and not _is_glob(name):
            yield "currency", f"{name} is no code of a currency, such as EUR."
    yield from _states(when, kinds)
    yield from _exceptions(when, kinds, config)


def _states(when: When, kinds: frozenset[Kind]) -> Iterator[tuple[str, str]]:
    words = {word for kind in kinds for word in STATUS_WORDS[kind].values()}
    codes = {str(code) for kind in kinds for code in STATUS_WORDS[kind]}
    for name in _plain(when.status):
        if not any(matches([name], word) for word in words | codes):
            yield "status", f"{name} is no status that is known here: {', '.join(sorted(words))}."


def _exceptions(when: When, kinds: frozenset[Kind], config: Config) -> Iterator[tuple[str, str]]:
    asked = [
        name for name in FIRES if _plain(when.exception) and matches(when.exception or (), name)
    ]
    barred = {name: why for name in asked if (why := _never(name, when, kinds, config))}
    if len(barred) == len(asked):
        yield from (("exception", why) for why in barred.values())
    else:  # "*" asks for whatever fits
        yield from (("exception", why) for name, why in barred.items() if name in _named(when))
    asked = [name for name in asked if name not in barred]
    read_kinds = config.read_kinds()
    late = [name for name in asked if name in BY_TIME]
    missing = [
        t.value for t, bills in SETTLED_BY.items() if kinds & set(bills) and t not in read_kinds
    ]
    if late and missing and kinds & _BILLS:
        yield (
            "exception",
            (
                f"{' and '.join(late)} comes with time only where it is known what is open: "
                f"let some route take {' and '.join(missing)}, too."
            ),
        )


def _named(when: When) -> list[str]:
    """The exceptions that it names in full."""
    return [name.lower() for name in _plain(when.exception)]


def _never(name: ExceptionKind, when: When, kinds: frozenset[Kind], config: Config) -> str:
    """Why this exception cannot fire on anything that the other keys take; "" if it can."""
    fitting = FIRES[name] & kinds
    if not fitting:
        only = ", ".join(sorted(FIRES[name]))
        return f"{name} fires only for {only}; kind leaves them out."
    if when.event and set(when.event) == {"paid"} and (name in BY_TIME or not fitting & TERMS):
        return f"{name} does not fire on what is paid; event leaves everything else out."
    if name is ExceptionKind.BELOW_LIMIT and not config.exceptions.below_limits:
        return f"{name} fires below a limit, and exceptions.below_limits names none."
    if name is ExceptionKind.NO_COST_CENTER and _plain(when.cost_center):
        return f"{name} fires where no line has a cost center; cost_center leaves that out."
    if name is ExceptionKind.REJECTED and when.status is not None:
        words = [
            (str(code), word)
            for kind in fitting
            for code, word in STATUS_WORDS[kind].items()
            if word == name.value
        ]
        if not any(matches(when.status, *both) for both in words):
            return f"{name} fires on the status of this name; status leaves it out."
    return ""


def _plain(patterns: Iterable[str] | None) -> list[str]:
    return [pattern for pattern in patterns or () if not pattern.startswith("!")]


def _is_glob(pattern: str) -> bool:
    return any(sign in pattern for sign in "*?[")


def _can_hold(comparisons: tuple[Comparison, ...]) -> bool:
    """Whether some amount, which has no sign here, satisfies all of them."""
    near = {c.amount + step for c in comparisons for step in (-_CENT, Decimal(0), _CENT)}
    return any(a >= 0 and all(c.holds(a) for c in comparisons) for a in near | {Decimal(0)})
