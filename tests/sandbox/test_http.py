"""The loopback server: requests, connections and faults."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
import requests

from exact_slack.sandbox.faults import ALWAYS, Faults, Kind, When
from exact_slack.sandbox.http import Headers, LoopbackServer, Request, Response


class Counting:
    """A handler that counts what reached it."""

    def __init__(self) -> None:
        self.seen: list[Request] = []

    def __call__(self, request: Request) -> Response:
        self.seen.append(request)
        if request.path == "/boom":
            raise RuntimeError("boom")
        return Response.json({"path": request.path, "number": len(self.seen)})


@pytest.fixture
def handler() -> Counting:
    return Counting()


@pytest.fixture
def server(handler: Counting) -> Iterator[LoopbackServer]:
    with LoopbackServer(handler) as made:
        yield made


def test_request_is_handed_over_as_it_came(server: LoopbackServer, handler: Counting) -> None:
    requests.post(f"{server.url}/a%20b?x=1%3A2&y", data={"k": "v&w"}, timeout=5)
    seen = handler.seen[0]
    assert (seen.method, seen.path, seen.query) == ("POST", "/a%20b", "x=1%3A2&y")
    assert seen.args() == {"x": "1:2", "y": ""}
    assert seen.form() == {"k": "v&w"}
    assert seen.headers.get("content-TYPE") == "application/x-www-form-urlencoded"
    assert seen.base_url == server.url
    record = server.requests[0]
    assert (record.method, record.query, record.status) == ("POST", "x=1:2&y", 200)


def test_connections_are_kept_alive(server: LoopbackServer) -> None:
    with requests.Session() as session:
        for _ in range(3):
            session.get(f"{server.url}/a", timeout=5)
        assert server._http._open and len(server._http._open) == 1


def test_a_failing_handler_is_remembered(server: LoopbackServer) -> None:
    assert requests.get(f"{server.url}/boom", timeout=5).status_code == 500
    assert "RuntimeError: boom" in server.errors[0]


@pytest.mark.parametrize("kind", ["close", "reset", "hang", "truncate"])
@pytest.mark.parametrize(("when", "handled"), [("before", 0), ("after", 1)])
def test_lost_answers(
    server: LoopbackServer, handler: Counting, kind: Kind, when: When, handled: int
) -> None:
    server.faults.add("/a", kind, when=when, seconds=0.05)
    with pytest.raises(requests.RequestException):
        requests.get(f"{server.url}/a", timeout=5)
    assert len(handler.seen) == handled
    assert requests.get(f"{server.url}/a", timeout=5).json()["number"] == handled + 1
    assert server.faults.served == [("GET", "/a", kind, when)]


def test_replaced_answers(server: LoopbackServer, handler: Counting) -> None:
    server.faults.add("/a", "status", status=503, body="<html>", headers={"Retry-After": "7"})
    server.faults.add("/a", "html200")
    server.faults.add("/a", "empty200", when="before")
    answers = [requests.get(f"{server.url}/a", timeout=5) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [503, 200, 200]
    assert answers[0].headers["Retry-After"] == "7"
    assert answers[1].headers["Content-Type"].startswith("text/html")
    assert answers[2].content == b""
    assert len(handler.seen) == 2


def test_delay_times_skip_and_callable_match(server: LoopbackServer) -> None:
    server.faults.add(lambda r: r.method == "PUT", "status", times=ALWAYS, status=418, skip=1)
    assert [requests.put(f"{server.url}/a", timeout=5).status_code for _ in range(3)] == [
        200,
        418,
        418,
    ]
    server.faults.add("/a", "delay", seconds=0.1)
    began = time.monotonic()
    assert requests.get(f"{server.url}/a", timeout=5).status_code == 200
    assert time.monotonic() - began >= 0.1


def test_random_faults_repeat_with_their_seed() -> None:
    def drawn(seed: int) -> list[tuple[str, str, Kind, When]]:
        faults = Faults()
        faults.random(seed, 0.3, ["close", "html200"])
        request = Request("GET", "/x", "", Headers({}))
        for _ in range(200):
            faults.take(request)
        return list(faults.served)

    assert drawn(1) == drawn(1) != drawn(2)
    assert 30 < len(drawn(1)) < 90


def test_many_clients_at_once(server: LoopbackServer) -> None:
    failures: list[Exception] = []

    def work() -> None:
        try:
            for _ in range(10):
                requests.get(f"{server.url}/a", timeout=10).raise_for_status()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(server.requests) == 200


def test_stop_ends_hanging_and_idle_connections(handler: Counting) -> None:
    server = LoopbackServer(handler).start()
    server.faults.add("/hang", "hang", seconds=60)
    with requests.Session() as idle:
        idle.get(f"{server.url}/a", timeout=5)
        thread = threading.Thread(target=_swallow, args=(f"{server.url}/hang",))
        thread.start()
        while not server.faults.served:
            assert thread.is_alive()
        began = time.monotonic()
        server.stop()
        thread.join()
    assert time.monotonic() - began < 3


def _swallow(url: str) -> None:
    with pytest.raises(requests.RequestException):
        requests.get(url, timeout=30)
