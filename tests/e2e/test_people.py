"""The right person: whom a message mentions, and to whom it goes."""

from typing import Any

import pytest

from tests.e2e.hands import Hands
from tests.e2e.rig import DIVISION, ENTRIES, Rig

pytestmark = [pytest.mark.usefixtures("hands"), pytest.mark.sampled(3)]
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


DIRECT = """\
  - name: feed
    when: {kind: purchase_entry}
    channel: {person: creator, else: "#feed"}
"""


def _direct(rig: Rig) -> str:
    """Anna, to whom the route writes."""
    anna = rig.slack.store.add_user("anna")
    _mentions(rig, DIRECT, f"people: {{creator: {{Anna: {anna}, The team: S0TEAM}}}}\n")
    return anna


def test_a_document_goes_to_its_person_and_so_does_what_changes(rig: Rig) -> None:
    anna = _direct(rig)
    first = rig.entry(1, Creator=ANNA, CreatorFullName="Anna")
    rig.entry(2, Creator=BRAM, CreatorFullName="The team")
    assert rig.poll()["posted"] == 2
    (told,) = rig.heads("@anna")
    assert told.text.startswith("Purchase entry 1 ")
    assert [m.text.split(" ·")[0] for m in rig.heads()] == ["Purchase entry 2"]  # a group
    row: dict[str, Any] = {"CreatorFullName": "Anna", "Description": "Crates"}
    rig.entry(1, **row, Creator=ANNA, EntryID=first["EntryID"])
    rig.poll()
    assert "Crates" in rig.replies("@anna")[0].text
    assert rig.run("status", "--verify", "7d").code == 0
    explained = rig.run("route", "explain", "1").out
    assert anna in explained


def test_what_is_for_somebody_who_left_goes_elsewhere_and_is_told(rig: Rig, hands: Hands) -> None:
    anna = _direct(rig)
    entry = rig.entry(1, Creator=ANNA, CreatorFullName="Anna")
    rig.poll()
    rig.slack.store.deactivate_user(anna)
    hands.sleep(86_500)
    rig.entry(2, Creator=ANNA, CreatorFullName="Anna")
    rig.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": entry["EntryID"], "Description": "New"})
    done = rig.run("poll")
    assert done.code == 1
    assert f"{anna} (feed): this person has left the workspace" in done.err
    assert sorted(m.text.split(" ·")[0] for m in rig.heads()) == [
        "Purchase entry 1",
        "Purchase entry 2",
    ]
    assert "New" in rig.replies()[0].text
    rig.entry(3, Creator=ANNA, CreatorFullName="Anna")
    rig.poll()  # told once
    assert len(rig.heads()) == 3
    assert len(rig.messages("@anna")) == 1


def test_without_the_scope_direct_messages_wait_and_it_is_said(rig: Rig) -> None:
    _direct(rig)
    store = rig.slack.store
    store.scopes = tuple(scope for scope in store.scopes if scope != "im:write")
    rig.entry(1, Creator=ANNA, CreatorFullName="Anna")
    done = rig.run("poll")
    assert done.code == 1
    assert "lacks the scope im:write" in done.err
    store.scopes = (*store.scopes, "im:write")
    rig.poll()
    assert len(rig.heads("@anna")) == 1


def test_the_check_names_who_left_who_is_a_bot_and_who_has_no_match(rig: Rig) -> None:
    store = rig.slack.store
    left, app = store.add_user("left"), store.add_user("app", is_bot=True)
    store.deactivate_user(left)
    entries = f"Left: {left}, An app: {app}, Unknown: U0NOBODY1, The team: S0TEAM"
    _mentions(rig, DIRECT, f"people: {{creator: {{{entries}}}}}\n")
    rig.entry(1, Creator=BRAM, CreatorFullName="Bram")
    rig.poll()
    done = rig.run("config", "check", "--online")
    for sentence in (
        f"people.creator: Left ({left}): this person has left the workspace.",
        f"people.creator: An app ({app}): this is an app, and no person.",
        "people.creator: Unknown (U0NOBODY1): Slack does not know this id.",
        "people.creator: The team (S0TEAM): a user group gets no direct messages.",
        "people.creator: Bram: no entry fits.",
    ):
        assert sentence in done.out + done.err
