"""The records, in the order in which they flow; no behaviour beyond what a record knows of itself.

Every record is frozen, hashable and picklable, and made of records, tuples and scalars only. What happened
(`Observation`), what we think (`Verdict`) and what we would change (`Proposal`) are separate records.
Times are aware UTC datetimes, durations are seconds, sizes are bytes unless a docstring says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from enum import StrEnum

import msgspec


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Base of all records. Structs, not dataclasses: they are stored and sent as JSON a hundred thousand at a time.

    Made of records, tuples and scalars, they form no cycles, and the collector need not look at them: a twentieth of
    the time of judging, and 16 bytes each.
    """


# ---- cards -------------------------------------------------------------------------------------------------------


class Style(StrEnum):
    """How a scalar is written in its card."""

    PLAIN = "plain"
    SINGLE = "single"
    DOUBLE = "double"
    LITERAL = "literal"
    FOLDED = "folded"


class Slot(Record, frozen=True):
    """One scalar of a card's front matter."""

    route: str
    """Where it hangs, such as `related[0].images[0].url`; a dot or bracket within a key is not escaped."""
    value: str
    """The decoded text, not yet a date or number: `2021-06-22T02:10:00Z`, `true`, `1280`."""
    start: int
    """First byte of the scalar in the file, quote included (byte offset into `Card.raw`; -1 in TOML and JSON)."""
    end: int
    """The byte after the scalar."""
    line: int
    """Counted from 1."""
    column: int
    """Counted from 1, in characters."""
    style: Style
    splicable: bool
    """False for what must not be edited in place: aliases, anchors, tags, block scalars, TOML and JSON."""
    key_start: int = -1
    """First byte of the key that stands before it; -1 in a list or in brackets, and where it is not splicable."""


class Card(Record, frozen=True):
    """One card file, read."""

    path: str
    """Relative to the root (the config's folder), forward slashes; absolute if outside."""
    raw: bytes
    digest: str
    """SHA-256 of `raw`, hexadecimal."""
    slots: tuple[Slot, ...]
    """In the order of the file."""
    body_start: int
    """Byte offset of what follows the closing fence."""


class Claims(Record, frozen=True):
    """What a card says of the thing behind a link: what a verdict that depends on the card is held against."""

    title: str | None = None
    excerpt: str | None = None
    published: str | None = None
    page_url: str | None = None
    """The `webUrl` beside the link, as written (for images and AMP)."""
    amp_url: str | None = None
    """The `ampWebUrl` beside the link, as written (for pages and AMP caches)."""
    width: int | None = None
    height: int | None = None
    cached: bool = False
    """`isCached: true` stands beside an image: the site serves its own copy."""
    updated: str | None = None
    provider: str | None = None
    """The name of the site, as the card has it."""
    bare: bool = False
    """For a main link: its card has no picture of its own."""
    flags: tuple[tuple[str, str], ...] = ()
    """(field, value) of what says that the card, or the entry of `related[]`, is on the site or not."""
    main: bool = False
    """This link is what its card is about: its `webUrl`, or `originalUrl` where there is none."""
    lines: tuple[tuple[str, int], ...] = ()
    """(field of the same card level as its full route, its line), of what a repair may change beside the link."""


class Kind(StrEnum):
    """What a link should lead to; the order is the precedence when places differ."""

    PAGE = "page"
    AMP = "amp"
    AMP_CACHE = "amp_cache"
    IMAGE = "image"


class Place(Record, frozen=True):
    """Where a link stands."""

    path: str
    line: int
    column: int
    field: str
    """The slot's route."""
    written: str
    """The decoded scalar, fragment included."""
    kind: Kind
    claims: Claims = Claims()
    excluded: str | None = None
    """Why this place does not count (`removed: true`, `exclude …`), or None."""
    by_hand: bool = False
    """Its card has front matter in TOML or JSON, which is read and not edited."""
    fixed: tuple[str, ...] = ()
    """Of the fields that a repair may change, those written in a way that is not edited; see `Slot.splicable`."""


