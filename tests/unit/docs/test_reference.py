"""What is made from the code is what the code would make: run `make reference`."""

import shutil
import subprocess

import pytest

from tests.reference import MAN, pages, written


def test_the_reference_is_what_the_code_says() -> None:
    for path, text in written().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run make reference"


def test_every_command_has_an_example() -> None:
    without = [
        page.name
        for page in pages()
        if not page.commands and not any(part.examples for part in page.paragraphs)
    ]
    assert without == []


@pytest.mark.skipif(not shutil.which("groff"), reason="groff is not installed")
def test_the_man_page_is_without_mistakes() -> None:
    command = ["groff", "-man", "-ww", "-z", "-Tutf8", str(MAN)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    mistakes = [line for line in done.stderr.splitlines() if "cannot adjust" not in line]
    assert (done.returncode, mistakes) == (0, [])
