"""A card and proposals for it in, one `Patch` out, with what was refused and why; a patch and bytes in, new bytes out.

Nothing is taken on trust: the patched card is read again, and must say what it said before, but for what was proposed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence

from crawler.edits.splice import RefusedError, Splicer
from crawler.errors import CardError, PatchConflict
from crawler.model import Card, Edit, Patch, Proposal, Record, Repair

_JOINT = re.compile(r"[.\[]")

Read = Callable[[str, bytes], Card | None]
"""Reads the card in the bytes of a file of that name; raises CardError."""


class Refusal(Record, frozen=True):
    """A proposal that a card cannot take."""

    proposal: Proposal
    because: str
    """One clause, printable."""


class Planned(Record, frozen=True):
    """What proposals come to in one card; what the card says already is in neither list."""

    patch: Patch | None
    """None: there is nothing to change."""
    taken: tuple[Proposal, ...] = ()
    """What the patch does, in the order of the file."""
    refused: tuple[Refusal, ...] = ()


def plan(card: Card, proposals: Sequence[Proposal], read: Read) -> Planned:
    """The patch that carries out as many of the proposals as the card can take."""
    planned = _plan(card, proposals, read)
    left = {one.proposal.field for one in planned.refused}
    alone = [one for one in proposals if one.field not in left and picture_of(one, proposals) in left]
    if not alone:
        return planned
    again = _plan(card, [one for one in proposals if one not in alone], read)
    more = (Refusal(proposal=one, because="it is of a picture that is not put in") for one in alone)
    return Planned(patch=again.patch, taken=again.taken, refused=(*again.refused, *more))


def picture_of(proposal: Proposal, proposals: Iterable[Proposal]) -> str | None:
    """The field whose new picture, proposed as well, has the width or height that is proposed; None for all else."""
    beside, _, key = proposal.field.rpartition(".")
    field = f"{beside}.url"
    is_of_one = proposal.kind is Repair.IMAGE and key in ("width", "height")
    return field if is_of_one and any((one.field, one.rule) == (field, proposal.rule) for one in proposals) else None


def _plan(card: Card, proposals: Sequence[Proposal], read: Read) -> Planned:
    splicer = Splicer(card, leaving=[one.field for one in proposals if one.new is None])
    changes: list[_Change] = []
    refused: list[Refusal] = []
    fields: dict[str, str | None] = {}
    for proposal in sorted(proposals, key=splicer.position):
        try:
            if fields.setdefault(proposal.field, proposal.new) != proposal.new:
                raise RefusedError("another change to this field is proposed as well")
            edit = splicer.edit(proposal)
        except RefusedError as error:
            refused.append(Refusal(proposal=proposal, because=str(error)))
            continue
        if edit is not None and all(proposal.field != one.edit.field for one in changes):
            changes.append(_Change(edit=edit, proposal=proposal))
    changes.sort(key=lambda one: (one.edit.start, one.edit.end))
    if changes and _fault(card, changes, read):
        changes, more = _sound(card, changes, read)
        refused += more
    edits = tuple(one.edit for one in changes)
    return Planned(
        patch=Patch(path=card.path, digest=card.digest, edits=edits) if edits else None,
        taken=tuple(one.proposal for one in changes),
        refused=tuple(refused),
    )


class _Change(Record, frozen=True):
    edit: Edit
    proposal: Proposal


def _sound(card: Card, changes: Sequence[_Change], read: Read) -> tuple[list[_Change], list[Refusal]]:
    """The changes that can be made together, taken one by one, and why the others cannot."""
    sound: list[_Change] = []
    refused: list[Refusal] = []
    for change in changes:
        fault = _fault(card, [*sound, change], read)
        if fault:
            refused.append(Refusal(proposal=change.proposal, because=fault))
        else:
            sound.append(change)
    return sound, refused


def _fault(card: Card, changes: Sequence[_Change], read: Read) -> str | None:
    """What is wrong with a card after these changes, or None: it says what it should, and nothing else has changed."""
    try:
        after = read(card.path, spliced(card.raw, card.path, [one.edit for one in changes]))
    except PatchConflict:
        return "it touches the same bytes as another change"
    except CardError as error:
        return f"the card could not be read any more: {error.because}"
    if after is None or after.raw[after.body_start :] != card.raw[card.body_start :]:
        return "the card would end elsewhere"
    wanted = {one.edit.field: one.proposal.new for one in changes}
    for field, new in wanted.items():
        if [slot.value for slot in after.slots if slot.route == field] != ([] if new is None else [new]):
            return "the card would not say what is proposed"
    if _others(card, wanted) != _others(after, wanted):
        return "other fields of the card would change with it, as with an anchor that is used elsewhere"
    return None


def _others(card: Card, fields: dict[str, str | None]) -> list[tuple[str, str, str, bool]]:
    """All but these fields, and but keys without a value that get fields of their own."""
    begun = {field[: match.start()] for field in fields for match in _JOINT.finditer(field)}
    return [
        (slot.route, slot.value, slot.style, slot.splicable)
        for slot in card.slots
        if slot.route not in fields and (slot.value or slot.route not in begun)
    ]


def apply(raw: bytes, patch: Patch) -> bytes:
    """The bytes of the card with its patch; raises PatchConflict unless they are those that it was made for."""
    if hashlib.sha256(raw).hexdigest() != patch.digest:
        raise PatchConflict(f"{patch.path}: changed since it was read; run `crawler fix` again")
    return spliced(raw, patch.path, patch.edits)


def spliced(raw: bytes, path: str, edits: Sequence[Edit]) -> bytes:
    """`raw` with the edits made; raises PatchConflict if one finds other bytes, or bytes that another has taken."""
    parts, at = [], 0
    for edit in edits:
        if edit.start < at or raw[edit.start : edit.end] != edit.before:
            raise PatchConflict(f"{path}: other bytes than expected at {edit.field}")
        parts += [raw[at : edit.start], edit.after]
        at = edit.end
    return b"".join((*parts, raw[at:]))
