"""Fingerprints of pages that are withheld in some countries: by law, or by a publisher who fears one."""

from __future__ import annotations

from crawler.health.evidence import Evidence, Fact, Rule
from crawler.health.sight import Sign, Where, any_of, signs
from crawler.model import Code
from crawler.urls import host_of

_NOT = r"(?:not (?:currently )?(?:available|accessible)|unavailable|blocked|cannot be accessed|cant be accessed)"
_REGULATION = r"(?:gdpr|general data protection regulation)"
_COUNTRY = any_of(
    rf"\b{_NOT} (?:in|from|for|to) (?:your|this|most) (?:european )?(?:country|countries|regions?|location|area)\b",
    r"\bnicht in (?:ihrem|deinem|ihrer|deiner) (?:land|region) verfugbar\b",
    r"\bpas disponible dans votre (?:pays|region)\b",
    r"\bno esta disponible en (?:tu|su) (?:pais|region)\b|\bnon e disponibile nel tuo paese\b",
)

SIGNS: tuple[Sign, ...] = signs(
    "wordings of publishers that shut out the European Economic Area, and of services with rights for some countries",
    "2026-10",
    ("legal_title", "the law", Where.TITLE, r"^(?:(?:error )?451 )?unavailable (?:due to|for) legal reasons$"),
    ("european_area", "the publisher", Where.TEXT, r"\bfrom a country belonging to the european economic area\b"),
    ("regulation_after", "the publisher", Where.TEXT,
     rf"\b(?:unavailable|not available|cannot|unable|unfortunately)\b.{{0,200}}\b{_REGULATION}\b", 1_200),
    ("regulation_before", "the publisher", Where.TEXT,
     rf"\b{_REGULATION}\b.{{0,200}}\b(?:unavailable|not available|cannot grant|unable)\b", 1_200),
    ("country_title", "the publisher", Where.TITLE, _COUNTRY),
    ("country_heading", "the publisher", Where.H1, _COUNTRY),
    ("country_text", "the publisher", Where.TEXT, _COUNTRY, 600, 400),
)  # fmt: skip
REFUSED = 403
"""The status, beside 2xx and 451, with which such pages come."""


def _withheld(evidence: Evidence) -> str | None:
    sight = evidence.sight
    sign = sight.find(SIGNS) if sight and (sight.fine or sight.outcome.status == REFUSED) else None
    if not sight or not sign:
        return None
    return f"{host_of(sight.outcome.url)} withholds the page from where this run asks ({sign.name}){sight.words}"


RULES: tuple[Rule, ...] = (
    Rule(name="withheld", code=Code.LEGAL_BLOCK, confidence=0.0, test=_withheld, needs=Fact.SIGNS),
)
