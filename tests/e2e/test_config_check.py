"""`config check --online`: what is missing at Exact and at Slack, and the cure, before a poll."""

from typing import Any

import pytest

from exact_slack.documents.kinds import Kind
from exact_slack.exact.catalogue import ENDPOINTS, scope_of
from tests.e2e.rig import DIVISION, ENTRIES, FEED, Rig

pytestmark = pytest.mark.sampled(3)

ALL = '  - name: all\n    when: {kind: "*"}\n    channel: "#feed"\n'
INVOICES = """\
  - name: invoices
    when: {kind: [sales_invoice, purchase_invoice]}
    channel: "#feed"
"""


def _check(rig: Rig, code: int, *, routes: str = "") -> Any:
    if routes:
        rig.routes = routes
        rig.write_config()
    done = rig.run("config", "check", "--online", "--json")
    assert done.code == code, done.out + done.err
    found = done.json
    assert found["exit_code"] == code
    assert found["ok"] is (code == 0)
    return found


def test_where_all_is_well_it_says_so_and_posts_nothing(rig: Rig) -> None:
    found = _check(rig, 0, routes=ALL)
    assert found["problems"] == found["warnings"] == []
    assert found["exact"]["user"]
    assert [d["division"] for d in found["exact"]["divisions"]] == [DIVISION]
    read = {one["kind"] for one in found["exact"]["access"] if not one["problem"]}
    assert read >= {kind.value for kind in ENDPOINTS if kind is not Kind.BANK_ACCOUNT}
    (place,) = found["slack"]["channels"]
    assert (place["channel"], place["is_member"], place["is_archived"]) == ("#feed", True, False)
    assert place["used_by"] == ["all"]
    assert rig.messages() == []
    # one call a kind, what is read beside them, me and the two lists of divisions; payments and
    # receipts refuse a filter on Modified once, which is remembered
    assert found["exact"]["calls"] == len(found["exact"]["access"]) + 3 + 2
    again = _check(rig, 0, routes=ALL)
    assert again["exact"]["calls"] == len(found["exact"]["access"]) + 3


def test_endpoints_that_want_a_filter_are_asked_as_poll_asks(rig: Rig) -> None:
    rig.exact.rules.filter_required = {*(e.path for e in ENDPOINTS.values()), "crm/Accounts"}
    rig.exact.rules.filter_required -= {"cashflow/Payments", "cashflow/Receivables"}
    found = _check(rig, 0, routes=ALL)
    assert found["problems"] == found["warnings"] == []


def test_a_person_reads_it_in_sentences(rig: Rig) -> None:
    done = rig.run("config", "check", "--online")
    assert (done.code, done.err) == (0, "")
    assert f"  {DIVISION}  purchase_entry: can be read" in done.out
    assert "#feed: the bot is a member (public, C0HOLL" in done.out
    assert rig.run("-q", "config", "check", "--online").out == ""


def test_a_missing_scope_is_named_and_asked_for_once(rig: Rig) -> None:
    """Exact blocks an app after ten errors an hour: one refusal speaks for all kinds of a scope."""
    scope = scope_of(ENTRIES)
    rig.exact.rules.missing_scopes = {scope}
    rig.divisions = (DIVISION, 234567)
    found = _check(rig, 1, routes=ALL)
    (problem,) = found["problems"]
    assert f'Tick "{scope}" (read)' in problem
    refused = [one for one in found["exact"]["access"] if one["problem"]]
    assert len(refused) == 10  # five kinds of that scope in two divisions
    assert {one["scope"] for one in refused} == {scope}
    assert sum(not one["problem"].startswith("not asked") for one in refused) == 1


def test_a_module_that_is_not_bought_is_told_with_its_kind(rig: Rig) -> None:
    rig.exact.rules.unlicensed = {"project/CostTransactions"}
    found = _check(rig, 1, routes=ALL)
    (problem,) = found["problems"]
    assert "project/CostTransactions in division 123456" in problem
    (refused,) = (one for one in found["exact"]["access"] if one["problem"])
    assert refused["kind"] == "cost_transaction"


@pytest.mark.parametrize(
    ("scope", "loss"),
    [
        ("Organization documents", "no link to the document"),
        ("Crm accounts", "lack the supplier's name"),
    ],
)
def test_what_only_makes_messages_poorer_is_a_warning(rig: Rig, scope: str, loss: str) -> None:
    rig.exact.rules.missing_scopes = {scope}
    found = _check(rig, 0, routes=INVOICES)
    assert any(loss in warning and scope in warning for warning in found["warnings"])


