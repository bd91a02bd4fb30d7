"""`log`: a document's story, in order; and what stands in a channel, told by the log alone."""

import csv
import io
import re
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from exact_slack.inspect.log.event import What
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.outgoing.actions import Action
from tests.e2e.hands import Hands
from tests.e2e.logged import agree, in_slack, standing, told
from tests.e2e.rig import DIVISION, ENTRIES, FEED, Rig
from tests.e2e.test_attachments import attach

pytestmark = [pytest.mark.usefixtures("hands"), pytest.mark.sampled(3)]
DOCUMENT = Path(__file__).parents[2] / "docs" / "log.md"
NUMBER = 26700031
PAYMENTS = "cashflow/Payments"
OF_DELIVERY = {"delivery", "action", "channel", "ts", "link", "outcome"}


def told_of(rig: Rig, number: int) -> list[Any]:
    """The entry with this number; where there is none its payment."""
    found = told(rig, str(number))
    return [d for d in found if d["kind"] == "purchase_entry"] or found


def _words(document: Any) -> list[str]:
    """What happened, in few words: what, and of what is not plain the outcome or the action."""
    return [
        " ".join(
            filter(
                None,
                (
                    event["what"],
                    event.get("action", ""),
                    "" if event.get("outcome") in ("posted", None) else event["outcome"],
                ),
            )
        )
        for event in document["events"]
    ]


def _in_order(expected: list[str], found: list[str]) -> bool:
    """Whether these stand there in this order, whatever stands between."""
    rest = iter(found)
    return all(word in rest for word in expected)


def _change(rig: Rig, row: Any, **values: Any) -> None:
    rig.exact.store.upsert(DIVISION, ENTRIES, {"EntryID": row["EntryID"], **values})


def _posted(rig: Rig, hands: Hands) -> list[str]:
    rig.entry(NUMBER)
    rig.poll()
    return ["seen", "routed", "attempt head", "posted head"]


def _edited(rig: Rig, hands: Hands) -> list[str]:
    row = rig.entry(NUMBER)
    rig.poll()
    _change(rig, row, YourRef="NEW-1")
    rig.poll()
    return ["posted head", "changed", "edited edit", "attempt changed", "replied changed"]


def _paid(rig: Rig, hands: Hands) -> list[str]:
    rig.routes = FEED.replace("purchase_entry", "[purchase_entry, payment]")
    rig.write_config()
    rig.poll()
    row = rig.entry(NUMBER)
    rig.poll()
    term = {"TransactionEntryID": row["EntryID"], "EntryNumber": 5, "Status": 50, "AmountDC": 121.0}
    rig.exact.store.upsert(DIVISION, PAYMENTS, term)
    rig.poll()
    return ["posted head", "seen", "attempt paid", "replied paid"]


def _deleted(rig: Rig, hands: Hands) -> list[str]:
    row = rig.entry(NUMBER)
    rig.poll()
    rig.exact.store.delete(DIVISION, ENTRIES, row["EntryID"])
    assert rig.run("status", "--verify", "1d", "--heal").code == 1
    rig.poll()
    return ["posted head", "deleted", "edited edit", "replied deleted"]


def _held(rig: Rig, hands: Hands) -> list[str]:
    rig.extra = "flood_limit: 1\n"
    rig.write_config()
    rig.entry(26700030)
    hands.sleep(2)
    rig.entry(NUMBER)
    rig.run("poll")
    rig.run("replay", "--held")
    return ["routed", "held head held", "held head released", "attempt head", "posted head"]


def _failed(rig: Rig, hands: Hands) -> list[str]:
    rig.entry(NUMBER)
    rig.slack.store.refuse("chat.postMessage", "invalid_blocks", 2)
    assert rig.run("poll").code == 1
    rig.run("replay", "--failed")
    refused = "attempt head refused"
    return [refused, refused, "held head failed", "held head released", "posted head"]


def _adopted(rig: Rig, hands: Hands) -> list[str]:
    rig.entry(NUMBER)
    rig.slack.faults.add("chat.postMessage", "reset", times=1, when="after")
    rig.poll()
    return ["attempt head ambiguous", "looked_up head found", "posted head"]


def _sent_again(rig: Rig, hands: Hands) -> list[str]:
    rig.entry(NUMBER)
    rig.slack.faults.add("chat.postMessage", "reset", times=1, when="before")
    rig.poll()
    not_there = "looked_up head not_found"
    return ["attempt head ambiguous", not_there, not_there, "attempt head", "posted head"]


def _unrouted(rig: Rig, hands: Hands) -> list[str]:
    rig.routes = FEED.replace("kind: purchase_entry", "kind: purchase_entry, amount: '> 999'")
    rig.write_config()
    rig.entry(NUMBER)
    rig.poll()
    return ["seen", "left"]


