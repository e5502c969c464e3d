"""Fingerprints of parked domains: parking services, registrars' placeholders, names for sale.

A parked name does harm: whoever buys it decides what a card's readers see. 82 parking services hold a fifth of all
names (Zirngibl et al., TMA 2022).
"""

from __future__ import annotations

from crawler.health.evidence import Evidence, Rule
from crawler.health.sight import ADDRESS, Sight, Sign, Where, quoted, signs
from crawler.model import Code
from crawler.urls import host_of

_SALE = (
    r"\b(?:this |the )?domain(?: name)?(?: [a-z0-9 ]{3,60})? (?:is|may be|might be|could be) (?:available )?for sale\b"
    r"|\bbuy this domain\b|\bdomain (?:name )?for sale\b|\bpremium domain(?: name)? for sale\b"
    r"|\bmake an offer (?:on|for) this domain\b|\bthe owner of [a-z0-9 ]{3,60} is offering it for sale\b"
    r"|\bdomain (?:steht zum verkauf|zu verkaufen|kaufen|te koop|satilik|na sprzedaz|na prodej|in vendita|a venda)\b"
    r"|\bdiese domain (?:steht|kann|konnen|ist).{0,30}(?:verkauf|gekauft|kaufen|erworben)\b"
    r"|\b(?:ce|nom de) domaine (?:est )?a vendre\b|\bdominio (?:esta )?en venta\b|\bdominio (?:e )?in vendita\b"
    r"|\bdominio (?:esta )?a venda\b|\bdomein(?:naam)? (?:is )?te koop\b|\b(?:bu )?(?:domain|alan adi) satilik"
    r"|\bsatilik (?:domain|alan adi)\b|\bдомен(?:ное имя)? (?:продается|выставлен на продажу)\b|\bдомен на продажу\b"
    r"|\bdomena (?:jest )?na sprzedaz\b|\bdomena (?:je )?na prodej\b"
    r"|域名(?:出售|转让|可转让|正在出售|待售)|此域名(?:可以|正在)?(?:出售|转让)|ドメイン(?:は|を)?(?:売り出し中|販売中)"
    r"|도메인 ?(?:판매|매각)"
)
_PARKED = (
    r"\b(?:domain|site|website|page)(?: name)? (?:[a-z0-9 ]{3,60} )?(?:is|has been) (?:currently )?parked\b"
    r"|\bparked (?:free|courtesy|domain|page|by)\b|\bfuture home of something quite cool\b"
    r"|\bthis domain (?:name )?(?:has (?:just |recently )?been|is|was) (?:just |recently |already |newly )?registered\b"
    r"|\bdomain (?:name )?(?:has expired|is expired|expired)\b|\bdiese domain (?:ist|wurde) (?:bereits )?(?:registriert|geparkt)\b"
    r"|\bhier entsteht eine neue (?:internetprasenz|webseite|website|homepage)\b|\bce domaine (?:est|a ete) (?:enregistre|reserve)\b"
    r"|\bdominio (?:registrado|aparcado|parcheggiato)\b|\bдомен (?:припаркован|зарегистрирован)\b"
)

