"""What is shipped: the built packages in an empty environment, and what lies beside them."""

import os
import shlex
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from exact_slack import __version__
from exact_slack.config.load import load
from exact_slack.errors import CONFIG, USAGE

ROOT = Path(__file__).parents[2]
CONTRIB = ROOT / "contrib"


def _run(*words: str | Path, cwd: Path = ROOT) -> str:
    done = subprocess.run(
        [*map(str, words)],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=cwd,
        env={key: value for key, value in os.environ.items() if not key.startswith("PYTHON")},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that is built from the sdist alone."""
    folder = tmp_path_factory.mktemp("dist")
    _run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT)
    return folder


def _shipped_by_git(*folders: str) -> set[str]:
    if not (ROOT / ".git").exists():
        pytest.skip("no git here to tell what belongs to the source")
    return set(_run("git", "ls-files", *folders).split())


def test_the_wheel_is_complete(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as opened:
        names = set(opened.namelist())
    assert names >= _shipped_by_git("exact_slack")
    assert "exact_slack/py.typed" in names
    data = f"exact_slack-{__version__}.data/data/share"
    assert f"{data}/man/man1/exact-slack.1" in names
    assert not [name for name in names if name.startswith(("tests/", "bench/"))]


def test_the_sdist_has_everything_to_build_and_test_with(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    wanted = ("exact_slack", "tests", "docs", "contrib", "Makefile", "config.example.yaml")
    beside = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE")
    assert names >= _shipped_by_git(*wanted, *beside)


def _link_dependencies(site: Path) -> None:
    """What the wheel in `site` asks for, and what that asks for, and nothing else, linked from
    here: to have pip look for each of them takes longer than all else, and the tutorial does."""
    (ours,) = metadata.distributions(name="exact-slack", path=[str(site)])
    wanted, linked = [*(ours.requires or ())], set[str]()
    while wanted:
        asked = Requirement(wanted.pop())
        if asked.marker and not asked.marker.evaluate({"extra": ""}):
            continue
        found = metadata.distribution(asked.name)
        assert asked.specifier.contains(found.version, prereleases=True), asked
        if asked.name not in linked:
            linked.add(asked.name)
            wanted += found.requires or ()
            for name in {file.parts[0] for file in found.files or ()} - {"..", "__pycache__"}:
                if not (site / name).exists():
                    (site / name).symlink_to(Path(str(found.locate_file(name))))


@pytest.mark.whole
def test_it_installs_into_an_empty_environment_and_works(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What pipx and uv do: a fresh environment, the wheel, nothing but its dependencies."""
    for name in ("EXACT_CLIENT_ID", "EXACT_CLIENT_SECRET"):  # as the written config names them
        monkeypatch.setenv(name, "a-secret")
    (wheel,) = built.glob("*.whl")
    _run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv")
    python = tmp_path / "venv" / "bin" / "python"
    command = tmp_path / "venv" / "bin" / "exact-slack"
    pip = (sys.executable, "-m", "pip", "--python", python)
    _run(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel)
    _link_dependencies(Path(_run(python, "-c", "import site; print(*site.getsitepackages())")[:-1]))
    assert __version__ in _run(command, "--version", cwd=tmp_path)
    assert (tmp_path / "venv" / "share" / "man" / "man1" / "exact-slack.1").is_file()
    _run(command, "config", "init", "--defaults", "acme.yaml", cwd=tmp_path)
    assert "fine" in _run(command, "-c", "acme.yaml", "config", "check", cwd=tmp_path)
    drawn = ("preview", "--sample", "purchase_entry")
    assert "26700031" in _run(command, "-c", "acme.yaml", *drawn, cwd=tmp_path)
    for module in ("exact_slack.serve.http", "exact_slack.runs.poll", "exact_slack.sandbox.demo"):
        _run(python, "-c", f"import {module}", cwd=tmp_path)
    _run(*pip, "check", cwd=tmp_path)


# -- contrib ---------------------------------------------------------------------------------------


def _units() -> list[Path]:
    return sorted((CONTRIB / "systemd").glob("*"))


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for unit in _units():  # the command must exist for verify, wherever it is installed
        text = unit.read_text(encoding="utf-8")
        (tmp_path / unit.name).write_text(text.replace("/usr/local/bin/exact-slack", "/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *sorted(tmp_path.iterdir())],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    about_ours = [line for line in done.stderr.splitlines() if "exact-slack" in line]
    assert (done.returncode, about_ours) == (0, [])


@pytest.mark.parametrize(
    "unit", [u for u in _units() if u.suffix == ".service"], ids=lambda u: u.name
)
def test_a_unit_runs_without_rights_it_does_not_need(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    for setting in (
        "User=exact-slack",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "ProtectHome=yes",
        "CapabilityBoundingSet=\n",
        "UMask=0077",
        "StateDirectoryMode=0700",
    ):
        assert setting in text
    assert _is_command(text.partition("ExecStart=")[2].splitlines()[0])


def test_what_a_restart_does_not_mend_is_not_started_again() -> None:
    text = (CONTRIB / "systemd" / "exact-slack-serve.service").read_text(encoding="utf-8")
    spared = text.partition("RestartPreventExitStatus=")[2].splitlines()[0].split()
    assert spared == [str(USAGE), str(CONFIG)]


def test_one_config_serves_both_units() -> None:
    """What the poll's unit hands over as credentials, the same config file names under `serve`."""
    poll, serve = (
        {
            line
            for line in (CONTRIB / "systemd" / name).read_text(encoding="utf-8").splitlines()
            if line.startswith("LoadCredential=")
        }
        for name in ("exact-slack.service", "exact-slack-serve.service")
    )
    assert poll
    assert poll <= serve


def _is_command(line: str) -> bool:
    """Whether the command line is one that exact-slack takes: its help, with the same words."""
    words = shlex.split(line)
    assert words[0] == "/usr/local/bin/exact-slack"
    return "Usage: exact-slack" in _run(sys.executable, "-m", "exact_slack", *words[1:], "--help")


def test_the_crontab_line_is_a_command() -> None:
    lines = (CONTRIB / "cron" / "exact-slack").read_text(encoding="utf-8").splitlines()
    (line,) = (line for line in lines if line[:1] in set("*0123456789"))
    *_, command = line.split(maxsplit=6)
    assert _is_command(command)


def test_the_container_is_slim_and_not_root() -> None:
    lines = (CONTRIB / "container" / "Containerfile").read_text(encoding="utf-8").splitlines()
    froms = [line.split()[1] for line in lines if line.startswith("FROM ")]
    assert all(image.endswith("-slim") for image in froms)
    (user,) = (line.split()[1] for line in lines if line.startswith("USER "))
    assert int(user.partition(":")[0]) > 0
    for line in lines:
        if line.startswith("COPY ") and "--from" not in line:
            assert all((ROOT / source).exists() for source in line.split()[1:-1])


def test_the_kubernetes_example_is_consistent(tmp_path: Path) -> None:
    text = (CONTRIB / "kubernetes" / "cronjob.yaml").read_text(encoding="utf-8")
    found = {part["kind"]: part for part in yaml.safe_load_all(text)}
    job = found["CronJob"]["spec"]
    assert (job["schedule"], job["concurrencyPolicy"]) == ("* * * * *", "Forbid")
    pod = job["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    assert set(mounts) == {volume["name"] for volume in pod["volumes"]}
    assert container["args"] == ["-c", mounts["config"], "poll", "--due"]
    assert container["env"][0]["value"].startswith(mounts["state"])
    names = {part["metadata"]["name"] for part in found.values()}
    assert names == {"exact-slack-a"}
    config = tmp_path / "acme.yaml"
    config.write_text(found["ConfigMap"]["data"]["acme.yaml"], encoding="utf-8")
    read = load(config)
    wanted = {read.exact.client_id.where, read.exact.client_secret.where, "SLACK_BOT_TOKEN"}
    assert wanted == set(found["Secret"]["stringData"])