def _silenced(rig: Rig, hands: Hands) -> list[str]:
    until = date.today() + timedelta(days=3)  # noqa: DTZ011 - any day ahead
    rig.extra = f"silences: [{{match: {{account: '*Dijk'}}, until: {until}, reason: audit}}]\n"
    rig.write_config()
    rig.entry(NUMBER)
    rig.poll()
    rig.extra = ""
    rig.write_config()
    rig.poll()
    return ["routed", "held head waiting", "attempt head", "posted head"]


def _digested(rig: Rig, hands: Hands) -> list[str]:
    rig.routes = FEED + '    digest: {every: day, at: "00:01"}\n'
    rig.write_config()
    rig.entry(NUMBER)
    rig.poll()
    hands.sleep(86_400)
    rig.poll()
    return ["routed collected", "attempt digest", "posted digest"]


def _healed(rig: Rig, hands: Hands) -> list[str]:
    rig.entry(NUMBER)
    with closing(Ledger(rig.state)) as ledger, ledger.transaction():
        ledger.db.run("UPDATE cursors SET newest=newest + 864000000, deep_at=9e9")
    assert rig.run("status", "--verify", "1d", "--heal").code == 1
    rig.run("poll")
    return ["seen", "routed", "posted head"]


def _filed(rig: Rig, hands: Hands) -> list[str]:
    rig.routes = FEED + "    attachments: true\n"
    rig.write_config()
    rig.entry(NUMBER, Document=attach(rig, NUMBER % 100))
    rig.poll()
    # Slack does not say at once where a file stands
    return ["posted head", "attempt file ambiguous", "looked_up file found", "file file"]


def _triaged(rig: Rig, hands: Hands) -> list[str]:
    rig.routes = FEED + "    triage: true\n"
    rig.write_config()
    rig.entry(NUMBER)
    rig.poll()
    anna = rig.slack.store.add_user("Anna", "Anna de Vries")
    (head,) = rig.heads()
    for emoji in ("eyes", "white_check_mark"):
        hands.sleep(300)
        rig.slack.store.react("feed", head.ts, emoji, anna)
        rig.poll()
    (told,) = told_of(rig, NUMBER)
    steps = [event for event in told["events"] if event["what"] == "triage"]
    assert [step.get("by", "") for step in steps] == ["", "Anna", "Anna"]
    return ["posted head", "triage head taken", "edited edit", "triage head done", "edited edit"]


def _in_a_run(rig: Rig, hands: Hands) -> list[str]:
    rig.routes = FEED.replace("kind: purchase_entry", "kind: payment") + "    group: batch\n"
    rig.write_config()
    rig.poll()
    day = rig.exact.store.now().replace(hour=9, minute=0, second=0, microsecond=0)
    chosen = {"Status": 30, "PaymentSelected": day, "PaymentSelectorFullName": "Anna"}
    term = {
        "InvoiceNumber": NUMBER,
        "AccountName": "Van Dijk",
        "AmountDC": 121.0,
        "Currency": "EUR",
    }
    rig.exact.store.upsert(DIVISION, PAYMENTS, {**term, **chosen})
    rig.poll()
    return ["seen", "routed", "attempt run", "posted run"]


PLAYS = (
    _posted, _edited, _paid, _deleted, _held, _failed, _adopted, _sent_again, _unrouted,
    _silenced, _digested, _healed, _filed, _triaged, _in_a_run,
)  # fmt: skip


@pytest.mark.sampled(3)
@pytest.mark.parametrize("play", PLAYS, ids=lambda play: play.__name__.strip("_"))
def test_the_whole_story_and_what_stands_in_the_channel(
    rig: Rig, hands: Hands, play: Callable[[Rig, Hands], list[str]]
) -> None:
    rig.poll()
    expected = play(rig, hands)
    (document,) = told_of(rig, NUMBER)
    assert _in_order(expected, _words(document)), "; ".join(_words(document))
    everything = told(rig)
    assert standing(everything) == in_slack(rig) - _of_ourselves(rig)
    agree(everything)
    for event in document["events"]:
        assert set(event) >= OF_DELIVERY or "delivery" not in event
        assert event["what"] in set(What)
    again = {(e["at"], e["what"]) for e in document["events"]}
    row = rig.entry(26700099)
    rig.poll()
    rig.exact.store.delete(DIVISION, ENTRIES, row["EntryID"])
    (later,) = told_of(rig, NUMBER)
    assert again <= {(e["at"], e["what"]) for e in later["events"]}


def _of_ourselves(rig: Rig) -> set[tuple[str, str]]:
    """What exact-slack says of itself is of no document."""
    return {("#feed", m.ts) for m in rig.messages() if "replay --held" in m.text}