SIGNS: tuple[Sign, ...] = (
    *signs(
        "keiyoushi domain checker; MISP warning lists; answers of the services",
        "2026-10",
        ("adblock_key", "a parking service", Where.SAMPLE, r"<html[^<>]{0,200}\bdata-adblockkey="),
        ("window_park", "a parking service", Where.SAMPLE, r"window\.park\s*=\s*[\"']ey"),
        ("domain_ads", "a parking service", Where.SAMPLE, r"google\.com/adsense/domains/caf\.js"),
        ("cdn_fileserver", "a parking service", Where.SAMPLE, r"l\.cdn-fileserver\.com/bping\.php"),
        ("godaddy_lander", "GoDaddy", Where.SAMPLE, r"location(?:\.href|\.replace\()?\s*=?\s*[\"']/lander\b", 40),
        ("godaddy_system", "GoDaddy", Where.SAMPLE, r"lander_system\s*=|img1\.wsimg\.com/parking-lander/"),
        ("godaddy_tracking", "GoDaddy", Where.SAMPLE, r"[\"']?ap[\"']?\s*:\s*[\"']parking"),
        ("godaddy_frame", "GoDaddy", Where.SAMPLE, r"mcc\.godaddy\.com/park"),
        ("afternic_page", "Afternic", Where.SAMPLE, r"afternic\.com/forsale/"),
        ("hugedomains_title", "HugeDomains", Where.TITLE, r"^hugedomains(?: com)?$|is for sale hugedomains"),
        ("hugedomains_page", "HugeDomains", Where.SAMPLE, r"hugedomains\.com/domain_profile\.cfm"),
        ("dan_page", "Dan", Where.SAMPLE, r"\bdan\.com/buy-domain"),
        ("sedo_page", "Sedo", Where.SAMPLE, r"sedoparking\.com/|sedo\.com/(?:services/parking|search/details)"),
        ("teaminternet_assets", "Team Internet", Where.SAMPLE, r"d38psrni17bvxu\.cloudfront\.net|dp-teaminternet|\btrkpc\.net"),
        ("parklogic_script", "ParkLogic", Where.SAMPLE, r"parklogic\.com/"),
        ("bodis_script", "Bodis", Where.SAMPLE, r"\bbodis\.com/|bodiscdn\.com"),
        ("above_script", "Above.com", Where.SAMPLE, r"\babove\.com/(?:marketplace|parking)"),
        ("namecheap_page", "Namecheap", Where.SAMPLE, r"parkingpage\.namecheap\.com|namecheap\.com/.{0,60}parking"),
        ("hostinger_page", "Hostinger", Where.TITLE, r"parked domain name on hostinger"),
        ("dns_parking_page", "Hostinger", Where.SAMPLE, r"parked domain name on hostinger dns system"),
    ),
    *signs(
        "where parking services redirect to",
        "2026-10",
        ("parking_host", "a parking service", Where.HOST,
         r"(?:^|\.)(?:afternic|hugedomains|sedoparking|parkingcrew|bodis|parklogic|undeveloped|domainmarket|buydomains"
         r"|perfectdomain|brandbucket|squadhelp|parking-page|domainnamesales|uniregistry|voodoo|skenzo)\.(?:com|net)$"),
        ("sale_path", "a market for names", Where.PATH, r"^/(?:buy-domain|forsale|domain_profile\.cfm|domain-for-sale)\b"),
        ("lander_path", "GoDaddy", Where.PATH, r"^/lander/?$"),
        ("ww_host", "a parking service", Where.HOST, r"^ww\d{1,2}\."),
        ("parking_query", "a parking service", Where.QUERY, r"(?:^|&)(?:tr_uuid|subid1|traffic_id)="),
    ),
    *signs(
        "wordings of sale and parking pages",
        "2026-10",
        ("sale_title", "a seller", Where.TITLE, _SALE),
        ("sale_heading", "a seller", Where.H1, _SALE),
        ("sale_text", "a seller", Where.TEXT, _SALE, 900, 400),
        ("parked_title", "a registrar", Where.TITLE, _PARKED),
        ("parked_text", "a registrar", Where.TEXT, _PARKED, 900, 400),
    ),
)  # fmt: skip

_TARGETS = tuple(sign for sign in SIGNS if sign.where in ADDRESS)
_BODIES = tuple(sign for sign in SIGNS if sign.where not in ADDRESS)


def _target(evidence: Evidence) -> str | None:
    sight = evidence.sight
    sign = sight.find(_TARGETS) if sight else None
    if not sight or not sign:
        return None
    return f"{host_of(evidence.link.url)} redirects to {sign.vendor} ({sign.name}: {quoted(sight.outcome.url, 100)})"


def _page(evidence: Evidence) -> str | None:
    sight = evidence.sight
    sign = sight.find(_BODIES) if sight and _answers(sight) else None
    if not sight or not sign:
        return None
    words = sight.features.heading or sight.features.lead
    page = f"a page by {sign.vendor}"
    return f"{host_of(sight.outcome.url)} shows {page} instead of its own ({sign.name})" + (
        f": {quoted(words)}" if words else ""
    )


def _answers(sight: Sight) -> bool:
    """Parking answers 200 as a rule, and 404 now and then; refusals and faults are judged by their status."""
    return sight.outcome.status in (403, 404, 410) or 200 <= sight.outcome.status <= 299


RULES: tuple[Rule, ...] = (
    Rule(name="parking_target", code=Code.PARKED, confidence=0.97, test=_target),
    Rule(name="parking_page", code=Code.PARKED, confidence=0.97, test=_page),
)
