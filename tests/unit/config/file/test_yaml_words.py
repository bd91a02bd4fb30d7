"""What is no YAML is told in our words, with the line and what was likely meant."""

from pathlib import Path

import pytest

from exact_slack.config.file.source import read
from exact_slack.errors import ConfigError

SECRET = "hunter2"
CASES = [
    ("exact:\n\tregion: nl\n", 2, "found a tab where only spaces may stand"),
    ('exact:\n  a: "hunter2\nslack: {}\n', 2, "the quote in line 2 is not closed"),
    ("exact:\n  a: 1\n b: 2\n", 3, "siblings begin in the same column"),
    ("exact:\n  a: 1\n    b: 2\n", 3, "indented deeper than its siblings"),
    ("a:\n  b: [1, 2\nslack: {}\n", 2, "the [ in line 2 is not closed: there is no ]"),
    ("routes: {name: a\n", 1, "the { in line 1 is not closed: there is no }"),
    ("a: {b: c d: e}\n", 1, "found no comma between two values, or no }"),
    ("a: {b: c]\n", 1, "found no comma between two values, or no }"),
    ("a: [1, 2]]\n", 1, "found a ] that closes nothing"),
    ("a: }\n", 1, "found a } where a value should stand"),
    ("a: hunter2: nl\n", 1, "a value with a colon in it stands in quotes"),
    ("exact:\n  hunter2\n  b: [1]\n", 2, "found no colon after a key"),
    ("exact:\n- b\nhunter2\n", 3, "found no colon after a key"),
    ("a: @hunter2\n", 1, "found a value that begins with @: write it in quotes"),
    ("a: `hunter2`\n", 1, "found a value that begins with `: write it in quotes"),
    ("a: %hunter2\n", 1, "found a value that begins with %: write it in quotes"),
    ("a: {b: *}\n", 1, "found a value that begins with *: write it in quotes"),
    ("a: {b: *hunter2}\n", 1, "found a value that begins with *: write it in quotes"),
    ("a: &\n", 1, "found a value that begins with &: write it in quotes"),
    ("a: {b: >= 1000}\n", 1, "found a value that begins with >: write it in quotes"),
    ("a: {b: !hunter2}\n", 1, "found a value that begins with !: write it in quotes"),
    ("a: !hunter2 b\n", 1, "found a value that begins with !: write it in quotes"),
    ('a: "b" hunter2\n', 1, "found text behind a closed quote"),
    ("a: 'it's'\n", 1, "found text behind a closed quote"),
    ('a: "C:\\hunter2"\n', 1, "found a backslash in double quotes"),
    ("a: | hunter2\n  b\n", 1, "found text behind | or >"),
    ("a: 1\n---\nb: 2\n", 2, "found another document"),
    ("a: 2026-13-45\n", 1, "a date or number that does not exist"),
    ("%hunter2\n", 2, "this is not understood"),
]
_YAMLS_OWN = ("block", "token", "stream", "scalar", "mapping values", "flow", "directive", "<")


@pytest.mark.parametrize(("text", "line", "told"), CASES)
def test_each_way_to_break_a_file_is_told_in_our_words(
    tmp_path: Path, text: str, line: int, told: str
) -> None:
    path = tmp_path / "acme.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read(path)
    said = str(caught.value)
    assert said.startswith(f"{path}:{line}: expected YAML, but ")
    assert told in said
    assert SECRET not in said
    assert not [word for word in _YAMLS_OWN if word in said.removeprefix(str(path))]
