"""Whom we believe that a host is who it says: one answer for Exact and for Slack.

The system's store (where there is none, the list of certifi, which comes with requests), and what
is named in SSL_CERT_FILE, SSL_CERT_DIR, REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE beside it."""

import os
import ssl
from functools import cache
from pathlib import Path
from typing import Final

from exact_slack.errors import ConfigError
from exact_slack.files import check_plain
from exact_slack.network.errors import PAGE

VARIABLES: Final = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def context() -> ssl.SSLContext:
    """The context of every connection, made once: to make one takes as long as ten calls."""
    return _context(tuple(os.environ.get(name, "") for name in VARIABLES))


@cache
def _context(named: tuple[str, ...]) -> ssl.SSLContext:
    made = ssl.create_default_context()  # it loads what SSL_CERT_FILE and SSL_CERT_DIR name
    _system(made)
    for variable, place in zip(VARIABLES, named, strict=True):
        if place:
            _add(made, variable, Path(place))
    return made


def _system(made: ssl.SSLContext) -> None:
    """The system's own store also where a variable replaced it; certifi's where there is none."""
    paths = ssl.get_default_verify_paths()
    file, folder = Path(paths.openssl_cafile), Path(paths.openssl_capath)
    file_there, folder_there = file.is_file(), folder.is_dir() and any(folder.iterdir())
    if file_there or folder_there:
        if os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR"):
            made.load_verify_locations(
                str(file) if file_there else None, str(folder) if folder_there else None
            )
        return
    import certifi

    made.load_verify_locations(certifi.where())


def _add(made: ssl.SSLContext, variable: str, path: Path) -> None:
    try:
        if path.is_dir():
            made.load_verify_locations(capath=str(path))
            return
        check_plain(path)
        made.load_verify_locations(cafile=str(path))
    except OSError as error:  # SSLError is one: a file without a certificate
        why = "it holds no certificate" if isinstance(error, ssl.SSLError) else error.strerror
        raise ConfigError(
            f"{variable} names {path}, which cannot be used ({why}).",
            f"Name a file with the authority's certificate as PEM; see {PAGE}.",
        ) from None
