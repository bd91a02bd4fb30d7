"""A set-up that works at night: what README says, in the environment that cron gives a job."""

import re
import subprocess
from pathlib import Path

import pytest

from exact_slack.ledger.ledger import Ledger
from tests.e2e.logins import configure, end_access
from tests.e2e.rig import Done, Rig

pytestmark = pytest.mark.sampled(3)

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMAND = "/usr/local/bin/exact-slack"
"""Where README installs it, and from where crontab and units call it."""


def _cron(line: str, home: Path) -> Done:
    """A line of a crontab as cron runs it: by sh, in the home folder, with four variables."""
    command = re.sub(r"^(\S+\s+){5}", "", line)
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        env={"HOME": str(home), "LOGNAME": "root", "SHELL": "/bin/sh", "PATH": "/usr/bin:/bin"},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def _crontab_of_readme(rig: Rig) -> str:
    """README's line, with the places of this test for those of README."""
    line = re.search(r"^ *(\* \* \* \* \* .*)$", README, re.MULTILINE)
    assert line
    assert COMMAND in line[1]
    installed = ROOT / ".venv" / "bin" / "exact-slack"
    assert installed.is_file()
    text = line[1].replace(COMMAND, str(installed))
    return text.replace("/home/finance/acme.yaml", str(rig.config))


def _an_hour_later(rig: Rig) -> None:
    """As if the last reading was so long ago."""
    ledger = Ledger(rig.state)
    with ledger.transaction():
        ledger.db.run("UPDATE cursors SET read_at=read_at-3600, tried_at=0")
    ledger.close()


def _secrets_from(rig: Rig, source: str) -> None:
    """The client's id and secret from variables, as `config init` names them where none was given,
    or from files, as it does where they were."""
    oauth = rig.exact.oauth
    for name, value in (("client_id", oauth.client_id), ("client_secret", oauth.client_secret)):
        variable, file = f"EXACT_{name.upper()}", rig.folder / name
        rig.environment[variable] = value
        file.write_text(value)
        file.chmod(0o600)
        where = {"env": f"{{env: {variable}}}", "file": f"{{file: {file}}}"}[source]
        configure(rig, f"{name}: {value}", f"{name}: {where}")


def test_the_crontab_of_readme_posts_past_the_life_of_the_access_token(rig: Rig) -> None:
    _secrets_from(rig, "file")
    line = _crontab_of_readme(rig)
    assert _cron(line, rig.folder) == Done(0, "", "")
    rig.entry()
    end_access(rig)
    _an_hour_later(rig)
    assert _cron(line, rig.folder) == Done(0, "", "")
    assert len(rig.heads()) == 1


def test_a_secret_that_is_not_here_stops_the_poll_at_once(rig: Rig) -> None:
    """And not ten minutes later, when the access token has ended."""
    _secrets_from(rig, "env")
    rig.poll()
    rig.entry()
    _an_hour_later(rig)
    calls = rig.exact.calls.total()
    done = _cron(_crontab_of_readme(rig), rig.folder)
    assert done.code == 78
    assert "exact.client_id: the environment variable EXACT_CLIENT_ID is not set." in done.err
    assert (rig.exact.calls.total(), rig.heads()) == (calls, [])
    assert rig.run("status", "--json").json["ok"] is False
    rig.poll()  # where the variables are set, all is well
    assert len(rig.heads()) == 1
    assert rig.run("status", "--json").json["ok"] is True


@pytest.mark.parametrize("source", ["env", "file"])
def test_config_check_online_ends_with_whether_cron_can(rig: Rig, source: str) -> None:
    _secrets_from(rig, source)
    done = rig.run("config", "check", "--online")
    assert done.code == 0, done.err
    last = done.out.splitlines()[-1]
    if source == "file":
        assert last == "cron: yes"
    else:
        assert last.startswith(
            "cron: no: exact.client_id: the environment variable EXACT_CLIENT_ID"
        )
    found = rig.run("config", "check", "--online", "--json").json["cron"]
    assert found["ok"] is (source == "file")
    assert last.removeprefix("cron: no: ") in (found["problem"], "cron: yes")


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "docs/tutorial.md",
        "docs/how-to/cron.md",
        "docs/how-to/systemd.md",
        "contrib/cron/exact-slack",
        "contrib/systemd/exact-slack.service",
        "contrib/systemd/exact-slack-serve.service",
    ],
)
def test_it_is_installed_where_it_is_called(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    paths = set(re.findall(r"(?<![\w.])/[\w/.-]*/exact-slack(?= -c|$)", text, re.MULTILINE))
    called = {path for path in paths if "/bin/" in path}
    assert called <= {COMMAND, "/opt/exact-slack/bin/exact-slack"}
    assert COMMAND in text
    assert "pipx" not in text


def test_each_reason_against_cron_stands_for_itself(rig: Rig) -> None:
    _secrets_from(rig, "env")
    (rig.state / "exact-tokens.json").unlink()
    why = rig.run("config", "check", "--online", "--json").json["cron"]["problem"]
    first, second, *_ = why.split("; ")
    assert first.startswith("exact.client_id: ")
    assert second.startswith("exact.client_secret: ")
    assert "auth exact slack" not in why
