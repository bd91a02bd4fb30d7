"""The proxy that the environment names for a host, as requests reads it; one that cannot be used is
told by the variable's name before anything is sent. Its address may hold a password: it is not
shown."""

import os
from typing import Final
from urllib.request import getproxies, proxy_bypass

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from exact_slack.errors import ConfigError
from exact_slack.network.errors import PAGE

SCHEMES: Final = ("http", "https")


def proxy_for(scheme: str, host: str) -> Url | None:
    """Where the calls to a host go through; None where they go straight. ConfigError where what
    is named there is no proxy of ours."""
    if proxy_bypass(host):
        return None
    proxies = getproxies()
    for name in (scheme, "all"):
        if proxies.get(name):
            return _usable(_variable(name), proxies[name])
    return None


def _usable(variable: str, address: str) -> Url:
    if not address.isprintable() or " " in address:
        raise _unusable(variable, "it holds a space or a control character")
    try:
        url = parse_url(address if "://" in address else f"http://{address}")
    except LocationParseError:
        raise _unusable(variable, "it is no address") from None
    if url.scheme not in SCHEMES:
        raise _unusable(variable, f"it names a proxy of the kind {url.scheme}")
    if not url.host:
        raise _unusable(variable, "it names no host")
    return url


def _unusable(variable: str, why: str) -> ConfigError:
    return ConfigError(
        f"The proxy in {variable} cannot be used: {why}.",
        f"Name an http or https proxy, such as http://proxy.example:3128; see {PAGE}.",
    )


def _variable(name: str) -> str:
    names = (f"{name}_proxy", f"{name}_proxy".upper())
    return next((n for n in names if os.environ.get(n)), "the system's settings")
