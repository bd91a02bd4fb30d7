"""With `serve` what people do is seen at once; what it misses, the next poll sees."""

from collections.abc import Iterator

import pytest

from tests.e2e.rig import Rig
from tests.e2e.serving import Serve, serving, until

ROUTES = """\
  - name: odd
    when: {kind: purchase_entry}
    channel: "#feed"
    triage: true
"""


@pytest.fixture
def serve(rig: Rig) -> Iterator[Serve]:
    rig.routes = ROUTES
    rig.write_config()
    with serving(rig) as made:
        rig.poll()
        rig.entry(1)
        rig.poll()
        yield made.start()


def test_a_reaction_shows_on_the_head_without_a_poll(serve: Serve) -> None:
    slack = serve.rig.slack
    serve.hears_slack()
    anna = slack.store.add_user("anna")
    (head,) = serve.rig.heads()
    slack.store.react("feed", head.ts, "eyes", anna)
    until(lambda: "Taken by: anna" in serve.rig.heads()[0].text)
    slack.store.unreact("feed", head.ts, "eyes", anna)
    until(lambda: "Taken by" not in serve.rig.heads()[0].text)


def test_events_that_are_late_repeated_or_about_nothing_of_ours_change_nothing(
    serve: Serve,
) -> None:
    (head,) = serve.rig.heads()
    anna = serve.rig.slack.store.add_user("anna")
    item = {"type": "message", "channel": head.channel, "ts": head.ts}
    for number, about in enumerate((item, item, {**item, "ts": "1.000100"}, {"type": "file"})):
        said = {"user": anna, "reaction": "eyes", "item": about}
        assert serve.event("reaction_added", number // 2, **said).status_code == 200
    until(lambda: "reactions.get" in str(serve.rig.slack.server.requests))
    serve.rig.poll()
    assert "Taken by" not in serve.rig.heads()[0].text  # what was told does not stand there
