"""requests over our own transport: one connection kept, nothing sent twice, no redirect followed,
no .netrc of the machine asked, and the authorities that Slack's side believes, too."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, ReadTimeoutError

from exact_slack.network import transport
from exact_slack.network.authorities import context
from exact_slack.network.errors import TooMuch, Unpackable
from exact_slack.network.proxies import proxy_for

SILENCE: Final = 60.0
"""Seconds without a byte after which a call has no answer."""
LONGEST: Final = 100.0
"""Seconds for a call altogether."""


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = transport.POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        if proxy.startswith("https:"):
            kwargs["proxy_ssl_context"] = context()
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = transport.POOLS
        return manager

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Our connections know whom they believe; requests would add its own list."""

    def send(self, *args: Any, **kwargs: Any) -> requests.Response:
        """`verify` and `cert` stay as they are, whatever requests read from the environment."""
        return super().send(*args, **{**kwargs, "verify": True, "cert": None})


def session() -> requests.Session:
    """A session whose calls are made by `call`."""
    made = requests.Session()
    made.mount("https://", _Adapter())
    made.mount("http://", _Adapter())
    made.headers["Accept-Encoding"] = "gzip"
    made.trust_env = False  # .netrc, and proxies by another rule than ours
    made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    return made


@contextmanager
def call(
    made: requests.Session, method: str, url: str, *, seconds: float = LONGEST, **more: Any
) -> Iterator[requests.Response]:
    """One request, whose body is read in here by `body` or `pieces`. Raises NoConnection, of
    requests Timeout or another RequestException, and ConfigError for a proxy of no use."""
    address = urlsplit(url)
    proxy = proxy_for(address.scheme, address.hostname or "", address.port)
    with (
        transport.within(seconds),
        made.request(
            method,
            url,
            timeout=(transport.CONNECT, SILENCE),
            allow_redirects=False,
            stream=True,
            proxies={address.scheme: proxy.url} if proxy else None,
            **more,
        ) as reply,
    ):
        yield reply


def body(reply: requests.Response) -> bytes:
    """The whole body, of a bounded size."""
    with _as_requests_says():
        return transport.read(reply.raw)


def pieces(reply: requests.Response) -> Iterator[bytes]:
    """The body in pieces of a bounded size."""
    with _as_requests_says():
        yield from transport.pieces(reply.raw)


@contextmanager
def _as_requests_says() -> Iterator[None]:
    try:
        yield
    except (ReadTimeoutError, TimeoutError) as error:
        raise requests.Timeout("no answer in time") from error
    except TooMuch as error:
        raise requests.exceptions.ContentDecodingError("an answer that is too large") from error
    except (Unpackable, HTTPError) as error:
        raise requests.exceptions.ContentDecodingError(type(error).__name__) from error
