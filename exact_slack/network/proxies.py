"""The proxy that the environment names for a host, by one rule for every client; one that cannot be
used is told by the variable's name before anything is sent. Its address may hold a password: it is
not shown."""

import os
import re
from fnmatch import fnmatchcase
from ipaddress import ip_address, ip_network
from typing import Final
from urllib.request import getproxies, proxy_bypass

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from exact_slack.errors import ConfigError
from exact_slack.network.errors import PAGE

SCHEMES: Final = ("http", "https")
_PORTS: Final = {"http": 80, "https": 443}
_WITH_PORT: Final = re.compile(r"(\[.+\]|[^:]+):(\d+)")


def proxy_for(scheme: str, host: str, port: int | None = None) -> Url | None:
    """Where the calls to a host go through; None where they go straight. ConfigError where what
    is named there is no proxy of ours."""
    if _goes_straight(host, port or _PORTS.get(scheme, 0)):
        return None
    proxies = getproxies()
    for name in (scheme, "all"):
        if proxies.get(name):
            return _usable(_variable(name), proxies[name])
    return None


def _goes_straight(host: str, port: int) -> bool:
    named = os.environ.get("no_proxy", os.environ.get("NO_PROXY"))
    if named is None:
        return bool(proxy_bypass(host))  # what macOS has in its settings
    return any(_means(entry, host.lower(), port) for entry in re.split(r"[,;\s]+", named) if entry)


def _means(entry: str, host: str, port: int) -> bool:
    """Whether an entry of NO_PROXY is about a host: its name or a domain above it, with or without
    a port, with stars, an address or a network. Nobody has written down what it may be, and each
    program reads some of this."""
    if match := _WITH_PORT.fullmatch(entry):
        entry = match[1]
        if int(match[2]) != port:
            return False
    name = entry.lower().strip("[]").removeprefix("*.").strip(".")
    if "/" in name:
        return _is_within(host, name)
    return host == name or host.endswith(f".{name}") or ("*" in name and fnmatchcase(host, name))


def _is_within(host: str, network: str) -> bool:
    try:
        return ip_address(host) in ip_network(network, strict=False)
    except ValueError:
        return False


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
