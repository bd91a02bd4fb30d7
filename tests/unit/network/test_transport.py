"""Every call of every client ends: in time, in size, at the host it was meant for."""

import errno
import gzip
import io
import os
import socket
import ssl
import threading
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from exact_slack.deliver import deliverer
from exact_slack.errors import ConfigError, TemporaryError
from exact_slack.exact.attachments import NotTheFile, Take, download
from exact_slack.exact.auth import oauth
from exact_slack.exact.errors import ExactDown, Unanswered
from exact_slack.exact.wire import client as exact_client
from exact_slack.exact.wire import session
from exact_slack.ledger.outgoing import outbox
from exact_slack.network import transport
from exact_slack.runs.frame import ping
from exact_slack.slack import files, web
from exact_slack.slack.client import SlackClient
from exact_slack.slack.outcome import Outcome, Result
from tests.unit.exact_support import DIVISION, FakeClock, make_client, make_config, make_tokens
from tests.unit.loopback import Behaviour, Host, answer, drip, flood, free_port, host, silence

PATH = "purchaseentry/PurchaseEntries"
AUTHORITY = Path(__file__).parent / "authority"
Ask = Callable[[str, Path], object]


def _data(url: str, folder: Path) -> object:
    return make_client(folder, FakeClock(), base_url=url).get(DIVISION, PATH, {})


def _file(url: str, folder: Path) -> object:
    client = make_client(folder, FakeClock(), base_url=url)
    return download(client, DIVISION, f"{url}/docs/a.pdf", Take("a.pdf", io.BytesIO(), 10**9))


def _tokens(url: str, folder: Path) -> object:
    return oauth.refresh(make_config(base_url=url), make_tokens(), FakeClock())


def _ping(url: str, folder: Path) -> object:
    ping.start(url)
    return None


def _post(url: str, folder: Path) -> object:
    return SlackClient("xoxb-1", url).chat_post_message("C1", "text", [], "key")


def _history(url: str, folder: Path) -> object:
    return SlackClient("xoxb-1", url).conversations_history("C1", 0.0, None, None)


def _upload(url: str, folder: Path) -> object:
    return files._send(f"{url}/upload", io.BytesIO(b"x" * 100_000), 100_000)


ALL: list[Ask] = [_data, _file, _tokens, _ping, _post, _history, _upload]
UNCLEAR = {_post: Result.AMBIGUOUS, _history: Result.AMBIGUOUS, _upload: Result.NOT_SENT}


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """All limits of time are a fraction of a second."""
    for module, name in (
        (session, "LONGEST"),
        (exact_client, "LONGEST_FILE"),
        (oauth, "LONGEST"),
        (ping, "_LONGEST"),
        (web, "LONGEST"),
        (web, "LONGEST_FILE"),
    ):
        monkeypatch.setattr(module, name, 0.15)
    yield


def _ends(ask: Ask, url: str, folder: Path) -> None:
    """It ends, and with what each cause means."""
    if ask in UNCLEAR:
        outcome = ask(url, folder)
        assert isinstance(outcome, Outcome)
        assert outcome.result is UNCLEAR[ask]
    elif ask is _ping:
        ask(url, folder)
    else:
        with pytest.raises((TemporaryError, NotTheFile)):
            ask(url, folder)


DRIPS = {
    "status line": (b"HTTP/1.1 200", b"0"),
    "headers": (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
    "many headers": (b"HTTP/1.1 200 OK\r\n", b"X: x\r\n"),
    "body": (b'HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n{"a', b"a"),
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
    "without a length": (b"HTTP/1.1 200 OK\r\n\r\n", b"a"),
}


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("before", DRIPS)
@pytest.mark.parametrize("ask", ALL)
def test_a_byte_now_and_then_does_not_keep_a_call(tmp_path: Path, ask: Ask, before: str) -> None:
    with host(drip(*DRIPS[before])) as slow:
        _ends(ask, slow.url, tmp_path)


@pytest.mark.parametrize("ask", ALL)
def test_a_host_that_takes_the_connection_and_is_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ask: Ask
) -> None:
    """The limit on silence ends it, long before the one on the whole call."""
    for module in (session, web):
        monkeypatch.setattr(module, "SILENCE", 0.15)
    monkeypatch.setattr(ping, "_LONGEST", 0.15)  # it has no other
    with host(silence) as silent:
        _ends(ask, silent.url, tmp_path)
        assert len(silent.requests) == 1


