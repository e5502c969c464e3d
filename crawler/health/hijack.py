"""Pages whose domain fell into other hands: the words of gambling, pills or porn, on the whole site, where the card
names something else.

Lapsed names of towns, schools and blogs are bought for their links and go on answering 200. One word proves nothing,
since newspapers write about casinos: several are needed in title, heading and first words, none of them may stand in
what the cards say, and the front page must speak the same way.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from crawler.health.evidence import Evidence, Fact, Rule, once
from crawler.health.sight import quoted
from crawler.health.words import RECENT, fold, likeness
from crawler.model import Code, Kind, Observation
from crawler.urls import host_of, is_root

OTHER = 0.2
"""Likeness of titles below which a page is another."""
ENOUGH = 4
"""Points from which on a page is one of these trades."""
FRONT = 2
"""Points that the front page must have too."""

# Words that hardly stand on other pages count double.
TRADES: tuple[tuple[str, str, int], ...] = (
    ("gambling", r"\btogel\b|\w+togel\b", 2),
    ("gambling", r"\bgacor\b", 2),
    ("gambling", r"\b(?:situs |agen |bandar )?judi\b", 2),
    ("gambling", r"\bbandar (?:toto|slot|bola|qq)\b", 2),
    ("gambling", r"\btoto macau\b|\btoto 4d\b", 2),
    ("gambling", r"\b(?:slot|toto|togel|bola|casino|poker|qq|bet|win|joker|mpo|hoki)[0-9]{2,4}\b", 2),
    ("gambling", r"\bslots? (?:online|deposit|demo|dana|pulsa|terpercaya|maxwin)\b", 2),
    ("gambling", r"\b(?:maxwin|sbobet|pragmatic play|rtp live|rtp slot|pgsoft|dominoqq|pokerqq|bandarqq)\b", 2),
    ("gambling", r"\b(?:online|live|crypto|bitcoin) casinos?\b|\bcasinos? online\b", 2),
    ("gambling", r"\bcasinos? bonus\b|\bno deposit bonus\b|\bfree spins\b|\bwelcome bonus\b", 2),
    ("gambling", r"\bdeneme bonusu\b|\bbahis (?:siteleri|sitesi)\b|\bcasino siteleri\b|\bcanli bahis\b", 2),
    ("gambling", r"\b(?:1xbet|1win|mostbet|pin up casino|22bet|vavada|melbet|dafabet|fun88|w88|188bet|12bet)\b", 2),
    ("gambling", r"онлайн казино|казино онлайн|игровые автоматы|ставки на спорт|букмекер", 2),
    ("gambling", r"nha cai|ca cuoc|keo nha cai|no hu|ban ca doi thuong|tai xiu", 2),
    ("gambling", r"คาสิโน|สล็อต|บาคาร่า|เว็บพนัน|แทงบอล|หวยออนไลน์", 2),
    ("gambling", r"赌场|博彩|娱乐城|百家乐|体育投注|老虎机|彩票平台|真人荷官", 2),
    ("gambling", r"카지노|바카라|토토사이트|슬롯사이트|먹튀", 2),
    ("gambling", r"オンラインカジノ|ブックメーカー", 2),
    ("gambling", r"\bcasinos?\b", 1),
    ("gambling", r"\bslots?\b", 1),
    ("gambling", r"\bpoker\b", 1),
    ("gambling", r"\b(?:betting|sportsbook|bet)\b", 1),
    ("gambling", r"\b(?:roulette|baccarat|blackjack)\b", 1),
    ("gambling", r"\b(?:jackpot|gambling|apuestas|scommesse|apostas|wetten|paris sportifs)\b", 1),
    ("pills", r"\b(?:viagra|cialis|levitra|kamagra|sildenafil|tadalafil)\b", 2),
    ("pills", r"\b(?:online|canadian) pharmacy\b|\bwithout (?:a )?prescription\b|\bcheap pills\b", 2),
    ("porn", r"\b(?:porn|porno|xxx|xvideos|hentai)\b|\bsex (?:videos?|cams?|chat)\b", 2),
    ("porn", r"\bescorts?\b", 2),
    ("porn", r"\bcall girls?\b", 2),
)  # fmt: skip
"""(trade, what stands in the folded text, points). Sources: answers of lapsed names in public lists; 2026-11."""

_STEMS = (
    "togel", "gacor", "judi", "bandar", "toto", "slot", "bola", "casino", "poker", "qq", "bet", "joker", "hoki",
    "maxwin", "sbo", "pragmatic", "rtp", "pgsoft", "bonus", "spins", "bahis", "vavada", "dafabet", "fun88", "w88",
    "1win", "nha cai", "ca cuoc", "no hu", "ban ca", "tai xiu", "roulette", "baccarat", "blackjack", "jackpot",
    "gambling", "apuestas", "scommesse", "apostas", "wetten", "paris sportifs", "viagra", "cialis", "levitra",
    "kamagra", "sildenafil", "tadalafil", "pharmacy", "prescription", "pills", "porn", "xxx", "xvideos", "hentai",
    "sex", "escort", "call girl",
    *(f"{stem}{digit}" for stem in ("win", "mpo") for digit in range(10)),
)  # fmt: skip
"""One of them stands in whatever a row finds in ASCII: nearly no page has any, and looking for them takes a tenth of
the time of all rows."""
# What is said by what it is not takes `re` a tenth of the time to compile: it goes through a range one by one.
_OTHER_STEMS = re.compile(r"казино|игровые|ставки|букмекер|[^\x00-\u0dff\U00010000-\U0010ffff]")


@lru_cache(maxsize=RECENT)
def points_of(text: str) -> int:
    """How strongly a folded text speaks of these trades."""
    if not any(map(text.__contains__, _STEMS)) and (text.isascii() or not _OTHER_STEMS.search(text)):
        return 0
    return sum(points for regex, points in _rows() if regex.search(text))


@cache  # compiled for the first page that has a stem
def _rows() -> tuple[tuple[re.Pattern[str], int], ...]:
    return tuple((re.compile(pattern), points) for _, pattern, points in TRADES)


def words_of(observation: Observation | None) -> str:
    """The folded title, headings, description and first words of a page."""
    features = observation.features if observation else None
    if observation is None or features is None:
        return ""
    described = observation.page.description if observation.page else None
    return fold(" ".join((features.heading, *features.h1[:3], described or "", features.lead)))


@once
def suspect(evidence: Evidence) -> bool:
    """Whether the page is of a trade that no card speaks of."""
    observation, sight = evidence.observation, evidence.sight
    if observation is None or sight is None or not sight.fine:
        return False
    if evidence.link.kind is Kind.IMAGE or observation.features is None:
        return False
    if not evidence.titles and not (evidence.before and evidence.before.features):
        return False
    if any(likeness(observation.features.heading, title) >= OTHER for title in evidence.titles):
        return False  # nearly all pages, and in a tenth of the time of what follows
    points = points_of(words_of(observation))
    if points < FRONT or points + 2 * _language_changed(evidence) < ENOUGH:
        return False
    said = [fold(text) for place in evidence.link.places for text in (place.claims.title, place.claims.excerpt) if text]
    return not any(points_of(text) for text in (*said, fold(evidence.link.url)))


def _language_changed(evidence: Evidence) -> bool:
    """Against what was stored before; a card does not say what language it is in."""
    now = evidence.observation.page if evidence.observation else None
    then = evidence.before.page if evidence.before else None
    return bool(now and then and now.lang and then.lang and now.lang[:2].lower() != then.lang[:2].lower())


def _hijacked(evidence: Evidence) -> str | None:
    answered, observation = evidence.answered, evidence.observation
    if answered is None or observation is None or observation.features is None or not suspect(evidence):
        return None
    if not is_root(answered.url) and points_of(words_of(evidence.control)) < FRONT:
        return None
    return (
        f"{host_of(answered.url)} has become something else as a whole, "
        f"{quoted(observation.features.heading or observation.features.lead)}"
        + (f", where the card says {quoted(evidence.titles[0])}" if evidence.titles else "")
    )


RULES: tuple[Rule, ...] = (Rule(name="hijacked", code=Code.USURPED, confidence=0.9, test=_hijacked, needs=Fact.PAGE),)
