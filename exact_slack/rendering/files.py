"""The line in a thread that says why a file is not there, or where it is."""

from enum import StrEnum

from exact_slack.rendering import blocks as b
from exact_slack.rendering.message import Message
from exact_slack.rendering.words.locale import Words


class Missing(StrEnum):
    """Why a file is not in the thread; each has a label of this name."""

    TOO_LARGE = "file_too_large"
    UNREADABLE = "file_unreadable"
    REFUSED = "file_refused"
    NO_LIST = "list_refused"
    STANDS_ELSEWHERE = "file_elsewhere"
    """In another thread of the same channel: a file is uploaded there once."""


def missing(
    problem: str,
    name: str,
    detail: str,
    limit_mb: int,
    link: str,
    locale: str,
    *,
    is_document: bool = True,
) -> Message:
    """One line: which file, why, and where it is to be found."""
    words = Words(locale)
    if problem == Missing.STANDS_ELSEWHERE:
        return _elsewhere(b.clean(name, 150), detail, words)
    sentence = b.clean(
        words.label(problem, name=b.clean(name, 150), detail=b.clean(detail, 200), limit=limit_mb),
        600,
    )
    where = b.link(link, words.label("open_link" if is_document else "open_company"))
    return Message(b.escape(sentence), (b.rich([b.leaf(sentence)]), *([where] if where else [])))


def _elsewhere(name: str, link: str, words: Words) -> Message:
    """The file's name leads to where it stands."""
    before, _, after = words.label("file_elsewhere", name="\n").partition("\n")
    leaves = [b.leaf(before)] if before else []
    leaves += [b.linked(name, link), b.leaf(after)]
    where = f" {b.safe_address(link)}".rstrip()
    return Message(b.escape(f"{before}{name}{after}{where}"), (b.rich(leaves),))
