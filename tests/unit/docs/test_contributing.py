"""What CONTRIBUTING says of adding something is true: it is added, in a copy, by those steps, and
in no more files than its table says."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import exact_slack

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
CONFIG = """\
state: state
exact:
  region: nl
  divisions: [123456]
  client_id: a
  client_secret: b
  redirect_uri: https://example.com/
routes: [{name: notes, when: WHEN, channel: "#ap"}]
"""


RUN = """\
import json
from click.testing import CliRunner
from exact_slack.cli import cli
def printed(*commands):
    for command in commands:
        done = CliRunner().invoke(cli, ["-c", "acme.yaml", *command.split()])
        assert done.exit_code == 0, done.output
        yield done.stdout
print(json.dumps(list(printed(*COMMANDS))))
"""


class Copy:
    """The program in a folder of its own, and which of its files were changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.changed: set[str] = set()
        shutil.copytree(Path(exact_slack.__file__).parent, folder / "exact_slack")

    def insert(self, name: str, before: str, text: str) -> None:
        """A text before a line that is there once."""
        source = self.source(name)
        assert source.count(before) == 1, before
        self.write(name, source.replace(before, text + before))

    def source(self, name: str) -> str:
        return (self._folder / "exact_slack" / name).read_text(encoding="utf-8")

    def write(self, name: str, text: str) -> None:
        self.changed.add(f"exact_slack/{name}")
        (self._folder / "exact_slack" / name).write_text(text, encoding="utf-8")

    def config(self, when: str, **more: str) -> None:
        text = CONFIG.replace("WHEN", when)
        for before, after in more.items():
            text = text.replace(f"{before}: {'b' if before == 'client_secret' else ''}", after)
        path = self._folder / "acme.yaml"
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)

    def run(self, *commands: str) -> list[str]:
        """What the commands print, all in one process."""
        printed: list[str] = json.loads(self.script(RUN.replace("COMMANDS", repr(commands))))
        return printed

    def script(self, source: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", source],
            cwd=self._folder,
            env={
                **os.environ,
                "PYTHONDONTWRITEBYTECODE": "",
                "XDG_STATE_HOME": str(self._folder / "home"),
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def _previewed(printed: str) -> tuple[Any, str]:
    """The document of a sample as --json says it, and the text of its message."""
    (message,) = json.loads(printed)["messages"]
    return message["document"], message["payload"]["text"]


@pytest.fixture
def copy(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Copy]:
    """A copy; afterwards it was changed in those files that the page names, and in no others."""
    made = Copy(tmp_path)
    yield made
    what = request.node.name.removeprefix("test_").replace("_", " ")
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| {what} |"))
    assert made.changed == set(re.findall(r"`(exact_slack/\S+\.py)`", row))


def test_an_exception(copy: Copy) -> None:
    kinds, rules = "documents/exceptions.py", "routing/exceptions.py"
    copy.insert(kinds, '    REJECTED = "rejected"\n', '    NO_NOTE = "no_note"\n')
    copy.insert(kinds, "    _E.REJECTED:", "    _E.NO_NOTE: _PURCHASES,\n")
    rule = "def _no_note(given: Given) -> Found:\n"
    told = "    return None if given.document.notes else _FIRES\n"
    copy.insert(rules, "_E = ExceptionKind\n", f"{rule}{told}\n\n")
    copy.insert(rules, "    _E.REJECTED:", "    _E.NO_NOTE: _no_note,\n")
    words = "exception_no_note | no note | geen notitie | keine Notiz | sans note | sin nota\n"
    copy.insert("rendering/words/labels.py", "exception_rejected |", words)

    copy.config("{exception: no_note}")
    preview = "preview --sample purchase_entry --locale nl_NL --json"
    shown, explained = copy.run(preview, "route explain --sample purchase_entry")
    document, text = _previewed(shown)
    assert document["exceptions"] == ["new_supplier", "no_note"]
    assert "geen notitie" in text
    assert "posts" in explained


def test_a_kind(copy: Copy) -> None:
    kinds = "documents/kinds.py"
    copy.insert(kinds, '    JOURNAL_ENTRY = "journal_entry"\n', '    SALES_ORDER = "sales_order"\n')
    traits = 'Traits({12: "open", 21: "complete"}, Party.CUSTOMER)'
    copy.insert(kinds, "    Kind.JOURNAL_ENTRY: Traits", f"    Kind.SALES_ORDER: {traits},\n")
    endpoint = """\
    Endpoint(
        kind=Kind.SALES_ORDER,
        path="salesorder/SalesOrders",
        key="OrderID",
        fields=_names(f"OrderID OrderNumber OrderDate Status OrderedBy Modified {_AMOUNTS}"),
        number=("OrderNumber",),
        date="OrderDate",
        scope="Sales orders",
        topic="SalesOrders",
    ),
"""
    row = "    Endpoint(\n        kind=Kind.JOURNAL_ENTRY,"
    copy.insert("exact/catalogue.py", row, endpoint)
    words = "Sales order | Verkooporder | Kundenauftrag | Commande client (f) | Pedido de venta"
    copy.insert("rendering/words/labels.py", "journal_entry |", f"sales_order | {words}\n")
    sample = '_document(Kind.SALES_ORDER, "77", "12.00", status_code=21, account=_RETAIL)'
    samples = "documents/samples.py"
    copy.insert(samples, "_JOURNAL_ENTRY = _document(", f"_SALES_ORDER = {sample}\n")
    copy.insert(samples, "    _JOURNAL_ENTRY,\n", "    _SALES_ORDER,\n")

    copy.config("{kind: sales_order, status: complete}")
    preview = "preview --sample sales_order --locale fr_FR"
    shown, whole, explained, schema = copy.run(
        f"{preview} --json", preview, "route explain --sample sales_order", "config schema"
    )
    document, text = _previewed(shown)
    assert document["kind"] == "sales_order"
    assert "Commande client 77" in text
    assert "Complète" in whole
    assert "posts" in explained
    assert "sales_order" in schema
    read = copy.script(
        "from exact_slack.documents.kinds import Kind\n"
        "from exact_slack.exact.catalogue import ENDPOINTS\n"
        "from exact_slack.exact.mapping import to_document\n"
        "row = {'OrderID': '5a3c1e00-0000-4000-8000-000000000077', 'OrderNumber': 77,\n"
        "       'OrderDate': '/Date(1795514700000)/', 'Modified': '/Date(1795514700000)/',\n"
        "       'Status': 12}\n"
        "order = to_document(ENDPOINTS[Kind.SALES_ORDER], 123456, row)\n"
        "print(order.label, order.date, order.status_word)\n"
    )
    assert read == "Sales order 77 2026-11-24 open\n"


def test_a_language(copy: Copy) -> None:
    values, labels = "config/values.py", "rendering/words/labels.py"
    copy.insert(values, '    "es": ("ES",),\n', '    "it": ("IT",),\n')
    words = copy.source(labels).replace('"fr", "es")', '"fr", "es", "it")')
    words = re.sub(
        r"^([\w ]+) \| ([^|\n]+) \|(.*)$", r"\1 | \2 |\3 | it: \2", words, flags=re.MULTILINE
    )
    copy.write(labels, words)

    copy.config("{}")
    preview = "preview --sample purchase_entry --locale it_IT --json"
    shown, schema = copy.run(preview, "config schema")
    _, text = _previewed(shown)
    assert "it: Purchase entry 26700031 · Van Dijk Verpakkingen · 12.450,00" in text
    assert "it_IT" in schema


def test_a_key_of_when(copy: Copy) -> None:
    route, keys, rules = "config/route.py", "config/guide/keys.py", "routing/rules.py"
    copy.insert(
        route, "    exception: Exceptions | None = None\n", "    order: Texts | None = None\n"
    )
    text = '        "exception": "What is odd about the document.",\n'
    copy.insert(keys, text, '        "order": "Number of the order that it belongs to.",\n')
    row = '    "order": lambda o: tuple(filter(None, (o.document.order_number,))),\n'
    copy.insert(rules, '    "exception": lambda', row)

    copy.config('{order: "18*"}')
    taken, left, schema = copy.run(
        "route explain --sample sales_invoice",
        "route explain --sample purchase_entry",
        "config schema",
    )
    assert "posts" in taken
    assert "order: found nothing, wanted 18*" in left
    assert "Number of the order" in schema


def test_a_secret_source(copy: Copy) -> None:
    source = "secrets/source.py"
    fetch = (
        "def _doubled(secret: Secret, name: str) -> str:\n    return str(secret.where) * 2\n\n\n"
    )
    copy.insert(source, "@dataclass(frozen=True, slots=True)\nclass _Source:", fetch)
    copy.insert(source, '    "keyring": _Source(', '    "twice": _Source("TEXT", _doubled),\n')

    copy.config("{}", client_secret="client_secret: {twice: ab}")
    fetched = copy.script(
        "from pathlib import Path\n"
        "from exact_slack.config.load import load\n"
        "secret = load(Path('acme.yaml')).exact.client_secret\n"
        "print(secret.description, secret.fetch('exact.client_secret'))\n"
    )
    assert fetched == "twice ab abab\n"
    (schema,) = copy.run("config schema")
    assert '"twice"' in schema


def test_an_action(copy: Copy) -> None:
    actions, payloads = "ledger/outgoing/actions.py", "ledger/outgoing/payloads.py"
    copy.insert(actions, '    ALERT = "alert"\n', '    HELLO = "hello"\n')
    row = "    Action.HELLO: Traits(identity=Identity.NONE),\n"
    copy.insert(actions, "    Action.ALERT: Traits(", row)
    payload = """\
@dataclass(frozen=True, slots=True)
class Hello(Payload):
    action = Action.HELLO


"""
    copy.insert(payloads, "TYPES: dict[", payload)
    copy.insert(payloads, "Head, Edit,", "Hello, ")
    case = "            case Action.HELLO:\n                return alert('Good morning.')\n"
    copy.insert("deliver/presenter.py", "            case Action.ALERT:\n", case)

    copy.config("{}")
    said = copy.script(
        "from pathlib import Path\n"
        "from exact_slack.config.load import load\n"
        "from exact_slack.deliver.presenter import Presenter\n"
        "from exact_slack.ledger.ledger import Ledger\n"
        "from exact_slack.ledger.outgoing.payloads import Hello\n"
        "ledger = Ledger(Path('state'))\n"
        "number = ledger.deliveries.add(Hello(), route='', channel='#ap', now=1.0)\n"
        "delivery = ledger.deliveries.get(number)\n"
        "print(Presenter(load(Path('acme.yaml')), ledger).message(delivery).text)\n"
    )
    assert said == "Good morning.\n"