@pytest.mark.parametrize("ask", [_post, _history, _upload])
def test_a_slack_that_is_silent_before_its_certificate_was_sent_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ask: Ask
) -> None:
    monkeypatch.setattr(transport, "CONNECT", 0.15)
    with socket.create_server(("127.0.0.1", 0)) as listening:  # the kernel takes connections
        outcome = ask(f"https://127.0.0.1:{listening.getsockname()[1]}", tmp_path)
    assert isinstance(outcome, Outcome)
    assert outcome.result is Result.NOT_SENT


def test_no_limit_is_above_two_minutes() -> None:
    assert max(session.LONGEST, oauth.LONGEST, web.LONGEST) <= 120


def test_who_waits_for_anothers_call_waits_until_it_has_ended() -> None:
    assert outbox.LONGEST_CALL > web.LONGEST
    assert deliverer._GLANCES * deliverer._GLANCE > outbox.LONGEST_CALL


ZEROS = 50_000_000
GZIPPED = gzip.compress(bytes(ZEROS), 1)
BOMBS: dict[str, Behaviour] = {
    "gzip": answer("200 OK", GZIPPED, Content_Encoding="gzip"),
    "deflate": answer("200 OK", zlib.compress(bytes(ZEROS), 1), Content_Encoding="deflate"),
    "many parts": answer("200 OK", gzip.compress(bytes(900_000)) * 50, Content_Encoding="gzip"),
    "plain": flood(b"HTTP/1.1 200 OK\r\n\r\n"),
    "chunks": flood(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffff\r\n"),
    "an error": answer("500 Oops", GZIPPED, Content_Encoding="gzip"),
}


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("ask", [_data, _tokens, _post, _history])
def test_no_more_is_read_and_unpacked_than_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ask: Ask, bomb: str
) -> None:
    monkeypatch.setattr(transport, "MOST", 1_000_000)
    with host(BOMBS[bomb]) as large:
        tracemalloc.start()
        try:
            _ends(ask, large.url, tmp_path)
            assert tracemalloc.get_traced_memory()[1] < 12_000_000
        finally:
            tracemalloc.stop()


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 3_000_000])
@pytest.mark.parametrize("packing", ["gzip", "deflate", "raw", "parts"])
def test_what_is_packed_arrives_whole(size: int, packing: str, tmp_path: Path) -> None:
    rows = b'{"d":[{"A":"' + b"a" * size + b'"}]}'
    raw = zlib.compressobj(wbits=-15)
    packed = {
        "gzip": gzip.compress(rows),
        "deflate": zlib.compress(rows),
        "raw": raw.compress(rows) + raw.flush(),
        "parts": gzip.compress(rows[:5]) + gzip.compress(rows[5:]) + b"\0\0",
    }[packing]
    name = "gzip" if packing in ("gzip", "parts") else "deflate"
    with host(answer("200 OK", packed, Content_Encoding=name)) as packing_host:
        got = make_client(tmp_path, FakeClock(), base_url=packing_host.url).get(DIVISION, PATH, {})
    assert got.rows == [{"A": "a" * size}]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("ask", ALL)
def test_no_redirect_is_followed(tmp_path: Path, ask: Ask, status: int) -> None:
    body = (
        b'{"ok":true,"ts":"1795500000.000100","channel":"C1","d":[],'
        b'"access_token":"a","refresh_token":"b"}'
    )
    with (
        host(answer("200 OK", body)) as elsewhere,
        host(answer(f"{status} Moved", Location=f"{elsewhere.url}/x")) as first,
    ):
        _ends(ask, first.url, tmp_path)
        assert first.requests
        assert elsewhere.requests == []


# -- the host, the proxy, the certificate --------------------------------------------------------


