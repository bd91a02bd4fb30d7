"""`status` at a glance, for a person."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from exact_slack.cli.frame.out import out
from exact_slack.cli.frame.run import colour
from exact_slack.foreign import visible
from exact_slack.paste import pasteable
from exact_slack.serve.crowd import CURE, too_many

if TYPE_CHECKING:
    from exact_slack.runs.verify import Verification

_BARS = " ▁▂▃▄▅▆▇█"
_CHART_DAYS = 14
_NAMED = 10
"""So many of what waits for a person are named; `--all` names every one."""
_INCOMING = ("new", "changed")
Row = tuple[str, str]


def show(title: str, status: dict[str, Any], *, whole: bool = False) -> None:
    """Everything a person wants to know first, then the numbers."""
    console = Console(no_color=not colour(), highlight=False)
    console.print(_text(title, "bold"))
    facts = Table.grid(padding=(0, 2))
    for name, value in [*_state(status), *_trouble(status), *_budget(status["budget"])]:
        facts.add_row(_text(name), _text(value))
    console.print(facts)
    for line in _needs(status["needs"], whole):
        console.print(_text(line), soft_wrap=True)  # what is to be pasted is one line
    for table in (_traffic(status["activity"]), _cursors(status["cursors"])):
        if table.row_count:
            console.print(table)
    in_rows = (status["auth"]["exact_problem"], status["auth"]["slack_problem"])
    others = [warning for warning in status["auth"]["warnings"] if warning not in in_rows]
    warnings = [*others, *status["webhooks"]["warnings"], *status["problems"]]
    for sentence in dict.fromkeys(warnings):  # the last poll met what still holds
        console.print(_text(str(sentence)), soft_wrap=True)


def _text(shown: str, style: str = "") -> Text:
    """As every cell and line goes to the console: the door of `frame.out`, for rich."""
    return Text(visible(pasteable(shown)), style=style)


def _state(status: dict[str, Any]) -> list[Row]:
    auth = status["auth"]
    backlog = str(status["backlog"])
    if status["backlog"]:
        backlog += f", about {timedelta(seconds=status['drain_s'])} to work off"
    return [
        ("All well", "yes" if status["ok"] else "NO"),
        ("Last success", _ago(status["last_success"])),
        ("Backlog", backlog),
        (
            "Failed / held / ambiguous",
            f"{status['failed']} / {status['held']} / {status['ambiguous']}",
        ),
        *_waits(status["waits"]),
        *_digests(status["digests"]),
        *_reports(status["reports"]),
        *_triage(status["triage"]),
        *_learning(status["learning"]),
        *_socket(status["socket"]),
        ("Logged in at Exact", _login(auth, "exact", _renewed(auth))),
        ("Slack token", _login(auth, "slack", "yes")),
    ]


def _triage(triage: dict[str, Any] | None) -> list[Row]:
    """Only where a route has triage."""
    if triage is None:
        return []
    oldest = triage["oldest_s"]
    age = f", the oldest came {timedelta(seconds=oldest)} ago" if oldest is not None else ""
    counts = f"{triage['open']} open, {triage['taken']} taken, {triage['later']} later{age}"
    lost = [(f"Without {scope}", cost) for scope, cost in triage["lost"].items()]
    return [("Triage", counts), *lost]


def _learning(learning: list[dict[str, Any]]) -> list[Row]:
    """Only while a part of Exact's past is not read."""
    if not learning:
        return []
    names = ", ".join(kind["exception"] for kind in learning)
    ends = [kind["until"] for kind in learning]
    until = "the next poll begins" if None in ends else f"until about {max(ends)}"
    return [("Learning from the past", f"{names}; {until}")]


def _socket(socket: dict[str, Any] | None) -> list[Row]:
    """Only where the config asks for Socket Mode."""
    if socket is None:
        return []
    stands = "connected" if socket["connected"] else f"not connected: {socket['problem']}"
    row = ("Socket Mode", f"{stands}, noted {_ago(socket['at'])}" if socket["at"] else stands)
    crowded = too_many(socket["connections"])
    return [row, ("", f"{crowded} {CURE}")] if crowded else [row]


def _login(auth: dict[str, Any], side: str, well: str) -> str:
    """What could not be read is no login that is missing."""
    if auth[side]:
        return well
    return f"{'not known' if auth[side] is None else 'no'}: {auth[f'{side}_problem']}"


def _renewed(auth: dict[str, Any]) -> str:
    renewed = _ago(auth["exact_refreshed_at"])
    return f"yes, last renewed {renewed}, {auth['exact_days_left']} days left"


