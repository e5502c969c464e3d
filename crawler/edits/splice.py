"""A card and proposals for it in; for each proposal the bytes that change, or why they must not be touched, out.

Nothing dumps YAML: a value is replaced where it stands, a line is put behind another, a line is taken out. All else
of the card is never looked at again.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from msgspec.structs import replace

from crawler.edits.addresses import ADDRESS
from crawler.edits.order import rank, tag_of
from crawler.edits.scalars import STRING, TRUTH, resolved, written
from crawler.model import Card, Edit, Proposal, Record, Repair, Slot, Style

UNTOUCHED = "secured"
"""The key of a seal over the card: whoever signs it writes it."""

_NULLS = ("", "~", "null")
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_INDENT = re.compile(rb" *")
_BEFORE_KEY = re.compile(rb" *(?:- +)*")
_AFTER_VALUE = re.compile(rb"[ \t]*(?:#.*)?\r?\n?")
_TOP_LIST = re.compile(rb"^- ", re.MULTILINE)


class RefusedError(Exception):
    """A proposal that is reported, not carried out; the message says why."""


class Splicer:
    """Turns the proposals for one card into edits, each in the bytes of the card as it is."""

    def __init__(self, card: Card, leaving: Iterable[str] = ()) -> None:
        """`leaving` are the fields that are about to be removed: nothing is put behind them if it can be helped."""
        self._card, self._raw = card, card.raw
        self._front = card.raw[: card.body_start]
        self._slots: defaultdict[str, list[Slot]] = defaultdict(list)
        self._leaving = frozenset(leaving)
        self._begun: dict[str, _Spot] = {}
        self._joined = -1
        """Where the last removal ended that pulled the line below up behind its dash."""
        for slot in card.slots:
            self._slots[slot.route].append(slot)

    def position(self, proposal: Proposal) -> tuple[int, str, int]:
        """The order in which edits are to be made: the file's, then new lines in the order of cards."""
        slots = self._slots.get(proposal.field)
        parent, _, key = proposal.field.rpartition(".")
        return (slots[0].start, "", 0) if slots else (len(self._raw), parent, rank(key, proposal.kind) or 0)

    def edit(self, proposal: Proposal) -> Edit | None:
        """The edit that a proposal takes, None if the card says so already; raises RefusedError."""
        if UNTOUCHED in re.split(r"[.\[]", proposal.field):
            raise RefusedError(f"{UNTOUCHED} is never touched")
        slot, new = self._slot(proposal.field), proposal.new
        if new is None:
            return self._removal(slot, proposal) if slot else None
        if slot is not None and slot.value == new:
            return None
        _check(proposal, new)
        if slot is not None:
            return self._replacement(slot, proposal, new)
        if proposal.old:
            raise RefusedError("changed since the audit: the field is no longer there")
        return self._insertion(proposal, new)

    def _slot(self, field: str) -> Slot | None:
        slots = self._slots.get(field, [])
        if len(slots) > 1:
            raise RefusedError("two fields of the card are called so")
        if slots and slots[0].start < 0:
            raise RefusedError("front matter in TOML or JSON is not edited")
        if slots and not slots[0].splicable:
            raise RefusedError("written as an alias, a block, or with an anchor or a tag: edit it by hand")
        return slots[0] if slots else None

    # ---- a value ---------------------------------------------------------------------------------------------------

    def _replacement(self, slot: Slot, proposal: Proposal, new: str) -> Edit:
        self._expect(slot, proposal)
        parent, _, key = slot.route.rpartition(".")
        style, tag = slot.style, resolved(slot.value) if slot.style is Style.PLAIN else STRING
        if _is_nothing(slot):
            tag = tag_of(key, proposal.kind)
            style = Style.PLAIN if tag != STRING else self._usual_style(parent, new)
        if proposal.kind is Repair.MARK_DEAD:
            style, tag = Style.PLAIN, TRUTH  # "false" between quotes is a text, which Jekyll takes for true
        text = _written(new, style, tag, in_brackets=slot.key_start < 0)
        if slot.start < slot.end:
            return self._change(proposal.field, slot.start, slot.end, text)
        if slot.key_start < 0:
            raise RefusedError("an empty value in brackets: edit it by hand")
        rest = self._raw[slot.end : self._line_end(slot.end)]
        if rest.startswith(b" ") and not rest.strip():  # the blank behind the colon is there already
            return self._change(proposal.field, slot.start + 1, slot.start + 1, text)
        return self._change(proposal.field, slot.start, slot.start, " " + text)

    def _expect(self, slot: Slot, proposal: Proposal) -> None:
        if slot.value != proposal.old and not (proposal.old == "" and _is_nothing(slot)):
            raise RefusedError("changed since the audit: the field has another value now")

    # ---- a new line ------------------------------------------------------------------------------------------------

    def _insertion(self, proposal: Proposal, new: str) -> Edit:
        parent, _, key = proposal.field.rpartition(".")
        if not _KEY.fullmatch(key):
            raise RefusedError("an entry is not added to a list")
        tag = tag_of(key, proposal.kind)
        text = _written(new, Style.PLAIN if tag != STRING else self._usual_style(parent, new), tag)
        spot = self._spot(parent, key, proposal.kind)
        return self._change(proposal.field, spot.offset, spot.offset, f"{spot.opening}{key}: {text}{spot.newline}")

    def _spot(self, parent: str, key: str, kind: Repair) -> _Spot:
        """Where a line for `key` goes in the mapping at `parent`, which is begun if it is not there."""
        if parent in self._begun:
            return self._begun[parent]
        beside = [slot for slot in self._slots_in(parent) if self._stands_alone(slot)]
        if beside:
            return self._below(self._before(key, kind, beside))
        if parent == "" or any(route.startswith((f"{parent}.", f"{parent}[")) for route in self._slots):
            raise RefusedError("there is no line beside it to put the new one below")
        spot = self._begin(parent, kind)
        self._begun[parent] = replace(spot, opening=spot.indent)
        return spot

    def _begin(self, parent: str, kind: Repair) -> _Spot:
        """Where a mapping begins that the card does not have, or has as a key without a value."""
        name = parent.removesuffix("[0]")
        above, _, key = name.rpartition(".")
        if not _KEY.fullmatch(key):
            raise RefusedError("an entry is not added to a list")
        held = self._slot(name)
        if held is None and not above and re.search(rb"^%b[ \t]*:" % key.encode(), self._front, re.MULTILINE):
            raise RefusedError(f"{name} holds something already, if only empty brackets: edit it by hand")
        if held is None:
            spot = self._spot(above, key, kind)
            spot = replace(spot, opening=f"{spot.opening}{key}:{spot.newline}")
        elif held.start == held.end and self._stands_alone(held):
            spot = replace(self._below(held), opening="")
        else:
            raise RefusedError(f"{name} holds a value, not fields")
        indent = spot.indent + self._step
        if name == parent:
            return replace(spot, opening=spot.opening + indent, indent=indent)
        dash = spot.indent if _TOP_LIST.search(self._front) else indent
        return replace(spot, opening=f"{spot.opening}{dash}- ", indent=f"{dash}  ")

    def _before(self, key: str, kind: Repair, beside: list[Slot]) -> Slot:
        """The line below which a new one goes: of the nearest key before it in the order, else the end of the block."""
        own = rank(key, kind)
        staying = [slot for slot in beside if slot.route not in self._leaving] or beside
        ranked = [(rank(slot.route.rpartition(".")[2], Repair.METADATA), slot) for slot in staying]
        earlier = [(at, slot) for at, slot in ranked if own is not None and at is not None and at < own]
        if earlier:
            return max(earlier, key=lambda one: one[0])[1]
        block = [beside[0]]
        for slot in beside[1:]:
            between = self._raw[self._line_end(block[-1].end) : self._line_start(slot.key_start)]
            if any(not line.lstrip().startswith(b"#") for line in between.splitlines()):
                break
            block.append(slot)
        return next((slot for slot in reversed(block) if slot in staying), staying[0])

    def _below(self, slot: Slot) -> _Spot:
        end = self._line_end(slot.end)
        newline = "\r\n" if self._raw.endswith(b"\r\n", 0, end) else "\n"
        indent = " " * self._column(slot)
        return _Spot(offset=end, opening=indent, indent=indent, newline=newline)

    @property
    def _step(self) -> str:
        """By how much the card indents."""
        starts = (self._line_start(slot.key_start) for slot in self._card.slots if self._stands_alone(slot))
        indents = (len(blanks[0]) for start in starts if (blanks := _INDENT.match(self._raw, start)))
        return " " * next((indent for indent in indents if indent), 2)

    def _usual_style(self, parent: str, value: str) -> Style:
        """How texts of the same sort beside a field are written: between quotes if any of them is."""
        texts = [slot for slot in self._slots_in(parent) if _is_text(slot)]
        alike = [slot.style for slot in texts if bool(ADDRESS.match(slot.value)) == bool(ADDRESS.match(value))]
        styles = alike or [slot.style for slot in texts] or [Style.DOUBLE]
        return next((style for style in styles if style is not Style.PLAIN), Style.PLAIN)

    def _slots_in(self, parent: str) -> list[Slot]:
        """The scalars directly in the mapping at `parent`, in block style, in the order of the file."""
        return [slot for slot in self._card.slots if slot.key_start >= 0 and slot.route.rpartition(".")[0] == parent]

    # ---- a line less -----------------------------------------------------------------------------------------------

    def _removal(self, slot: Slot, proposal: Proposal) -> Edit:
        self._expect(slot, proposal)
        if slot.key_start < 0:
            raise RefusedError("within brackets or a list: remove it by hand")
        parent, dot, _ = slot.route.rpartition(".")
        if not any(route.startswith(parent + dot) and route not in self._leaving for route in self._slots):
            raise RefusedError("nothing would be left beside it")
        end = self._line_end(slot.end)
        below = self._raw[slot.key_start : slot.start].split(b"\n")[1:]
        if not self._stands_alone(slot) or any(line.strip() for line in below):
            raise RefusedError("it shares its lines with something else: remove it by hand")
        start, column = self._line_start(slot.key_start), self._column(slot)
        if slot.key_start == self._joined or self._raw[start : slot.key_start].strip():
            if not re.match(rb" {%d}(?!- )[^\s#]" % column, self._raw[end : end + column + 2]):
                raise RefusedError("it opens an entry of a list, and no field follows on the next line")
            self._joined = end + column
            return self._change(proposal.field, slot.key_start, self._joined, "")
        return self._change(proposal.field, start, end, "")

    # ---- bytes -----------------------------------------------------------------------------------------------------

    def _stands_alone(self, slot: Slot) -> bool:
        """Only blanks and dashes stand before the key, and only a comment behind the value."""
        before = self._raw[self._line_start(slot.key_start) : slot.key_start]
        behind = self._raw[slot.end : self._line_end(slot.end)]
        return slot.key_start >= 0 and bool(_BEFORE_KEY.fullmatch(before) and _AFTER_VALUE.fullmatch(behind))

    def _column(self, slot: Slot) -> int:
        """Blanks before the key; a dash counts as one."""
        return slot.key_start - self._line_start(slot.key_start)

    def _line_start(self, offset: int) -> int:
        return self._raw.rfind(b"\n", 0, offset) + 1

    def _line_end(self, offset: int) -> int:
        """Past the line feed."""
        return (self._raw.find(b"\n", offset) + 1) or len(self._raw)

    def _change(self, field: str, start: int, end: int, text: str) -> Edit:
        return Edit(start=start, end=end, before=self._raw[start:end], after=text.encode(), field=field)


class _Spot(Record, frozen=True):
    """Where a new line goes."""

    offset: int
    opening: str
    """What stands before its key: the indent, after the lines that begin its mapping."""
    indent: str
    """Of further lines of the mapping."""
    newline: str


def _check(proposal: Proposal, new: str) -> None:
    replaces_one = proposal.kind is not Repair.METADATA and ADDRESS.fullmatch(proposal.old)
    holds_address = proposal.field.lower().endswith("url") or replaces_one
    if holds_address and not ADDRESS.fullmatch(new):
        raise RefusedError("the new value is no http(s) address")


def _written(value: str, style: Style, tag: str, *, in_brackets: bool = False) -> str:
    text = written(value, style, tag=tag, in_brackets=in_brackets)
    if text is None:
        raise RefusedError("the new value holds half a character")
    return text


def _is_nothing(slot: Slot) -> bool:
    return not slot.value.strip() or (slot.style is Style.PLAIN and slot.value.lower() in _NULLS)


def _is_text(slot: Slot) -> bool:
    return not _is_nothing(slot) and (slot.style is not Style.PLAIN or resolved(slot.value) == STRING)