class Link(Record, frozen=True):
    """One distinct URL and all its places."""

    url: str
    """As a browser would ask for it, without the fragment; what is not a URL stands as it was written."""
    kind: Kind
    places: tuple[Place, ...]
    asset: str | None = None
    """The file, relative to the root, where the link is a copied file of the site itself."""
    invalid: str | None = None
    """Why this is no URL that can be asked."""
    excluded: str | None = None
    """Why the link is not asked, when every place is excluded or a filter says so."""


UNREADABLE = "unreadable"
"""What reports and --fail-on call cards that could not be read."""


class Unreadable(Record, frozen=True):
    """A card that could not be read."""

    path: str
    line: int
    because: str


# ---- what is asked, and what happened ------------------------------------------------------------------------------


class Purpose(StrEnum):
    """Why a URL is asked."""

    LINK = "link"
    ASSET = "asset"
    CONTROL = "control"
    SIBLING = "sibling"
    CANDIDATE = "candidate"
    HTTPS = "https"
    CLEAN = "clean"
    ARCHIVE = "archive"
    OEMBED = "oembed"


class Want(StrEnum):
    """How much of a body is worth reading."""

    PAGE = "page"
    IMAGE = "image"
    IMAGE_HEAD = "image_head"  # type and size only; how an image is read whose length is as known
    STATUS = "status"
    DATA = "data"  # a short text for programs, kept whole
    ROBOTS = "robots"


class Request(Record, frozen=True):
    """One URL to ask, with what it is asked for."""

    url: str
    want: Want
    purpose: Purpose = Purpose.LINK
    headers: tuple[tuple[str, str], ...] = ()
    """Sent to the first origin only, such as validators."""
    known_length: int | None = None
    """Bytes of the image when it was last decoded: if the answer announces as many, its head is enough."""


class Question(Record, frozen=True):
    """A second question, asked on behalf of `about` before it can be judged or repaired."""

    request: Request
    about: str


class Hop(Record, frozen=True):
    """One redirecting answer."""

    url: str
    status: int
    fragment: str = ""
    """What its Location has behind a #: where within the page it leads."""


class FailureKind(StrEnum):
    """Why no answer came. The text after the comment sign is the layer that failed."""

    DNS_NOT_FOUND = "dns_not_found"  # dns: the resolver says that the name does not exist
    DNS_TEMPORARY = "dns_temporary"  # dns: the resolver could not tell
    UNSAFE_ADDRESS = "unsafe_address"  # guard: an address that must not be contacted
    CONNECT_REFUSED = "connect_refused"  # tcp
    CONNECT_FAILED = "connect_failed"  # tcp: unreachable, or any other error before a connection stood
    CONNECT_TIMEOUT = "connect_timeout"  # tcp
    TLS_EXPIRED = "tls_expired"  # tls: outside the certificate's dates
    TLS_WRONG_HOST = "tls_wrong_host"  # tls: the certificate names other hosts
    TLS_SELF_SIGNED = "tls_self_signed"  # tls: signed by itself or by an untrusted root
    TLS_INCOMPLETE_CHAIN = "tls_incomplete_chain"  # tls: the intermediate certificate was not sent
    TLS_FAILED = "tls_failed"  # tls: any other handshake failure
    RESET = "reset"  # http: the connection was closed before or within the answer
    TRUNCATED = "truncated"  # http: fewer bytes than were announced
    TIMEOUT = "timeout"  # http: no complete answer within the time
    PROTOCOL = "protocol"  # http: what came is not HTTP, or breaks a limit
    BAD_ENCODING = "bad_encoding"  # http: the body does not decompress
    REDIRECT_LOOP = "redirect_loop"  # redirects: an address twice
    TOO_MANY_REDIRECTS = "too_many_redirects"  # redirects
    BAD_REDIRECT = "bad_redirect"  # redirects: a Location that leads nowhere
    PROXY = "proxy"  # our side: the proxy refuses or fails
    DEFERRED = "deferred"  # our side: the host asks for a longer wait than the run has
    ROBOTS_DISALLOWED = "robots_disallowed"  # our side: robots.txt forbids the question


