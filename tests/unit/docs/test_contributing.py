"""What CONTRIBUTING says of adding something is true: it is added, in a copy, by those steps."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import exact_slack

CONFIG = """\
exact:
  region: nl
  divisions: [123456]
  client_id: a
  client_secret: b
  redirect_uri: https://example.com/
routes: [{name: notes, when: {exception: no_note}, channel: "#ap"}]
"""


def _insert(file: Path, before: str, text: str) -> None:
    source = file.read_text(encoding="utf-8")
    assert source.count(before) == 1, before
    file.write_text(source.replace(before, text + before), encoding="utf-8")


def _copy(folder: Path) -> Path:
    package = folder / "exact_slack"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(exact_slack.__file__).parent, package, ignore=ignored)
    return package


def _run(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "exact_slack", "-c", "acme.yaml", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_exception(tmp_path: Path) -> None:
    package = _copy(tmp_path)
    kinds, rules = package / "documents/exceptions.py", package / "routing/exceptions.py"
    _insert(kinds, '    REJECTED = "rejected"\n', '    NO_NOTE = "no_note"\n')
    _insert(kinds, "    _E.REJECTED:", "    _E.NO_NOTE: _PURCHASES,\n")
    rule = "def _no_note(document: Document, history: History, today: date) -> bool:\n"
    _insert(rules, "_E = ExceptionKind\n", f"{rule}    return not document.notes\n\n\n")
    _insert(rules, "    _E.REJECTED:", "    _E.NO_NOTE: _no_note,\n")
    words = "exception_no_note | no note | geen notitie | keine Notiz | sans note | sin nota\n"
    _insert(package / "rendering/labels.py", "exception_rejected |", words)

    config = tmp_path / "acme.yaml"
    config.write_text(CONFIG, encoding="utf-8")
    config.chmod(0o600)
    sample = ("preview", "--sample", "purchase_entry", "--locale", "nl_NL", "--json")
    (message,) = json.loads(_run(tmp_path, *sample))["messages"]
    assert message["document"]["exceptions"] == ["new_supplier", "no_note"]
    assert "geen notitie" in message["payload"]["text"]
    assert "posts" in _run(tmp_path, "route", "explain", "--sample", "purchase_entry")
