"""Killed at every point of a poll and started again: one message a document, none missing."""

import pytest

from tests.e2e.rig import DIVISION, ENTRIES, Rig

POINTS = ["after_page", "after_page_commit", "after_claim", "after_call", "after_record"]


@pytest.mark.parametrize("point", POINTS)
def test_killed_and_started_again(rig: Rig, point: str) -> None:
    rig.poll()
    row = rig.entry(1)
    rig.entry(2)
    rig.poll()
    rig.entry(3)
    rig.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": row["EntryID"], "YourRef": "NEW-77"})
    killed = rig.run("poll", env={"EXACT_SLACK_FAILPOINT": point})
    assert killed.code == -9
    rig.poll()
    assert len(rig.heads()) == 3
    assert len(rig.replies()) == 1
    assert sum("NEW-77" in message.text for message in rig.heads()) == 1
    keys = [str(message.metadata) for message in rig.messages()]
    assert len(set(keys)) == len(keys) == 4
