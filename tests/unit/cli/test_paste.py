"""Every command that a cure names can be pasted: with `-c FILE` where one was used."""

from pathlib import Path

import pytest

from exact_slack.cli import _COMMANDS
from exact_slack.paste import pasteable, pasteable_in, working_on

WITHOUT_A_CUSTOMER = {"demo", "completion", "config"}
FILE = Path("/home/finance/acme & co.yaml")


@pytest.mark.parametrize("name", sorted(set(_COMMANDS) - WITHOUT_A_CUSTOMER))
def test_every_command_that_reads_a_config_is_known(name: str) -> None:
    cure = f"Run: exact-slack {name} --all"
    assert pasteable(cure) == cure  # the config was found without -c
    with working_on(FILE):
        assert pasteable(cure) == f"Run: exact-slack -c '{FILE}' {name} --all"
        assert pasteable(pasteable(cure)) == pasteable(cure)


def test_what_is_no_command_of_a_customer_stays() -> None:
    with working_on(FILE):
        for text in (
            "exact-slack has run with it before",
            "exact-slack: needs a person",
            "sudo chown -R finance /opt/exact-slack status",
            "Write: exact-slack config init acme.yaml",
            "exact-slack -c other.yaml poll",
        ):
            assert pasteable(text) == text


def test_in_json_the_sentences_are_pasteable_and_the_data_stays() -> None:
    cure = "Run: exact-slack auth exact"
    value = {
        "problems": [cure],
        "auth": {"exact_problem": cure, "exact": False},
        "kinds": [{"problem": cure, "account": cure}],
    }
    with working_on(FILE):
        told = f"Run: exact-slack -c '{FILE}' auth exact"
        assert pasteable_in(value) == {
            "problems": [told],
            "auth": {"exact_problem": told, "exact": False},
            "kinds": [{"problem": told, "account": cure}],
        }
