"""The parts of the documentation that follow from the code: rendered here, held equal by test_docs."""

from __future__ import annotations

import argparse
import ast
import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

import yaml

import crawler
from crawler import settings
from crawler.cli import parser
from crawler.examples import EXITS
from crawler.fields import FIELDS
from crawler.health import claims, judge
from crawler.model import Code, Health, Record
from crawler.pipeline import weekly
from crawler.render import DIFFERENCES, FORMATS, Format
from crawler.render.words import MEANINGS

ROOT = Path(__file__).parent.parent


def verdicts() -> str:
    """Health -> verdicts."""
    rows = ["| health | the link | verdicts |", "|---|---|---|"]
    for health in Health:
        codes = ", ".join(f"`{code}`" for code in Code if code.health is health)
        rows.append(f"| `{health}` | {MEANINGS[health]} | {codes} |")
    return "\n".join(rows)


def fields() -> str:
    """Field -> kind."""
    rows = ["| field | kind of link |", "|---|---|"]
    return "\n".join([*rows, *(f"| `{pattern}` | `{kind}` |" for pattern, kind in FIELDS.items())])


def rules() -> str:
    """Every verdict with the rules that give it, in the order in which they are tried."""
    given: defaultdict[Code, list[str]] = defaultdict(list)
    for rule in judge.RULES:
        given[rule.code].append(f"`{rule.name}`")
    for row in claims.RULES:
        given[row.code].append(f"`{row.name}`")
    rows = ["| verdict | health | rules |", "|---|---|---|"]
    return "\n".join([*rows, *(f"| `{code}` | `{code.health}` | {', '.join(given[code])} |" for code in Code)])


def configuration() -> str:
    """Every section's keys with type, default and meaning, read from the settings' own docstrings."""
    tree = ast.parse((Path(crawler.__file__).parent / "settings.py").read_text(encoding="utf-8"))
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    text = ""
    sections: dict[str, type[Record]] = {**settings.SECTIONS, 'hosts."…"': settings.HostSettings}
    for name, record in sections.items():
        node = classes[record.__name__]
        text += f"## [{name}]\n\n{ast.get_docstring(node)}\n\n| key | default | meaning |\n|---|---|---|\n"
        body = node.body
        for statement, after in itertools.pairwise(body):
            if isinstance(statement, ast.AnnAssign) and isinstance(after, ast.Expr):
                assert isinstance(statement.target, ast.Name)
                assert isinstance(after.value, ast.Constant)
                default = shown(getattr(record(), statement.target.id))
                meaning = str(after.value.value).replace("|", "\\|")
                text += f"| `{statement.target.id}` | `{default}` | {meaning} |\n"
        text += "\n"
    return text.strip()


def shown(value: object) -> str:
    """A default as TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, tuple):
        return "[" + ", ".join(shown(item) for item in value) + "]"
    return str(value)


def formats(table: Mapping[str, Format] = FORMATS) -> str:
    """Every report format: what it is, who reads it, where it ends."""
    rows = ["| format | file | what it is | read by | ends at |", "|---|---|---|---|---|"]
    return "\n".join(
        [*rows, *(f"| `{name}` | `{f.file}` | {f.about} | {f.readers} | {f.limits} |" for name, f in table.items())]
    )


def differences() -> str:
    """Likewise of the differences of two runs."""
    return formats(DIFFERENCES)


def exits() -> str:
    """Exit code -> meaning, from what `--help` says."""
    rows = re.findall(r"^  (\d+) +(.+)$", EXITS, re.MULTILINE)
    return "\n".join(["| exit code | means |", "|---|---|", *(f"| {code} | {meaning} |" for code, meaning in rows)])


def commands() -> str:
    """Every command with its arguments, from the parser."""
    text = ""
    for name, command in subcommands(parser()).items():
        text += f"## crawler {name}\n\n{command.description}\n\n"
        actions = subcommands(command)
        for verb, action in (actions or {"": command}).items():
            text += f"### crawler {name} {verb}\n\n{action.description}\n\n" if verb else ""
            text += arguments(action)
    return text.strip()


COMMON = ("config", "no_progress", "quiet", "verbose")
"""Arguments of every command, told once."""


def arguments(command: argparse.ArgumentParser) -> str:
    """A table of the command's own arguments, or nothing."""
    rows = [
        f"| {shape(action)} | {plain(action.help or '')} |\n"
        for action in command._actions
        if action.dest != "help" and action.dest not in COMMON
    ]
    return "| argument | meaning |\n|---|---|\n" + "".join(rows) + "\n" if rows else ""


def common() -> str:
    """The arguments that every command takes."""
    rows = [action for action in subcommands(parser())["audit"]._actions if action.dest in COMMON]
    return "\n".join(
        ["| argument | meaning |", "|---|---|", *(f"| {shape(one)} | {plain(one.help or '')} |" for one in rows)]
    )


def shape(action: argparse.Action) -> str:
    """How an argument is written."""
    value = "" if action.nargs == 0 else action.metavar or "\\|".join(action.choices or ())
    if not action.option_strings:
        return f"`{value}`" if action.nargs is None else f"`[{value}{'…' if action.nargs == '*' else ''}]`"
    return ", ".join(f"`{name}`" for name in action.option_strings) + (f" `{value}`" if value else "")


def plain(text: str) -> str:
    """A help text as a cell of a table."""
    return text.replace("|", "\\|")


def subcommands(command: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The commands below a command, by name; none for most."""
    return next((dict(action.choices) for action in command._actions if isinstance(action.choices, dict)), {})


def workflow() -> str:
    """The weekly workflow as it is shipped."""
    return f"```yaml\n{weekly.TEMPLATE.read_text(encoding='utf-8').strip()}\n```"


def action(kind: str) -> str:
    """The inputs or outputs of the action."""
    rows = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))[kind]
    default = kind == "inputs"
    lines = [f"| {kind[:-1]} |{' default |' if default else ''} meaning |", f"|---|{'---|' if default else ''}---|"]
    for name, row in rows.items():
        value = f" `{row['default']}` |".replace("``", "") if default else ""
        lines.append(f"| `{name}` |{value} {row['description']} |")
    return "\n".join(lines)


PARTS: tuple[tuple[str, str, Callable[[], str]], ...] = (
    ("docs/verdicts.md", "verdicts", verdicts),
    ("docs/cards.md", "fields", fields),
    ("docs/exit-codes.md", "exits", exits),
    ("docs/commands.md", "common", common),
    ("docs/commands.md", "commands", commands),
    ("docs/weekly-audit.md", "workflow", workflow),
    ("docs/ci.md", "inputs", lambda: action("inputs")),
    ("docs/ci.md", "outputs", lambda: action("outputs")),
    ("docs/verdicts.md", "rules", rules),
    ("docs/formats.md", "formats", formats),
    ("docs/formats.md", "differences", differences),
    ("docs/configuration.md", "configuration", configuration),
)
"""(file, name of the part, what it must say)."""


def replaced(text: str, name: str, part: str) -> str:
    """`text` with the part between its marks, `<!-- name -->` and `<!-- /name -->`, set to `part`."""
    block = f"<!-- {name} -->\n\n{part}\n\n<!-- /{name} -->"
    pattern = rf"<!-- {name} -->(?:.*?<!-- /{name} -->)?"
    return re.sub(pattern, lambda _: block, text, count=1, flags=re.DOTALL)
