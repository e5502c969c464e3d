"""Fingerprints of pages that are withheld in some countries: by law, or by a publisher who fears one."""

from __future__ import annotations

from crawler.health.evidence import Evidence, Rule
from crawler.health.sight import Sign, Where, quoted, signs
from crawler.model import Code
from crawler.urls import host_of

_COUNTRY = (
    r"\b(?:not (?:currently )?(?:available|accessible)|unavailable|blocked|cannot be accessed|cant be accessed)"
    r" (?:in|from|for|to) (?:your|this|most) (?:current )?(?:european )?(?:country|countries|region|regions|location|area)\b"
    r"|\bnicht in (?:ihrem|deinem|ihrer|deiner) (?:land|region) verfugbar\b|\bpas disponible dans votre (?:pays|region)\b"
    r"|\bno esta disponible en (?:tu|su) (?:pais|region)\b|\bnon e disponibile nel tuo paese\b"
)

SIGNS: tuple[Sign, ...] = signs(
    "wordings of publishers that shut out the European Economic Area, and of services with rights for some countries",
    "2026-10",
    ("legal_title", "the law", Where.TITLE, r"^(?:(?:http )?(?:error )?451 )?unavailable (?:due to|for) legal reasons$"),
    ("european_area", "the publisher", Where.TEXT, r"\bfrom a country belonging to the european economic area\b"),
    ("data_protection", "the publisher", Where.TEXT,
     r"\b(?:unavailable|not available|cannot|unable|unfortunately).{0,200}\b(?:gdpr|general data protection regulation)\b"
     r"|\b(?:gdpr|general data protection regulation)\b.{0,200}\b(?:unavailable|not available|cannot grant|unable)\b", 1_200),
    ("country_title", "the publisher", Where.TITLE, _COUNTRY),
    ("country_heading", "the publisher", Where.H1, _COUNTRY),
    ("country_text", "the publisher", Where.TEXT, _COUNTRY, 600, 400),
)  # fmt: skip


def _withheld(evidence: Evidence) -> str | None:
    sight = evidence.sight
    sign = sight.find(SIGNS) if sight and (200 <= sight.outcome.status <= 299 or sight.outcome.status == 403) else None
    if not sight or not sign:
        return None
    words = quoted(sight.features.heading or sight.features.lead)
    return f"{host_of(sight.outcome.url)} withholds the page from where this run asks ({sign.name}): {words}"


RULES: tuple[Rule, ...] = (Rule(name="withheld", code=Code.LEGAL_BLOCK, confidence=0.0, test=_withheld),)
