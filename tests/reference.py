"""`make reference`: writes what is made from the code itself: docs/commands.md, docs/config.md,
the man page, and the ledger's tables in one piece. A test compares them with what it writes."""

import inspect
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from exact_slack.cli import cli
from exact_slack.config.guide.schema import schema
from exact_slack.errors import CONFIG, LOGIN, OK, PERSON, TEMPORARY, USAGE
from exact_slack.ledger.schema.migrations import TABLES, scripts

ROOT = Path(__file__).parents[1]
COMMANDS = ROOT / "docs" / "commands.md"
CONFIG_KEYS = ROOT / "docs" / "config.md"
MAN = ROOT / "contrib" / "man" / "exact-slack.1"
NOTE = "<!-- Made by `make reference` from the code; edit there. -->\n\n"
TITLES = {
    "ExactConfig": "exact",
    "SlackConfig": "slack",
    "ServeConfig": "serve",
    "Route": "routes",
    "Silence": "silences",
    "Case": "tests",
    "CaseDocument": "document",
}
"""The key under which a mapping stands, where it is not its own name."""
EXIT_CODES = {
    OK: "done, also when there was nothing to do or another run is at work",
    PERSON: "a person is needed: failed, held or ambiguous records, or a gap",
    USAGE: "wrong usage",
    LOGIN: "log in again",
    TEMPORARY: "temporary; the next run goes on",
    CONFIG: "configuration",
}


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a help text. `lines` are kept as they are where `kept`."""

    lines: tuple[str, ...]
    kept: bool

    @property
    def examples(self) -> tuple[str, ...]:
        """The command lines of an Examples block."""
        if not (self.kept and self.lines[0].startswith("Example")):
            return ()
        return tuple(line.strip() for line in self.lines if line.startswith("  "))


@dataclass(frozen=True)
class Page:
    """One command as its help describes it."""

    name: str
    usage: str
    paragraphs: tuple[Paragraph, ...]
    options: tuple[tuple[str, str], ...]
    commands: tuple[tuple[str, str], ...]


def pages() -> list[Page]:
    """Every command that people see."""
    return list(_below(cli, None, "exact-slack"))


def _below(command: click.Command, parent: click.Context | None, name: str) -> Iterator[Page]:
    context = click.Context(command, parent=parent, info_name=name)
    below: list[tuple[str, click.Command]] = []
    if isinstance(command, click.Group):
        for word in command.list_commands(context):
            found = command.get_command(context, word)
            if found is not None and not found.hidden:
                below.append((word, found))
    yield Page(
        context.command_path,
        " ".join([context.command_path, *command.collect_usage_pieces(context)]),
        tuple(_paragraphs(command.help or "")),
        tuple(_options(command, context)),
        tuple((word, found.get_short_help_str(100)) for word, found in below),
    )
    for word, found in below:
        yield from _below(found, context, word)


def _paragraphs(text: str) -> Iterator[Paragraph]:
    for part in inspect.cleandoc(text).split("\n\n"):
        lines = part.strip("\n").splitlines()
        kept = lines[0].strip() == "\b"
        rest = lines[1:] if kept else lines
        if rest:
            yield Paragraph(tuple(rest), kept)


def _options(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    for parameter in command.get_params(context):
        if isinstance(parameter, click.Option) and not parameter.hidden:
            record = parameter.get_help_record(context)
            if record is not None and "--help" not in parameter.opts:
                yield record


# -- Markdown --------------------------------------------------------------------------------------


def commands_page() -> str:
    """docs/commands.md."""
    parts = [NOTE + "# Commands\n", _exit_table()]
    parts += [_command(page) for page in pages()]
    return "\n".join(parts)


def _exit_table() -> str:
    rows = "\n".join(f"| {code} | {text} |" for code, text in EXIT_CODES.items())
    return (
        "Global options stand before the command. Every command has `--help`. With several config\n"
        "files, `--json` is an object keyed by file name; see [json.md](json.md).\n\n"
        f"| exit code | meaning |\n|---|---|\n{rows}\n| 128 + n | ended by signal n |\n\n"
        "Where several apply: 3, then 78, 1, 75.\n"
    )


def _command(page: Page) -> str:
    level = "#" * (1 + len(page.name.split()))
    text = [f"{level} {page.name}\n", f"```\n{page.usage}\n```\n"]
    text += [_paragraph(paragraph) for paragraph in page.paragraphs]
    if page.options:
        rows = "\n".join(f"| `{_cell(names)}` | {_cell(told)} |" for names, told in page.options)
        text.append(f"| option | |\n|---|---|\n{rows}\n")
    return "\n".join(text)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("  ", " ")


def _paragraph(paragraph: Paragraph) -> str:
    if not paragraph.kept:
        return " ".join(line.strip() for line in paragraph.lines) + "\n"
    told = [line for line in paragraph.lines if not line.startswith("  ")]
    if not paragraph.examples:
        return " ".join(told) + "\n"
    return " ".join(told) + "\n\n```sh\n" + "\n".join(paragraph.examples) + "\n```\n"


def config_page() -> str:
    """docs/config.md."""
    found = schema()
    parts = [
        NOTE + "# The config file\n",
        "One file is one customer: one Exact Online login, one Slack workspace. `exact-slack config"
        " init`\nwrites one with comments; `config check` says what is wrong, with file, line and"
        " key; `config schema`\nprints the same reference as a JSON schema for editors. Where"
        " secrets may be: [secrets.md](secrets.md).\nRoutes and their conditions by example:"
        " [routing.md](routing.md).\n\n"
        'A YAML text with `#`, `{` or `*` in it stands in quotes: `channel: "#finance"`.\n',
        _section("", found),
    ]
    parts += [_section(name, value) for name, value in found["$defs"].items()]
    return "\n".join(parts)


def _section(name: str, value: dict[str, Any]) -> str:
    title = f"## {_title(name)}\n\n{value['description']}\n" if name else "## The file\n"
    rows = []
    for key, form in value["properties"].items():
        must = " (required)" if key in value["required"] else ""
        rows.append(f"| `{key}`{must} | {_form(form)} | {_default(form)} | {form['description']} |")
    return f"{title}\n| key | value | default | meaning |\n|---|---|---|---|\n" + _rows(rows)


def _title(name: str) -> str:
    return TITLES.get(name, name.lower())


def _rows(rows: list[str]) -> str:
    return "\n".join(rows) + "\n"


def _default(form: dict[str, Any]) -> str:
    if "default" not in form:
        return ""
    value = form["default"]
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _form(form: dict[str, Any]) -> str:
    choices = [one for one in form.get("anyOf", ()) if one != {"type": "null"}]
    if "$ref" in form:
        name = _title(form["$ref"].rpartition("/")[2])
        return f"[{name}](#{name})"
    if len(choices) == 1:
        return _form(choices[0])
    if any("person" in one.get("properties", {}) for one in choices):
        return "text, or a [person](routing.md#the-right-person)"
    if any("properties" in one for one in choices):
        return "[secret](secrets.md)"
    if len(choices) == 2 and choices[1].get("items") == choices[0]:
        return f"{_form(choices[0])}, or a list"
    if choices and "enum" in choices[0]:
        return _form(choices[0])
    if "enum" in form:
        return ", ".join(f"`{one}`" for one in form["enum"])
    kind = form.get("type")
    if kind == "array":
        return f"list of {_form(form['items'])}"
    if kind == "object":
        numbered = "0-9" in str(form.get("propertyNames"))
        return "number: text" if numbered else "label: text"
    return {"boolean": "true, false", "integer": _whole(form)}.get(str(kind), "text")


def _whole(form: dict[str, Any]) -> str:
    if "maximum" in form:
        return f"{form['minimum']} to {form['maximum']}"
    return f"whole number, {form['minimum']} or more" if "minimum" in form else "whole number"


# -- the man page ----------------------------------------------------------------------------------


def man_page() -> str:
    """contrib/man/exact-slack.1, in man(7) macros."""
    root, *others = pages()
    parts = [
        '.\\" Made by `make reference` from the code.',
        '.TH EXACT-SLACK 1 "" "exact-slack" "User Commands"',
        ".SH NAME",
        "exact-slack \\- carries what happens in Exact Online into Slack channels",
        ".SH SYNOPSIS",
        f".B {_roff(root.usage)}",
        ".SH DESCRIPTION",
        *_man_text(root.paragraphs),
        ".SH OPTIONS",
        *_man_options(root.options),
        ".SH COMMANDS",
    ]
    for page in others:
        parts += [f".SS {_roff(page.usage)}", *_man_text(page.paragraphs)]
        parts += _man_options(page.options)
    parts.append(".SH EXIT STATUS")
    for code, text in EXIT_CODES.items():
        parts += [".TP", f".B {code}", _roff(text)]
    parts += [
        ".SH ENVIRONMENT",
        ".TP",
        ".B EXACT_SLACK_CONFIG",
        "Config files or folders, with a colon between two, where \\-c is not given.",
        ".TP",
        ".B EXACT_SLACK_STATE_DIR",
        "The folder with one state folder for each config file that names none.",
        ".TP",
        ".B NO_COLOR",
        "Set to anything: no colours.",
    ]
    return "\n".join(parts) + "\n"


def _man_text(paragraphs: tuple[Paragraph, ...]) -> Iterator[str]:
    for paragraph in paragraphs:
        yield ".PP"
        if paragraph.kept:
            yield ".nf"
            yield from (_roff(line) for line in paragraph.lines)
            yield ".fi"
        else:
            yield _roff(" ".join(line.strip() for line in paragraph.lines))


def _man_options(options: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for names, told in options:
        yield from (".TP", f".B {_roff(names)}", _roff(told))


def _roff(text: str) -> str:
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    escaped = "".join(c if c.isascii() else f"\\[u{ord(c):04X}]" for c in escaped)
    return "\\&" + escaped if escaped.startswith((".", "'")) else escaped


def tables() -> str:
    """What all migrations make, one after the other, of an empty ledger."""
    with closing(sqlite3.connect(":memory:")) as db:
        for script in scripts():
            db.executescript(script)
        made = db.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid")
        return "-- Made by `make reference` from sql/\n" + "".join(f"{sql};\n" for (sql,) in made)


def written() -> dict[Path, str]:
    """Every file that is made here, and what it must contain."""
    return {
        COMMANDS: commands_page(),
        CONFIG_KEYS: config_page(),
        MAN: man_page(),
        Path(TABLES): tables(),
    }


def main() -> None:
    """Write them."""
    for path, text in written().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
