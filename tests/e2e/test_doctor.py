"""`doctor`: all well on a whole rig; then one thing after another is broken for real, and doctor
names it with its cure. And what may be mailed has nothing of the customer."""

import json
import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from exact_slack.inspect.doctor.findings import Subject
from exact_slack.ledger.ledger import FILE, Ledger
from tests.e2e import network_disk
from tests.e2e.hands import Hands
from tests.e2e.rig import DIVISION, ENTRIES, FEED, TOKEN, Rig
from tests.e2e.serving import SECRET, Serve
from tests.e2e.test_disk import _fill, small_disk
from tests.unit.loopback import free_port, host, silence

AUTHORITY = Path(__file__).parents[1] / "unit" / "network" / "authority"
TESTS_ONLY = {"state", "certificates", "backup", "cron"}
"""What is not as it should be wherever tests run: under /tmp, by http, without a backup, with the
variables of this machine."""
__all__ = ["small_disk"]
pytestmark = [pytest.mark.usefixtures("hands"), pytest.mark.sampled(3)]


def examined(rig: Rig, *words: str, code: int = 0) -> Any:
    done = rig.run("doctor", *words, "--json")
    assert done.code == code, done.out + done.err
    assert done.json["ok"] is (code == 0)
    return done.json


def states(found: Any) -> dict[str, set[str]]:
    told: dict[str, set[str]] = {}
    for check in found["checks"]:
        told.setdefault(check["state"], set()).add(check["name"])
    return told


def test_all_is_well_and_nothing_is_changed(rig: Rig) -> None:
    rig.poll()
    rig.entry()
    rig.poll()
    before = [(m.ts, m.text) for m in rig.messages()]
    for server in (rig.exact.server, rig.slack.server):
        server.clear_requests()
    found = examined(rig)
    told = states(found)
    assert "broken" not in told
    assert told["warning"] <= TESTS_ONLY
    looked_at = {subject.value for subject in Subject} - {Subject.SOCKET.value}  # not switched on
    assert {check["name"] for check in found["checks"]} == looked_at
    asked = [r for r in rig.exact.server.requests if "oauth2" not in r.path]
    assert {r.method for r in asked} <= {"GET", "HEAD"}
    read = {r.path.rpartition("/")[2] for r in rig.slack.server.requests if r.method == "POST"}
    assert read <= {"auth.test", "conversations.list", "conversations.history", "blocks.validate"}
    assert [(m.ts, m.text) for m in rig.messages()] == before
    errors = Counter(r.path for r in asked if r.status >= 400)
    assert all(count <= 2 for count in errors.values()), errors
    for assumption in found["assumptions"]:
        assert set(assumption) == {"name", "assumed", "breaks", "saw", "holds"}
        assert all(assumption[name] for name in ("name", "assumed", "breaks", "saw"))
    holds = {one["name"]: one["holds"] for one in found["assumptions"]}
    assert not [name for name in holds if name.startswith("close")]  # the config has none
    assert holds["exact own time"] is holds["slack metadata"] is holds["exact limits"] is True
    assert holds["exact modified filter on payments"] is False
    assert holds["exact full minute"] is None


def test_a_person_reads_it_and_a_backup_ends_a_warning(rig: Rig) -> None:
    rig.poll()
    done = rig.run("doctor")
    said = done.out
    assert done.code == 0, said + done.err
    assert "warning  backup        There is no backup of the ledger yet." in said
    assert "ok       clock" in said
    assert "holds: exact own time: " in said, said
    assert rig.run("backup", str(rig.folder / "copy.sqlite")).code == 0
    assert "ok       backup" in rig.run("doctor").out
    assert rig.run("-q", "doctor").out == ""


def test_on_a_new_machine_it_says_what_comes_first(rig: Rig) -> None:
    rig.exact.oauth.revoke()
    found = examined(rig, code=3)
    (login,) = [c for c in found["checks"] if c["state"] == "broken"]
    assert login["name"] == "exact login"
    assert "auth exact" in login["cure"]
    assert {"divisions", "rights"} <= states(found)["skipped"]
    assert "slack login" in states(found)["ok"]


# -- ten things broken -----------------------------------------------------------------------------


@contextmanager
def _clock(rig: Rig, request: pytest.FixtureRequest) -> Iterator[None]:
    hands: Hands = request.getfixturevalue("hands")
    hands.sleep(3600)  # both sandboxes go by it, too; the Date of their answers does not
    yield


@contextmanager
def _proxy(rig: Rig, request: pytest.FixtureRequest) -> Iterator[None]:
    rig.environment |= {"http_proxy": f"http://127.0.0.1:{free_port()}", "no_proxy": ""}
    rig.environment["NO_PROXY"] = ""
    yield


