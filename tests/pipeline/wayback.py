"""The Wayback Machine on loopback: its index, its other API and its replays, as the real ones answer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import msgspec

from crawler.demo.reply import NOT_FOUND, Reply, redirect
from crawler.demo.web import Hit, Routes

JSON = ("Content-Type", "application/json")
NAMES = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")
"""The index's fields, in its order."""

Captures = Mapping[str, Sequence[tuple[str, Reply]]]
"""URL -> (timestamp, what it answered then)."""


@dataclass
class FakeWayback:
    """Holds captures, and answers for both of its hosts; a `Reply` in place of an API is a fault."""

    captures: Captures = field(default_factory=dict)
    index: Reply | None = None
    available: Reply | None = None
    replay: Reply | None = None
    moved: Mapping[str, str] = field(default_factory=dict)
    """Timestamp -> the timestamp at which the archive shows it."""

    @property
    def routes(self) -> Routes:
        """For a loopback web."""
        return {"web.archive.org/*": self._web, "archive.org/*": self._available}

    def _web(self, hit: Hit) -> Reply:
        if hit.target.startswith("/cdx/search/cdx?"):
            return self.index or self._listed(parse_qs(urlsplit(hit.target).query))
        if hit.target.startswith("/web/"):
            return self.replay or self._shown(hit.target.removeprefix("/web/"))
        return NOT_FOUND

    def _listed(self, query: Mapping[str, list[str]]) -> Reply:
        name, _, wanted = query["filter"][0].partition(":")
        names = query["fl"][0].split(",")
        rows = [row for row in self._rows(query["url"][0]) if row[name] == wanted]
        if "closest" in query:
            day = _time(query["closest"][0])
            rows.sort(key=lambda row: abs(_time(row["timestamp"]) - day))
        limit = int(query["limit"][0])
        rows = rows[:limit] if limit > 0 else rows[limit:]
        return _json([names, *([row[one] for one in names] for row in rows)] if rows else [])

    def _rows(self, url: str) -> list[dict[str, str]]:
        rows = []
        for timestamp, reply in sorted(self.captures.get(url, ()), key=lambda one: one[0]):
            cells = ("", timestamp, url, "text/html", str(reply.status), f"{hash(reply.body):X}", str(len(reply.body)))
            rows.append(dict(zip(NAMES, cells, strict=True)))
        return rows

    def _available(self, hit: Hit) -> Reply:
        if not hit.target.startswith("/wayback/available?"):
            return NOT_FOUND
        if self.available is not None:
            return self.available
        query = parse_qs(urlsplit(hit.target).query)
        url = query["url"][0]
        day = _time(query.get("timestamp", ["20991231"])[0])
        rows = sorted(self._rows(url), key=lambda row: abs(_time(row["timestamp"]) - day))
        closest = {
            "status": rows[0]["statuscode"],
            "available": True,
            "url": f"http://web.archive.org/web/{rows[0]['timestamp']}/{url}",
            "timestamp": rows[0]["timestamp"],
        } if rows else None  # fmt: skip
        return _json({"url": url, "archived_snapshots": {"closest": closest} if closest else {}})

    def _shown(self, asked: str) -> Reply:
        """The capture itself, with a redirect that it holds leading on within the archive."""
        moment, _, url = asked.partition("/")
        timestamp, form = moment[:14], moment[14:]
        if timestamp in self.moved:
            return redirect(f"/web/{self.moved[timestamp]}{form}/{url}", 302)
        reply = dict(self.captures.get(url, ())).get(timestamp)
        if reply is None:
            return NOT_FOUND
        headers = tuple(
            (name, f"/web/{timestamp}{form}/{value}" if name == "Location" else value) for name, value in reply.headers
        )
        return msgspec.structs.replace(reply, headers=headers)


def _json(body: object) -> Reply:
    return Reply(headers=(JSON,), body=json.dumps(body).encode())


def _time(digits: str) -> datetime:
    return datetime.strptime(digits[:8], "%Y%m%d").replace(tzinfo=UTC)
