"""One request that shows whether an address answers."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

_SECONDS: Final = 20.0
_SILENCE: Final = 10.0


@dataclass(frozen=True, slots=True)
class Answered:
    """What an address said. `date` as it stands in the header, "" without one."""

    status: int
    date: str


def probe(method: str, address: str, body: bytes | None = None) -> Answered:
    """Raises NoConnection, or an OSError where it does not answer in time. No redirect is
    followed, and nothing of the answer's body is read."""
    from urllib3.exceptions import HTTPError
    from urllib3.util import Timeout

    from exact_slack.network import transport

    parts = urlsplit(address)
    try:
        with transport.within(_SECONDS):
            raw = transport.pool_for(parts.scheme, parts.hostname or "").urlopen(
                method,
                address,
                body=body,
                headers={"Connection": "close"},
                timeout=Timeout(connect=transport.CONNECT, read=_SILENCE),
                redirect=False,
                preload_content=False,
            )
            raw.close()
    except HTTPError as error:
        raise TimeoutError from error
    return Answered(int(raw.status), raw.headers.get("Date", ""))
