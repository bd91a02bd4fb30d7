"""What monitors are told: the page's form, its series, and that docs and rules know its names."""

import json
import re
import shutil
import subprocess
from collections import Counter as Count
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from exact_slack.app.customer import Customer
from exact_slack.config.load import load
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.samples import SAMPLES
from exact_slack.ledger.counters import Counter
from exact_slack.ledger.incoming import exact_clock
from exact_slack.ledger.incoming.inbox import Told
from exact_slack.ledger.outgoing import payloads
from exact_slack.ledger.outgoing.payload import Payload
from exact_slack.ledger.outgoing.states import State
from exact_slack.metrics.measure import Ended, page

ROOT = Path(__file__).parents[3]
CONFIG = """\
exact:
  region: nl
  divisions: [123456, 234567]
  client_id: a
  client_secret: b
  redirect_uri: https://example.com/
routes: [{name: purchases, when: {kind: [purchase_entry, payment]}, channel: "#ap"}]
"""
Series = dict[str, float]


@pytest.fixture
def acme(tmp_path: Path) -> Iterator[Customer]:
    path = tmp_path / 'a"c\\me.yaml'  # whatever a file is called
    path.write_text(CONFIG + f"state: {tmp_path}/state\n", encoding="utf-8")
    path.chmod(0o600)
    customer = Customer(load(path))
    yield customer
    customer.close()


def series(text: str) -> Series:
    found: Series = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            assert name not in found  # what promtool does not see
            found[name.replace('customer="a\\"c\\\\me"', "").replace("{,", "{")] = float(value)
    return found


def post(customer: Customer, seconds: float, payload: Payload) -> None:
    """A message about a document that Exact, whose clock is an hour ahead, changed so long ago."""
    now, ledger = customer.clock.now(), customer.ledger
    modified = ServerMs(int((now - seconds + 3600) * 1000))
    with ledger.transaction():
        ledger.set_fact(exact_clock.FACT, "3600000")
        document = replace(SAMPLES["purchase_entry"], modified=modified)
        number = ledger.deliveries.add(
            payload,
            route="purchases",
            channel="#ap",
            now=now,
            document=ledger.documents.save(document, now).id,
        )
        sending = ledger.deliveries.move(ledger.deliveries.get(number), State.SENDING, now)
        ledger.deliveries.move(sending, State.POSTED, now, ts="1.1", channel_id="C1")


def test_a_page_with_nothing_in_it_has_every_series_and_no_fault(acme: Customer) -> None:
    found = series(page(acme))
    assert found['exact_slack_posted_messages_total{kind="payment"}'] == 0
    assert found['exact_slack_deliveries{outcome="held"}'] == 0
    assert found["exact_slack_last_success_timestamp_seconds{}"] == 0
    assert found['exact_slack_exact_calls_remaining{window="day"}'] == 5000
    assert found["exact_slack_delivery_delay_seconds_count{}"] == 0


def test_messages_calls_and_delays_are_counted_for_ever(acme: Customer) -> None:
    for seconds in (20.0, 700.0):
        post(acme, seconds, payloads.Head())
    post(acme, 40.0, payloads.Edit())
    with acme.ledger.transaction():
        acme.ledger.counters.add(Counter.EXACT_CALLS, 7)
        acme.ledger.cursors.add_calls(234567, acme.utc_day(), 3, 41)
        acme.ledger.inbox.put(123456, SAMPLES["payment"].kind, "k", acme.clock.now() - 9, Told())
    now = acme.clock.now()
    acme.ledger.forget(now + 9, now + 9)  # retention takes nothing off
    found = series(page(acme))
    assert found['exact_slack_posted_messages_total{kind="purchase_entry"}'] == 2
    assert found['exact_slack_edited_messages_total{kind="purchase_entry"}'] == 1
    assert found["exact_slack_exact_calls_total{}"] == 7
    assert found['exact_slack_exact_calls_remaining{window="day"}'] == 41
    assert found['exact_slack_delivery_delay_seconds_bucket{le="15"}'] == 0
    assert found['exact_slack_delivery_delay_seconds_bucket{le="30"}'] == 1
    assert found['exact_slack_delivery_delay_seconds_bucket{le="+Inf"}'] == 2
    assert 720 <= found["exact_slack_delivery_delay_seconds_sum{}"] < 723
    waits = found["exact_slack_oldest_waiting_webhook_timestamp_seconds{}"]
    assert 8 < acme.clock.now() - waits < 30