@pytest.mark.usefixtures("short")
def test_a_host_that_never_answers_is_asked_twice(tmp_path: Path) -> None:
    """One silent query may be too much for Exact; the second one in a row is the host's."""
    with host(silence) as silent:
        client = make_client(tmp_path, FakeClock(), base_url=silent.url)
        with pytest.raises(Unanswered):
            client.get(DIVISION, PATH, {})
        for kind in ("salesentry/SalesEntries", "cashflow/Payments", "current/Me"):
            with pytest.raises(ExactDown) as down:
                client.get(DIVISION, kind, {})
            assert "does not answer" in str(down.value)
        assert len(silent.requests) == 2
        client.ask_again()
        with pytest.raises(Unanswered):
            client.get(DIVISION, PATH, {})


@pytest.mark.usefixtures("short")
def test_a_query_that_never_answers_is_not_the_host(tmp_path: Path) -> None:
    seen: list[int] = []

    def behave(connection: object, end: object) -> None:
        seen.append(len(seen))
        good = answer("200 OK", b'{"d":[]}', Connection="close")
        (good if len(seen) % 2 == 0 else silence)(connection, end)  # type: ignore[arg-type]

    with host(behave) as moody:
        client = make_client(tmp_path, FakeClock(), base_url=moody.url)
        for _ in range(3):
            with pytest.raises(Unanswered):
                client.get(DIVISION, PATH, {})
            assert client.get(DIVISION, "current/Me", {}).rows == []


def _refused(monkeypatch: pytest.MonkeyPatch, folder: Path) -> str:
    return f"http://127.0.0.1:{free_port()}"


def _dead_proxy(monkeypatch: pytest.MonkeyPatch, folder: Path) -> str:
    monkeypatch.setenv("https_proxy", f"http://somebody:pass-word@127.0.0.1:{free_port()}")
    return "https://api.example.com"


def _unknown(monkeypatch: pytest.MonkeyPatch, folder: Path) -> str:
    return "https://no-such-host.invalid"


