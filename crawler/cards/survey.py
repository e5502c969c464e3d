"""A folder in, what its cards look like out: where they lie, how many links they hold, which other fields hold some."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from msgspec.structs import replace

from crawler import fields
from crawler.cards import yaml_slots
from crawler.cards.bounds import MAX_FRONT_MATTER, MalformedError
from crawler.cards.filters import IGNORE_FILE, Filters
from crawler.cards.find import find
from crawler.cards.links import Collector, places_of
from crawler.cards.read import read_card
from crawler.errors import CardError
from crawler.model import Card, Kind, Link, Record
from crawler.settings import AuditSettings, CardSettings
from crawler.text import printable
from crawler.urls import address_of, canonical, host_of, split

JEKYLL = "_config.yml"
ROOTS = (".", "static", "public", "source", "src")
"""Where generators keep what they copy: Jekyll at the top, Hugo, Eleventy and Hexo in a folder of its own."""
FOREIGN = frozenset(("node_modules", "vendor"))
"""Other people's files; Jekyll leaves them out by default too."""
MOST_PATTERNS = 10_000
"""Fields counted; a tree with more has keys that are data."""


class Collection(Record, frozen=True):
    """Cards of one suffix in one folder and below."""

    folder: str
    """Relative to the root, forward slashes; empty for files in the root itself."""
    suffix: str
    cards: int


class OtherField(Record, frozen=True):
    """A field that holds addresses and is in no row."""

    pattern: str
    kind: Kind
    """A guess from the values and the name."""
    cards: int


class Survey(Record, frozen=True):
    """What a folder holds."""

    collections: tuple[Collection, ...] = ()
    """Only those with links; sorted."""
    cards: int = 0
    unreadable: int = 0
    links: int = 0
    """Distinct, and to be asked or looked up."""
    hosts: tuple[tuple[str, int], ...] = ()
    """(host, links to ask there), most first."""
    others: tuple[OtherField, ...] = ()
    """Most cards first."""
    unpublished: int = 0
    """Cards with `published: false`."""
    site_url: str = ""
    site_url_because: str = ""
    """Why there is none though `_config.yml` is there."""
    site_root: str = "."
    ignored: int | None = None
    """Patterns in .lycheeignore, None without that file."""


def survey(root: Path) -> Survey:
    """Reads every card below `root` once; hidden and git-ignored files are left out, as in an audit.

    Raises ConfigError for a .lycheeignore that cannot be used, CrawlerError for a folder that cannot be read.
    """
    site_url, because = site_url_of(root)
    settings = CardSettings(site_url=site_url)
    collector = Collector(settings, Filters(AuditSettings(), root))
    seen = _Seen()
    for path in find((), root=root, folder=root, settings=CardSettings(paths=(".",))):
        if FOREIGN & set(path.relative_to(root).parts):
            continue
        try:
            card = read_card(path, root=root)
        except CardError as error:
            seen.unreadable[collection_of(error.path)] += 1
            continue
        if card is not None:
            seen.add(card, settings)
            collector.add(card)
    links = [link for link in collector.links() if link.excluded is None]
    hosts = Counter(host_of(link.url) for link in links if link.asset is None and link.invalid is None)
    return replace(
        seen.survey(),
        links=len(links),
        hosts=tuple(sorted(hosts.items(), key=lambda item: (-item[1], item[0]))),
        site_url=site_url,
        site_url_because=because,
        site_root=_site_root(root, links),
        ignored=_ignored(root),
    )


def collection_of(path: str) -> tuple[str, str]:
    """(folder, suffix) of the collection that the card at `path` belongs to.

    The folder is the first whose name starts with an underscore, as Jekyll's collections do, else the one at the top.
    """
    pure = PurePosixPath(path)
    folders = pure.parts[:-1]
    first = next((index for index, name in enumerate(folders) if name.startswith("_")), 0)
    return "/".join(folders[: first + 1]), pure.suffix