def test_a_webhook_that_brought_news_is_measured_once(acme: Customer) -> None:
    now, kind = acme.clock.now(), SAMPLES["purchase_entry"].kind
    with acme.ledger.transaction():
        acme.ledger.inbox.put(123456, kind, "k", now, Told("1", "a"))
        (item,) = acme.ledger.inbox.due(now, 9)
        acme.ledger.inbox.done(item, now + 2, fruitful=True)
        acme.ledger.inbox.done(item, now + 900, fruitful=True)  # done already
    found = series(page(acme))
    assert found["exact_slack_webhook_lag_seconds_sum{}"] == 2
    assert found['exact_slack_webhook_lag_seconds_bucket{le="1"}'] == 0
    assert found['exact_slack_webhook_lag_seconds_bucket{le="5"}'] == 1


def test_the_end_of_a_run_that_the_ledger_does_not_know_yet(acme: Customer) -> None:
    run = acme.ledger.start_run("poll", 100.0)
    acme.ledger.end_run(run, 0, {}, 103.0)
    well = series(page(acme))
    assert well["exact_slack_last_success_timestamp_seconds{}"] == 103
    assert well["exact_slack_last_run_duration_seconds{}"] == 3
    failed = series(page(acme, Ended(200.0, 4.5, 75, is_poll=True)))
    assert failed["exact_slack_last_success_timestamp_seconds{}"] == 103
    assert failed["exact_slack_last_run_timestamp_seconds{}"] == 200
    assert failed["exact_slack_last_run_duration_seconds{}"] == 4.5
    assert failed["exact_slack_last_run_exit_code{}"] == 75


def promtool(*words: str, stdin: str = "") -> None:
    if not shutil.which("promtool"):
        pytest.skip("promtool (Debian's package prometheus) is not here")
    done = subprocess.run(
        ["promtool", *words], input=stdin, text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_finds_no_fault_in_the_metrics(acme: Customer) -> None:
    post(acme, 20.0, payloads.Head())
    promtool("check", "metrics", stdin=page(acme))


def test_promtool_takes_the_rules() -> None:
    promtool("check", "rules", str(ROOT / "contrib/prometheus/exact-slack.rules.yml"))


def _families(text: str) -> dict[str, tuple[str, str]]:
    helps = dict(re.findall(r"^# HELP (\w+) (.+)$", text, re.MULTILINE))
    types = dict(re.findall(r"^# TYPE (\w+) (.+)$", text, re.MULTILINE))
    return {name: (types[name], helps[name]) for name in helps}


def test_the_table_of_metrics_is_what_the_code_says(acme: Customer) -> None:
    told = (ROOT / "docs/how-to/monitoring.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(exact_slack_\w+)\S*` \| (\w+) \| (.+) \|$", told, re.MULTILINE)
    assert {name: (kind, said) for name, kind, said in rows} == _families(page(acme))
    assert max(Count(name for name, _, _ in rows).values()) == 1


@pytest.mark.parametrize(
    "path", ["contrib/prometheus/exact-slack.rules.yml", "contrib/grafana/exact-slack.json"]
)
def test_rules_and_dashboard_ask_for_metrics_that_are_there(acme: Customer, path: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    if path.endswith(".json"):
        json.loads(text)
    known = set(_families(page(acme)))
    parts = {f"{name}{part}" for name in known for part in ("_bucket", "_sum", "_count")}
    assert set(re.findall(r"\bexact_slack_\w+", text)) <= known | parts
