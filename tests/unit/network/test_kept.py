"""Connections that are kept: which are used again, and what becomes of a message that dies on one.

A kept connection may be dead without a sign, or hold an answer that came too late. Then a message
would be lost in doubt, or told by the answer to another one."""

import contextlib
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from exact_slack.network import transport
from exact_slack.network.authorities import VARIABLES
from exact_slack.slack import web
from exact_slack.slack.client import SlackClient
from exact_slack.slack.outcome import Outcome, Result
from tests.unit.exact_support import DIVISION, FakeClock, make_client
from tests.unit.loopback import Behaviour, answer, host
from tests.unit.network.test_authorities import AUTHORITY, HERE

OK = b'{"ok":true,"ts":"%d.000100","channel":"C1","message":{"ts":"%d.000100"}}'
EARLIER, LATER = 1_795_500_000, 1_795_500_009


def _told(seconds: int) -> Behaviour:
    return answer("200 OK", OK % (seconds, seconds))


def _in_turn(*behaviours: Behaviour) -> Behaviour:
    """Each for one request; the last for all that follow."""
    left = list(behaviours)

    def behave(connection: socket.socket, end: threading.Event) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(connection, end)

    return behave


def _close(connection: socket.socket, end: threading.Event) -> None:
    """Not a byte of an answer."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@contextlib.contextmanager
def _slack(url: str) -> Iterator[Callable[[], Outcome]]:
    client = SlackClient("xoxb-1", url)
    try:
        yield lambda: client.chat_post_message("C1", "text", [], "key")
    finally:
        client.close()


def test_a_burst_of_messages_needs_one_handshake(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(AUTHORITY))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(HERE / "host.pem")
    with (
        host(_told(EARLIER), tls, keeps=True) as made,
        _slack(f"https://127.0.0.1:{made.port}") as post,
    ):
        outcomes = [post() for _ in range(20)]
    assert {outcome.result for outcome in outcomes} == {Result.POSTED}
    assert (len(made.requests), made.connections) == (20, 1)


def test_pages_of_exact_come_over_one_connection(tmp_path: Path) -> None:
    with host(answer("200 OK", b'{"d":[]}'), keeps=True) as made:
        client = make_client(tmp_path, FakeClock(), base_url=made.url)
        for _ in range(5):
            client.get(DIVISION, "x/Y", {})
        client.close()
    assert (len(made.requests), made.connections) == (5, 1)


@pytest.mark.parametrize("status", ["429 Too Many Requests", "500 Oops", "302 Found", "204 None"])
def test_after_anything_but_an_answer_the_next_message_has_its_own(status: str) -> None:
    first = answer(status, b"" if status.startswith("204") else b"{}")
    with host(_in_turn(first, _told(LATER)), keeps=True) as made, _slack(made.url) as post:
        post()
        assert post().ts == f"{LATER}.000100"
    assert made.connections == 2


@pytest.mark.parametrize(
    "first",
    [
        b"HTTP/1.1 103 Early Hints\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        b'HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n{"ok":true',
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
    ],
)
def test_what_comes_late_is_no_answer_to_the_next_message(
    monkeypatch: pytest.MonkeyPatch, first: bytes
) -> None:
    """The whole answer to the first follows when the first is given up."""
    monkeypatch.setattr(web, "SILENCE", 0.3)
    given_up = threading.Event()

    def behave(connection: socket.socket, end: threading.Event) -> None:
        connection.sendall(first)
        given_up.wait(10)
        _told(EARLIER)(connection, end)

    with host(_in_turn(behave, _told(LATER)), keeps=True) as made, _slack(made.url) as post:
        assert post().result is Result.AMBIGUOUS
        given_up.set()
        deadline = time.monotonic() + 5
        outcome = post()
        assert time.monotonic() < deadline
    assert outcome.ts == f"{LATER}.000100"


def test_a_connection_on_which_more_came_is_not_used_again() -> None:
    twice = _in_turn(_told(EARLIER))
    both = threading.Event()

    def behave(connection: socket.socket, end: threading.Event) -> None:
        twice(connection, end)
        twice(connection, end)
        both.set()

    with host(_in_turn(behave, _told(LATER)), keeps=True) as made, _slack(made.url) as post:
        post()
        assert both.wait(5)
        assert post().ts == f"{LATER}.000100"


@pytest.mark.parametrize("clock", ["monotonic", "time"])
@pytest.mark.parametrize("rested", [transport.IDLE + 1, -transport.IDLE - 1])
def test_one_that_was_idle_is_not_used_again(
    monkeypatch: pytest.MonkeyPatch, clock: str, rested: float
) -> None:
    """A machine that slept: one of the clocks may have stood still."""
    with host(_told(EARLIER), keeps=True) as made, _slack(made.url) as post:
        post()
        post()
        assert made.connections == 1
        now = list(transport._clocks())
        now[("monotonic", "time").index(clock)] += rested
        monkeypatch.setattr(transport, "_clocks", lambda: tuple(now))
        post()
        assert made.connections == 2


def test_a_forked_process_leaves_its_parents_connection_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with host(_told(EARLIER), keeps=True) as made, _slack(made.url) as post:
        post()
        monkeypatch.setattr(os, "getpid", lambda: -1)
        post()
    assert made.connections == 2


def test_threads_do_not_share_a_connection_at_one_time() -> None:
    together = threading.Barrier(4, timeout=10)

    def behave(connection: socket.socket, end: threading.Event) -> None:
        together.wait()
        _told(EARLIER)(connection, end)

    with host(behave, keeps=True) as made, _slack(made.url) as post:
        outcomes: list[Outcome] = []
        threads = [threading.Thread(target=lambda: outcomes.append(post())) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert {outcome.result for outcome in outcomes} == {Result.POSTED}
    assert made.connections == 4


def test_a_message_that_dies_on_a_kept_connection_is_in_doubt_and_sent_once() -> None:
    """It may have arrived: the outbox looks it up. Nothing below it sends again."""
    with (
        host(_in_turn(_told(EARLIER), _close, _told(LATER)), keeps=True) as made,
        _slack(made.url) as post,
    ):
        assert post().result is Result.POSTED
        assert post().result is Result.AMBIGUOUS
        assert len(made.requests) == 2
        assert post().result is Result.POSTED
    assert (len(made.requests), made.connections) == (3, 2)


def test_one_that_the_host_closed_meanwhile_is_noticed_before_the_send() -> None:
    closed = threading.Event()

    def last(connection: socket.socket, end: threading.Event) -> None:
        _told(EARLIER)(connection, end)
        _close(connection, end)
        closed.set()

    with host(_in_turn(last, _told(LATER)), keeps=True) as made, _slack(made.url) as post:
        post()
        assert closed.wait(5)
        assert post().ts == f"{LATER}.000100"
    assert len(made.requests) == 2
