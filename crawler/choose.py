"""Proposals in, the wanted ones out: asked one by one at a terminal, with the keys of `git add --patch`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TextIO

from crawler.edits.diff import diff
from crawler.edits.patch import Planned, picture_of
from crawler.model import Card, Disposition, Proposal, Repair
from crawler.pipeline.fix import only
from crawler.render.coloured import coloured
from crawler.render.terminal_text import BOLD, paint
from crawler.text import printable

_HELP = """\
y - make this change
n - leave this one out
a - make this change and all later ones of its kind
s - show the evidence: everything known of the link
q - leave out this one and all that follow
? - this help
"""


class Chooser:
    """Asks for each change of each card; a missing answer, as at the end of the input, is `q`."""

    def __init__(
        self,
        answers: TextIO,
        out: TextIO,
        *,
        total: int,
        evidence: Callable[[Proposal], str],
        colour: bool,
    ) -> None:
        """`evidence` shows what is known of the link that a proposal came from."""
        self._answers, self._out, self._colour = answers, out, colour
        self._evidence = evidence
        self._total, self._asked = total, 0
        self._kinds: set[Repair] = set()
        """Kinds of which all that follow are wanted."""
        self._ended = False

    def choose(self, card: Card, planned: Planned) -> Planned:
        """What of `planned` is wanted, planned anew; what was refused stays refused."""
        wanted: list[Proposal] = []
        for one in planned.taken:
            if picture_of(one, planned.taken) is None:
                # A new picture and its width and height are one question: by halves they would be a mistake.
                along = [other for other in planned.taken if picture_of(other, planned.taken) == one.field]
                wanted += [one, *along] if self._wants(card, [one, *along]) else []
        chosen = only(card, wanted)
        return Planned(patch=chosen.patch, taken=chosen.taken, refused=(*planned.refused, *chosen.refused))

    def _wants(self, card: Card, together: Sequence[Proposal]) -> bool:
        one = together[0]
        self._asked += 1
        if self._ended:
            return False
        if one.kind in self._kinds:
            return True
        alone = only(card, together)
        look = ", to be looked at" if one.disposition is Disposition.REVIEW else ""
        self._out.write(coloured(diff(card, alone.patch), colour=self._colour) if alone.patch else "")
        self._out.write(f"{printable(one.because)} ({one.kind}{look})\n")
        while True:
            match self._answer():
                case "y":
                    return True
                case "n":
                    return False
                case "a":
                    self._kinds.add(one.kind)
                    return True
                case "s":
                    self._out.write("\n" + self._evidence(one) + "\n")
                case "q":
                    self._ended = True
                    return False
                case _:
                    self._out.write(_HELP)

    def _answer(self) -> str:
        try:
            self._out.write(paint(f"({self._asked}/{self._total}) Make this change", BOLD, colour=self._colour))
            self._out.write(" [y,n,a,s,q,?]? ")
            self._out.flush()
            line = self._answers.readline()
        except KeyboardInterrupt:
            self._out.write("\n")  # what is said next begins a line
            raise
        if not line:
            self._out.write("\n")
            return "q"
        return line.strip().lower()[:1]