@contextmanager
def _authority(rig: Rig, request: pytest.FixtureRequest) -> Iterator[None]:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(AUTHORITY / "host.pem")
    rig.environment |= {"SSL_CERT_FILE": "", "REQUESTS_CA_BUNDLE": "", "CURL_CA_BUNDLE": ""}
    with host(silence, tls) as exact:
        text = rig.config.read_text(encoding="utf-8")
        url = f"https://127.0.0.1:{exact.port}"
        rig.config.write_text(text.replace(rig.exact.url, url), encoding="utf-8")
        yield


@contextmanager
def _secret(rig: Rig, request: pytest.FixtureRequest) -> Iterator[None]:
    text = rig.config.read_text(encoding="utf-8")
    wanted = f"client_secret: {{file: {rig.folder}/secret}}"
    text = text.replace(f"client_secret: {rig.exact.oauth.client_secret}", wanted)
    rig.config.write_text(text, encoding="utf-8")
    yield


@contextmanager
def _disk(rig: Rig, request: pytest.FixtureRequest) -> Iterator[None]:
    rig.state_dir = request.getfixturevalue("small_disk")
    rig.write_config()
    rig.log_in()
    rig.poll()
    _fill(rig.state)
    yield


@contextmanager
def _network(rig: Rig, request: pytest.FixtureRequest) -> Iterator[None]:
    rig.state_dir = rig.folder / "nas"
    rig.state_dir.mkdir()
    rig.write_config()
    with ExitStack() as stack:
        try:
            stack.enter_context(network_disk.mounted(rig.state))
        except OSError as error:
            pytest.skip(f"this user may not mount a file system of its own ({error})")
        yield


@contextmanager
def _ledger(rig: Rig, request: pytest.FixtureRequest) -> Iterator[None]:
    with closing(Ledger(rig.state)) as ledger:
        row = ledger.db.row("SELECT rootpage FROM sqlite_master WHERE name='documents'")
        ledger.db.row("PRAGMA wal_checkpoint(TRUNCATE)")
    assert row is not None
    with (rig.state / FILE).open("r+b") as file:
        file.seek((row[0] - 1) * 4096)
        file.write(b"\xff" * 4096)
    yield


@contextmanager
def _scope(rig: Rig, request: pytest.FixtureRequest) -> Iterator[None]:
    store = rig.slack.store
    store.scopes = tuple(scope for scope in store.scopes if scope != "channels:history")
    yield


@contextmanager
def _module(rig: Rig, request: pytest.FixtureRequest) -> Iterator[None]:
    rig.exact.rules.unlicensed = {ENTRIES}
    yield


@contextmanager
def _webhook(rig: Rig, request: pytest.FixtureRequest) -> Iterator[None]:
    serve = _serving(rig)
    assert rig.run("webhooks", "subscribe").code == 0
    assert "broken" not in states(examined(rig))
    serve.stop()
    yield


def _serving(rig: Rig) -> Serve:
    port = free_port()
    rig.extra = f"serve: {{public_url: 'http://127.0.0.1:{port}'}}\n"
    rig.write_config()
    text = rig.config.read_text(encoding="utf-8")
    text = text.replace("slack:\n", f"  webhook_secret: {SECRET}\nslack:\n", 1)
    rig.config.write_text(text, encoding="utf-8")
    serve = Serve(rig)
    serve.listen = f"127.0.0.1:{port}"
    return serve.start()


Break = Callable[[Rig, pytest.FixtureRequest], Any]
BREAKS: tuple[tuple[Break, str, str, str, int], ...] = (
    (_clock, "clock", "This machine's clock is 60 minutes ahead", "timedatectl", 1),
    (_proxy, "proxy", "the proxy does not let us through", "HTTPS_PROXY and NO_PROXY", 75),
    (_authority, "certificates", "certificate cannot be verified", "SSL_CERT_FILE", 75),
    (_secret, "secrets", "/secret cannot be read", "docs/secrets.md", 78),
    (_disk, "disk", "The disk is full", "Make room", 1),
    (_network, "state", "network file system (fuse.sshfs)", "folder on this machine", 78),
    (_ledger, "ledger", "is damaged", "backup --restore", 1),
    (_scope, "scopes", "the scope channels:history is missing", "install the app again", 1),
    (_module, "rights", f"Exact refuses {ENTRIES}", "the package lacks the module", 1),
    (_webhook, "webhooks", "webhooks do not arrive", "exact-slack serve", 75),
)


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("broken", "name", "problem", "cure", "code"), BREAKS, ids=[b[1] for b in BREAKS]
)
def test_what_is_broken_is_named_with_its_cure(
    rig: Rig,
    request: pytest.FixtureRequest,
    broken: Break,
    name: str,
    problem: str,
    cure: str,
    code: int,
) -> None:
    rig.poll()
    with broken(rig, request):
        done = rig.run("doctor", "--json")
    found = done.json
    named = [c for c in found["checks"] if c["state"] == "broken"]
    assert {c["name"] for c in named} >= {name}, named
    assert any(problem in c["problem"] and cure in c["cure"] for c in named if c["name"] == name), (
        named
    )
    assert all(c["problem"] and c["cure"] for c in named)
    others = {c["name"] for c in named} - {name}
    assert others <= {"disk": {"secrets"}}.get(name, set()), named
    assert code in (done.code, 1), named
    assert done.code != 0


