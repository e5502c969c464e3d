"""Fingerprints of consent walls: pages that stand before a page until cookies are agreed to.

A banner on a page that can be read is none: its words stand in one live page of eleven.
"""

from __future__ import annotations

from crawler.health.evidence import Evidence, Rule
from crawler.health.sight import ADDRESS, Sign, Where, quoted, signs
from crawler.model import Code
from crawler.urls import host_of

# Google's own title in the languages of the EU's larger members, and what others made of it.
_BEFORE = (
    r"^(?:before you (?:continue|proceed|go)|bevor (?:sie|du) .{0,30}(?:fortfahren|weitergehen|weitermach|fortfahrst)"
    r"|bevor es weitergeht|avant (?:d acceder|dacceder|de continuer|de poursuivre)|antes de (?:continuar|ir a|avancar|prosseguir)"
    r"|prima di continuare|voordat je (?:verdergaat|verder gaat|doorgaat)|voordat u (?:verdergaat|verder gaat|doorgaat)"
    r"|zanim przejdziesz|innan du fortsatter|for du fortsetter|inden du fortsætter|ennen kuin jatkat|nez budete pokracovat"
    r"|mielott tovabblep|прежде чем продолжить|devam etmeden once|続行する前に|继续之前|계속하기 전에)"
)

SIGNS: tuple[Sign, ...] = (
    *signs(
        "where consent walls redirect to",
        "2026-10",
        ("consent_host", "a consent wall", Where.HOST,
         r"^(?:consent|guce|cookie-?consent|cookie-?wall|privacy-?gate|privacy-?wall|myprivacy|cmp)\."),
        ("yahoo_collect", "Yahoo", Where.PATH, r"^/v2/(?:collectconsent|partners)"),
        ("tumblr_consent", "Tumblr", Where.PATH, r"^/privacy/consent"),
        ("privacy_gate", "a consent wall", Where.PATH, r"^/(?:[a-z]{2}/)?(?:privacy-?gate|privacy-?wall|cookie-?wall|cookie-?consent)\b"),
    ),
    *signs(
        "the walls' own pages",
        "2026-10",
        ("before_title", "a consent wall", Where.TITLE, _BEFORE, 1_500, 1_500),
        ("before_heading", "a consent wall", Where.H1, _BEFORE),
        ("google_form", "Google", Where.SAMPLE, r"action=[\"']?https://consent\.(?:youtube|google)\.[a-z.]{2,6}/"),
        ("yahoo_brands", "Yahoo", Where.TEXT,
         r"\byahoo is part of the yahoo family of brands\b|\bwir yahoo sind teil der\b|\bnous yahoo faisons partie\b"
         r"|\bnosotros yahoo formamos parte\b|\bnoi yahoo siamo parte\b", 1_500, 1_500),
        ("yahoo_collect_page", "Yahoo", Where.SAMPLE, r"consent\.yahoo\.com/v2/|guce\.(?:yahoo|oath|aol|techcrunch)\.com"),
        ("consent_required", "a consent wall", Where.TITLE, r"^(?:cookie consent|cookie wall|consent required|privacy gate|cookies? (?:zustimmung|toestemming))$"),
    ),
)  # fmt: skip

_TARGETS = tuple(sign for sign in SIGNS if sign.where in ADDRESS)
_BODIES = tuple(sign for sign in SIGNS if sign.where not in ADDRESS)


def _target(evidence: Evidence) -> str | None:
    sight = evidence.sight
    sign = sight.find(_TARGETS) if sight else None
    if not sight or not sign or host_of(evidence.link.url) == host_of(sight.outcome.url) and sign.where is Where.HOST:
        return None
    return f"{host_of(evidence.link.url)} asks for consent at {host_of(sight.outcome.url)} first ({sign.name})"


def _page(evidence: Evidence) -> str | None:
    sight = evidence.sight
    sign = sight.find(_BODIES) if sight and 200 <= sight.outcome.status <= 299 else None
    if not sight or not sign:
        return None
    return (
        f"{host_of(sight.outcome.url)} asks for consent first ({sign.name}): "
        f"{quoted(sight.features.heading or sight.features.lead)}"
    )


TARGET_RULES: tuple[Rule, ...] = (Rule(name="consent_target", code=Code.CONSENT_WALL, confidence=0.0, test=_target),)
PAGE_RULES: tuple[Rule, ...] = (Rule(name="consent_page", code=Code.CONSENT_WALL, confidence=0.0, test=_page),)
