"""What the tests of the logins share: driving `auth exact` as a person does, and keyrings."""

import os
import subprocess
import textwrap
from collections.abc import Callable
from pathlib import Path

from exact_slack.app.customer import EXACT_TOKENS
from tests.e2e import forked
from tests.e2e.rig import Rig
from tests.e2e.test_login import land

BACKEND = """
import json, pathlib, time
from keyring.backend import KeyringBackend

class {name}(KeyringBackend):
    priority = 9
    path = pathlib.Path({path!r})

    def _all(self):
        return json.loads(self.path.read_text()) if self.path.exists() else {{}}

    def get_password(self, service, username):
        {hang}
        return self._all().get(service + "/" + username)

    def set_password(self, service, username, password):
        if self.path.with_name("locked").exists():
            raise ZeroDivisionError(password)
        self.path.write_text(json.dumps(self._all() | {{service + "/" + username: password}}))

    def delete_password(self, service, username):
        found = self._all()
        del found[service + "/" + username]
        self.path.write_text(json.dumps(found))
"""


def login(
    rig: Rig, address_of: Callable[[str], str] = land, lines: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run `auth exact`, with the address it prints turned into what is pasted."""
    words = ["-c", str(rig.config), "auth", "exact", "--no-browser"]
    asking = forked.Asking(words, {**os.environ, **rig.environment})
    said: list[str] = []
    while not said or "paste the address" not in said[-1]:
        said.append(asking.told.readline())
        assert said[-1], asking.end()[2]
    address = next(line.strip() for line in said if "http" in line)
    code, out, err = asking.answer(lines + address_of(address) + "\n")
    return subprocess.CompletedProcess(words, code, "".join(said) + out, err)


def keyring(rig: Rig, name: str = "Good", hang: str = "") -> Path:
    """A keyring that cron can use, too: configured in the home folder. It refuses to take
    anything while a file `locked` is beside its own."""
    home = rig.folder / "home"
    places = home / ".config" / "python_keyring"
    places.mkdir(parents=True, exist_ok=True)
    kept = rig.folder / "keyring.json"
    code = BACKEND.format(name=name, path=str(kept), hang=hang or "pass")
    (places / "a_keyring.py").write_text(textwrap.dedent(code))
    (places / "keyringrc.cfg").write_text(
        f"[backend]\ndefault-keyring=a_keyring.{name}\nkeyring-path={places}\n"
    )
    rig.environment |= {"HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config")}
    return kept


def end_access(rig: Rig) -> Path:
    """Ten minutes pass: the access token ends, for Exact and for the store. The token file."""
    store = rig.state / EXACT_TOKENS
    store.write_text(store.read_text().replace('"expires_at": ', '"expires_at": -'))
    rig.exact.oauth.expire_access()
    return store


def configure(rig: Rig, old: str, new: str) -> None:
    """Change the config, as it is written."""
    text = rig.config.read_text()
    assert old in text
    rig.config.write_text(text.replace(old, new))


def without_slack_token(rig: Rig) -> None:
    """The token is not in the config."""
    lines = rig.config.read_text().splitlines(keepends=True)
    rig.config.write_text("".join(line for line in lines if not line.startswith("  token:")))


def refreshes(rig: Rig) -> int:
    """How often Exact was asked for tokens."""
    return len(rig.exact.oauth.token_calls)