class Answered(Record, frozen=True, tag="answered"):
    """The last answer of a redirect chain."""

    url: str
    """The URL that gave it."""
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    """Lower-case names, in order, of what can be evidence; a repeated name stands repeatedly."""

    def header(self, name: str) -> str | None:
        """The first value of the lower-case header `name`."""
        return next((value for key, value in self.headers if key == name), None)


class Failure(Record, frozen=True, tag="failure"):
    """No answer."""

    kind: FailureKind
    detail: str
    """For people; printable."""
    url: str
    """The URL of the hop that failed."""
    wait: float | None = None
    """For DEFERRED: the seconds that the host asked for."""


class Fetched(Record, frozen=True):
    """What the network seam returns for one request: the outcome, how it was reached, and the body's first bytes."""

    outcome: Answered | Failure
    hops: tuple[Hop, ...] = ()
    body: bytes = b""
    """Decoded (decompressed) bytes, as many as were wanted."""
    complete: bool = True
    """False if the body goes on after `body`."""
    received: int = 0
    """Body bytes as they came over the wire, all hops and attempts."""
    length: int | None = None
    """Content-Length of an unencoded body."""
    requests: int = 0
    """Requests sent, hops and retries included."""
    attempts: int = 1
    """Tries of the hop that was tried most."""
    elapsed: float = 0.0
    """From the first byte sent to the last byte read, waiting for turns left out."""


class Page(Record, frozen=True):
    """What a page says of itself; None where it says nothing."""

    title: str | None = None
    description: str | None = None
    image: str | None = None
    image_width: int | None = None
    image_height: int | None = None
    image_alt: str | None = None
    url: str | None = None
    site_name: str | None = None
    published: str | None = None
    modified: str | None = None
    author: str | None = None
    lang: str | None = None
    amphtml: str | None = None
    favicon: str | None = None
    images: tuple[str, ...] = ()
    """Every declared share image, best first."""
    is_amp: bool = False
    """The root element is marked as AMP."""
    canonical: str | None = None
    """As declared, made absolute."""
    rules: tuple[tuple[str, str], ...] = ()
    """(field, name of the rule that found it)."""


class Features(Record, frozen=True):
    """What of a page's shape a verdict may rest on."""

    heading: str = ""
    """The `<title>` of the head."""
    h1: tuple[str, ...] = ()
    lead: str = ""
    """The first 200 characters of visible text of the main part."""
    prose: int = 0
    """Characters in paragraphs of more than 80 characters."""
    visible: int = 0
    """Characters of visible text; of a page with much running text, that text only."""
    body_class: str = ""
    password: bool = False
    """A password input stands in the page."""
    noindex: bool = False
    refresh: str | None = None
    """Target, absolute, of an immediate meta refresh outside comments and noscript, or of a page that is but a script
    which goes there."""
    paywall: bool = False
    """The page says in JSON-LD that it is not free to read (schema.org, `isAccessibleForFree`)."""


class Image(Record, frozen=True):
    """What the bytes behind an image URL are."""

    format: str | None = None
    """`jpeg`, `png`, `gif`, `webp`, `avif`, `heic`, `jxl`, `svg`, `bmp`, `ico`, `tiff`; None: no image known here."""
    width: int | None = None
    """Pixels as displayed (orientation applied)."""
    height: int | None = None
    bytes: int | None = None
    """Size of the whole file, None if unknown."""
    animated: bool = False
    media: str | None = None
    """What the bytes are if they are no image: `html`, `json`, `text`, `pdf`, …"""
    broken: str | None = None
    """Why the image does not decode, or None."""
    suspicious: str | None = None
    """Why a sound image is no picture for a card, or None."""
    thumbnail: str | None = None
    """A WebP of at most 160 x 120 pixels in base64, where a report shows the picture; None for all others."""