# -- beyond looking --------------------------------------------------------------------------------


def test_what_only_a_message_shows_is_tried_and_removed(rig: Rig) -> None:
    rig.poll()
    before = [m.ts for m in rig.messages()]
    found = examined(rig, "--post", "#feed")
    holds = {one["name"]: one["holds"] for one in found["assumptions"]}
    assert not [name for name in holds if name.startswith("close")]  # the config has none
    for name in ("metadata after an edit", "newer blocks", "long messages"):
        assert holds[f"slack {name}"] is True, name
    rig.slack.settings.unsupported_blocks.add("data_table")
    refused = examined(rig, "--post", "#feed")["assumptions"]
    (newer,) = [one for one in refused if one["name"] == "slack newer blocks"]
    assert newer["holds"] is False
    assert "data_table (invalid_blocks)" in newer["saw"]
    assert [m.ts for m in rig.messages()] == before
    assert rig.run("doctor", "--post", "#nowhere").code == 2


NAMES = ("Zwanenburg", "Kwikzilver", "Xanthippe", "Quagga", "Vlierboom")
AMOUNT = "918273.45"


def test_a_bundle_can_be_mailed(rig: Rig) -> None:
    """Whatever is secret or of the customer stands nowhere in it, also with trouble everywhere."""
    who, what, channel, route, team = NAMES
    rig.slack.store.add_channel(channel.lower())
    rig.slack.store.team_name = team
    rig.exact.store.add_division(DIVISION, who)
    rig.routes = f"""\
  - name: {route}
    when: {{kind: purchase_entry, account: "{who}*", amount: "> {AMOUNT[:4]}"}}
    channel: "#{channel.lower()}"
  - name: rest
    when: {{kind: [purchase_entry, payment]}}
    channel: "#{what.lower()}"
    otherwise: true
"""
    rig.write_config()
    rig.poll()
    more: dict[str, Any] = {
        "SupplierName": f"{who} BV",
        "Description": what,
        "CreatorFullName": who,
    }
    rig.entry(77665544, AmountDC=float(AMOUNT), AmountFC=float(AMOUNT), **more)
    rig.entry(77665545, AmountDC=1.0, **{**more, "SupplierName": what})
    rig.exact.rules.unlicensed = {"cashflow/Payments"}
    rig.run("poll")
    refused = {"ok": False, "error": f"no_{what.lower()}"}
    rig.slack.faults.add(
        "conversations.list", "status", times=-1, status=200, body=json.dumps(refused)
    )
    file = rig.folder / "bundle.json"
    done = rig.run("doctor", "--bundle", str(file))
    assert done.code == 1, done.out + done.err
    assert what.lower() in done.out.lower()  # so there was something to leave out
    assert file.stat().st_mode & 0o777 == 0o600
    text = file.read_text(encoding="utf-8")
    private = [
        *NAMES, AMOUNT, AMOUNT.partition(".")[0], "7766554", str(DIVISION), TOKEN,
        rig.exact.oauth.client_id, rig.exact.oauth.client_secret, str(rig.folder), rig.exact.url,
        rig.exact.oauth.redirect_uri, "Van Dijk", "127.0.0.1", "acme",
    ]  # fmt: skip
    assert [one for one in private if one.lower() in text.lower()] == []
    told = json.loads(text)["customer 1"]
    refusals = [c for c in told["checks"] if c["endpoint"] == "cashflow/Payments"]
    assert [(c["state"], c["status"]) for c in refusals] == [("broken", 403)]
    assert told["ledger"]["rows"]["documents"] == 2
    assert told["ledger"]["runs"][0]["command"] == "poll"
    assert len(told["assumptions"]) > 20
    assert rig.run("doctor", "--bundle", str(file)).code == 1  # it is there already


def test_an_endpoint_costs_two_errors_at_most(rig: Rig) -> None:
    """Exact blocks an app after ten an hour, and a person runs doctor several times."""
    rig.routes = FEED.replace("purchase_entry", '"*"')
    rig.divisions = (DIVISION, 234567, 345678)
    rig.write_config()
    refused = {"error": {"message": {"value": "Error in query syntax"}}}
    rig.exact.faults.add("/api/v1/", "status", times=-1, status=400, body=json.dumps(refused))
    rig.exact.server.clear_requests()
    rig.run("doctor")
    asked = [r for r in rig.exact.server.requests if r.path.startswith("/api/")]
    ends = Counter(r.path.partition("/api/v1/")[2].lstrip("0123456789/") for r in asked)
    assert asked
    assert all(count <= 2 for count in ends.values()), ends
