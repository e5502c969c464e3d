"""Fingerprints of parked domains: parking services, registrars' placeholders, names for sale.

A parked name does harm: whoever buys it decides what a card's readers see. 82 parking services hold a fifth of all
names (Zirngibl et al., TMA 2022).
"""

from __future__ import annotations

from crawler.health.evidence import Evidence, Fact, Rule
from crawler.health.sight import ADDRESS, RUNNING_TEXT, SMALL_PAGE, Sight, Sign, Where, any_of, quoted, sight_of, signs
from crawler.health.targets import registrable
from crawler.health.words import fold
from crawler.model import Code
from crawler.urls import host_of

_SALE = any_of(
    r"\b(?:this|the|our) domain(?: name)?(?: [a-z0-9 ]{3,60})? (?:is|(?:may|might|could) be)(?: available)? for sale\b",
    r"\b(?:premium )?domain (?:name )?for sale\b|\bbuy this domain\b|\bmake an offer (?:on|for) this domain\b",
    r"\bthe owner of [a-z0-9 ]{3,60} is offering it for sale\b",
    r"\bdomain (?:steht zum verkauf|zu verkaufen|kaufen)\b",  # German
    r"\bdiese domain (?:steht|kann|konnen|ist).{0,30}(?:verkauf|gekauft|kaufen|erworben)\b",
    r"\b(?:ce|nom de) domaine (?:est )?a vendre\b",  # French
    r"\bdominio (?:esta )?(?:en venta|a venda)\b|\bdominio (?:e )?in vendita\b",  # Spanish, Portuguese, Italian
    r"\b(?:domein|domeinnaam|domain) (?:is )?te koop\b",  # Dutch
    r"\b(?:domain|alan adi) satilik|\bsatilik (?:domain|alan adi)\b",  # Turkish
    r"\bдомен(?:ное имя)? (?:продается|выставлен на продажу|на продажу)\b",  # Russian
    r"\bdomena (?:jest |je )?na (?:sprzedaz|prodej)\b",  # Polish, Czech
    r"域名(?:可以|正在|可)?(?:出售|转让|轉讓|待售)",  # Chinese
    r"ドメイン(?:は|を)?(?:売り出し中|販売中)|도메인 ?(?:판매|매각)",  # Japanese, Korean
)
_PARKED = any_of(
    r"\b(?:domain|site|website|page)(?: name)? (?:[a-z0-9 ]{3,60} )?(?:is|has been) (?:currently )?parked\b",
    r"\bparked (?:free|courtesy|domain|page|by)\b|\bfuture home of something quite cool\b",
    r"\bthis domain (?:name )?(?:has (?:just |recently )?been|is|was) (?:just |recently |already |newly )?registered\b",
    r"\bdomain (?:name )?(?:has |is )?expired\b|\busing sedo domain parking\b",
    r"\bdiese domain (?:ist|wurde) (?:bereits )?(?:registriert|geparkt)\b",  # German
    r"\bhier entsteht eine neue (?:internetprasenz|webseite|website|homepage)\b",
    r"\bce domaine (?:est|a ete) (?:enregistre|reserve)\b",  # French
    r"\bdominio (?:registrado|aparcado|parcheggiato)\b",  # Spanish, Italian
    r"\bдомен (?:припаркован|зарегистрирован)\b",  # Russian
)

OFFERS = (
    "is for sale", "may be for sale", "for sale", "is available for purchase", "steht zum verkauf", "zu verkaufen",
    "est a vendre", "a vendre", "esta en venta", "en venta", "e in vendita", "in vendita", "te koop", "esta a venda",
    "a venda", "satilik", "продается", "na sprzedaz", "jest na sprzedaz", "na prodej", "出售",
)  # fmt: skip
"""What a page says after its own name, folded, that sells it. Written for this project; 2026-11."""

