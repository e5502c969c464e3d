"""Fingerprints of parked domains: parking services, registrars' placeholders, names for sale.

A parked name does harm: whoever buys it decides what a card's readers see. 82 parking services hold a fifth of all
names (Zirngibl et al., TMA 2022).
"""

from __future__ import annotations

from crawler.health.evidence import Evidence, Rule
from crawler.health.sight import ADDRESS, RUNNING_TEXT, SMALL_PAGE, Sign, Where, any_of, quoted, signs
from crawler.model import Code
from crawler.urls import host_of

_SALE = any_of(
    r"\bdomain(?: name)?(?: [a-z0-9 ]{3,60})? (?:is|may be|might be|could be) (?:available )?for sale\b",
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
    r"\bdomain (?:name )?(?:has |is )?expired\b",
    r"\bdiese domain (?:ist|wurde) (?:bereits )?(?:registriert|geparkt)\b",  # German
    r"\bhier entsteht eine neue (?:internetprasenz|webseite|website|homepage)\b",
    r"\bce domaine (?:est|a ete) (?:enregistre|reserve)\b",  # French
    r"\bdominio (?:registrado|aparcado|parcheggiato)\b",  # Spanish, Italian
    r"\bдомен (?:припаркован|зарегистрирован)\b",  # Russian
)

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
_TARGETS = tuple(sign for sign in SIGNS if sign.where in ADDRESS)
_BODIES = tuple(sign for sign in SIGNS if sign.where not in ADDRESS)


def _target(evidence: Evidence) -> str | None:
    sight = evidence.sight
    sign = sight.find(_TARGETS) if sight else None
    if not sight or not sign:
        return None
    return f"{host_of(evidence.link.url)} redirects to {sign.vendor} ({sign.name}): {quoted(sight.end, 100)}"


def _page(evidence: Evidence) -> str | None:
    sight = evidence.sight
    sign = sight.find(_BODIES) if sight and (sight.fine or sight.outcome.status in STATUSES) else None
    if not sight or not sign:
        return None
    return f"{host_of(sight.outcome.url)} shows a page of {sign.vendor} instead of its own ({sign.name}){sight.words}"


RULES: tuple[Rule, ...] = (
    Rule(name="parking_target", code=Code.PARKED, confidence=0.97, test=_target),
    Rule(name="parking_page", code=Code.PARKED, confidence=0.97, test=_page),
)
