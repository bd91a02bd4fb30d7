"""The right person: whom a message mentions, and to whom it goes."""

import pytest

from tests.e2e.rig import DIVISION, Rig

pytestmark = pytest.mark.usefixtures("hands")
ANNA, BRAM = "11111111-0000-0000-0000-000000000001", "11111111-0000-0000-0000-000000000002"
MENTION = """\
people: {creator: {Anna de Vries: U0ANNA1}, account_manager: {Piet: U0PIET1}}
"""
ROUTES = """\
  - name: feed
    when: {kind: purchase_entry}
    channel: "#feed"
    mention: {person: creator, else: S0GROUP}
"""


def _mentions(rig: Rig, routes: str = ROUTES, people: str = MENTION) -> None:
    rig.routes, rig.extra = routes, people
    rig.write_config()
    rig.poll()


def test_a_message_mentions_who_made_the_document(rig: Rig) -> None:
    _mentions(rig)
    rig.entry(1, Creator=ANNA, CreatorFullName="Anna de Vries")
    rig.entry(2, Creator=BRAM, CreatorFullName="Bram")
    rig.poll()
    assert {m.text.split()[0] for m in rig.heads()} == {"<@U0ANNA1>", "<!subteam^S0GROUP>"}


def test_of_two_with_one_name_neither_is_mentioned(rig: Rig) -> None:
    _mentions(rig)
    for number, who in enumerate((ANNA, BRAM), 1):
        rig.entry(number, Creator=who, CreatorFullName="Anna de Vries")
    rig.poll()
    assert {m.text.split()[0] for m in rig.heads()} == {"<!subteam^S0GROUP>"}


def test_the_account_manager_is_looked_up_once(rig: Rig) -> None:
    _mentions(rig, ROUTES.replace("creator", "account_manager"))
    account = {"ID": "11111111-1111-1111-1111-111111111111", "Code": "1", "Name": "Van Dijk"}
    manager = {"AccountManager": BRAM, "AccountManagerFullName": "Piet"}
    rig.exact.store.upsert(DIVISION, "crm/Accounts", {**account, **manager})
    rig.entry(1)
    rig.entry(2)
    rig.poll()
    assert {m.text.split()[0] for m in rig.heads()} == {"<@U0PIET1>"}