@pytest.fixture(scope="module")
def stranger() -> Iterator[Host]:
    """A host whose authority nobody here believes."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(AUTHORITY / "host.pem")
    with host(silence, tls) as made:
        yield made


@pytest.mark.parametrize(
    ("where", "told"),
    [
        (_refused, "refuses connections"),
        (_dead_proxy, "HTTPS_PROXY"),
        (_unknown, "resolved"),
        ("certificate", "SSL_CERT_FILE"),
    ],
)
def test_no_connection_is_told_once_with_its_cure(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    stranger: Host,
    where: Callable[[pytest.MonkeyPatch, Path], str] | str,
    told: str,
) -> None:
    if isinstance(where, str):
        url = stranger.url.replace("http:", "https:")
    else:
        url = where(monkeypatch, tmp_path)
    client = make_client(tmp_path, FakeClock(), base_url=url)
    said = set()
    for kind in (PATH, "salesentry/SalesEntries"):
        with pytest.raises(ExactDown, match=told) as down:
            client.get(DIVISION, kind, {})
        said.add(str(down.value))
    assert len(said) == 1
    with pytest.raises(TemporaryError, match=told):
        _tokens(url, tmp_path)
    outcome = _post(url, tmp_path)
    assert isinstance(outcome, Outcome)
    assert outcome.result is Result.NOT_SENT
    assert told in f"{outcome.error} {outcome.detail}"
    assert "pass-word" not in f"{said} {outcome}"


@pytest.mark.parametrize(
    "refusal", [answer("403 Forbidden"), answer("407 Who"), answer("502 Bad"), silence]
)
@pytest.mark.usefixtures("short")
def test_a_proxy_that_refuses_to_connect_sends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusal: Behaviour
) -> None:
    monkeypatch.setattr(transport, "CONNECT", 0.15)
    with host(refusal) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        outcome = _post("https://api.example.com", tmp_path)
        assert isinstance(outcome, Outcome)
        assert outcome.result is Result.NOT_SENT
        with pytest.raises(ExactDown, match="proxy"):
            _data("https://api.example.com", tmp_path)
        assert all(sent.startswith(b"CONNECT api.example.com:443") for sent in proxy.requests)
        assert not any(b"Bearer" in sent for sent in proxy.requests)
        monkeypatch.setenv("NO_PROXY", "example.com")
        before = len(proxy.requests)
        _post("https://no-such-host.example.com", tmp_path)
        assert len(proxy.requests) == before


@pytest.mark.parametrize(
    ("named", "host", "straight"),
    [
        ("*", "start.exactonline.nl", True),
        ("exactonline.nl", "start.exactonline.nl", True),
        ("EXACTONLINE.NL.", "start.exactonline.nl", True),
        ("*.exactonline.nl", "start.exactonline.nl", True),
        ("start.*.nl", "start.exactonline.nl", True),
        ("exactonline.nl:443", "start.exactonline.nl", True),
        ("exactonline.nl:8443", "start.exactonline.nl", False),
        ("slack.com;exactonline.nl", "start.exactonline.nl", True),
        ("slack.com exactonline.nl", "start.exactonline.nl", True),
        ("line.nl", "start.exactonline.nl", False),
        ("", "start.exactonline.nl", False),
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("10.0.0.0/8", "10.example.com", False),
        ("[fd00::1]:443", "fd00::1", True),
        ("fd00::/8", "fd00::1", True),
        ("nonsense/99,:,;:1,[", "10.1.2.3", False),
    ],
)
def test_what_no_proxy_means_is_the_same_for_every_client(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, named: str, host: str, straight: bool
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com:3128")
    monkeypatch.setenv("NO_PROXY", named)
    asked: list[str] = []

    def connect(connection: socket.socket, address: tuple[str, int]) -> None:
        raise OSError(errno.ENETUNREACH, "")

    def resolve(name: str, *_: object, **__: object) -> object:
        asked.append(name)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 9))]

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    url = f"https://[{host}]" if ":" in host else f"https://{host}"
    with pytest.raises(ExactDown):
        _data(url, tmp_path)
    _post(url, tmp_path)
    assert set(asked) == {host if straight else "proxy.example.com"}
    assert len(asked) >= 2


@pytest.mark.parametrize("variable", ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])
@pytest.mark.parametrize(
    "address",
    [
        "socks5://somebody:pass-word@127.0.0.1:1080",
        "ftp://somebody:pass-word@127.0.0.1",
        "http://[::1",
        "http://somebody:pass-word@127.0.0.1:99999",
        "http://",
        "http://127.0.0.1\x07:3128",
        "http://127.0.0.1 :3128",
        "   ",
    ],
)
def test_a_proxy_of_no_use_is_told_by_its_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, variable: str
) -> None:
    monkeypatch.setenv(variable, address)
    for call in (_data, _tokens, _post):
        with pytest.raises(ConfigError, match=variable) as told:
            call("https://api.example.com", tmp_path)
        assert "pass-word" not in str(told.value)


def test_a_proxy_that_wants_a_login_is_not_taken_for_the_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closing = answer("407 Proxy Authentication Required", Connection="close")
    with host(closing) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        with pytest.raises(TemporaryError, match="proxy"):
            _data("http://127.0.0.1:9", tmp_path)
        outcome = _post("http://127.0.0.1:9", tmp_path)
    assert isinstance(outcome, Outcome)
    assert outcome.result is Result.NOT_SENT
    assert "proxy" in outcome.error


@pytest.mark.parametrize(
    "number",
    [
        errno.ENETUNREACH,
        errno.EHOSTUNREACH,
        errno.ENETDOWN,
        errno.EADDRNOTAVAIL,
        errno.EAFNOSUPPORT,
        errno.EPERM,
        errno.EMFILE,
        errno.ETIMEDOUT,
        errno.ECONNRESET,
        errno.ECONNABORTED,
    ],
    ids=errno.errorcode.get,
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_where_there_is_no_way_nothing_was_sent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, scheme: str, number: int
) -> None:
    def connect(connection: socket.socket, address: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(socket.socket, "connect", connect)
    for ask in (_post, _upload):
        outcome = ask(f"{scheme}://127.0.0.1:9", tmp_path)
        assert isinstance(outcome, Outcome)
        assert outcome.result is Result.NOT_SENT


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\n\r\n", b"\x15\x03\x03\x00\x02\x02\x28"])
def test_before_the_handshake_is_over_nothing_was_sent(tmp_path: Path, said: bytes) -> None:
    def shake() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(said)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        hung_up = threading.Thread(target=shake)
        hung_up.start()
        outcome = _post(f"https://127.0.0.1:{listening.getsockname()[1]}", tmp_path)
        hung_up.join()
    assert isinstance(outcome, Outcome)
    assert outcome.result is Result.NOT_SENT
