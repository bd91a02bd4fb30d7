"""What goes wrong with a customer is looked for in its ledger, if that can have a part in it."""

from pathlib import Path

import pytest

from exact_slack.app.customer import Customer, customer
from exact_slack.config.load import load

CONFIG = """\
exact: {{region: nl, divisions: [123456], client_id: a, client_secret: b,
  redirect_uri: "https://x.example/cb"}}
state: {state}
routes: [{{name: feed, when: {{kind: "*"}}, channel: "#feed"}}]
"""


@pytest.mark.parametrize(("error", "looks"), [(KeyError, True), (BrokenPipeError, False)])
def test_a_reader_that_has_gone_is_no_reason_to_read_the_whole_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception], looks: bool
) -> None:
    """`log | head`: the check of a large ledger takes many seconds."""
    config = tmp_path / "acme.yaml"
    config.write_text(CONFIG.format(state=tmp_path / "state"), encoding="utf-8")
    looked: list[Customer] = []
    monkeypatch.setattr(Customer, "damage", lambda self: looked.append(self))
    with pytest.raises(error), customer(load(config)):
        raise error
    assert bool(looked) is looks
