"""The facts know some things in two ways, and of some what other servers do: what comes out in
Slack is the same whichever Exact Online answers."""

from collections.abc import Callable

import pytest

from exact_slack.documents.kinds import Kind
from exact_slack.exact.catalogue import ENDPOINTS
from exact_slack.sandbox.exact.rules import Rules
from exact_slack.sandbox.exact.shapes import catalogue
from tests.e2e.hands import Hands
from tests.e2e.rig import DIVISION, Rig

EVERYTHING = """\
  - name: all
    channel: "#feed"
"""
FILTERED = {path.path for path in ENDPOINTS.values()} | {"crm/Accounts", "documents/Documents"}


def _refuses_filters_on_modified(rules: Rules) -> None:
    """On cashflow, as nothing else was ever recorded, and on orders for good measure."""
    rules.unfilterable["purchaseorder/PurchaseOrders"] = frozenset({"Modified"})


def _takes_anything(rules: Rules) -> None:
    rules.select_required, rules.unfilterable = set(), {}
    rules.times = "iso"


def _wants_filters_and_expands_nothing(rules: Rules) -> None:
    rules.filter_required, rules.unfilterable = set(FILTERED), {}
    rules.refuse_expand = {endpoint.path for endpoint in ENDPOINTS.values()}


def _writes_as_others_do(rules: Rules) -> None:
    rules.times, rules.raw_controls = "iso_z", True


SERVERS = [
    _refuses_filters_on_modified,
    _takes_anything,
    _wants_filters_and_expands_nothing,
    _writes_as_others_do,
]


def fill(rig: Rig, word: str, amount: float) -> None:
    """One document of each kind, with a line where it has some; made, or changed."""
    for number, (kind, endpoint) in enumerate(ENDPOINTS.items(), 1):
        known = rig.exact.store.rows(DIVISION, endpoint.path)
        row = {
            endpoint.key: known[0][endpoint.key] if known else None,
            "Description": f"{word}\t{kind.value}",
            "AmountDC": amount,
            "AmountFC": amount,
            "Currency": "EUR",
            "Status": 20,
        }
        fields = catalogue()[endpoint.path].fields
        row = {name: value for name, value in row.items() if name in fields and value is not None}
        if endpoint.lines:
            line = {"Description": f"{word}-line-{number}", "AmountDC": amount}
            row[endpoint.lines] = [line]
        rig.exact.store.upsert(DIVISION, endpoint.path, row)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("server", SERVERS, ids=lambda server: server.__name__[1:])
def test_every_kind_is_told_and_told_of_again_whichever_server_answers(
    rig: Rig, hands: Hands, server: Callable[[Rules], None]
) -> None:
    rig.routes = EVERYTHING
    rig.write_config()
    server(rig.exact.rules)
    rig.poll()
    assert rig.heads() == []
    fill(rig, "first", 100.0)
    rig.poll()
    hands.sleep(3600)
    fill(rig, "second", 200.0)
    rig.poll()
    heads = {head.text.splitlines()[0].split(" · ")[0]: head for head in rig.heads()}
    assert set(heads) == {kind.label for kind in Kind if kind is not Kind.BANK_ACCOUNT}
    assert all("€200.00" in head.text for head in heads.values())
    told = [reply.thread_ts for reply in rig.replies() if "€100.00 → €200.00" in reply.text]
    assert sorted(map(str, told)) == sorted(head.ts for head in heads.values())
    assert rig.exact.limits.blocks == 0
