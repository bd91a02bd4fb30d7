"""Whose a state folder is. Another user's run, above all root's, would leave tokens and locks there
that cron's user cannot open any more; it is refused before anything is asked or written."""

import os
import pwd
import shlex
from pathlib import Path

from exact_slack.errors import ConfigError


def refuse_other_user(state: Path, first: str) -> None:
    """ConfigError where the state is another user's. `first` is the file that is there from the
    first command on: the folder itself may be somebody else's, as a volume of a container is, but
    root would write into it even so."""
    me = os.geteuid()
    owner = _owner(state / first)
    if owner is None and (me == 0 or not os.access(state, os.X_OK)):
        owner = _owner(state)
    if owner is None or owner == me:
        return
    theirs, mine = _name(owner), _name(me)
    raise ConfigError(
        f"{state} belongs to the user {theirs}, and this command runs as {mine}: what it wrote"
        f" there, {theirs} could not read.",
        f"Run: sudo -u {_word(owner, '#')} exact-slack … (or, if {mine} is to run it from now on:"
        f" {giving(state)})",
    )


def giving(path: Path) -> str:
    """The command that makes a folder, or what lies in it, this user's."""
    return f"sudo chown -R {_word(os.geteuid(), '')} {path}"


def user_name() -> str:
    """Who this command runs as."""
    return _name(os.geteuid())


def _owner(path: Path) -> int | None:
    try:
        return path.stat().st_uid
    except OSError:  # not there, or out of sight: then it cannot be written either
        return None


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"with the number {uid}"


def _word(uid: int, before: str) -> str:
    """As sudo (with a `#` before a number) and chown take a user, for a shell."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return shlex.quote(f"{before}{uid}")
