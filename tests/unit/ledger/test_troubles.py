"""What is told of trouble that a run met a part of."""

from exact_slack.ledger.troubles import Part, Trouble, Weight, judge

REFUSED = Trouble("refused", Part.COLLECT, Weight.PERSON, "Exact refuses.", members=frozenset("ab"))


def test_a_run_that_did_not_look_at_everything_forgets_nothing_and_repeats_nothing() -> None:
    news, known = judge([], [REFUSED], frozenset({Part.COLLECT}), 1000.0, 1800.0)
    assert news.began
    part = Trouble("refused", Part.COLLECT, Weight.PERSON, "Exact refuses.")
    for minute, members in enumerate(("a", "", "b", "ab"), 1):
        met = [Trouble(part.cause, part.part, part.weight, part.sentence, "", frozenset(members))]
        news, known = judge(known, met, frozenset(), 1000.0 + minute * 60, 1800.0)
        assert not news
        assert known[0].members == frozenset("ab")
    met = [Trouble(part.cause, part.part, part.weight, part.sentence, "", frozenset("c"))]
    news, known = judge(known, met, frozenset(), 2000.0, 1800.0)
    assert news.began
    news, known = judge(known, [], frozenset({Part.COLLECT}), 2060.0, 1800.0)
    assert news.ended
