"""Where things are: config files and state folders (XDG, or named by environment or option)."""

import contextlib
import os
from pathlib import Path

from exact_slack.errors import ConfigError
from exact_slack.files import expanded


def _home_is_known() -> bool:
    return os.path.isabs(os.path.expanduser("~"))


def _known_home() -> None:
    if not _home_is_known():
        raise ConfigError(
            "The home folder is not known, so neither is the state folder.",
            "Set HOME, or the key `state` in the config.",
        )


def state_dir_is_the_shells() -> bool:
    """Whether it is this shell's environment that says where state is: cron's does not."""
    return any(os.environ.get(name) for name in ("EXACT_SLACK_STATE_DIR", "XDG_STATE_HOME"))


def default_state_dir(config: Path) -> Path:
    """`EXACT_SLACK_STATE_DIR` or the user's state folder, one folder a config file."""
    base = os.environ.get("EXACT_SLACK_STATE_DIR")
    if base:
        return Path(base).absolute() / config.stem
    from platformdirs import user_state_path

    if not os.environ.get("XDG_STATE_HOME"):
        _known_home()
    return user_state_path("exact-slack") / config.stem


def default_config() -> Path:
    """The first that exists of the usual places."""
    from platformdirs import user_config_path

    places = [Path("config.yaml"), Path("/etc/exact-slack/config.yaml")]
    has_home = _home_is_known()
    if has_home or os.environ.get("XDG_CONFIG_HOME"):
        places.insert(1, user_config_path("exact-slack") / "config.yaml")
    for place in places:
        with contextlib.suppress(PermissionError):  # under `sudo -u` the folder may be another's
            if place.is_file():
                return place
    raise ConfigError(
        "No config file: looked for "
        + ", ".join(str(p) for p in places)
        + ("." if has_home else "; the home folder is not known."),
        "Name one with -c FILE or EXACT_SLACK_CONFIG"
        + (", " if has_home else ", set HOME, ")
        + "or start from config.example.yaml.",
    )


def as_text(path: Path) -> Path:
    """The path. ConfigError where a name in it is no UTF-8: the ledger, SQLite and every message
    keep it as text."""
    try:
        str(path.absolute()).encode()
    except UnicodeEncodeError:
        shown = os.fsencode(path.absolute()).decode("utf-8", "backslashreplace")
        raise ConfigError(
            f"{shown}: a name in this path is not UTF-8 text.",
            "Rename that file or folder, or use another.",
        ) from None
    return path


def named(given: tuple[str, ...]) -> tuple[str, ...]:
    """What `-c`, or else `EXACT_SLACK_CONFIG`, names."""
    return given or tuple(filter(None, os.environ.get("EXACT_SLACK_CONFIG", "").split(os.pathsep)))


def expand(given: tuple[str, ...]) -> list[Path]:
    """The files that `-c` (or `EXACT_SLACK_CONFIG`) names; a folder stands for its *.yaml."""
    names = named(given)
    if not names:
        return [as_text(default_config())]
    files: list[Path] = []
    for name in names:
        path = as_text(expanded(name))
        if path.is_dir():
            # hidden ones are not meant: editors leave `.#acme.yaml` beside what they have open
            configs = sorted(p for e in ("yaml", "yml") for p in path.glob(f"[!.]*.{e}"))
            if not configs:
                raise ConfigError(f"{path}: no *.yaml file in this folder.")
            files += map(as_text, configs)
        else:
            files.append(path)
    return files