def _ago(moment: str | None) -> str:
    """A time with its age: the age is what a person looks for."""
    if moment is None:
        return "never"
    seconds = max((datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds(), 0)
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            many = int(seconds // size)
            return f"{many} {unit}{'' if many == 1 else 's'} ago ({moment})"
    return f"just now ({moment})"


def _needs(needs: list[dict[str, Any]], whole: bool) -> list[str]:
    """What waits for a person, by name, and what releases it."""
    if not needs:
        return []
    shown = needs if whole else needs[:_NAMED]
    lines = ["Waits for a person:", *map(_need, shown)]
    if len(needs) > len(shown):
        lines.append(f"  and {len(needs) - len(shown)} more: exact-slack status --all")
    commands = dict.fromkeys(need["command"] for need in needs if need["command"])
    return lines + [f"  To release: {command}" for command in commands]


def _need(need: dict[str, Any]) -> str:
    name = " ".join(filter(None, (need["kind"].replace("_", " "), need["number"])))
    money = " ".join(filter(None, (need["currency"], need["amount"])))
    what = " · ".join(filter(None, (name, need["account"], money)))
    since = f"{need['since'][:16].replace('T', ' ')} UTC"
    return f"  {need['channel']}  {what}: {need['state']} since {since}: {need['why']}"


def _waits(waits: list[dict[str, Any]]) -> list[Row]:
    """What waits on purpose, and until when."""
    return [
        (
            "" if number else "Waiting",
            f"{wait['count']} until {wait['until'][:16].replace('T', ' ')} ({wait['reason']})",
        )
        for number, wait in enumerate(waits)
    ]


def _reports(reports: list[dict[str, Any]]) -> list[Row]:
    """When each report is due next, and what it costs."""
    return [
        (
            "" if number else "Reports",
            f"{report['name']}: {report['due'][:16].replace('T', ' ')},"
            f" about {report['calls']} calls",
        )
        for number, report in enumerate(reports)
    ]


def _digests(digests: list[dict[str, Any]]) -> list[Row]:
    """What routes collect, and when it is told."""
    return [
        (
            "" if number else "Digests",
            f"{digest['route']}: {digest['documents']} for {digest['due'][:16].replace('T', ' ')}",
        )
        for number, digest in enumerate(digests)
    ]


def _trouble(status: dict[str, Any]) -> list[Row]:
    rows = [(f"  {reason}", str(count)) for reason, count in status["reasons"].items()]
    channels = {**status["parked_channels"], **status["renamed_channels"]}
    return rows + list(channels.items())


def _budget(budget: dict[str, Any]) -> list[Row]:
    rows = [
        (f"Division {name}", f"{used['calls_today']} calls today, {used['left_today']} left")
        for name, used in budget.items()
        if name != "schedule"
    ]
    plan = budget.get("schedule")
    if plan:
        fits = "fits" if plan["fits"] else "DOES NOT FIT the day: poll less often"
        rows.append(("Schedule", f"{plan['calls_per_day']} calls a day a division; {fits}"))
    return rows


def _traffic(activity: list[dict[str, Any]]) -> Table:
    """What came in per kind and went out per channel, with a small chart over two weeks."""
    table = Table("", "Today", f"{_CHART_DAYS} days", "", box=None)
    days = [
        (datetime.now(UTC) - timedelta(days=back)).strftime("%Y-%m-%d")
        for back in reversed(range(_CHART_DAYS))
    ]
    for name, counts in _series(activity).items():
        values = [counts[day] for day in days]
        table.add_row(_text(name), str(values[-1]), str(sum(values)), _chart(values))
    return table


def _series(activity: list[dict[str, Any]]) -> dict[str, Counter[str]]:
    series: dict[str, Counter[str]] = {}
    for tally in activity:
        incoming = tally["what"] in _INCOMING
        name = f"in: {tally['kind']}" if incoming else f"out: {tally['channel']}"
        series.setdefault(name, Counter())[tally["day"]] += tally["n"]
    return dict(sorted(series.items()))


def _chart(values: list[int]) -> str:
    top = max([*values, 1])
    return "".join(_BARS[-(-value * (len(_BARS) - 1) // top)] for value in values)


def _cursors(cursors: list[dict[str, Any]]) -> Table:
    """When each division was last read, by the kind that lies furthest behind, when `poll --due`
    reads it next, and the newest document seen there: a kind that has none is not behind."""
    columns = "Division", "Last read", "Next by poll --due", "Newest document (Exact's clock)"
    table = Table(*columns, box=None)
    divisions: dict[int, list[dict[str, Any]]] = {}
    for cursor in cursors:
        divisions.setdefault(cursor["division"], []).append(cursor)
    for division, kinds in divisions.items():
        late = min(kinds, key=lambda cursor: cursor["read_at"] or "")
        newest = max(kinds, key=lambda cursor: cursor["modified"])
        even = max(cursor["read_at"] or "" for cursor in kinds)[:16] == (late["read_at"] or "")[:16]
        which = f"{len(kinds)} kinds" if even else f"{late['kind']}; others later"
        table.add_row(
            str(division),
            _text(f"{_ago(late['read_at'])}: {which}"),
            _text(_next(kinds)),
            _text(f"{newest['modified']} ({newest['kind']})"),
        )
    return table


def _next(kinds: list[dict[str, Any]]) -> str:
    """What is read first, and by when all are; in UTC, as the other times."""
    due = sorted((kind["due_at"], kind["kind"]) for kind in kinds if kind["due_at"])
    if not due:
        return ""
    now = datetime.now(UTC).isoformat()
    at, by = ("now" if moment < now else f"{moment[11:16]} UTC" for moment, _ in (due[0], due[-1]))
    return f"{at}: {due[0][1]}" + (f"; all by {by}" if len(due) > 1 and by != at else "")


def show_checked(checked: "Verification") -> None:
    """What `--verify` found."""
    out(f"Documents modified from {checked.since} to {checked.until} (Exact's clock)")
    for result in checked.results:
        gaps = "1 gap" if len(result.gaps) == 1 else f"{len(result.gaps)} gaps"
        counts = f"{result.in_exact} in Exact, {gaps}"
        counts += f", {result.healed} healed" if result.healed else ""
        counts += f". {result.problem}" if result.problem else ""
        out(f"  {result.division}  {result.kind}: {counts}")
        for gap in result.gaps:
            out(f"    {gap.what}: {gap.number or '(no number)'}  {gap.key}")
    for line in _totals(checked):
        out(line)


def _totals(checked: "Verification") -> list[str]:
    """What Exact has of each kind, and of how much of it channels tell."""
    lines = []
    for total in checked.totals():
        fields = total.as_json()
        if total.count:
            lines.append(
                f"  {total.division}  {total.kind}, in all: {total.count}"
                f" ({total.currency} {fields['amount']}) in Exact,"
                f" {total.posted} ({total.currency} {fields['posted_amount']}) told in channels"
            )
    return lines
