"""Fingerprints of consent walls: pages that stand before a page until cookies are agreed to.

A banner on a page that can be read is none: its words stand in one live page of eleven.
"""

from __future__ import annotations

from crawler.health.evidence import Evidence, Fact, Rule
from crawler.health.sight import ADDRESS, Sign, Where, any_of, signs
from crawler.model import Code
from crawler.urls import host_of

_BEFORE = any_of(
    r"^before you (?:continue|proceed|go)\b",
    r"^bevor (?:sie|du) .{0,30}(?:fortfahren|weitergehen|weitermach|fortfahrst)|^bevor es weitergeht\b",
    r"^avant (?:d ?acceder|de continuer|de poursuivre)\b",
    r"^antes de (?:continuar|ir a|avancar|prosseguir)\b",  # Spanish, Portuguese
    r"^prima di (?:continuare|proseguire)\b",
    r"^voordat (?:je|u) (?:verdergaat|verder gaat|doorgaat)\b",
    r"^zanim przejdziesz\b|^nez budete pokracovat\b|^mielott tovabblep|^прежде чем продолжить\b",
    r"^innan du fortsatter\b|^for du fortsetter\b|^inden du fortsætter\b|^ennen kuin jatkat\b|^devam etmeden once\b",
    r"^(?:続行する前に|继续之前|繼續之前|계속하기 전에)",
)
_YAHOO = any_of(
    r"\byahoo is part of the yahoo family of brands\b",
    r"\bwir yahoo sind teil der\b|\bnous yahoo faisons partie\b|\bnosotros yahoo formamos parte\b",
    r"\bnoi yahoo (?:siamo|facciamo) parte\b",
)

SIGNS: tuple[Sign, ...] = (
    *signs(
        "where consent walls redirect to",
        "2026-10",
        ("consent_host", "a consent wall", Where.HOST, r"^(?:consent|guce|cmp|cookie-?consent|cookie-?wall)\."),
        ("privacy_host", "a consent wall", Where.HOST, r"^(?:privacy-?gate|privacy-?wall|myprivacy)\."),
        ("yahoo_path", "Yahoo", Where.PATH, r"^/v2/(?:collectconsent|partners)"),
        ("tumblr_path", "Tumblr", Where.PATH, r"^/privacy/consent"),
        ("wall_path", "a consent wall", Where.PATH,
         r"^/(?:[a-z]{2}/)?(?:(?:privacy|cookie)-?(?:gate|wall|consent)|zustimmung)\b"),
        ("age_path", "an age gate", Where.PATH,
         r"^/(?:[a-z]{2}/)?age-?(?:gate|check|wall|verification|verify|confirm(?:ation)?)\b"),
    ),
    *signs(
        "the walls' own pages",
        "2026-10",
        ("before_title", "a consent wall", Where.TITLE, _BEFORE, 1_500, 1_500),
        ("before_heading", "a consent wall", Where.H1, _BEFORE),
        ("google_form", "Google", Where.SAMPLE, r"action=[\"']?https://consent\.(?:youtube|google)\.[a-z.]{2,6}/"),
        ("yahoo_brands", "Yahoo", Where.TEXT, _YAHOO, 1_500, 1_500),
        ("yahoo_page", "Yahoo", Where.SAMPLE, r"consent\.yahoo\.com/v2/|guce\.(?:yahoo|oath|aol|techcrunch)\.com"),
        ("consent_title", "a consent wall", Where.TITLE, r"^(?:cookie (?:consent|wall)|consent required)$"),
    ),
)  # fmt: skip

_TARGETS = tuple(sign for sign in SIGNS if sign.where in ADDRESS)
_BODIES = tuple(sign for sign in SIGNS if sign.where not in ADDRESS)


def _target(evidence: Evidence) -> str | None:
    sight = evidence.sight
    sign = sight.find(_TARGETS) if sight else None
    if not sight or not sign:
        return None
    asked, answers = host_of(evidence.link.url), host_of(sight.end)
    if sign.where is Where.HOST and asked == answers:
        return None
    return f"{asked} asks for consent first, at {answers} ({sign.name})"


def _page(evidence: Evidence) -> str | None:
    sight = evidence.sight
    sign = sight.find(_BODIES) if sight and sight.fine else None
    if not sight or not sign:
        return None
    return f"{host_of(sight.outcome.url)} asks for consent first ({sign.name}){sight.words}"


TARGET_RULES: tuple[Rule, ...] = (
    Rule(name="consent_target", code=Code.CONSENT_WALL, confidence=0.0, test=_target, needs=Fact.REDIRECTED),
)
PAGE_RULES: tuple[Rule, ...] = (
    Rule(name="consent_page", code=Code.CONSENT_WALL, confidence=0.0, test=_page, needs=Fact.SIGNS),
)
