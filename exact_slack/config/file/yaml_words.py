"""What is wrong with a file that is no YAML: in words that help and say what was likely meant. Of
the file itself only signs are repeated: a tag, an alias or a value may be a secret."""

import re
from typing import Final

import yaml

_SIGN: Final = re.compile(r"'(.)'")
_CLOSES: Final = {"[": "]", "{": "}"}
_KEY: Final = re.compile(r"[^\s#].*?:(\s|$)")
"""A key with its colon."""
_TAG: Final = re.compile(r"\btag\b")


def said(error: yaml.MarkedYAMLError, text: str) -> tuple[int, str]:
    """The line, counted from 1, and what is wrong there."""
    at = error.problem_mark.line if error.problem_mark else 0
    began = error.context_mark.line if error.context_mark else at
    problem, context = error.problem or "", error.context or ""
    lines = text.split("\n")
    ends = "<stream end>" in problem or "end of stream" in problem
    if r"'\t'" in problem:
        return at + 1, "found a tab where only spaces may stand"
    if "quoted" in context:
        if "escape" in problem:
            cure = "write two of them, or use single quotes"
            return at + 1, f"found a backslash in double quotes: {cure}"
        return began + 1, f"the quote in line {began + 1} is not closed"
    if "flow" in context and "expected ','" in problem:
        return began + 1, _unclosed(error, lines, began, at, ends=ends)
    said = _begins_oddly(problem, context, at, error) or _misplaced(problem, at, lines, error)
    if said:
        return said
    if "another document" in problem:
        return at + 1, "found another document (what stands behind ---): a config is one"
    if "date or number" in problem:
        return at + 1, problem
    return at + 1, "this is not understood: it may be a quote, a bracket or a colon too many or few"


def _unclosed(
    error: yaml.MarkedYAMLError, lines: list[str], began: int, at: int, *, ends: bool
) -> str:
    column = error.context_mark.column if error.context_mark else 0
    opened = lines[began][column : column + 1] if began < len(lines) else ""
    closes = _CLOSES.get(opened, "bracket")
    if ends or at > began:
        return f"the {opened} in line {began + 1} is not closed: there is no {closes}"
    return f"found no comma between two values, or no {closes}, after the {opened} in this line"


def _begins_oddly(
    problem: str, context: str, at: int, error: yaml.MarkedYAMLError
) -> tuple[int, str] | None:
    """Values that begin with a sign that means something in YAML."""
    sign = ""
    if "cannot start any token" in problem and (match := _SIGN.search(problem)):
        sign = match[1]
    elif "alias" in context or "alias" in problem:
        sign = "*"
    elif "anchor" in context:
        sign = "&"
    elif _TAG.search(context) or _TAG.search(problem):
        sign = "!"
    elif "directive" in context:
        sign = "%"
    if not sign:
        return None
    mark = error.context_mark or error.problem_mark
    line = at if "cannot start" in problem or mark is None else mark.line
    return line + 1, f"found a value that begins with {sign}: write it in quotes"


def _misplaced(
    problem: str, at: int, lines: list[str], error: yaml.MarkedYAMLError
) -> tuple[int, str] | None:
    """Keys, colons and indents where they do not fit."""
    if "mapping values are not allowed" in problem:
        return _not_a_key(at, error.problem_mark.column if error.problem_mark else 0, lines)
    if "could not find expected ':'" in problem:
        line = error.context_mark.line if error.context_mark else at
        return (
            line + 1,
            "found no colon after a key: write KEY: VALUE, with a blank behind the colon",
        )
    if "comment or a line break" in problem:
        return at + 1, "found text behind | or >: it stands in the next lines, or in quotes"
    if "<block end>" in problem:
        if "<scalar>" in problem:
            return at + 1, "found text behind a closed quote: one pair of quotes holds it all"
        if (sign := _SIGN.search(problem)) and sign[1] in "]}":
            return at + 1, f"found a {sign[1]} that closes nothing"
        return at + 1, "this line is indented like none above it: siblings begin in the same column"
    if "node content" in problem and (sign := _SIGN.search(problem)):
        return at + 1, f"found a {sign[1]} where a value should stand"
    return None


def _not_a_key(at: int, column: int, lines: list[str]) -> tuple[int, str]:
    if at < len(lines) and _KEY.search(lines[at][:column].lstrip(" -")):
        return at + 1, "found two keys in one line: a value with a colon in it stands in quotes"
    above = at - 1
    while above > 0 and not lines[above].split("#")[0].strip():
        above -= 1
    if above >= 0 and above < len(lines) and not _KEY.search(lines[above]):
        return above + 1, "found no colon after a key: write KEY: VALUE"
    return at + 1, "this line is indented deeper than its siblings, or the key above has a value"
