"""`crawler fix`: settings and what was asked for in; a diff on standard output or written cards, and an exit code out.

Standard output carries nothing but the diff, so that it can be piped into `git apply`; all else is said aside.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import groupby
from pathlib import Path

from crawler.choose import Chooser
from crawler.commands import told
from crawler.edits.patch import picture_of
from crawler.errors import ConfigError
from crawler.model import Proposal, Record, Repair
from crawler.pipeline.basis import Basis
from crawler.pipeline.fix import (
    Offer,
    Repaired,
    Wish,
    cards_under,
    everything,
    files_in,
    offer_of,
    repairs,
    writing_alone,
)
from crawler.pipeline.past import open_history
from crawler.render.coloured import coloured
from crawler.render.explain import explain
from crawler.render.reasons import reasons
from crawler.render.words import count, day
from crawler.render.write import write_file
from crawler.settings import Settings
from crawler.show import Exit, Show

Say = Callable[[str], None]
"""Prints one line for people."""


_STDOUT = Path("-")
_AGAIN = "`crawler fix` again"


class FixOrder(Record, frozen=True):
    """What `crawler fix` was asked to do."""

    wish: Wish = Wish()
    apply: bool = False
    """Write the cards."""
    check: bool = False
    """End with 2 if there is something to fix."""
    interactive: bool = False
    """Ask for each change."""
    output: Path | None = None
    """Write the diff into this file; `-` is standard output."""
    reasons: Path | None = None
    """Write what was changed and why into this file, or for each card into this folder; `-` is standard output."""

    @property
    def writes(self) -> bool:
        """Whether cards are written: who says yes to a change means it, unless a file is to have the diff."""
        return self.apply or (self.interactive and self.output is None)


def order_of(options: argparse.Namespace, settings: Settings, *, folder: Path) -> FixOrder:
    """The order that a parsed command line gives; raises NothingToDoError for paths under which there are no cards.

    Raises ConfigError where diff and reasons would share standard output.
    """
    wish = Wish(
        kinds=frozenset(kind for kinds in options.only for kind in kinds) if options.only else frozenset(Repair),
        review=options.all,
        unconfirmed=options.unconfirmed,
        cards=cards_under(settings, options.paths, folder=folder) if options.paths else None,
    )
    order = FixOrder(
        wish=wish,
        apply=options.apply,
        check=options.check,
        interactive=options.interactive,
        output=options.output,
        reasons=options.reasons,
    )
    if order.reasons == _STDOUT and not order.writes and order.output in (None, _STDOUT):
        raise ConfigError("--reasons -: standard output has the diff; name a file, or give --apply or --output FILE")
    return order


def fix(settings: Settings, order: FixOrder, show: Show, say: Say) -> int:
    """Shows or makes the changes that the audits' findings justify; asks nothing. The exit code."""
    with told(settings), open_history(settings) as history:
        basis = Basis(history, settings)
        root = Path(settings.root)
        offer = offer_of(basis.findings(), order.wish, files_in(root))
        if not show.quiet and (rest := basis.told(offer.links)):
            say(rest)

        def evidence(one: Proposal) -> str:
            finding = basis.finding(offer.about[one.path, one.field])
            return explain(finding, colour=show.colour, width=show.width) if finding else ""

        choose = everything
        if order.interactive:
            total = sum(picture_of(one, them) is None for them in offer.proposals.values() for one in them)
            colour = show.colour and sys.stderr.isatty()
            choose = Chooser(sys.stdin, sys.stderr, total=total, evidence=evidence, colour=colour).choose
        account = _Account(say)
        try:
            with _alone(settings, order):
                done = account.kept(repairs(offer, root, choose, apply=order.writes))
                _deliver(done, order, show)
        except KeyboardInterrupt:
            if not show.quiet:
                say(account.interrupted(order))
            return Exit.INTERRUPTED
    if order.reasons is not None:
        _write_reasons(account.taken, order.reasons)
    if not show.quiet:
        for line in account.lines(offer, order):
            say(line)
    if account.failed:
        return Exit.FAILED
    return Exit.FOUND if order.check and account.taken else Exit.CLEAN


def _alone(settings: Settings, order: FixOrder) -> AbstractContextManager[None]:
    return writing_alone(settings) if order.writes else nullcontext()


def _deliver(done: Iterator[Repaired], order: FixOrder, show: Show) -> None:
    """Works through the cards; the diffs go where they are wanted."""
    if order.output is not None and order.output != _STDOUT:
        write_file(order.output, (one.diff for one in done), again=_AGAIN)
        return
    for one in done:
        if order.writes and order.output is None:
            continue
        if sys.stdout.isatty():
            sys.stdout.write(coloured(one.diff, colour=show.colour))
        else:
            sys.stdout.flush()  # what was written as text comes before
            sys.stdout.buffer.write(one.diff)


def _write_reasons(changes: list[Proposal], path: Path) -> None:
    if path == _STDOUT:
        sys.stdout.buffer.write(reasons(changes).encode())
        return
    if not path.is_dir():
        write_file(path, [reasons(changes).encode()], again=_AGAIN)
        return
    for card, group in groupby(changes, key=lambda one: one.path):
        file = path / f"{card.lstrip('/')}.md"
        write_file(file, [reasons(list(group)).encode()], again=_AGAIN)


class _Account:
    """What was done, told when it is all over; trouble is told at once."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self.taken: list[Proposal] = []
        self.failed = False
        self._cards = 0

    def kept(self, done: Iterator[Repaired]) -> Iterator[Repaired]:
        """The same, noted in passing."""
        for one in done:
            if one.trouble is not None:
                self._say(one.trouble)
                self.failed = self.failed or not one.gone
            for refusal in one.refused:
                proposal = refusal.proposal
                self._say(f"{proposal.path}:{proposal.line} {proposal.field}: left as it is: {refusal.because}")
            self._cards += bool(one.taken)
            self.taken += one.taken
            yield one

    def interrupted(self, order: FixOrder) -> str:
        """What there is to say when somebody has had enough."""
        number = len(self.taken) if order.writes else 0
        return f"interrupted; {count(number, 'change') if number else 'nothing'} written"

    def lines(self, offer: Offer, order: FixOrder) -> Iterator[str]:
        """The summary."""
        if self.taken:
            what = f"{count(len(self.taken), 'change')} in {count(self._cards, 'card')}"
            yield f"{what} written" if order.writes else f"{what}; --apply writes {_them(len(self.taken))}"
        elif not self.failed:
            yield "no change was chosen" if order.interactive and offer.proposals else "nothing to fix"
        if offer.waiting and offer.first is not None:
            yield (
                f"{offer.waiting:,} more {_verb(offer.waiting, 'wait')} for another audit, the first from "
                f"{day(offer.first)} on; --unconfirmed shows {_them(offer.waiting)}"
            )
        if offer.review:
            yield f"{offer.review:,} more {_verb(offer.review, 'need')} review; --all shows {_them(offer.review)}"
        if offer.both:
            yield (
                f"{offer.both:,} more {_verb(offer.both, 'wait')} for another audit and {_verb(offer.both, 'need')} "
                f"review; --all --unconfirmed shows {_them(offer.both)}"
            )
        if offer.by_hand:
            yield (
                f"{offer.by_hand:,} more {_verb(offer.by_hand, 'need')} a hand: what is in TOML or JSON, in a block, "
                f"or behind an anchor, an alias or a tag is not edited; the reports show {_them(offer.by_hand)}"
            )


def _verb(number: int, verb: str) -> str:
    return f"{verb}s" if number == 1 else verb


def _them(number: int) -> str:
    return "it" if number == 1 else "them"
