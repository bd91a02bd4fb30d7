"""The key under which account numbers are hashed: a file of its own beside the ledger, so that a
copy of the ledger alone cannot be searched for a number. A new key only makes old numbers harder to
tell apart: then country and last four decide."""

import hashlib
import hmac
import os
import secrets
from functools import cache
from pathlib import Path

from exact_slack.account_number import Marks, plain
from exact_slack.files import open_plain, read_plain

FILE = "account-numbers.key"
_BYTES = 32


def no_marks(_number: str) -> str:
    """Where nothing is kept."""
    return ""


def marks_in(folder: Path) -> Marks:
    """The marks of a ledger; the key is read, or made, when the first is asked for."""

    @cache
    def key() -> bytes:
        return _key(folder / FILE)

    def mark(number: str) -> str:
        signs = plain(number)
        if not signs:
            return ""
        name = hashlib.blake2b(key(), digest_size=4, person=b"name").hexdigest()
        return name + hmac.new(key(), signs.encode(), hashlib.sha256).hexdigest()[:32]

    return mark


def _key(path: Path) -> bytes:
    """The first to come makes it; whoever comes meanwhile reads that one."""
    try:
        key = read_plain(path)
    except FileNotFoundError:
        key = b""
    if len(key) == _BYTES:
        return key
    fresh = path.with_suffix(f".{os.getpid()}.{secrets.token_hex(4)}")
    handle = open_plain(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        if key:
            fresh.replace(path)
        else:
            path.hardlink_to(fresh)
    except FileExistsError:
        pass
    finally:
        fresh.unlink(missing_ok=True)
    return read_plain(path)