class _Seen:
    """What has been seen of the cards so far."""

    def __init__(self) -> None:
        self.unreadable: Counter[tuple[str, str]] = Counter()
        self._cards: Counter[tuple[str, str]] = Counter()
        self._unpublished: Counter[tuple[str, str]] = Counter()
        self._linked: set[tuple[str, str]] = set()
        self._others: Counter[str] = Counter()
        self._pictures: defaultdict[str, int] = defaultdict(int)
        self._kind_of = fields.look_up(fields.FIELDS)

    def add(self, card: Card, settings: CardSettings) -> None:
        collection = collection_of(card.path)
        self._cards[collection] += 1
        self._unpublished[collection] += any(
            slot.route == "published" and slot.value.lower() in ("false", "no", "off") for slot in card.slots
        )
        others = dict(_others(card))
        if others or any(True for _ in places_of(card, kind_of=self._kind_of, settings=settings)):
            self._linked.add(collection)
        for pattern, picture in others.items():
            if pattern in self._others or len(self._others) < MOST_PATTERNS:
                self._others[pattern] += 1
                self._pictures[pattern] += picture

    def survey(self) -> Survey:
        """Of the collections that hold links."""
        folders = {(folder, "") for folder, _ in self._linked}  # of which some below cannot be read
        return Survey(
            collections=tuple(
                Collection(folder=folder, suffix=suffix, cards=self._cards[folder, suffix])
                for folder, suffix in sorted(self._linked)
            ),
            cards=sum(self._cards[collection] for collection in self._linked),
            unreadable=sum(self.unreadable[collection] for collection in self._linked | folders),
            others=tuple(
                OtherField(
                    pattern=pattern,
                    kind=Kind.IMAGE if 2 * self._pictures[pattern] > cards else Kind.PAGE,
                    cards=cards,
                )
                for pattern, cards in sorted(self._others.items(), key=lambda item: (-item[1], item[0]))
            ),
            unpublished=sum(self._unpublished[collection] for collection in self._linked),
        )


_ADDRESS = re.compile(r"https?://[^\s/]+\.[^\s/]+\S*", re.IGNORECASE)
_PICTURE = re.compile(r"\.(?:apng|avif|bmp|gif|jpe?g|png|svg|webp)(?:[?#]|$)", re.IGNORECASE)
_PICTURE_NAME = re.compile(r"image|img|photo|picture|logo|icon|thumb|cover|avatar|banner|teaser", re.IGNORECASE)


def _others(card: Card) -> Iterator[tuple[str, bool]]:
    """(pattern, whether it looks like a picture) of every field of no row that holds an address."""
    for slot in card.slots:
        value = slot.value.strip()
        own_picture = value.startswith("/") and _PICTURE.search(value) is not None
        if not (own_picture or _ADDRESS.fullmatch(value)) or fields.kind_of(slot.route, fields.FIELDS):
            continue
        pattern = fields.pattern_of(slot.route).removeprefix(fields.NESTED)
        key = pattern.removesuffix("[]").removesuffix(".url").rpartition(".")[2]
        yield pattern, own_picture or bool(_PICTURE.search(value) or _PICTURE_NAME.search(key))


def site_url_of(root: Path) -> tuple[str, str]:
    """(where Jekyll's configuration says that the site is served, why that is not known); either is empty."""
    try:
        with (root / JEKYLL).open("rb") as file:
            text = file.read(MAX_FRONT_MATTER).decode("utf-8-sig")
        slots = {slot.route: slot.value.strip() for slot in yaml_slots.slots_of(text, 0)}
    except FileNotFoundError:
        return "", ""
    except (OSError, UnicodeDecodeError, MalformedError) as error:
        because = error.because if isinstance(error, MalformedError) else str(error)
        return "", f"it cannot be read: {printable(because, 200)}"
    url, base = slots.get("url", ""), slots.get("baseurl", "").strip("/")
    if not url:
        return "", "it has no url"
    try:
        found = canonical(f"{url.rstrip('/')}/{base}").rstrip("/")
    except ValueError as error:
        return "", f"its url is no web address: {printable(str(error), 200)}"
    host = host_of(found)
    if "." not in host or address_of(host) is not None or split(found).username is not None:
        return "", f"its url, {printable(url, 100)}, is not the site's public address"
    return found, ""


def _site_root(root: Path, links: list[Link]) -> str:
    """The folder of ROOTS in which most of the cards' own files lie."""
    assets = [link.asset for link in links if link.asset is not None][:500]
    hits = {name: sum((root / name / asset).is_file() for asset in assets) for name in ROOTS}
    return max(ROOTS, key=lambda name: hits[name])  # of equals the first


def _ignored(root: Path) -> int | None:
    try:
        lines = (root / IGNORE_FILE).read_text(encoding="utf-8-sig").split("\n")
    except FileNotFoundError:
        return None
    return sum(1 for line in lines if line.strip() and not line.startswith("#"))
