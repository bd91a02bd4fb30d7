"""Bank account numbers are nowhere whole."""

import json
import os
import stat
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exact_slack.account_number import AccountNumber, is_iban, mask, shown
from exact_slack.documents.codec import to_json
from exact_slack.documents.kinds import Kind
from exact_slack.errors import PersonNeeded
from exact_slack.exact.catalogue import ENDPOINTS
from exact_slack.exact.compared.marks import FILE, marks_in
from exact_slack.exact.mapping import to_document
from exact_slack.foreign import said
from exact_slack.redact import hide, trace

IBANS = [
    "NL91ABNA0417164300",
    "BE68539007547034",
    "DE89370400440532013000",
    "FR1420041010050500013M02606",
    "GB29NWBK60161331926819",
    "ES9121000418450200051332",
    "NO9386011117947",
    "MT84MALT011000012345MTLCAST001S",
    "SC18SSCB11010000000000001497USD",
]


def _written(iban: str) -> list[str]:
    fours = [iban[at : at + 4] for at in range(0, len(iban), 4)]
    signs = (" ", ".", "-", "\u00a0", "  ", "\n")
    return [iban, iban.lower(), *(sign.join(fours) for sign in signs)]


@pytest.mark.parametrize("iban", IBANS)
def test_an_iban_in_a_text_is_shown_by_country_and_last_four(iban: str) -> None:
    short = f"{iban[:2]}··{iban[-4:]}"
    for written in _written(iban):
        assert shown(written) == short
        for text in ("{}", "/IBAN/{}/NAME/", "paid to {}.", "({})", "{} and {}", "a {}\nb"):
            assert mask(text.format(written, written)) == text.format(short, short)
    assert mask(f"{iban} thanks for the fish") == f"{short} thanks for the fish"


@pytest.mark.parametrize("iban", [i for i in IBANS if i[:2] != "SC"])
def test_an_iban_within_a_word_is_found_by_its_country(iban: str) -> None:
    short = f"{iban[:2]}··{iban[-4:]}"
    assert mask(f"IBAN{iban}BIC") == f"IBAN{short}BIC"
    assert mask(f"20261103{iban}\n00") == f"20261103{short}\n00"


def test_what_is_logged_or_repeated_of_an_error_has_none() -> None:
    told = f"Error converting value '{IBANS[0]}'"
    assert hide(told) == said(told) == str(PersonNeeded(told)) == told.replace(IBANS[0], "NL··4300")
    try:
        raise ValueError(told)
    except ValueError as error:
        assert IBANS[0] not in trace(error)


@given(st.uuids())
@example(UUID("de01930d-8b4c-cadf-cd52-989341bae1dc"))
def test_a_key_is_no_account_number(key: UUID) -> None:
    assert hide(f"entry {key} is gone") == f"entry {key} is gone"


@pytest.mark.parametrize(
    "text", ["", "NL91ABNA0417164301", "INV-0042", "Ref NL91 and more", "NL91 ABNA", "no 12345678"]
)
def test_what_is_no_iban_stays(text: str) -> None:
    assert mask(text) == text
    assert not is_iban(text)


@pytest.mark.parametrize(
    ("number", "short"),
    [
        ("", ""),
        (" - ", ""),
        ("123456789", "··6789"),
        ("1234", "··34"),
        ("NL91ABNA0417164301", "··4301"),
    ],
)
def test_a_number_that_is_no_iban_has_no_country(number: str, short: str) -> None:
    assert shown(number) == short


def test_a_mark_tells_numbers_apart_and_needs_the_key(tmp_path: Path) -> None:
    marks = marks_in(tmp_path)
    one = AccountNumber("NL··4300", marks("NL91 ABNA 0417 1643 00"))
    again = AccountNumber("NL··4300", marks_in(tmp_path)("nl91abna0417164300"))
    other = AccountNumber("NL··4300", marks("NL02ABNA0123454300"))
    assert one == again
    assert one.is_same_as(again)
    assert not one.is_same_as(other)
    assert stat.S_IMODE(os.stat(tmp_path / FILE).st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    (tmp_path / FILE).unlink()
    later = AccountNumber("NL··4300", marks_in(tmp_path)("NL91ABNA0417164300"))
    assert later != one
    assert later.is_same_as(one)  # country and last four decide


@pytest.mark.parametrize("kind", list(Kind))
def test_no_document_holds_a_whole_number(kind: Kind, tmp_path: Path) -> None:
    endpoint = ENDPOINTS[kind]
    iban = IBANS[0]
    texts = {
        name: f"x {iban} y"
        for name in (*endpoint.fields, *endpoint.line_fields)
        if name.endswith(("Description", "Notes", "Remarks", "Name", "YourRef", "HolderName"))
    }
    numbers = dict.fromkeys(("AccountBankAccountNumber", "BankAccountNumber", "BankAccount"), iban)
    key = "5a3c1e00-0000-4000-8000-000000000077"
    row: dict[str, object] = {
        **texts,
        **numbers,
        endpoint.key: key,
        "Modified": "/Date(1795514700000)/",
    }
    if endpoint.lines:
        row[endpoint.lines] = {"results": [{"ID": key, **texts}]}
    document = to_document(endpoint, 1, row, "EUR", marks_in(tmp_path))
    text = json.dumps(to_json(document), ensure_ascii=False)
    assert iban not in text
    assert iban[4:-4] not in text
    assert "NL··4300" in text