@pytest.mark.parametrize("every", ["month", "week"])
def test_a_list_without_codes_is_a_warning_where_there_is_a_list(rig: Rig, every: str) -> None:
    rig.exact.rules.missing_scopes = {"Crm accounts"}
    digest = f"    digest: {{every: {every}}}\n"
    found = _check(rig, 0, routes=FEED + digest)
    warned = any("the codes of relations" in warning for warning in found["warnings"])
    assert warned is (every == "month")


def test_a_division_the_login_may_not_use_is_named(rig: Rig) -> None:
    rig.divisions = (DIVISION, 999999)
    rig.write_config()
    found = _check(rig, 1)
    assert "999999" in found["problems"][0]
    assert "234567" in found["problems"][0]  # it says which it may use
    assert found["exact"]["divisions"][1]["problem"] == "this login may not use it"
    assert {one["division"] for one in found["exact"]["access"]} == {DIVISION}


def test_a_blocked_division_leaves_the_others_to_be_asked(rig: Rig) -> None:
    rig.exact.rules.blocked_divisions = {DIVISION: "DivisionBlocked"}
    rig.divisions = (DIVISION, 234567)
    rig.write_config()
    found = _check(rig, 1)
    assert any("123456" in problem for problem in found["problems"])
    assert any(
        one["division"] == 234567 and one["kind"] == "purchase_entry" and not one["problem"]
        for one in found["exact"]["access"]
    )


def test_without_a_login_slack_is_asked_all_the_same(rig: Rig) -> None:
    rig.exact.oauth.revoke()
    found = _check(rig, 3)
    assert "auth exact" in found["problems"][0]
    assert found["slack"]["channels"][0]["is_member"] is True


@pytest.mark.parametrize("way", ["revoked", "inactive"])
def test_a_dead_slack_token_is_told_after_exact_was_asked(rig: Rig, way: str) -> None:
    if way == "revoked":
        rig.slack.store.revoke_token()
    else:
        rig.slack.store.deactivate()
    found = _check(rig, 3)
    (problem,) = found["problems"]
    assert "Slack refuses the token" in problem
    assert "auth slack" in problem
    assert found["exact"]["access"]


def test_each_channel_is_told_with_its_cure(rig: Rig) -> None:
    store = rig.slack.store
    store.add_channel("old", archived=True)
    store.add_channel("secret", private=True, member=False)
    store.add_channel("open", member=False)
    by_id = store.add_channel("byid")
    names = ("#feed", "#old", "#secret", "#open", "#nowhere", by_id, "C0NOWHERE1")
    routes = "".join(f'  - name: "to {name}"\n    channel: "{name}"\n' for name in names)
    rig.extra = 'alerts: "#open"\n'
    found = _check(rig, 1, routes=routes)
    told = {place["channel"]: place["problem"] for place in found["slack"]["channels"]}
    assert told["#feed"] == told[by_id] == ""
    assert "archived" in told["#old"]
    assert "/invite @exact-slack" in told["#open"]
    for name in ("#secret", "#nowhere", "C0NOWHERE1"):
        assert "no such channel" in told[name]
    assert len(found["problems"]) == 5
    used = {place["channel"]: place["used_by"] for place in found["slack"]["channels"]}
    assert used["#open"] == ["to #open", "alerts"]


@pytest.mark.parametrize(
    ("scope", "code", "loss"),
    [("chat:write", 1, "chat:write is missing"), ("channels:history", 0, "channels:history")],
)
def test_a_missing_slack_scope_is_named_with_its_loss(
    rig: Rig, scope: str, code: int, loss: str
) -> None:
    rig.slack.store.scopes = tuple(s for s in rig.slack.store.scopes if s != scope)
    found = _check(rig, code)
    assert scope in found["slack"]["missing_scopes"]
    assert any(loss in sentence for sentence in found["problems"] + found["warnings"])


def test_without_the_scope_to_look_at_channels_it_says_so(rig: Rig) -> None:
    rig.slack.store.scopes = ("chat:write", "channels:history", "groups:history")
    found = _check(rig, 0)
    assert found["slack"]["channels"][0]["is_member"] is None
    assert any("does not tell" in warning for warning in found["warnings"])


def test_trouble_on_the_wire_is_temporary(rig: Rig) -> None:
    rig.slack.faults.add("auth.test", "status", times=-1, status=503)
    assert "Slack does not answer" in _check(rig, 75)["problems"][0]


def test_offline_it_calls_nothing(rig: Rig) -> None:
    before = sum(rig.exact.api.calls.values())
    done = rig.run("config", "check", "--json")
    assert done.code == 0
    assert done.json["kinds"] == ["purchase_entry"]
    assert sum(rig.exact.api.calls.values()) == before
    assert rig.exact.oauth.token_calls == []


