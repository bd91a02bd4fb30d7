"""Which host serves an Exact Online customer: one per country, for login, tokens and API."""

import re
from typing import Final

from exact_slack.config.sides import ExactConfig
from exact_slack.exact.wire.odata import same_origin

_DOMAINS: Final = {
    "nl": "nl",
    "be": "be",
    "de": "de",
    "fr": "fr",
    "es": "es",
    "uk": "co.uk",
    "us": "com",
}
"""Region to top-level domain, as in picqer/exact-php-client and the n8n node for Exact Online."""
_LONGEST: Final = 2_000
"""Characters of the address of a page: Exact's own have some hundred."""
_PLAIN: Final = re.compile(r"[!#-;=?-\[\]-{}~]+")
"""Visible ASCII without what ends a link: quotes, angles, bars and backslashes."""


def api_root(config: ExactConfig) -> str:
    """The address before `/api/…`: the country's host, or `base_url` without its API path."""
    if config.base_url is None:
        return f"https://start.exactonline.{_DOMAINS[config.region]}"
    return re.sub(r"/+(api(/v1)?)?/*$", "", config.base_url)


def is_page(config: ExactConfig, url: str) -> bool:
    """Whether an address that came from outside is of this customer's Exact Online, so that a
    message may call it so: one of its hosts by https, or where `base_url` leads. Nothing may stand
    before the host, and no port after it that is not the usual one."""
    if len(url) > _LONGEST or not _PLAIN.fullmatch(url):
        return False
    if config.base_url is not None and same_origin(api_root(config), url):
        return True
    domain = re.escape(f"exactonline.{_DOMAINS[config.region]}")
    pages = rf"https://(?:[a-z0-9-]+\.)*{domain}(?::443)?(?:[/?#][^\s\\]*)?"
    return re.fullmatch(pages, url, re.IGNORECASE) is not None
