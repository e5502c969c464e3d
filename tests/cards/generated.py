"""Front matter that hypothesis makes up: styles, comments, nesting, brackets, CRLF, a byte order mark, any letters."""

from __future__ import annotations

import json
from collections.abc import Iterator

import yaml
from hypothesis import strategies as st

# Characters that YAML admits, those included that break lines, take four bytes, or have a meaning.
TEXT = st.text(
    alphabet=st.one_of(
        st.sampled_from("ab 😀é\u00a0\u200b:#-?*&!|>'\"%@`[]{},\\\n~<=."),
        st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co"), exclude_characters="\ufeff\ufffe\uffff"),
    ),
    max_size=20,
)
KEYS = st.text(alphabet="abcdefgXYZ_", min_size=1, max_size=6)


def single(text: str) -> str:
    return "'" + " ".join(text.split("\n")).replace("'", "''") + "'"


def escaped(text: str) -> str:
    """Double-quoted with every character escaped; YAML has no surrogate pairs, so JSON's spelling would not do."""
    return '"' + "".join(f"\\U{ord(character):08x}" for character in text) + '"'


def plain(text: str) -> str | None:
    """`text` unquoted where both parsers read that back; they differ over signs in flow collections."""
    for sample in (f"k: {text}", f"[{text}]", f"{{k: {text}}}"):
        for loader in (yaml.CBaseLoader, yaml.BaseLoader):
            try:
                if yaml.load(sample, Loader=loader) not in ({"k": text}, [text]):  # noqa: S506 — builds text only
                    return None
            except yaml.YAMLError:
                return None
    return text if "\n" not in text else None


SCALARS = TEXT.flatmap(
    lambda text: st.sampled_from(
        [escaped(text), json.dumps(text, ensure_ascii=False), single(text), plain(text) or "plain"]
    )
)


def block(node: object, indent: int) -> str:
    """Block style YAML for nested dicts and lists of scalars that are already written.

    A key with an X has a comment behind its scalar, one with a Y its scalar on the next line, one with a Z a comment
    and a blank line above.
    """
    pad = " " * indent
    match node:
        case dict():
            return "".join(f"{above(key, pad)}\n{pad}{key}:{value(child, indent, key)}" for key, child in node.items())
        case list():
            return "".join(f"\n{pad}-{value(child, indent)}" for child in node)
        case _:
            raise AssertionError(node)


def above(key: str, pad: str) -> str:
    return f"\n{pad}# {key}: 'é \n  " if "Z" in key else ""


def value(node: object, indent: int, key: str = "") -> str:
    behind = " # it's: é" if "X" in key else ""
    if isinstance(node, dict | list):
        return block(node, indent + 2) if node else (" {}" if isinstance(node, dict) else " []")
    return (f"\n{' ' * indent}  {node}" if "Y" in key else f" {node}") + behind


def flow(node: object) -> str:
    match node:
        case dict():
            return "{" + ", ".join(f"{key}: {flow(child)}" for key, child in node.items()) + "}"
        case list():
            return "[" + ", ".join(flow(child) for child in node) + "]"
        case _:
            return str(node)


NODES = st.recursive(
    SCALARS,
    lambda nodes: st.one_of(
        st.lists(nodes, max_size=3),
        st.dictionaries(KEYS, nodes, max_size=3),
        st.dictionaries(KEYS, nodes, max_size=2).map(flow),
    ),
    max_leaves=8,
)


@st.composite
def files(draw: st.DrawFn) -> bytes:
    front = block(draw(st.dictionaries(KEYS, NODES, min_size=1, max_size=5)), 0)
    comment = draw(st.sampled_from(["", "\n# 😀 a comment: é", "\n\n"]))
    body = draw(st.sampled_from(["", "\n", "\nbody é\n---\n"]))
    text = f"---{comment}{front}\n---{body}"
    ends = draw(st.sampled_from(["\n", "\r\n"]))
    return draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + text.replace("\n", ends).encode()


def leaves(node: yaml.Node, route: str) -> Iterator[tuple[str, str]]:
    match node:
        case yaml.MappingNode():
            for key, child in node.value:
                yield from leaves(child, f"{route}.{key.value}" if route else key.value)
        case yaml.SequenceNode():
            for index, child in enumerate(node.value):
                yield from leaves(child, f"{route}[{index}]")
        case _:
            yield route, node.value
