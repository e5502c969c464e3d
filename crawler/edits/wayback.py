"""An address and a day in, what the Wayback Machine is asked out; its answers in, nothing but timestamps out.

Whatever it says is somebody else's word: of its JSON and of the addresses that it redirects to, 14 digits and a digest
are read, never an address. What comes of a capture is judged as if its page had just answered at its own address.
https://github.com/internetarchive/wayback/tree/master/wayback-cdx-server, https://archive.org/help/wayback_api.php
"""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

import msgspec

from crawler.model import Answered, Failure, FailureKind, Hop, Observation, Purpose, Record, Request, Want
from crawler.urls import canonical, host_of, split

INDEX = "https://web.archive.org/cdx/search/cdx"
"""Lists captures."""
AVAILABLE = "https://archive.org/wayback/available"
"""Names one capture; says now and then that there is none of what is archived (akamhy/waybackpy#154)."""
REPLAY = "https://web.archive.org/web/"
ROWS = 10
"""Captures that are listed: the nearest."""

_TIMESTAMP = re.compile(r"(?:199\d|20\d\d)\d{10}", re.ASCII)
_REPLAYED = re.compile(r"https?://web\.archive\.org(?::\d+)?/web/(\d{14})(?:[a-z]{2}_)?/(.+)", re.ASCII)
_PORT_80 = re.compile(r"^(http://[^/?#@\[\]:]+):80(?=[/?#]|$)")
_REFUSALS = (FailureKind.DEFERRED, FailureKind.CONNECT_REFUSED, FailureKind.CONNECT_TIMEOUT)
_EXCLUDED = "AccessControlException"
"""What the index says, with a 403, of a site that does not want to be archived (internetarchive/wayback#168)."""


class Capture(Record, frozen=True):
    """One copy that the archive names."""

    timestamp: str
    """14 digits: year to second, UTC."""
    digest: str = ""
    """Equal for captures of the same bytes; empty if not told."""

    @property
    def at(self) -> datetime:
        """When it was taken."""
        return datetime.strptime(self.timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


# ---- what is asked -------------------------------------------------------------------------------------------------


def index_request(url: str, day: date | None) -> Request:
    """The captures that answered 200, nearest to `day` first; without a day, the newest."""
    query = {"url": url, "output": "json", "fl": "timestamp,statuscode,digest", "filter": "statuscode:200"}
    if day is None:
        query["limit"] = str(-ROWS)  # from the end
    else:
        query |= {"closest": f"{day:%Y%m%d}", "sort": "closest", "limit": str(ROWS)}
    return _request(f"{INDEX}?{urlencode(query)}", Want.DATA)


def availability_request(url: str, day: date | None) -> Request:
    """The one capture nearest to `day`, or the newest."""
    query = {"url": url} | ({} if day is None else {"timestamp": f"{day:%Y%m%d}"})
    return _request(f"{AVAILABLE}?{urlencode(query)}", Want.DATA)


def replay_request(url: str, capture: Capture, want: Want = Want.PAGE) -> Request:
    """The bytes of a capture as they were, without the archive's banner (`id_`)."""
    return _request(f"{REPLAY}{capture.timestamp}id_/{_without_port(url)}", want)


def _request(url: str, want: Want) -> Request:
    return Request(url=url, want=want, purpose=Purpose.ARCHIVE)


def address_of(url: str, timestamp: str, *, image: bool = False) -> str:
    """Where readers see the copy of `url` that was taken at `timestamp`; of an image, the image itself (`im_`)."""
    return f"{REPLAY}{timestamp}{'im_' if image else ''}/{_without_port(url)}"


def _without_port(url: str) -> str:
    return _PORT_80.sub(r"\1", url)


def can_be_looked_up(url: str) -> bool:
    """Whether to ask for copies: not of the archive's own pages, nor of addresses that hold a password."""
    return not host_of(url).endswith("archive.org") and "@" not in split(url).netloc


# ---- what it answers -----------------------------------------------------------------------------------------------


def status_of(observation: Observation) -> int | None:
    """The status of an answer; None if there was none."""
    return observation.outcome.status if isinstance(observation.outcome, Answered) else None


def wants_peace(observation: Observation) -> bool:
    """Whether the archive refused us, so that no more is asked of it in this run."""
    outcome = observation.outcome
    return outcome.kind in _REFUSALS if isinstance(outcome, Failure) else outcome.status == 429


def listed(observation: Observation) -> tuple[Capture, ...] | None:
    """The captures that the index lists, in its order; None if it said nothing that can be understood."""
    if status_of(observation) == 403 and _EXCLUDED in observation.sample:
        return ()
    rows = _data(observation)
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        return None
    if not rows:
        return ()
    head, *rest = rows
    found = (dict(zip(map(str, head), row, strict=False)) for row in rest)
    return tuple(
        capture
        for row in found
        if row.get("statuscode", "200") == "200"
        and (capture := _capture(row.get("timestamp"), row.get("digest"))) is not None
    )


def offered(observation: Observation) -> tuple[Capture, ...] | None:
    """The one capture that the availability API names, if any; None if it said nothing that can be understood."""
    answer = _data(observation)
    snapshots = answer.get("archived_snapshots") if isinstance(answer, dict) else None
    if not isinstance(snapshots, dict):
        return None
    closest = snapshots.get("closest")
    if not isinstance(closest, dict) or closest.get("status") != "200" or closest.get("available") is not True:
        return ()
    capture = _capture(closest.get("timestamp"), None)
    return (capture,) if capture else ()


def replayed(observation: Observation) -> tuple[Capture, Observation] | None:
    """The capture that was shown, and what its page answered, as if at its own address; None if none was shown.

    The archive redirects to the capture that it has: only redirects that were captured count as such.
    """
    outcome = observation.outcome
    if not isinstance(outcome, Answered):
        return None
    steps = [_step(hop.url) for hop in observation.hops]
    last = _step(outcome.url)
    capture = _capture(last[0], None) if last else None
    if last is None or capture is None or None in steps:
        return None
    urls = [step[1] for step in (*steps, last) if step]
    hops = tuple(
        Hop(url=url, status=hop.status)
        for url, following, hop in zip(urls, urls[1:], observation.hops, strict=False)
        if url != following
    )
    page = msgspec.structs.replace(
        observation,
        url=urls[0],
        purpose=Purpose.LINK,
        outcome=msgspec.structs.replace(outcome, url=urls[-1]),
        hops=hops,
    )
    return capture, page


def _step(url: str) -> tuple[str, str] | None:
    """Timestamp and original address of a replay."""
    match = _REPLAYED.fullmatch(url)
    try:
        return (match[1], canonical(_without_port(match[2]))) if match else None
    except ValueError:
        return None


def _data(observation: Observation) -> Any:
    """The JSON of an answer, whatever its type says; None if it is none."""
    if status_of(observation) != 200 or not observation.complete:
        return None
    try:
        return json.loads(observation.sample)
    except (ValueError, RecursionError):
        return None


def _capture(timestamp: object, digest: object) -> Capture | None:
    if not isinstance(timestamp, str) or not _TIMESTAMP.fullmatch(timestamp):
        return None
    capture = Capture(timestamp=timestamp, digest=digest if isinstance(digest, str) else "")
    try:
        _ = capture.at
    except ValueError:  # such as the 31st of February
        return None
    return capture
