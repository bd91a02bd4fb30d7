"""`config check` doubts a route whose exception fires on most of what it takes."""

from contextlib import closing
from pathlib import Path

import pytest

from exact_slack.app.customer import Customer
from exact_slack.config.load import load
from exact_slack.documents.document import Account, Document
from exact_slack.documents.kinds import Kind
from exact_slack.documents.moment import ServerMs
from exact_slack.documents.ref import Ref
from exact_slack.inspect.often import seen_too_often
from exact_slack.ledger.ledger import Ledger

BASE = """\
exact:
  region: nl
  divisions: [123456]
  client_id: {env: ID}
  client_secret: {env: SECRET}
  redirect_uri: https://finance.example.com/exact/callback
"""


def _told(folder: Path, when: str, suppliers: int, documents: int) -> list[str]:
    state = folder / "state"
    path = folder / "acme.yaml"
    path.write_text(
        f'{BASE}state: {state}\nroutes:\n  - name: r\n    channel: "#a"\n    when: {when}\n',
        encoding="utf-8",
    )
    if documents:
        with closing(Ledger(state)) as ledger, ledger.transaction():
            for number in range(documents):
                ref = Ref(123456, Kind.PURCHASE_ENTRY, f"key {number}")
                account = Account(id=f"supplier {number % suppliers}")
                made = Document(
                    ref, modified=ServerMs(number), account=account, reference=str(number % 9)
                )
                ledger.documents.save(made, 1.0)
    told = seen_too_often(Customer(load(path)))
    return [line.removeprefix(f"{path}:") for line in told]


def test_an_exception_that_fired_on_most_documents_is_doubted_with_its_place(
    tmp_path: Path,
) -> None:
    (line,) = _told(tmp_path, "{kind: purchase_entry, exception: [new_supplier, rejected]}", 30, 40)
    assert line.startswith(
        "11: routes[0].when.exception: new_supplier fired on 30 of the latest 40 documents"
    )


@pytest.mark.parametrize(
    ("when", "suppliers", "documents"),
    [
        ("{exception: new_supplier}", 20, 40),  # half is not most
        ("{exception: new_supplier}", 9, 9),  # too few to say
        ("{exception: rejected}", 30, 40),
        ('{exception: "!overdue"}', 30, 40),  # asks for none
        ("{kind: sales_entry, exception: new_supplier}", 30, 40),
        ("{currency: USD, exception: new_supplier}", 30, 40),
        ("{exception: new_supplier}", 1, 0),  # no ledger yet
    ],
)
def test_what_fires_seldom_is_left_alone(
    tmp_path: Path, when: str, suppliers: int, documents: int
) -> None:
    assert _told(tmp_path, when, suppliers, documents) == []
