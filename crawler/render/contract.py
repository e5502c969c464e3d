"""Records in, the plain values of `report.json` out, with the keys and in the order that readers rely on.

`report.schema.json` beside this file is the contract in full. Absent facts are None, never an empty text.
"""

from __future__ import annotations

from typing import Any

from crawler.model import (
    Answered,
    Failure,
    Finding,
    HostRow,
    Image,
    Known,
    Observation,
    Page,
    Place,
    Proposal,
    Purpose,
    RunFacts,
    Summary,
    Unreadable,
    Verdict,
)
from crawler.render.words import moment

SCHEMA_VERSION = 1

Row = dict[str, Any]
"""One JSON object."""


def run_row(run: RunFacts) -> Row:
    """The run's facts."""
    return {
        "id": run.id,
        "started": moment(run.started),
        "finished": moment(run.finished),
        "version": run.version,
        "cards": run.cards,
        "links": run.links,
        "requests": run.requests,
        "void": run.void,
        "void_because": run.void_because or None,
        "received": run.received,
    }


def summary_row(summary: Summary) -> Row:
    """The counts, as they come."""
    return {
        "health": dict(summary.health),
        "verdict": dict(summary.verdict),
        "change": dict(summary.change),
        "state": dict(summary.state),
    }


def finding_row(finding: Finding) -> Row:
    """One link with everything known of it."""
    link, verdict, seen = finding.link, finding.verdict, finding.observation
    return {
        "url": link.url,
        "kind": link.kind,
        "verdict": verdict.code,
        "health": verdict.code.health,
        "state": finding.state,
        "rule": verdict.rule,
        "because": verdict.because,
        "confidence": verdict.confidence,
        "since": moment(finding.since),
        "change": finding.change,
        "before": finding.before,
        "baseline": _known_row(finding.baseline) if finding.baseline else None,
        "http": _http_row(finding.observation),
        "page": _page_row(seen.page) if seen and seen.page else None,
        "image": _image_row(seen.image) if seen and seen.image else None,
        "places": [place_row(place, judged) for place, judged in zip(link.places, finding.place_verdicts, strict=True)],
        "proposals": [_proposal_row(proposal) for proposal in finding.proposals],
    }


def _known_row(known: Known) -> Row:
    return {
        "reason": known.reason,
        "owner": known.owner,
        "expires": known.expires.isoformat(),
        "expired": known.expired,
    }


def host_row(row: HostRow) -> Row:
    """A host that failed as a whole."""
    return {"host": row.host, "verdict": row.verdict, "because": row.because, "links": row.links}


def unreadable_row(row: Unreadable) -> Row:
    """A card that could not be read."""
    return {"path": row.path, "line": row.line, "because": row.because}


NOT_ASKED: Row = {
    "status": None,
    "final_url": None,
    "hops": [],
    "error": None,
    "attempts": 0,
    "elapsed": None,
    "bytes": 0,
}
"""An object all the same: whoever reads the report need not ask whether there is one."""


def _http_row(seen: Observation | None) -> Row:
    if seen is None or seen.purpose is Purpose.ASSET:  # what is looked for on disk is asked of nobody
        return NOT_ASKED
    outcome = seen.outcome
    return {
        "status": outcome.status if isinstance(outcome, Answered) else None,
        "final_url": outcome.url or None,
        "hops": [{"url": hop.url, "status": hop.status} for hop in seen.hops],
        "error": f"{outcome.kind}: {outcome.detail}" if isinstance(outcome, Failure) else None,
        "attempts": seen.attempts,
        "elapsed": round(seen.elapsed, 3),
        "bytes": seen.received,
    }


def _page_row(page: Page) -> Row:
    return {
        "title": page.title or None,
        "description": page.description or None,
        "image": page.image or None,
        "image_width": page.image_width,
        "image_height": page.image_height,
        "url": page.url or None,
        "site_name": page.site_name or None,
        "published": page.published or None,
        "modified": page.modified or None,
        "author": page.author or None,
        "lang": page.lang or None,
        "amphtml": page.amphtml or None,
        "favicon": page.favicon or None,
    }


def _image_row(image: Image) -> Row | None:
    if not image.format:  # the bytes are no image that is known here: nothing was measured
        return None
    return {
        "format": image.format,
        "width": image.width,
        "height": image.height,
        "bytes": image.bytes,
        "animated": image.animated,
    }


def place_row(place: Place, judged: Verdict | None) -> Row:
    """Where a link stands, with what holds there."""
    return {
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "field": place.field,
        "written": place.written,
        "verdict": judged.code if judged else None,
        "because": judged.because if judged else None,
        "kind": place.kind,
        "excluded": place.excluded or None,
    }


def _proposal_row(proposal: Proposal) -> Row:
    return {
        "path": proposal.path,
        "line": proposal.line,
        "field": proposal.field,
        "old": proposal.old,
        "new": proposal.new,
        "kind": proposal.kind,
        "disposition": proposal.disposition,
        "rule": proposal.rule,
        "because": proposal.because,
        "waits_until": moment(proposal.waits_until) if proposal.waits_until else None,
    }
