"""docs/doctor.md lists every check and every assumption, word for word."""

import re
from pathlib import Path

from exact_slack.inspect.doctor.close_points import POINTS as CLOSE
from exact_slack.inspect.doctor.exact_points import POINTS as EXACT
from exact_slack.inspect.doctor.findings import Subject
from exact_slack.inspect.doctor.slack_points import POINTS as SLACK

PAGE = (Path(__file__).parents[3] / "docs" / "doctor.md").read_text(encoding="utf-8")


def test_each_check_and_no_other_is_on_the_page() -> None:
    rows = re.findall(r"^\| ((?:`[a-z ]+`(?:, )?)+) \|", PAGE, re.MULTILINE)
    named = [name for row in rows for name in re.findall(r"`([a-z ]+)`", row)]
    assert sorted(named) == sorted(subject.value for subject in Subject)


def test_each_assumption_is_on_the_page_as_doctor_says_it() -> None:
    table = PAGE.partition("| assumption |")[2].partition("\n\n")[0].splitlines()[2:]
    every = (*EXACT, *CLOSE, *SLACK)
    points = [f"| {p.name} | {p.assumed} | {p.breaks} |" for p in every]
    assert table == points
    assert len({point.name for point in every}) == len(points)