def test_a_document_is_found_by_all_that_people_know_of_it(rig: Rig) -> None:
    rig.poll()
    more: dict[str, Any] = {
        "SupplierName": "Müller & Zoon",
        "Supplier": "22222222-2222-2222-2222-222222222222",
    }
    row = rig.entry(NUMBER, AmountDC=1210.5, AmountFC=1210.5, YourRef="VD 31-a", **more)
    rig.entry(26700032)
    rig.poll()
    (document,) = told(rig, str(NUMBER))
    posted = next(e for e in document["events"] if e["what"] == "posted")
    queries = (
        "vd31-A",
        "muller",
        "Zoon",
        "1210.50",
        "1.210,50",
        "EUR 1,210.50",
        row["EntryID"].upper(),
        str(posted["delivery"]),
        posted["link"],
        f"https://start.exactonline.nl/docs/X.aspx?ID={{{row['EntryID']}}}&_Division_={DIVISION}",
    )
    for query in queries:
        assert [d["number"] for d in told(rig, query)] == [str(NUMBER)], query
    assert told(rig, "1211") == []
    done = rig.run("log", "nobody")
    assert (done.code, done.out) == (1, "")
    assert "nothing is known" in done.err


def test_several_are_a_list_to_choose_from_and_one_is_a_story(rig: Rig) -> None:
    rig.poll()
    for number in (NUMBER, 26700032):
        rig.entry(number)
    rig.poll()
    several = rig.run("log", "dijk").out.splitlines()
    keys = [row["key"] for row in told(rig)]
    assert len(several) == 3
    assert all(any(key in line for line in several) for key in keys)
    one = rig.run("log", keys[0]).out
    assert "posted  head  #feed" in one
    assert "Van Dijk · 121" in one


def test_an_auditor_gets_what_fits_and_a_spreadsheet_without_formulas(rig: Rig) -> None:
    rig.poll()
    rig.entry(NUMBER, SupplierName="=HYPERLINK(1)")
    row = rig.entry(26700032, Supplier="22222222-2222-2222-2222-222222222222")
    rig.poll()
    _change(rig, row, YourRef="NEW")
    rig.poll()
    assert len(told(rig)) == 2
    for fits in (("--since", "1d"), ("--kind", "purchase_entry"), ("--channel", "feed")):
        assert len(told(rig, *fits)) == 2, fits
    for not_so in (
        ("--until", "2026-01"),
        ("--kind", "payment"),
        ("--division", "1"),
        ("--channel", "#other"),
        ("--state", "held"),
        ("--exception", "overdue"),
    ):
        assert told(rig, *not_so) == [], not_so
    done = rig.run("log", "--csv")
    rows = list(csv.DictReader(io.StringIO(done.out.lstrip("\ufeff"))))
    assert {row["account"] for row in rows} == {"'=HYPERLINK(1)", "Van Dijk"}
    assert any("reference: VD-26700032 → NEW" in row["changes"] for row in rows)
    assert len(rows) == sum(len(d["events"]) for d in told(rig))


def test_over_a_folder_it_is_known_if_anybody_knows_it(rig: Rig) -> None:
    rig.poll()
    rig.entry(NUMBER)
    rig.poll()
    other = rig.folder / "other.yaml"
    text = rig.config.read_text(encoding="utf-8").replace(f"{rig.state}", f"{rig.state}-other")
    other.write_text(text, encoding="utf-8")
    other.chmod(0o600)
    both = ("-c", str(other), "log")
    known = rig.run(*both, str(NUMBER), "--json")
    assert known.code == 0
    found = known.json
    assert [len(found[name]["documents"]) for name in ("acme.yaml", "other.yaml")] == [1, 0]
    assert rig.run(*both, "nobody", "--json").code == 1
    other.write_text("exact: 1\n", encoding="utf-8")
    broken = rig.run(*both, str(NUMBER), "--json")
    assert broken.code == 78
    assert broken.json["other.yaml"]["exit_code"] == 78


def test_the_page_names_every_word_and_field() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.+?`) \|", text, re.MULTILINE)
    named = {word for row in rows for word in re.findall(r"`(\w+)`", row)}
    assert {what.value for what in What} <= named
    fields = OF_DELIVERY | {"at", "what", "of", "by", "cause", "route", "exception", "comparison"}
    assert fields | {"until", "changes"} <= named
    others = (Action.NOTICE, Action.ALERT, Action.REPORT, Action.ITEMS)
    of_itself = {*others, *(a for a in Action if a.value.startswith("close"))}
    row = next(line for line in text.splitlines() if line.startswith("| `action` |"))
    _, *actions = re.findall(r"`(\w+)`", row)
    assert {action.value for action in set(Action) - of_itself} == set(actions)