def test_one_broken_file_does_not_hide_the_others(rig: Rig) -> None:
    (rig.folder / "broken.yaml").write_text("exact: 1\n", encoding="utf-8")
    config = rig.config
    done = rig.run("-c", str(rig.folder / "broken.yaml"), "config", "check", "--json")
    assert done.code == 78
    assert done.json[config.name]["ok"] is True
    assert "broken.yaml:1" in done.json["broken.yaml"]["error"]


def test_show_has_no_secret_however_it_is_written(rig: Rig) -> None:
    rig.routes = FEED
    rig.extra = "monitoring: {ping_url: https://hc.example.com/c0ffee-uuid}\n"
    rig.write_config()
    text = rig.config.read_text(encoding="utf-8")
    rig.config.write_text(
        text.replace(
            "  base_url: " + rig.exact.url,
            "  webhook_secret: hush-webhook\n  base_url: https://me:hush-proxy@x.example",
        ).replace(
            "slack:\n",
            "slack:\n  signing_secret: {command: [echo, hush-command]}\n  client_id: hush-id\n"
            "  client_secret: hush-slack\n",
        ),
        encoding="utf-8",
    )
    done = rig.run("config", "show")
    assert done.code == 0, done.err
    for secret in ("hush", "c0ffee", rig.exact.oauth.client_secret, "xoxb-"):
        assert secret not in done.out
    found = done.json
    assert found["exact"]["webhook_secret"] == "written in the config file"
    assert found["slack"]["signing_secret"] == "command echo"
    assert found["monitoring"]["ping_url"] == "https://hc.example.com/…"


def test_show_of_several_is_one_json_value(rig: Rig) -> None:
    other = rig.folder / "other.yaml"
    other.write_text(rig.config.read_text(encoding="utf-8"), encoding="utf-8")
    found = rig.run("-c", str(other), "config", "show").json
    assert set(found) == {str(rig.config), str(other)}


def test_a_config_whose_secrets_cannot_be_read_is_not_fine(rig: Rig) -> None:
    text = rig.config.read_text(encoding="utf-8")
    text = text.replace(rig.exact.oauth.client_id, "{env: NOBODY_SET_THIS}", 1)
    text = text.replace(rig.exact.oauth.client_secret, "{file: nowhere.txt}", 1)
    rig.config.write_text(text, encoding="utf-8")
    done = rig.run("config", "check", "--json")
    assert done.code == done.json["exit_code"] == 78
    assert done.json["ok"] is False
    told = done.json["problems"]
    assert "exact.client_id: the environment variable NOBODY_SET_THIS is not set." in told[0]
    assert "nowhere.txt cannot be read (No such file or directory)" in told[1]
    said = rig.run("config", "check")
    assert said.code == 78
    assert "NOBODY_SET_THIS" in said.err
    assert "fine" not in said.out
    asked = rig.run("config", "check", "--online", "--json")
    assert asked.code == asked.json["exit_code"] == 78
    assert told[0] in asked.json["problems"]
    assert asked.json["slack"]["team"]
    rig.environment["NOBODY_SET_THIS"] = rig.exact.oauth.client_id
    (rig.folder / "nowhere.txt").write_text(rig.exact.oauth.client_secret)
    (rig.folder / "nowhere.txt").chmod(0o600)
    assert rig.run("config", "check").code == 0


def test_two_files_with_one_state_folder_are_found_before_they_run(rig: Rig) -> None:
    other = rig.folder / "other.yaml"
    other.write_text(rig.config.read_text(encoding="utf-8"), encoding="utf-8")
    done = rig.run("-c", str(other), "config", "check")
    assert done.code == 78
    assert f"{other}: state: found {rig.state}, which belongs to {rig.config}." in done.err
    assert f"{rig.config}: fine." in done.out


def test_show_says_a_proxy_as_it_is_but_for_its_password(rig: Rig) -> None:
    text = rig.config.read_text(encoding="utf-8")
    rig.config.write_text(text.replace(rig.exact.url, "https://me:hush@proxy.example:81/exact"))
    assert rig.run("config", "show").json["exact"]["base_url"] == "https://proxy.example:81/exact"


REPORTS = """\
reports:
  - {name: who owes us, report: aging, side: receivable, channel: "#feed", every: week}
"""


def test_the_rights_that_reports_need_are_asked_for(rig: Rig) -> None:
    """Where the config has reports, and only then."""
    without = {one["endpoint"] for one in _check(rig, 0)["exact"]["access"]}
    assert not any(path.startswith(("read/", "cashflow/", "financial/")) for path in without)
    rig.extra = REPORTS
    rig.write_config()
    found = _check(rig, 0)
    asked = {one["endpoint"]: one for one in found["exact"]["access"]}
    assert not {"read/financial/PayablesList", "financial/Journals"} & asked.keys()
    for path in ("read/financial/ReceivablesList", "read/financial/OutstandingInvoicesOverview"):
        assert asked[path]["problem"] == ""
        assert asked[path]["scope"]
    rig.exact.rules.missing_scopes = {"Financial receivables"}
    found = _check(rig, 1)
    (problem,) = found["problems"]
    assert "read/financial/ReceivablesList" in problem
    assert '"Financial receivables"' in problem


