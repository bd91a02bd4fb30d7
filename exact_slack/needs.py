"""What a machine must have, said here and nowhere else in the program. README.md names it to
people, pyproject.toml to pip; a test compares them. Any Python 3 reads this, also an old one."""

PYTHON = (3, 11)

SQLITE = (3, 37)
"""The first with STRICT tables (sqlite.org, "STRICT Tables")."""


def named(version: "tuple[int, int]") -> str:
    """As people write it."""
    return ".".join(map(str, version))
