"""The files of a document: into the thread of its head, once each, and never in the way of it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, get_args
from unittest import mock

import pytest

from exact_slack.app.customer import Customer
from exact_slack.exact.reader import Reader
from exact_slack.failpoints import FILE_POINTS, POINTS
from exact_slack.ledger.outgoing.causes import Cause
from exact_slack.sandbox.exact.api import ExactSandbox
from exact_slack.sandbox.faults import Kind, When
from exact_slack.sandbox.http import Request, Response
from exact_slack.sandbox.slack.api import SlackSandbox
from exact_slack.sandbox.slack.store.model import Message
from exact_slack.sandbox.slack.store.quirks import Orphans
from exact_slack.sandbox.slack.store.workspace import DEFAULT_SCOPES
from tests.e2e.clocked import ClockedRig, clocked
from tests.e2e.hands import VARIABLE, Hands
from tests.e2e.logged import agree, told
from tests.e2e.rig import DIVISION, ENTRIES, TOKEN, Rig

pytestmark = [pytest.mark.usefixtures("hands"), pytest.mark.sampled(3)]
ATTACHING = """\
  - name: feed
    when: {kind: purchase_entry}
    channel: "#feed"
    attachments: true
"""
PLAIN_TOO = (
    ATTACHING
    + """\
  - name: second
    when: {kind: purchase_entry}
    channel: "#second"
