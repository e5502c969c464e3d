"""A value in, the YAML that writes it out on one line: in the style that stood there if that can carry it.

What the web says is data. A value never ends its scalar: plain is only what reads back the same, single quotes carry
no escapes, and everything else stands between double quotes with JSON's escapes, which YAML shares.
"""

from __future__ import annotations

import json
import re

import yaml

from crawler.model import Style

STRING = "tag:yaml.org,2002:str"
INTEGER = "tag:yaml.org,2002:int"
TIME = "tag:yaml.org,2002:timestamp"
TRUTH = "tag:yaml.org,2002:bool"

_RESOLVER = yaml.resolver.Resolver()
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e007f]"
)
"""What a reviewer would not see, what YAML takes for a line break (YAML 1.1, 5.4), or does not admit. The two joiners
U+200C and U+200D are left: words and emoji are made with them."""
_DECIMAL = re.compile(r"0|[1-9][0-9]*")
"""What is a number to everybody; `012` is ten in YAML 1.1 and twelve in YAML 1.2."""
_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))
_HALF = re.compile("[\ud800-\udfff]")


def resolved(value: str) -> str:
    """The tag of a plain scalar that says `value`: is it a text, a number, a date?"""
    return str(_RESOLVER.resolve(yaml.ScalarNode, value, (True, False)))  # type: ignore[no-untyped-call]  # PyYAML's


def written(value: str, style: Style, *, tag: str, in_brackets: bool = False) -> str | None:
    """`value` as YAML for a field that holds `tag`; None for half a character, which UTF-8 cannot carry.

    `style` is the one wanted for a text; what is no text stands plain wherever the field may hold it.
    """
    if _HALF.search(value):
        return None
    if style is Style.PLAIN:
        own = resolved(value)
        if own == tag != STRING and (tag != INTEGER or _DECIMAL.fullmatch(value)) and not _HIDDEN.search(value):
            return value
        if own == STRING and not in_brackets and _is_plain(value):
            return value
    if style is Style.SINGLE and not _HIDDEN.search(value):
        return "'" + value.replace("'", "''") + "'"
    return _HIDDEN.sub(_escape, json.dumps(value, ensure_ascii=False))


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\U{code:08x}" if code > 0xFFFF else f"\\u{code:04x}"


def _is_plain(value: str) -> bool:
    """Whether a text reads back as itself without quotes, in PyYAML and in Jekyll's Psych.

    Psych takes more than PyYAML for numbers, dates and symbols (`1,000`, `12e03`, `:name`), none of which begins with
    a letter, and takes words in any case (psych/scalar_scanner.rb).
    """
    if not value[:1].isalpha() or value.lower() in _WORDS or _HIDDEN.search(value):
        return False
    try:
        root = yaml.compose(f"k: {value}", Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return False
    if not isinstance(root, yaml.MappingNode) or len(root.value) != 1:
        return False
    ((_, node),) = root.value
    return isinstance(node, yaml.ScalarNode) and node.value == value and not node.style
