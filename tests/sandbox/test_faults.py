"""Each kind of trouble on the wire, as a client meets it that knows nothing of it."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
import requests

from exact_slack.sandbox.faults import FOREVER, ODD_ANSWERS, Faults, Kind
from exact_slack.sandbox.http import Headers, LoopbackServer, Request, Response


@pytest.fixture
def served() -> list[Request]:
    return []


@pytest.fixture
def server(served: list[Request]) -> Iterator[LoopbackServer]:
    def handler(request: Request) -> Response:
        served.append(request)
        return Response.json({"ok": True, "ts": "1.000100"})

    with LoopbackServer(handler) as made:
        yield made


def get(server: LoopbackServer, path: str = "/api/x", follow: bool = True) -> requests.Response:
    return requests.get(server.url + path, timeout=5, allow_redirects=follow)


@pytest.mark.parametrize("work", ["before", "after"])
def test_any_answer_before_or_after_the_work(
    server: LoopbackServer, served: list[Request], work: str
) -> None:
    server.faults.answer("/api/x", [None], 418, when="before" if work == "before" else "after")
    answer = get(server)
    assert (answer.status_code, answer.json()) == (418, [None])
    assert len(served) == (work == "after")
    assert get(server).json()["ok"]


def test_bytes_go_out_as_they_are(server: LoopbackServer) -> None:
    server.faults.answer("/api/x", b'{"a":"\t\x01"}')
    assert get(server).content == b'{"a":"\t\x01"}'


def test_an_ordinary_answer_changed(server: LoopbackServer) -> None:
    server.faults.change("/api/x", lambda answer: {**answer, "ts": 5})
    assert get(server).json() == {"ok": True, "ts": 5}


@pytest.mark.parametrize("status", [301, 302, 303, 307])
def test_a_redirect_leads_to_the_same_path_elsewhere(server: LoopbackServer, status: int) -> None:
    came: list[str] = []

    def other(request: Request) -> Response:
        came.append(request.target)
        return Response.json({})

    with LoopbackServer(other) as elsewhere:
        server.faults.redirect("/api/x", elsewhere.url, status)
        assert get(server, "/api/x?a=1", follow=False).status_code == status
        server.faults.redirect("/api/x", elsewhere.url, status)
        assert get(server, "/api/x?a=1").json() == {}
    assert came == ["/api/x?a=1"]


@pytest.mark.parametrize("part", ["headers", "body"])
def test_a_drip_ends_with_the_server_at_the_latest(part: str) -> None:
    server = LoopbackServer(lambda request: Response.json({})).start()
    server.faults.drip("/", 0.01, "body" if part == "body" else "headers")
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        heard = b""
        while len(heard) < 200:
            heard += client.recv(100)
        server.stop()
        while client.recv(4096):
            pass
    assert (b"\r\n\r\n" in heard) == (part == "body")


def test_a_connection_that_is_never_answered(server: LoopbackServer) -> None:
    server.faults.add("/api/x", "hang", seconds=FOREVER)
    with pytest.raises(requests.ReadTimeout):
        requests.get(f"{server.url}/api/x", timeout=0.1)


@pytest.mark.parametrize("packed", [False, True])
def test_a_body_far_too_long(server: LoopbackServer, packed: bool) -> None:
    server.faults.pour("/api/x", 3_000_000, packed)
    answer = get(server)
    assert len(answer.content) == 3_000_000
    assert (int(answer.headers["Content-Length"]) < 10_000) == packed


def test_what_is_drawn_from_a_seed_comes_again() -> None:
    kinds: tuple[Kind, ...] = ("answer", "redirect", "drip", "pour", "close")
    drawn = []
    for _ in range(2):
        faults = Faults()
        faults.random(7, 0.5, kinds)
        for _ in range(200):
            faults.take(Request("GET", "/", "", Headers({})))
        drawn.append(list(faults.served))
    assert drawn[0] == drawn[1]
    assert {kind for _, _, kind, _ in drawn[0]} == set(kinds)


def test_odd_answers_are_json_of_every_type(server: LoopbackServer) -> None:
    server.faults.random(1, 1.0, ["answer"])
    seen = {get(server).text for _ in range(300)}
    assert seen == set(ODD_ANSWERS)
