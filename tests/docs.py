"""The parts of the documentation that follow from the code: rendered here, held equal by test_docs."""

from __future__ import annotations

import ast
import itertools
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import crawler
from crawler import settings
from crawler.fields import FIELDS
from crawler.health import claims, judge
from crawler.model import Code, Health, Record
from crawler.render import FORMATS
from crawler.render.words import MEANINGS

ROOT = Path(__file__).parent.parent


def verdicts() -> str:
    """Health -> verdicts, for the README."""
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


def formats() -> str:
    """Every report format: what it is, who reads it, where it ends."""
    rows = ["| format | file | what it is | read by | ends at |", "|---|---|---|---|---|"]
    return "\n".join(
        [*rows, *(f"| `{name}` | `{f.file}` | {f.about} | {f.readers} | {f.limits} |" for name, f in FORMATS.items())]
    )


PARTS: tuple[tuple[str, str, Callable[[], str]], ...] = (
    ("README.md", "verdicts", verdicts),
    ("README.md", "fields", fields),
    ("docs/verdicts.md", "rules", rules),
    ("docs/formats.md", "formats", formats),
    ("docs/configuration.md", "configuration", configuration),
)
"""(file, name of the part, what it must say)."""


def replaced(text: str, name: str, part: str) -> str:
    """`text` with the part between its marks, `<!-- name -->` and `<!-- /name -->`, set to `part`."""
    block = f"<!-- {name} -->\n\n{part}\n\n<!-- /{name} -->"
    pattern = rf"<!-- {name} -->(?:.*?<!-- /{name} -->)?"
    return re.sub(pattern, lambda _: block, text, count=1, flags=re.DOTALL)