class Observation(Record, frozen=True):
    """What happened when a URL was asked once, with the evidence needed to judge it later."""

    url: str
    purpose: Purpose
    asked_at: datetime
    outcome: Answered | Failure
    hops: tuple[Hop, ...] = ()
    attempts: int = 1
    requests: int = 1
    elapsed: float = 0.0
    received: int = 0
    complete: bool = True
    page: Page | None = None
    features: Features | None = None
    image: Image | None = None
    digest: str | None = None
    """SHA-256 of a body that was read whole."""
    revalidated: int = 0
    """How many times in a row a 304, or the head of an image of the same length, has carried these facts over."""
    sample: str = ""
    """Up to 16,384 characters of the body of a small page, where walls, parking and soft 404s live; or of data."""


# ---- what we think ---------------------------------------------------------------------------------------------------


class Health(StrEnum):
    """What a verdict means for the maintainer; the order is from worst to best."""

    UNSAFE = "unsafe"
    BROKEN = "broken"
    FAILING = "failing"
    NOTICE = "notice"
    UNVERIFIABLE = "unverifiable"
    SKIPPED = "skipped"
    HEALTHY = "healthy"


class Code(StrEnum):
    """The verdicts; `health` tells what each means."""

    PARKED = "parked"
    USURPED = "usurped"
    NOT_FOUND = "not_found"
    GONE = "gone"
    DNS_GONE = "dns_gone"
    HOST_GONE = "host_gone"
    SOFT_404 = "soft_404"
    REDIRECT_GENERIC = "redirect_generic"
    WRONG_TYPE = "wrong_type"
    IMAGE_BROKEN = "image_broken"
    ASSET_MISSING = "asset_missing"
    INVALID_URL = "invalid_url"
    SERVER_ERROR = "server_error"
    TIMEOUT = "timeout"
    CONNECT_FAILED = "connect_failed"
    DNS_TEMPORARY = "dns_temporary"
    TLS_INVALID = "tls_invalid"
    REDIRECT_LOOP = "redirect_loop"
    DRIFTED = "drifted"
    TLS_INCOMPLETE_CHAIN = "tls_incomplete_chain"
    IMAGE_SIZE_MISMATCH = "image_size_mismatch"
    IMAGE_SUSPICIOUS = "image_suspicious"
    AMP_DROPPED = "amp_dropped"
    AMP_MISMATCH = "amp_mismatch"
    BLOCKED = "blocked"
    RATE_LIMITED = "rate_limited"
    AUTH_REQUIRED = "auth_required"
    CONSENT_WALL = "consent_wall"
    LEGAL_BLOCK = "legal_block"
    ROBOTS_DISALLOWED = "robots_disallowed"
    EXCLUDED = "excluded"
    UNSAFE_ADDRESS = "unsafe_address"
    DEFERRED = "deferred"
    OFFLINE = "offline"
    PAYWALLED = "paywalled"
    REDIRECTED = "redirected"
    MOVED = "moved"
    OK = "ok"

    @property
    def health(self) -> Health:
        """What this verdict means."""
        return _HEALTH[self]


_CODES: dict[Health, str] = {
    Health.UNSAFE: "parked usurped",
    Health.BROKEN: "not_found gone dns_gone host_gone soft_404 redirect_generic wrong_type image_broken asset_missing "
    "invalid_url",
    Health.FAILING: "server_error timeout connect_failed dns_temporary tls_invalid redirect_loop",
    Health.NOTICE: "drifted tls_incomplete_chain image_size_mismatch image_suspicious amp_dropped amp_mismatch",
    Health.UNVERIFIABLE: "blocked rate_limited auth_required consent_wall legal_block robots_disallowed",
    Health.SKIPPED: "excluded unsafe_address deferred offline",
    Health.HEALTHY: "paywalled redirected moved ok",
}
_HEALTH: dict[Code, Health] = {Code(code): health for health, codes in _CODES.items() for code in codes.split()}


