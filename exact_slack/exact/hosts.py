"""Which host serves an Exact Online customer: one per country, for login, tokens and API."""

import re
from typing import Final

from exact_slack.config.model import ExactConfig

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


def api_root(config: ExactConfig) -> str:
    """The address before `/api/…`: the country's host, or `base_url` without its API path."""
    if config.base_url is None:
        return f"https://start.exactonline.{_DOMAINS[config.region]}"
    return re.sub(r"/+(api(/v1)?)?/*$", "", config.base_url)
