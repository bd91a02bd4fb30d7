"""Whom we believe that a host is who it says: one answer for Exact and for Slack.

The system's store (where there is none, the list of certifi, which comes with requests), and what
is named in SSL_CERT_FILE, SSL_CERT_DIR, REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE beside it."""

import os
import re
import ssl
from functools import cache
from pathlib import Path
from typing import Final

from exact_slack.errors import ConfigError
from exact_slack.files import check_plain
from exact_slack.network.errors import PAGE

VARIABLES: Final = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")

FOLDERS: Final = "SSL_CERT_DIR"
"""Names folders, separated as in PATH; the others name one file or folder."""
_HASHED: Final = re.compile(r"[0-9a-f]{8}\.\d+")


def context() -> ssl.SSLContext:
    """The context of every connection, made once: to make one takes as long as ten calls."""
    return _context(tuple(os.environ.get(name, "") for name in VARIABLES))


@cache
def _context(named: tuple[str, ...]) -> ssl.SSLContext:
    places = [
        (variable, Path(path))
        for variable, place in zip(VARIABLES, named, strict=True)
        for path in (place.split(os.pathsep) if variable == FOLDERS else [place])
        if path
    ]
    for variable, path in places:  # before OpenSSL opens it, and waits for a pipe
        _check(variable, path)
    made = ssl.create_default_context()  # it loads what SSL_CERT_FILE and SSL_CERT_DIR name
    _system(made)
    for variable, path in places:
        _add(made, variable, path)
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


def _check(variable: str, path: Path) -> None:
    """Refuse what is neither a plain file nor a folder of certificates as OpenSSL names them. The
    variable of folders may name an empty one, as systems do."""
    try:
        if not path.is_dir():
            check_plain(path)
        elif variable != FOLDERS and not any(_HASHED.fullmatch(name) for name in os.listdir(path)):
            raise _unusable(variable, path, "no file in it bears the name that OpenSSL looks for")
    except OSError as error:
        raise _unusable(variable, path, error.strerror) from None


def _add(made: ssl.SSLContext, variable: str, path: Path) -> None:
    try:
        if path.is_dir():
            made.load_verify_locations(capath=str(path))
            return
        check_plain(path)
        made.load_verify_locations(cafile=str(path))
    except OSError as error:  # SSLError is one: a file without a certificate
        why = "it holds no certificate" if isinstance(error, ssl.SSLError) else error.strerror
        raise _unusable(variable, path, why) from None


def _unusable(variable: str, path: Path, why: str | None) -> ConfigError:
    return ConfigError(
        f"{variable} names {path}, which cannot be used ({why}).",
        f"Name a file with the authority's certificate as PEM; see {PAGE}.",
    )
