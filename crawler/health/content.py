"""What an accepted answer holds, and how it was reached."""

from __future__ import annotations

from crawler.health.evidence import Evidence, Fact, Rule
from crawler.model import Code, Kind

PERMANENT = (301, 308)
"""Statuses that say "use the new address from now on" (RFC 9110, 15.4.2 and 15.4.9)."""


def _html_for_image(evidence: Evidence) -> str | None:
    observation = evidence.observation
    if evidence.link.kind is not Kind.IMAGE or observation is None:
        return None
    if observation.features is not None:
        return "a page of HTML stands where an image should be"
    image = observation.image
    if image and image.media:
        return f"{image.media} stands where an image should be"
    return None


def _image_broken(evidence: Evidence) -> str | None:
    image = evidence.observation.image if evidence.observation else None
    return f"the image does not decode: {image.broken}" if image and image.broken else None


def _image_suspicious(evidence: Evidence) -> str | None:
    image = evidence.observation.image if evidence.observation else None
    return image.suspicious if image else None


def _not_amp(evidence: Evidence) -> str | None:
    observation = evidence.observation
    if evidence.link.kind is Kind.AMP and observation and observation.page is None and evidence.answered:
        if evidence.answered.status == 304:
            return None
        return "no page of HTML stands where an AMP page should be"
    return None


def _redirected(evidence: Evidence) -> str | None:
    hops, answered = (evidence.observation.hops, evidence.answered) if evidence.observation else ((), None)
    if not hops or answered is None or all(hop.status in PERMANENT for hop in hops):
        return None
    return f"answers by way of {_count(len(hops))}, not all permanent, at {answered.url}"


def _moved(evidence: Evidence) -> str | None:
    hops, answered = (evidence.observation.hops, evidence.answered) if evidence.observation else ((), None)
    return f"moved for good, by {_count(len(hops))}, to {answered.url}" if hops and answered else None


def _sent_on(evidence: Evidence) -> str | None:
    features = evidence.observation.features if evidence.observation else None
    return f"sends its visitors on at once, to {features.refresh}" if features and features.refresh else None


def _paid(evidence: Evidence) -> str | None:
    features = evidence.observation.features if evidence.observation else None
    return "the page says that it is not free to read; the link works" if features and features.paywall else None


def _count(hops: int) -> str:
    return "one redirect" if hops == 1 else f"{hops} redirects"


def _ok(evidence: Evidence) -> str | None:
    answered = evidence.answered
    if answered is None:
        return None
    return "the file is there" if evidence.link.asset else f"answers {answered.status}"


RULES: tuple[Rule, ...] = (
    Rule(name="not_an_image", code=Code.WRONG_TYPE, confidence=0.8, test=_html_for_image, needs=Fact.IMAGE),
    Rule(name="image_does_not_decode", code=Code.IMAGE_BROKEN, confidence=0.9, test=_image_broken, needs=Fact.IMAGE),
    Rule(name="amp_not_html", code=Code.WRONG_TYPE, confidence=0.8, test=_not_amp, needs=Fact.AMP),
    Rule(name="image_suspicious", code=Code.IMAGE_SUSPICIOUS, confidence=0.0, test=_image_suspicious, needs=Fact.IMAGE),
    Rule(name="temporary_redirect", code=Code.REDIRECTED, confidence=0.0, test=_redirected, needs=Fact.REDIRECTED),
    Rule(name="page_redirect", code=Code.REDIRECTED, confidence=0.0, test=_sent_on, needs=Fact.REDIRECTED),
    Rule(name="permanent_redirect", code=Code.MOVED, confidence=0.0, test=_moved, needs=Fact.REDIRECTED),
    Rule(name="paywall", code=Code.PAYWALLED, confidence=0.0, test=_paid, needs=Fact.ANSWERED),
    Rule(name="answered", code=Code.OK, confidence=0.0, test=_ok, needs=Fact.ANSWERED),
)