"""
)
PDF = b"%PDF-1.4\n" + b"0123456789" * 500
FILES = "documents/DocumentAttachments"
SENDING_POINTS = [*POINTS[:-3], *FILE_POINTS]


def guid(number: int) -> str:
    return f"{number:08d}-0000-4000-8000-000000000000"


def attach(rig: Rig, number: int, content: bytes = PDF, name: str = "", **values: Any) -> str:
    """A file that Exact has for the document with this number."""
    row = {
        "ID": guid(9000 + number),
        "Document": guid(number),
        "FileName": name or f"invoice {number}.pdf",
        "FileSize": len(content),
        "Attachment": content,
    }
    rig.exact.store.upsert(DIVISION, FILES, {**row, **values})
    return guid(number)


def document(rig: Rig, number: int, **values: Any) -> Any:
    return rig.entry(number, Document=guid(number), **values)


def shared(rig: Rig, channel: str = "feed") -> list[Message]:
    return [message for message in rig.messages(channel) if message.files]


def contents(rig: Rig) -> list[bytes]:
    found = [rig.slack.store.file(one) for m in shared(rig) for one in m.files]
    return sorted(file.content or b"" for file in found if file)


@pytest.fixture
def files(rig: Rig) -> Rig:
    rig.routes = ATTACHING
    rig.write_config()
    rig.poll()
    return rig


@pytest.fixture
def still(tmp_path: Path) -> Iterator[ClockedRig]:
    """With a clock that the test sets: pauses cost no time."""
    with clocked(tmp_path, "2026-11-24 12:00", ATTACHING) as rig:
        yield rig


def downloads(rig: Rig) -> list[str]:
    return [r.path for r in rig.exact.server.requests if r.path.startswith("/docs/")]


def test_every_file_goes_into_the_thread_of_its_head_once(files: Rig) -> None:
    for number in (1, 2, 3):
        document(files, number)
        attach(files, number, PDF + str(number).encode())
    attach(files, 3, b"more", "note.txt", ID=guid(7777))
    assert files.poll()["posted"] == 3 + 4
    threads = {head.ts: head for head in files.heads()}
    assert all(message.thread_ts in threads for message in shared(files))
    assert contents(files) == sorted([*(PDF + n for n in (b"1", b"2", b"3")), b"more"])
    assert files.poll()["posted"] == 0
    assert len(shared(files)) == 4


def test_a_damaged_head_keeps_no_file_from_the_others(still: ClockedRig) -> None:
    still.go("2026-11-24 12:00")
    document(still, 1)
    assert still.go("2026-11-24 12:01").posted == 1  # there is no file yet: looked at again later
    with closing(sqlite3.connect(still.state / "ledger.sqlite")) as db, db:
        db.execute("UPDATE deliveries SET after_ts='nonsense'")
    document(still, 2)
    attach(still, 2)
    still.go("2026-11-24 13:00")
    assert len(shared(still)) == 1


def test_a_long_name_keeps_its_ending_and_an_odd_one_is_no_harm(still: ClockedRig) -> None:
    names = ["Rechnung " * 40 + ".PDF", "x" * 300, ".", "a\r\n\tb.pdf", "<!channel>.pdf"]
    for number, name in enumerate(names, 1):
        document(still, number)
        attach(still, number, PDF + str(number).encode(), name)
    assert still.go().posted == 2 * len(names)
    files = [still.slack.store.file(one) for message in shared(still) for one in message.files]
    told = sorted((file.name for file in files if file), key=len, reverse=True)
    long = sorted(told[:2])
    assert long == [("Rechnung " * 40)[:145] + "….PDF", "x" * 149 + "…"]
    assert told[2:] == ["<!channel>.pdf", "a b.pdf", "."]


def test_many_documents_are_looked_up_in_one_call(files: Rig) -> None:
    for number in range(20):
        document(files, number)
    before = len(files.exact.server.requests)
    files.exact.limits.on = False
    files.poll()
    paths = [r.path for r in files.exact.server.requests[before:]]
    assert sum(path.endswith(FILES) for path in paths) == 1


def test_a_route_without_attachments_asks_for_nothing(rig: Rig) -> None:
    rig.poll()
    attach(rig, 1)
    document(rig, 1)
    rig.poll()
    assert shared(rig) == []
    assert not any(r.path.endswith(FILES) for r in rig.exact.server.requests)


def test_only_the_route_that_wants_files_gets_them(rig: Rig) -> None:
    rig.slack.store.add_channel("second")
    rig.routes = PLAIN_TOO
    rig.write_config()
    rig.poll()
    attach(rig, 1)
    document(rig, 1)
    rig.poll()
    assert len(shared(rig)) == 1
    assert shared(rig, "second") == []


def test_a_file_that_is_attached_later_follows(still: ClockedRig) -> None:
    row = still.entry(1)
    document(still, 2)
    still.go()
    assert shared(still) == []
    attach(still, 2)  # somebody scans it: nothing in the entry changes
    still.go("2026-11-24 12:11")
    assert len(shared(still)) == 1
    attach(still, 1)
    still.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": row["EntryID"], "Document": guid(1)})
    still.go("2026-11-24 12:20")
    assert len(shared(still)) == 2


def test_a_head_that_is_renewed_while_its_files_are_looked_up(still: ClockedRig) -> None:
    """The file goes under the head that stands, and not under one that nobody sees."""
    row = document(still, 1)
    still.go("2026-11-24 12:01")
    attach(still, 1)
    still.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": row["EntryID"], "YourRef": "NEW"})
    looked_up = Reader.attachments

    def meanwhile(reader: Reader, *values: Any) -> Any:
        found = looked_up(reader, *values)
        still.slack.store.delete_message("feed", still.heads()[0].ts)
        still.with_customer(_renew)
        return found

    with mock.patch.object(Reader, "attachments", meanwhile):
        still.go("2026-11-24 12:10")
    still.go("2026-11-24 12:20")
    assert [message.thread_ts for message in shared(still)] == [still.heads()[0].ts]
    assert still.status()["backlog"] == 0


def _renew(customer: Customer) -> None:
    for head in customer.ledger.deliveries.heads(1):
        if head.ts:
            customer.ledger.deliveries.renew(head, customer.clock.now(), Cause.DELETED_IN_SLACK)


def test_a_change_looks_again_and_brings_only_what_is_new(still: ClockedRig) -> None:
    attach(still, 1)
    row = document(still, 1)
    still.go()
    attach(still, 1, b"more", "note.txt", ID=guid(7777))
    still.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": row["EntryID"], "YourRef": "NEW"})
    still.go()
    assert contents(still) == sorted([PDF, b"more"])


# -- what cannot be brought ------------------------------------------------------------------------


def _told(rig: Rig) -> list[str]:
    return [m.text for m in rig.replies() if not m.files]


def test_a_file_that_is_too_large_is_said_in_one_line(files: Rig) -> None:
    files.extra = "attachments_max_mb: 1\n"
    files.write_config()
    attach(files, 1, PDF + b"x" * 1_100_000)
    document(files, 1)
    assert files.poll()["posted"] == 2
    assert _told(files) == ["invoice 1.pdf is larger than 1 MB and stays in Exact Online."]
    assert shared(files) == []
    assert files.poll()["posted"] == 0


@pytest.mark.parametrize("content", [b"", b"<html>log in</html>", b"MZ not a PDF"])
def test_what_is_not_the_file_is_tried_again_then_said(still: ClockedRig, content: bytes) -> None:
    attach(still, 1, content)
    document(still, 1)
    done = still.go()
    assert (done.posted, done.waiting, done.exit_code()) == (1, 1, 0)
    assert still.status()["waits"][0]["reason"] == "Exact does not give out the file now"
    for hour in range(13, 20):
        still.go(f"2026-11-24 {hour}:30")
    assert _told(still) == ["invoice 1.pdf cannot be fetched from Exact Online."]
    assert still.go().posted == 0
    assert len(downloads(still)) == 6


def test_a_login_page_for_a_moment_is_no_file(still: ClockedRig) -> None:
    attach(still, 1)
    document(still, 1)
    handler = still.exact.server.handler

    def login(request: Request) -> Response:
        if request.path.startswith("/docs/"):
            return Response.html("<!DOCTYPE html><title>Log in</title>")
        return handler(request)

    still.exact.server.handler = login
    still.go()
    still.exact.server.handler = handler
    assert shared(still) == []
    still.go("2026-11-24 13:00")
    assert contents(still) == [PDF]


def test_trouble_at_exact_never_keeps_the_messages(still: ClockedRig) -> None:
    attach(still, 1)
    document(still, 1)
    handler = still.exact.server.handler

    def broken(request: Request) -> Response:
        if request.path.startswith("/docs/") or request.path.endswith(FILES):
            return Response.text("down", 503)
        return handler(request)

    still.exact.server.handler = broken
    assert still.go().posted == 1
    assert still.go("2026-11-24 12:05").exit_code() == 75
    still.exact.server.handler = handler
    still.go("2026-11-24 12:30")
    assert contents(still) == [PDF]


def test_refusals_of_exact_end_the_downloads_for_an_hour(still: ClockedRig) -> None:
    for number in range(5):
        attach(still, number)
        document(still, number)
    handler = still.exact.server.handler

    def refusing(request: Request) -> Response:
        if request.path.startswith("/docs/"):
            return Response.text("no", 403)
        return handler(request)

    still.exact.server.handler = refusing
    done = still.go()
    assert (len(downloads(still)), done.posted, done.waiting) == (3, 5 + 3, 2)
    still.exact.server.handler = handler
    still.go("2026-11-24 14:00")
    assert len(shared(still)) == 2


def test_an_address_elsewhere_never_gets_the_token(still: ClockedRig) -> None:
    with SlackSandbox(token="xoxb-other") as elsewhere, ExactSandbox(divisions=(1,)) as other:
        url = f"{other.url}/docs/SysAttachment.aspx?ID={guid(1)}&_Division_={DIVISION}"
        handler = still.exact.server.handler

        def astray(request: Request) -> Response:
            answer = handler(request)
            if request.path.endswith(FILES):
                ours = f"{still.exact.url}/docs/SysAttachment.aspx"
                body = answer.body.replace(ours.encode(), url.partition("?")[0].encode())
                return Response.data(body, "application/json", {})
            return answer

        still.exact.server.handler = astray
        attach(still, 1)
        document(still, 1)
        still.go()
        assert elsewhere.server.requests == [] and other.server.requests == []
    assert _told(still) == ["invoice 1.pdf cannot be fetched from Exact Online."]


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
def test_slack_that_does_not_take_the_file(files: Rig, method: str) -> None:
    refusal = '{"ok": false, "error": "file_type_not_allowed"}'
    kind = {"Content-Type": "application/json"}
    files.slack.faults.add(method, "status", status=200, body=refusal, headers=kind, when="before")
    attach(files, 1)
    document(files, 1)
    files.poll()
    assert _told(files) == ["Slack does not take invoice 1.pdf (file_type_not_allowed)."]


def test_without_the_scope_the_files_wait_for_a_person(tmp_path: Path, hands: Hands) -> None:
    scopes = ["chat:write", "channels:read", "groups:read", "channels:history", "groups:history"]
    with (
        hands.exact((DIVISION,)) as exact,
        hands.slack(TOKEN, scopes) as slack,
    ):
        exact.limits.on = False
        slack.store.add_channel("feed")
        rig = Rig(tmp_path, exact, slack, routes=ATTACHING)
        rig.environment[VARIABLE] = str(hands.path)
        rig.write_config()
        rig.log_in()
        rig.poll()
        for number in (1, 2):
            attach(rig, number)
            document(rig, number)
        done = rig.run("poll")
        assert done.code == 1
        assert len(rig.heads()) == 2
        assert "files:write" in done.err
        assert len(downloads(rig)) == 1
        slack.store.scopes = (*scopes, "files:write")
        assert rig.run("replay", "--held").code == 0
        assert len(shared(rig)) == 2


# -- crashes and lost answers ----------------------------------------------------------------------


@pytest.mark.sampled(4)
@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize("point", SENDING_POINTS)
def test_killed_anywhere_a_file_comes_once(files: Rig, point: str, nth: int) -> None:
    document(files, 1)
    attach(files, 1)
    if point == "after_look_up":
        files.slack.faults.add("files.completeUploadExternal", "reset", times=1, when="after")
    killed = files.run("poll", env={"EXACT_SLACK_FAILPOINT": f"{point}:{nth}"})
    assert killed.code in (-9, 0)
    assert nth > 1 or killed.code == -9
    agree(told(files))
    files.poll()
    assert len(files.heads()) == 1
    assert contents(files) == [PDF]


@pytest.mark.sampled(6)
@pytest.mark.parametrize("when", get_args(When))
@pytest.mark.parametrize("kind", ["close", "reset", "truncate", "status", "html200"])
@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
def test_a_lost_answer_neither_loses_nor_doubles_a_file(
    files: Rig, method: str, kind: Kind, when: When
) -> None:
    files.slack.faults.add(method, kind, times=1, when=when)
    document(files, 1)
    attach(files, 1)
    files.poll()
    assert contents(files) == [PDF]
    assert files.poll()["posted"] == 0


@pytest.mark.parametrize("times", [1, 2])
def test_a_file_that_slack_takes_and_does_not_show_is_brought_again(files: Rig, times: int) -> None:
    files.slack.store.quirks.shares_lost = times
    document(files, 1)
    attach(files, 1)
    files.poll()
    assert contents(files) == [PDF]
    assert files.poll()["posted"] == 0


def test_a_file_that_slack_never_shows_is_said_in_one_line(files: Rig) -> None:
    files.slack.store.quirks.shares_lost = -1
    document(files, 1)
    attach(files, 1)
    files.poll()
    assert not shared(files)
    assert len(files.replies()) == 1
    assert "invoice 1.pdf" in files.replies()[0].text
    assert files.poll()["posted"] == 0


def test_where_nothing_can_be_looked_up_slacks_word_counts(tmp_path: Path, hands: Hands) -> None:
    scopes = [scope for scope in DEFAULT_SCOPES if not scope.endswith(":history")]
    with hands.exact((DIVISION,)) as exact, hands.slack(TOKEN, scopes) as slack:
        slack.store.add_channel("feed")
        rig = Rig(tmp_path, exact, slack, routes=ATTACHING)
        rig.environment[VARIABLE] = str(hands.path)
        rig.write_config()
        rig.log_in()
        rig.poll()
        document(rig, 1)
        attach(rig, 1)
        rig.poll()
        assert contents(rig) == [PDF]
        assert rig.poll()["posted"] == 0


@pytest.mark.parametrize("orphans", get_args(Orphans))
def test_a_scan_that_comes_after_the_head_was_deleted(still: ClockedRig, orphans: Orphans) -> None:
    """Slack says ok, and shows it loose in the channel, or nowhere."""
    document(still, 1)
    still.go()
    still.slack.store.delete_message("feed", still.heads()[0].ts)
    attach(still, 1)
    still.slack.store.quirks.orphans = orphans
    for minute in (30, 35, 40, 45):
        still.go(f"2026-11-24 12:{minute}")
    (head,) = still.heads()
    assert [m.thread_ts for m in shared(still)] == [head.ts]
    assert contents(still) == [PDF]


# -- one file stands once in a channel -------------------------------------------------------------


def _uploads(rig: Rig) -> int:
    paths = (request.path for request in rig.slack.server.requests)
    return sum(path.startswith("/upload/") for path in paths)


def _linked(rig: Rig) -> list[Message]:
    return [m for m in rig.replies() if "another thread of this channel" in m.text]


def _renewed(still: ClockedRig, key: str) -> None:
    """Somebody deleted the head; a change finds out."""
    still.slack.store.delete_message("feed", still.heads()[-1].ts)
    still.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": key, "YourRef": "NEW"})
    for minute in (20, 25):
        still.go(f"2026-11-24 12:{minute}")


def test_a_head_that_is_made_anew_links_the_file_that_stands(still: ClockedRig) -> None:
    row = document(still, 1)
    attach(still, 1)
    still.go()
    (file,) = shared(still)
    _renewed(still, row["EntryID"])
    (line,) = _linked(still)
    (head,) = still.heads()
    assert line.thread_ts == head.ts and "invoice 1.pdf" in line.text
    link = f"archives/{file.channel}/p{file.ts.replace('.', '')}"
    assert link in line.text and link in str(line.blocks)
    assert shared(still) == [file] and _uploads(still) == 1 and len(downloads(still)) == 1
    still.slack.store.delete_message("feed", still.heads()[0].ts)
    still.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": row["EntryID"], "YourRef": "NEWER"})
    still.go("2026-11-24 12:40")
    still.go("2026-11-24 12:45")
    assert [link in one.text for one in _linked(still)] == [True, True]
    assert _uploads(still) == 1 and still.status()["backlog"] == 0


def test_a_file_that_was_deleted_with_its_head_comes_again(still: ClockedRig) -> None:
    row = document(still, 1)
    attach(still, 1)
    still.go()
    still.slack.store.delete_message("feed", shared(still)[0].ts)
    _renewed(still, row["EntryID"])
    (file,) = shared(still)
    assert file.thread_ts == still.heads()[0].ts
    assert not _linked(still)


def test_one_scan_of_two_entries_is_uploaded_once_a_channel(still: ClockedRig) -> None:
    still.slack.store.add_channel("other")
    still.routes += (
        '  - {name: second, when: {kind: "purchase*"}, channel: "#feed", attachments: true}'
    )
    still.routes += (
        '\n  - {name: other, when: {kind: "purchase*"}, channel: "#other", attachments: true}\n'
    )
    still.write_config()
    still.go()
    document(still, 1)
    still.entry(2, Document=guid(1))
    attach(still, 1)
    still.go("2026-11-24 12:10")
    assert len(still.heads()) == 2
    (file,), (line,) = shared(still), _linked(still)
    assert {file.thread_ts, line.thread_ts} == {head.ts for head in still.heads()}
    assert len(shared(still, "other")) == 1
    assert _uploads(still) == 2
    assert still.go("2026-11-24 12:30").posted == 0


def test_where_slack_does_not_say_where_it_stands_the_ledger_does(still: ClockedRig) -> None:
    row = document(still, 1)
    attach(still, 1)
    still.go()
    still.slack.faults.add("chat.getPermalink", "status", status=404)
    _renewed(still, row["EntryID"])
    (line,) = _linked(still)
    assert f"archives/{shared(still)[0].channel}/p" in line.text
    assert _uploads(still) == 1


@pytest.mark.sampled(4)
@pytest.mark.parametrize("kind", ["close", "reset", "truncate", "html200", "ratelimit"])
@pytest.mark.parametrize("method", ["chat.getPermalink", "files.completeUploadExternal"])
def test_a_lost_answer_neither_doubles_a_file_nor_its_line(
    files: Rig, method: str, kind: Kind
) -> None:
    files.slack.faults.add(method, kind, times=1)
    document(files, 1)
    files.entry(2, Document=guid(1))
    attach(files, 1)
    files.poll()
    files.poll()
    assert contents(files) == [PDF]
    assert len(_linked(files)) == 1


@pytest.mark.sampled(4)
@pytest.mark.parametrize("nth", [3, 4])
@pytest.mark.parametrize("point", SENDING_POINTS)
def test_killed_anywhere_a_file_and_its_line_come_once(files: Rig, point: str, nth: int) -> None:
    document(files, 1)
    files.entry(2, Document=guid(1))
    attach(files, 1)
    files.run("poll", env={"EXACT_SLACK_FAILPOINT": f"{point}:{nth}"})
    files.poll()
    assert contents(files) == [PDF]
    assert len(_linked(files)) == 1


def test_the_manifest_asks_for_the_scope_only_where_it_is_needed(rig: Rig) -> None:
    assert "files:write" not in rig.run("auth", "slack", "--manifest").out
    rig.routes = ATTACHING
    rig.write_config()
    assert "files:write" in rig.run("auth", "slack", "--manifest").out
