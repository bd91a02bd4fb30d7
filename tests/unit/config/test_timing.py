"""Quiet hours, the times of digests, and the keys that say them; daylight saving time too."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from freezegun import freeze_time

from exact_slack.config.load import load
from exact_slack.config.timing import Digest, Quiet, local, loud_seconds, zone
from exact_slack.config.together import ended_silences
from exact_slack.errors import ConfigError
from tests.examples import WHOLE

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NIGHTS = Quiet.model_validate({"from": "19:00", "to": "07:00", "days": ["sat", "sun"]})
BASE = """\
exact:
  region: nl
  divisions: [1]
  client_id: a
  client_secret: b
  redirect_uri: https://x.example
timezone: Europe/Amsterdam
"""


def _at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM).timestamp()


def _text(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, AMSTERDAM).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-24 12:00", "2026-11-24 12:00"),  # a Tuesday at noon
        ("2026-11-24 06:59", "2026-11-24 07:00"),
        ("2026-11-24 07:00", "2026-11-24 07:00"),
        ("2026-11-24 19:00", "2026-11-25 07:00"),
        ("2026-11-27 23:00", "2026-11-30 07:00"),  # Friday night: over the weekend
        ("2026-11-28 12:00", "2026-11-30 07:00"),
        ("2026-10-24 20:00", "2026-10-26 07:00"),  # the night in which an hour happens twice
    ],
)
def test_quiet_hours_end(now: str, until: str) -> None:
    assert _text(NIGHTS.until(_at(now), AMSTERDAM)) == until


@pytest.mark.parametrize("fraction", [n / 97 for n in range(97)])
def test_a_moment_between_two_microseconds_is_quiet_or_not_like_any_other(fraction: float) -> None:
    noon, evening = _at("2026-11-24 12:00") + fraction, _at("2026-11-24 20:00")
    assert NIGHTS.until(noon, AMSTERDAM) == noon
    loud = loud_seconds(NIGHTS, noon, evening, AMSTERDAM)
    assert loud == pytest.approx(_at("2026-11-24 19:00") - noon)


def test_quiet_hours_within_a_day_and_none_at_all() -> None:
    lunch = Quiet.model_validate({"from": "12:00", "to": "13:00"})
    assert _text(lunch.until(_at("2026-11-24 12:30"), AMSTERDAM)) == "2026-11-24 13:00"
    assert Quiet().until(_at("2026-11-24 12:30"), AMSTERDAM) == _at("2026-11-24 12:30")


@pytest.mark.parametrize(
    ("keys", "now", "due", "following"),
    [
        ({"every": "day", "at": "08:30"}, "2026-11-24 08:30", "2026-11-24 08:30", "25 08:30"),
        ({"every": "day", "at": "08:30"}, "2026-11-24 08:29", "2026-11-23 08:30", "24 08:30"),
        ({"every": "week", "on": "fri"}, "2026-11-24 12:00", "2026-11-20 08:30", "27 08:30"),
        ({"every": "week"}, "2026-11-23 08:30", "2026-11-23 08:30", "30 08:30"),
        ({"every": "month", "at": "7:00"}, "2026-11-24 12:00", "2026-11-01 07:00", "01 07:00"),
        ({"every": "month", "on": 25}, "2026-11-24 12:00", "2026-10-25 08:30", "25 08:30"),
        # 02:30 does not exist on 29 March 2026; the digest is due all the same
        ({"every": "day", "at": "02:30"}, "2026-03-29 04:00", "2026-03-29 03:30", "30 02:30"),
    ],
)
def test_digests_fall_due(keys: dict[str, object], now: str, due: str, following: str) -> None:
    digest = Digest.model_validate(keys)
    assert _text(digest.due(_at(now), AMSTERDAM)) == due
    assert _text(digest.following(_at(now), AMSTERDAM))[8:] == following


def test_a_named_zone_is_not_the_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert str(zone("Europe/Amsterdam")) == "Europe/Amsterdam"
    assert datetime(2026, 1, 1, tzinfo=UTC).astimezone(zone(None)).hour == 9


@pytest.fixture
def system_zone(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    "system_zone",
    [
        "CET-1CEST,M3.5.0,M10.5.0/3",
        "IST-1GMT0,M10.5.0,M3.5.0/1",
        "NZST-12NZDT,M9.5.0,M4.1.0/3",
        "CET-1CEST,J60,J300",
        "<+0330>-3:30",
        "UTC0",
        "JST-9",
        "Europe/Amsterdam",
        ":Europe/Amsterdam",
        "/usr/share/zoneinfo/America/New_York",
        "/etc/passwd",
        "Foo/Bar",
        "nonsense",
        "",
    ],
    indirect=True,
)
@pytest.mark.usefixtures("system_zone")
def test_without_a_name_it_is_what_date_shows() -> None:
    first = 1767225600  # 2026 in UTC
    for hour in range(0, 366 * 24, 5 if WHOLE else 23):
        seconds = first + hour * 3600
        there = time.strftime("%F %R", time.localtime(seconds))
        assert local(seconds, zone(None)).strftime("%F %R") == there


def _load(tmp_path: Path, route: str, top: str = "") -> Path:
    path = tmp_path / "acme.yaml"
    path.write_text(
        f"{BASE}{top}routes:\n  - name: a\n    channel: '#a'\n    {route}\n", encoding="utf-8"
    )
    return path


@pytest.mark.parametrize(
    ("route", "key", "found", "expected"),
    [
        ("digest: {every: hour}", "digest.every", "'hour'", "'week'"),
        ("digest: {every: day, at: 8}", "digest.at", "8", "a time of day"),
        ("digest: {every: day, on: mon}", "digest.on", "'mon'", "no such key with every: day"),
        ("digest: {every: week, on: [mon]}", "digest.on", "a list", "sun"),
        ("digest: {every: month, on: 31}", "digest.on", "31", "from 1 to 28"),
        ("digest: {evry: day}", "digest.evry", "unknown key", "every, at, on"),
        ("digest: daily", "digest", "'daily'", "a mapping of keys"),
        ("triage: yes please", "triage", "'yes please'", "a mapping of keys"),
        ("triage: {remind: 9}", "triage.remind", "9", "a time of day"),
        ("triage: {escalate: {mention: here}}", "escalate.after", "nothing", "this key"),
        ("triage: {escalate: {after: 1 day}}", "escalate.after", "'1 day'", "a duration"),
        ("triage: {escalate: {after: 1d, mention: Anna}}", "mention", "'Anna'", "a Slack user"),
        ("triage: {remid: '09:00'}", "triage.remid", "unknown key", "remind, escalate"),
        ('quiet: {from: "19:00"}', "quiet", "a mapping", "both from and to"),
        ('quiet: {form: "19:00"}', "quiet.form", "unknown key", "from, to, days"),
        ("quiet: {days: [sat, sunday]}", "quiet.days[1]", "'sunday'", "sun"),
        ("silences: [{match: {}, until: soon, reason: x}]", "silences[0].until", "'soon'", "date"),
        ("silences: [{match: {knd: x}, until: 2026-12-31, reason: x}]", "match.knd", "key", "kind"),
        ("silences: [{match: {}, until: 2026-12-31}]", "silences[0].reason", "nothing", "this key"),
        ("silences: [{match: {}, utnil: x}]", "silences[0].utnil", "key", "match, until, reason"),
    ],
)
def test_mistakes_name_line_key_found_and_expected(
    tmp_path: Path, route: str, key: str, found: str, expected: str
) -> None:
    path = _load(tmp_path, route)
    with pytest.raises(ConfigError) as caught:
        load(path)
    lines = [line for line in str(caught.value).splitlines() if key in line]
    assert lines and lines[0].startswith(f"{path}:11: routes[0].")
    assert found in lines[0].split("expected")[0]
    assert expected in lines[0].split("expected")[1]


@pytest.mark.parametrize(
    ("top", "key", "expected"),
    [
        ("timezone: Amsterdam\n", "timezone", "Europe/Amsterdam"),
        ("attachments_max_mb: 0\n", "attachments_max_mb", "1 or more"),
        ("attachments_max_mb: 5000\n", "attachments_max_mb", "1000 or less"),
    ],
)
def test_mistakes_at_the_top(tmp_path: Path, top: str, key: str, expected: str) -> None:
    path = _load(tmp_path, "otherwise: false", top)
    path.write_text(path.read_text().replace("timezone: Europe/Amsterdam\n", "", 1))
    with pytest.raises(ConfigError, match=f":7: {key}: found .*{expected}"):
        load(path)


@pytest.mark.parametrize("key", ["attachments", "triage"])
def test_a_digest_has_nothing_that_a_document_of_its_own_has(tmp_path: Path, key: str) -> None:
    path = _load(tmp_path, f"digest: {{every: day}}\n    {key}: true")
    with pytest.raises(ConfigError, match=rf":12: routes\[0\].{key}"):
        load(path)


@pytest.mark.parametrize(
    ("written", "remind", "escalates"),
    [
        ("false", None, None),
        ("true", "None", False),
        ("{}", "None", False),
        ('{remind: "9:00", escalate: {after: 1d, mention: S0123ABCD}}', "09:00:00", True),
    ],
)
def test_triage_is_a_switch_or_says_when(
    tmp_path: Path, written: str, remind: str | None, escalates: bool | None
) -> None:
    triage = load(_load(tmp_path, f"triage: {written}")).routes[0].triage
    assert (triage and str(triage.remind)) == remind
    assert (triage and triage.escalate is not None) == escalates


@freeze_time("2027-01-05 12:00")
def test_ended_silences_are_told(tmp_path: Path) -> None:
    silence = "silences: [{match: {kind: payment}, until: 2026-12-31, reason: stocktaking}]"
    config = load(_load(tmp_path, silence))
    assert ended_silences(config, date(2026, 12, 31)) == []
    (told,) = ended_silences(config, date(2027, 1, 1))
    assert ":11: routes[0].silences[0].until" in told
    assert "stocktaking" in told
