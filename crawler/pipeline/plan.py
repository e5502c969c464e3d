"""Paths in, the links of their cards out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from crawler.cards.filters import Filters
from crawler.cards.find import find
from crawler.cards.links import Collector, Links
from crawler.cards.read import read_card
from crawler.errors import CardError, ConfigError, NothingToDoError
from crawler.model import Link, Record, Unreadable
from crawler.settings import Settings
from crawler.text import printable


class Plan(Record, frozen=True):
    """What a run is about."""

    cards: int
    links: Collection[Link]
    """Sorted by URL; of many, each is made when its turn comes."""
    unreadable: tuple[Unreadable, ...]

    def let_go(self) -> None:
        """Gives back the memory of the links, once a history holds them: most of what a large run takes."""
        if isinstance(self.links, Links):
            self.links.clear()


def plan(settings: Settings, arguments: Sequence[str], *, folder: Path, may_be_empty: bool = False) -> Plan:
    """Reads the cards under `arguments` (default: `cards.paths`) as seen from `folder`.

    Raises NothingToDoError if there are none, or no links in them, unless the plan `may_be_empty`; ConfigError for a
    `site_root` that is no folder.
    """
    root = Path(settings.root)
    if not (root / settings.cards.site_root).is_dir():
        raise ConfigError(
            f"[cards] site_root: {settings.cards.site_root!r} is no folder beside {settings.source or root}; "
            "every file of the site would seem to be missing"
        )
    filters = Filters(settings.audit, root, settings.hosts)
    collector = Collector(settings.cards, filters, beside=(settings.fix.archive_field,))
    unreadable = []
    cards = 0
    for path in find(arguments, root=root, folder=folder, settings=settings.cards):
        try:
            card = read_card(path, root=root)
        except CardError as error:
            unreadable.append(Unreadable(path=error.path, line=error.line, because=printable(error.because)))
            continue
        if card is not None:
            cards += 1
            collector.add(card)
    where = ", ".join(arguments) or f"[cards] paths = {list(settings.cards.paths)}"
    if cards == 0 and not unreadable and not may_be_empty:
        raise NothingToDoError(
            f"no cards under {where}; a card is a .md, .markdown or .html file that begins with front matter (---). "
            + ("Name files, folders or globs, or set [cards] paths in config.toml" if settings.source else _FIRST)
        )
    links = collector.links()
    if not links and not unreadable and not may_be_empty:
        raise NothingToDoError(
            f"{cards} cards under {where}, but no links in them; which fields hold links is set in [cards.fields]"
        )
    return Plan(cards=cards, links=links, unreadable=tuple(unreadable))


_FIRST = "Name files, folders or globs; or start `crawler init` in the folder of the site: it looks where the cards are"


def dump(planned: Plan, *, every_place: bool) -> Iterator[str]:
    """One line for each link, or for each place: URL, kind, place, field, and why it would not be asked."""
    for link in planned.links:
        for place in link.places if every_place else link.places[:1]:
            why = place.excluded or link.excluded or link.invalid or ""
            cells = (link.url, place.kind, f"{place.path}:{place.line}:{place.column}", place.field, why)
            yield "\t".join(printable(cell, 10_000) for cell in cells)
