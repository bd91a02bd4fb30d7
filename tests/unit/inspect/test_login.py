"""What `auth status` finds out about the secrets here and under cron."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from exact_slack.config.load import load
from exact_slack.inspect import login


@pytest.mark.parametrize("code", ["raise SystemExit(9)", "print('[]')", "print('no json')"])
def test_a_probe_that_crashes_is_never_fine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    def crash(*words: str) -> Any:
        return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    monkeypatch.setattr(login, "cron_process", crash)
    path = tmp_path / "acme.yaml"
    path.write_text(
        "exact: {region: nl, divisions: [1], client_id: a, client_secret: b,"
        " redirect_uri: 'https://x.example/'}\nroutes: [{name: all, channel: '#a'}]\n"
    )
    found = login.readable_from_cron(load(path))
    assert set(found) == {"everything"}
    report = login.Report(cron=found, here={"exact login": ""})
    assert "ends with an error" in report.here_and_cron("exact login")[1]