class State(StrEnum):
    """A link's past."""

    NEW = "new"
    STILL = "still"
    CONFIRMED = "confirmed"
    FLAKY = "flaky"
    RECOVERED = "recovered"
    STEADY = "steady"


class Verdict(Record, frozen=True):
    """What we think of one link."""

    code: Code
    rule: str
    """Name of the row that decided."""
    because: str
    """One sentence with the evidence; printable."""
    confidence: float = 0.0
    """That the link is dead for its readers, 0 to 1, by this one verdict: 0 for what is healthy or cannot be told."""


class Vote(Record, frozen=True, array_like=True):
    """What an earlier run thought of a link; read from rows of the database, hence like an array."""

    asked_at: datetime
    code: Code


class Picture(Record, frozen=True):
    """What an image looks like, small."""

    url: str
    thumbnail: str
    """As `Image.thumbnail`."""


class Disposition(StrEnum):
    """Whether a change can be merged as it stands."""

    SAFE = "safe"
    REVIEW = "review"


class Repair(StrEnum):
    """The kinds of proposals."""

    REDIRECT = "redirect"  # the address that a link has moved to for good, or without its tracking parameters
    HTTPS = "https"  # the same page, asked for safely
    IMAGE = "image"  # another picture, or the real size of the one that is there
    AMP = "amp"  # an AMP address that the publisher has dropped or changed
    ARCHIVE = "archive"  # an archive's copy of a dead page
    METADATA = "metadata"  # title, excerpt, dates and the site's name, as the page has them
    MARK_DEAD = "mark_dead"  # the card of a dead page is taken off the site


class Proposal(Record, frozen=True):
    """One change to one field of one card."""

    path: str
    line: int
    field: str
    old: str
    new: str | None
    """None: remove the field."""
    kind: Repair
    disposition: Disposition
    rule: str
    """Name of the row that proposes it."""
    because: str
    """One sentence with the evidence; printable."""
    waits_until: datetime | None = None
    """It waits for another run, on or after this moment, that sees the same; None: it is settled."""


class Edit(Record, frozen=True):
    """One change to the bytes of a card."""

    start: int
    """First byte that is replaced."""
    end: int
    """The byte after the last."""
    before: bytes
    """What must stand there."""
    after: bytes
    field: str


class Patch(Record, frozen=True):
    """The changes to one card, in the order of the file; they do not overlap."""

    path: str
    digest: str
    """SHA-256, hexadecimal, of the card that the edits are for."""
    edits: tuple[Edit, ...]


# ---- what is reported ------------------------------------------------------------------------------------------------


class Change(StrEnum):
    """A reported link against the last run that asked it."""

    NEW = "new"
    STILL = "still"
    FIXED = "fixed"


class Known(Record, frozen=True):
    """That a problem is known: an entry of the baseline."""

    reason: str
    owner: str
    expires: date
    """The last day on which the entry holds."""
    expired: bool = False
    """It holds no more, and the finding counts again."""


class Finding(Record, frozen=True):
    """One link with everything known of it; a link has one finding, healthy or not."""

    link: Link
    observation: Observation | None
    """None for what was not asked."""
    verdict: Verdict
    """The worst of the link's own and its places'."""
    place_verdicts: tuple[Verdict | None, ...]
    """One for each of `link.places`; None where nothing depends on the card."""
    state: State
    since: datetime
    before: Code | None = None
    """The verdict when the link was last asked in an earlier run."""
    change: Change | None = None
    """Against that run; None where there is nothing to report in either."""
    baseline: Known | None = None
    """The problem is known; unless that has expired, it does not count for the exit code."""
    proposals: tuple[Proposal, ...] = ()
    votes: tuple[Vote, ...] = ()
    """What earlier runs thought of the link, newest first."""
    pictures: tuple[Picture, ...] = ()
    """Images that may take the place of the link's own."""
    answers: tuple[Observation, ...] = ()
    """To second questions, where one link is explained; reports go without."""