def test_a_report_of_the_bank_asks_for_its_journals_too(rig: Rig) -> None:
    rig.extra = REPORTS.replace("aging, side: receivable", "cash")
    rig.write_config()
    asked = {one["endpoint"] for one in _check(rig, 0)["exact"]["access"]}
    assert asked >= {
        "read/financial/ReceivablesList",
        "read/financial/PayablesList",
        "cashflow/Payments",
        "financial/Journals",
        "financialtransaction/BankEntries",
    }


def test_a_route_that_can_never_match_is_not_fine(rig: Rig) -> None:
    rig.routes = """\
  - {name: a, when: {kind: bank_entry, exception: no_cost_center}, channel: "#feed"}
"""
    rig.write_config()
    done = rig.run("config", "check")
    assert f"{rig.config}: 1 doubt. 1 route" in done.out
    assert "fine" not in done.out
    assert "no_cost_center fires only for" in done.err


def test_what_a_close_needs_is_asked_for_and_accounts_that_do_not_exist_are_named(
    rig: Rig,
) -> None:
    lines = "lines: [journals, vat, suspense]"
    rig.extra = f'close: [{{channel: "#feed", suspense: ["1999", "1998"], {lines}}}]\n'
    rig.write_config()
    for code in ("1999", "1300"):
        rig.exact.store.upsert(DIVISION, "financial/GLAccounts", {"Code": code, "Type": 90})
    rig.exact.rules.missing_scopes.add("Financial returns")
    found = _check(rig, 1)
    assert [e for e in found["problems"] if "no account 1998" in e and "close: suspense" in e]
    assert not [e for e in found["problems"] if "1999" in e]
    assert [w for w in found["warnings"] if "the close cannot answer vat" in w]
    asked = {access["endpoint"] for access in found["exact"]["access"]}
    assert {"read/financial/Returns", "financial/ReportingBalance"} <= asked
    assert "purchaseorder/PurchaseOrders" not in asked


EXCEPTION = """\
  - {name: odd, when: {kind: [KIND], exception: NAME}, channel: "#feed"}
"""
_OF_ORDERS = "purchaseorder/PurchaseOrderLines"
_COMPARED = {
    "over_order": (
        "purchase_invoice",
        {_OF_ORDERS: "over_order and not_received do not fire"},
    ),
    "not_received": (
        "purchase_invoice",
        {
            _OF_ORDERS: "over_order and not_received do not fire",
            "purchaseorder/GoodsReceiptLines": "the count of the order line alone",
        },
    ),
    "over_credit": ("sales_entry", {"crm/Accounts": "over_credit does not fire"}),
    "backdated": (
        "purchase_entry",
        {
            "financial/FinancialPeriods": "does not know which periods are closed",
            "read/financial/JournalStatusList": "does not know which periods are closed",
        },
    ),
    "duplicate_invoice": ("purchase_entry", {"crm/Accounts": "by where it is paid alone"}),
    "new_supplier": ("purchase_entry", dict[str, str]()),
}


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", _COMPARED)
def test_what_exceptions_ask_for_is_asked_and_only_for_those_in_use(rig: Rig, name: str) -> None:
    kind, needs = _COMPARED[name]
    rig.divisions = (DIVISION, 234567)
    found = _check(rig, 0, routes=EXCEPTION.replace("NAME", name).replace("KIND", kind))
    asked = {access["endpoint"] for access in found["exact"]["access"]}
    every = {path for _, paths in _COMPARED.values() for path in paths}
    names = {"crm/Accounts"} if kind == "purchase_invoice" else set()  # of suppliers
    assert asked & every == needs.keys() | names
    rig.exact.rules.unlicensed = {*needs}
    found = _check(rig, 0)
    for lost in needs.values():
        assert sum(lost in warning for warning in found["warnings"]) == 1


def test_the_kinds_that_exceptions_compare_with_are_asked_for(rig: Rig) -> None:
    routes = EXCEPTION.replace("NAME", "[payee_changed, over_credit]")
    found = _check(rig, 0, routes=routes.replace("KIND", "payment, sales_entry"))
    asked = {access["kind"] for access in found["exact"]["access"]}
    assert asked - {""} == {"payment", "bank_account", "receipt", "sales_entry"}
    rig.exact.rules.missing_scopes = {"Crm accounts"}
    found = _check(rig, 1)
    (problem,) = found["problems"]
    assert 'Tick "Crm accounts" (read)' in problem
    assert any("over_credit does not fire" in warning for warning in found["warnings"])