SIGNS: tuple[Sign, ...] = (
    *signs(
        "keiyoushi domain checker; MISP warning lists; the services' own pages",
        "2026-10",
        ("adblock_key", "a parking service", Where.SAMPLE, r"<html[^<>]{0,200}\bdata-adblockkey="),
        ("window_park", "a parking service", Where.SAMPLE, r"window\.park\s*=\s*[\"']ey"),
        ("domain_ads", "a parking service", Where.SAMPLE, r"google\.com/adsense/domains/caf\.js"),
        ("cdn_fileserver", "a parking service", Where.SAMPLE, r"l\.cdn-fileserver\.com/bping\.php"),
        ("godaddy_lander", "GoDaddy", Where.SAMPLE, r"location(?:\.href|\.replace\()?\s*=?\s*[\"']/lander\b", 40),
        ("godaddy_system", "GoDaddy", Where.SAMPLE, r"lander_system\s*=|img1\.wsimg\.com/parking-lander/"),
        ("godaddy_tracking", "GoDaddy", Where.SAMPLE, r"\bap[\"']?\s*:\s*[\"']parking[\"']"),
        ("godaddy_frame", "GoDaddy", Where.SAMPLE, r"mcc\.godaddy\.com/park"),
        ("afternic_page", "Afternic", Where.SAMPLE, r"afternic\.com/forsale/"),
        ("hugedomains_title", "HugeDomains", Where.TITLE, r"^hugedomains(?: com)?$"),
        ("hugedomains_page", "HugeDomains", Where.SAMPLE, r"hugedomains\.com/domain_profile\.cfm"),
        ("dan_page", "Dan", Where.SAMPLE, r"\bdan\.com/buy-domain"),
        ("sedo_page", "Sedo", Where.SAMPLE, r"sedoparking\.com/|sedo\.com/(?:services/parking|search/details)"),
        ("teaminternet_assets", "Team Internet", Where.SAMPLE, r"d38psrni17bvxu\.cloudfront\.net|dp-teaminternet"),
        ("teaminternet_script", "Team Internet", Where.SAMPLE, r"\btrkpc\.net"),
        ("parklogic_script", "ParkLogic", Where.SAMPLE, r"parklogic\.com/"),
        ("bodis_script", "Bodis", Where.SAMPLE, r"\bbodis\.com/|bodiscdn\.com"),
        ("above_script", "Above.com", Where.SAMPLE, r"\babove\.com/(?:marketplace|parking)"),
        ("namecheap_page", "Namecheap", Where.SAMPLE, r"parkingpage\.namecheap\.com"),
        ("hostinger_page", "Hostinger", Where.SAMPLE, r"parked domain name on hostinger dns system"),
    ),
    *signs(
        "where parking services redirect to",
        "2026-10",
        ("sale_host", "a market for names", Where.HOST,
         r"(?:^|\.)(?:afternic|hugedomains|undeveloped|domainmarket|buydomains|perfectdomain|brandbucket)\.com$"),
        ("parking_host", "a parking service", Where.HOST,
         r"(?:^|\.)(?:sedoparking|parkingcrew|bodis|parklogic|parking-page|skenzo|voodoo)\.(?:com|net)$"),
        ("sale_path", "a market for names", Where.PATH, r"^/(?:buy-domain/|domain_profile\.cfm)"),
        # Healthy sites have such names, too: they count only where next to nothing is shown.
        ("lander_path", "GoDaddy", Where.PATH, r"^/lander/?$", SMALL_PAGE, RUNNING_TEXT),
        ("ww_host", "a parking service", Where.HOST, r"^ww\d{1,2}\.", SMALL_PAGE, RUNNING_TEXT),
        ("parking_query", "a parking service", Where.QUERY,
         r"(?:^|&)(?:tr_uuid|subid1|traffic_id)=", SMALL_PAGE, RUNNING_TEXT),
    ),
    *signs(
        "wordings of sale and parking pages, written for this project",
        "2026-11",
        ("sale_title", "a seller", Where.TITLE, _SALE),
        ("sale_heading", "a seller", Where.H1, _SALE),
        ("sale_text", "a seller", Where.TEXT, _SALE, 900, 400),
        ("parked_title", "a registrar", Where.TITLE, _PARKED),
        ("parked_text", "a registrar", Where.TEXT, _PARKED, 900, 400),
    ),
)  # fmt: skip

STATUSES = (403, 404, 410)
"""Beside 2xx, the statuses with which parking pages come; other refusals and faults are judged by their status."""
_MARKED = frozenset(sign.name for sign in SIGNS if sign.where is Where.SAMPLE)
"""Rows that no page but a parking service's has; the others are words."""
_TARGETS = tuple(sign for sign in SIGNS if sign.where in ADDRESS)
_BODIES = tuple(sign for sign in SIGNS if sign.where not in ADDRESS)


def _target(evidence: Evidence) -> str | None:
    sight = evidence.sight
    sign = sight.find(_TARGETS) if sight else None
    if not sight or not sign:
        return None
    return f"{host_of(evidence.link.url)} redirects to {sign.vendor} ({sign.name}): {quoted(sight.end, 100)}"


def worded(evidence: Evidence) -> bool:
    """Whether words alone make a page look parked: one page may well speak of names for sale, a whole host hardly."""
    found = _found(evidence.sight)
    return found is not None and found[0] not in _MARKED


def _page(evidence: Evidence) -> str | None:
    sight = evidence.sight
    found = _found(sight)
    if not sight or not found or (found[0] not in _MARKED and _front_is_another(evidence)):
        return None
    name, vendor = found
    return f"{host_of(sight.outcome.url)} shows a page of {vendor} instead of its own ({name}){sight.words}"


def _found(sight: Sight | None) -> tuple[str, str] | None:
    """(name, vendor) of what makes the page look parked."""
    if sight is None or not (sight.fine or sight.outcome.status in STATUSES):
        return None
    sign = sight.find(_BODIES)
    if sign:
        return sign.name, sign.vendor
    return ("own_name", "a seller") if sight.small and _offers_itself(sight) else None


def _offers_itself(sight: Sight) -> bool:
    name = fold(registrable(sight.outcome.url))
    return any(_is_offered(name, text) for text in (sight.title, *sight.h1, sight.text))


def _is_offered(name: str, text: str) -> bool:
    """Whether one of OFFERS follows the name anywhere in a text."""
    after = f"{name} "
    at = text.find(after)
    while at >= 0:
        if text.startswith(OFFERS, at + len(after)):
            return True
        at = text.find(after, at + 1)
    return False


def _front_is_another(evidence: Evidence) -> bool:
    front = sight_of(evidence.control)
    return front is not None and front.fine and _found(front) is None


RULES: tuple[Rule, ...] = (
    Rule(name="parking_target", code=Code.PARKED, confidence=0.97, test=_target, needs=Fact.REDIRECTED),
    Rule(name="parking_page", code=Code.PARKED, confidence=0.97, test=_page, needs=Fact.SIGNS),
)