class HostRow(Record, frozen=True):
    """A host that failed as a whole."""

    host: str
    verdict: Code
    because: str
    links: int


class Hint(Record, frozen=True):
    """What the user may change so that the next run can tell more; its texts are printable."""

    rule: str
    """Name of the row that gave it."""
    because: str
    """What was seen."""
    do: str
    config: tuple[str, ...]
    """Lines of config.toml that do it."""


class RunFacts(Record, frozen=True):
    """One run."""

    id: str
    started: datetime
    finished: datetime
    version: str
    cards: int
    links: int
    requests: int
    received: int
    """Body bytes received."""
    void: bool = False
    void_because: str | None = None


class RunLine(Record, frozen=True):
    """One stored run in a list of runs."""

    run: RunFacts
    ended: str
    """`complete`, `interrupted`, `out of time`, `offline` or `void`; `not finished` while under way, or if killed."""
    health: tuple[tuple[str, int], ...]
    """(health, links asked in this run that were judged so), every health in its order."""


class PastLine(Record, frozen=True):
    """One observation of a link in its past."""

    run: str
    """The run's id."""
    observation: Observation
    verdict: Verdict
    """What the rules of today make of it alone, without its past."""


class Summary(Record, frozen=True):
    """Counts: (value, links), every value of the enum in its order, zeros included."""

    health: tuple[tuple[str, int], ...]
    verdict: tuple[tuple[str, int], ...]
    state: tuple[tuple[str, int], ...]
    change: tuple[tuple[str, int], ...]
    """`new`, `still`, `fixed` against the run before."""


class RunReport(Record, frozen=True):
    """What a renderer gets."""

    run: RunFacts
    summary: Summary
    findings: Callable[[], Iterator[Finding]]
    """Iterates the findings again, sorted by URL; no renderer needs to hold them all."""
    hosts: tuple[HostRow, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    known: tuple[tuple[str, int], ...] = ()
    """(health, verdict or state, findings that a baseline entry covers): they do not count for the exit code."""
    past: tuple[RunLine, ...] = ()
    """Earlier runs that mean something, oldest first; no more than a chart shows."""
    hints: tuple[Hint, ...] = ()
    """What to change in the settings, most important first."""
    line_of: Callable[[str, int], str | None] = lambda _path, _line: None
    """The text of one line of a card as it is now, without its end; None if it cannot be read."""


class Turn(StrEnum):
    """How a link stands in one run against another."""

    NEW = "new"  # a problem now, and none then
    CHANGED = "changed"  # another verdict
    FIXED = "fixed"  # a problem then, healthy now
    GONE = "gone"  # a problem then, on no card of the run now
    STILL = "still"  # the same problem


class Turned(Record, frozen=True):
    """One link that stands otherwise than in another run."""

    turn: Turn
    finding: Finding
    """The link as this run has it; what is gone, as the other had it."""
    before: Finding | None
    """As the other run had it; None if it was on no card then."""


class Difference(Record, frozen=True):
    """One run held against another: what a renderer of differences gets."""

    run: RunFacts
    against: RunFacts
    counts: tuple[tuple[str, int], ...]
    """(turn, links), every turn in its order, zeros included."""
    rows: Callable[[], Iterator[Turned]]
    """Iterates what differs again, sorted by URL; what is still the same is only counted."""
    unreadable: tuple[Unreadable, ...] = ()
    """Cards that could not be read in this run and could in the other, or were not there."""
