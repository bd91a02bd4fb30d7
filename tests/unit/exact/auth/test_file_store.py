"""What a kill or a full disk left beside the stored tokens, and tokens that are damaged."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from exact_slack.exact.auth.keyring_store import KeyringTokenStore
from exact_slack.exact.auth.store import dump, parse
from tests.unit.exact.auth.test_tokens import store_of
from tests.unit.exact_support import make_tokens
from tests.unit.keyrings import Keyring


def _keyring_store(folder: Path) -> tuple[KeyringTokenStore, Keyring]:
    kept = Keyring()
    return KeyringTokenStore(folder / "state" / "exact-token.json", kept), kept


def test_the_rescue_file_counts_by_what_it_replaces_and_not_by_the_clock(tmp_path: Path) -> None:
    store, keyring = _keyring_store(tmp_path)
    first = make_tokens("access-1", "refresh-1")
    store.save(first)
    keyring.takes = False
    earlier = replace(make_tokens("access-2", "refresh-2"), obtained_at=first.obtained_at - 9999)
    store.save(earlier, first)
    found = store.load()
    assert found is not None
    assert found.refresh == "refresh-2"  # although its clock says that it is older
    third = make_tokens("access-3", "refresh-3")
    store.save(third, found)
    keyring.gives = False
    found = store.load()
    assert found is not None
    assert found.refresh == "refresh-3"
    keyring.gives = keyring.takes = True
    store.recover()
    assert "refresh-3" in keyring.kept["exact-token.json"]
    assert not list(tmp_path.glob("state/*.rescue"))


def test_a_rescue_file_of_another_chain_is_not_taken(tmp_path: Path) -> None:
    store, keyring = _keyring_store(tmp_path)
    store.save(make_tokens("access-1", "refresh-1"))
    keyring.takes = False
    late = replace(make_tokens("access-2", "refresh-2"), obtained_at=9e9)
    store.save(late, make_tokens("access-1", "refresh-1"))
    keyring.takes = True
    keyring.kept["exact-token.json"] = dump(make_tokens("login-access", "login-refresh"))
    store.recover()
    found = store.load()
    assert found is not None
    assert found.refresh == "login-refresh"


def test_a_file_left_by_a_killed_process_is_taken_only_where_it_follows(tmp_path: Path) -> None:
    store = store_of(tmp_path)
    store.save(make_tokens("access-1", "refresh-1"))
    new = store.path.with_name(store.path.name + ".new")
    left = replace(make_tokens("access-2", "refresh-2"), replaces="of another chain")
    new.write_text(dump(left))
    store.recover()
    assert store.load() == make_tokens("access-1", "refresh-1")
    new.write_text(dump(replace(left, replaces=make_tokens("x", "refresh-1").digest)))
    store.recover()
    assert store.load() == make_tokens("access-2", "refresh-2")


@pytest.mark.parametrize("text", ["[" * 100_000, "{}", "7", '{"access": "a", "refresh": "r r"}'])
def test_damaged_tokens_are_none(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize("moment", [float("inf"), float("nan"), "1e999", None, []])
def test_a_time_that_is_none_is_damage(moment: object) -> None:
    values = {**json.loads(dump(make_tokens())), "obtained_at": moment}
    assert parse(json.dumps(values)) is None
