"""Parked domains: every row on a page written for it, and the pages that only look like one."""

from __future__ import annotations

import pytest

from crawler.health.parking import SIGNS
from crawler.health.questions import questions
from crawler.health.sight import ADDRESS, Sign
from crawler.model import Code, Health, Purpose
from tests.health.pages import ARTICLE, evidence, found, html, seen, verdict

PAGES = {
    "adblock_key": '<html data-adblockkey="MFww" lang="en"><head><title>tide.example</title></head></html>',
    "window_park": html('<script>window.park = "eyJ1dWlkIjoi";</script>'),
    "domain_ads": html('<script src="//www.google.com/adsense/domains/caf.js"></script>'),
    "cdn_fileserver": html('<img src="https://l.cdn-fileserver.com/bping.php?x=1">'),
    "godaddy_lander": html(head='<script>window.onload=function(){window.location.href="/lander"}</script>'),
    "godaddy_system": html(head='<script>window.LANDER_SYSTEM="PW"</script>'),
    "godaddy_tracking": html('<script>_trfd.push({"ap":"parking"})</script>'),
    "godaddy_frame": html('<iframe src="http://mcc.godaddy.com/park/Mz"></iframe>'),
    "afternic_page": html('<a href="https://www.afternic.com/forsale/tide.example">Enquire</a>'),
    "hugedomains_title": html(title="HugeDomains.com"),
    "hugedomains_page": html('<a href="https://www.hugedomains.com/domain_profile.cfm?d=tide">See</a>'),
    "dan_page": html('<a href="https://dan.com/buy-domain/tide.example">See</a>'),
    "sedo_page": html('<iframe src="https://www.sedoparking.com/frmpark/tide.example"></iframe>'),
    "teaminternet_assets": html('<img src="//d38psrni17bvxu.cloudfront.net/themes/star.gif">'),
    "teaminternet_script": html('<script src="https://trkpc.net/track"></script>'),
    "parklogic_script": html('<script src="http://parking.parklogic.com/page/enhance.js"></script>'),
    "bodis_script": html('<script src="https://www.bodis.com/js/a.js"></script>'),
    "above_script": html('<a href="https://www.above.com/marketplace/tide.example">See</a>'),
    "namecheap_page": html('<iframe src="https://parkingpage.namecheap.com/?d=tide"></iframe>'),
    "hostinger_page": html(title="Parked Domain name on Hostinger DNS system"),
    "sale_title": html(title="tide.example is a premium domain for sale"),
    "sale_heading": html("<h1>The domain tide.example is for sale</h1>"),
    "sale_text": html("<div>tide.example</div><div>Make an offer for this domain</div>"),
    "parked_title": html(title="tide.example is parked", head="").replace("tide.example is", "This domain is"),
    "parked_text": html("<p>Future home of something quite cool</p>"),
}
TARGETS = {
    "sale_host": "https://www.afternic.com/forsale/a.example",
    "parking_host": "https://www.sedoparking.com/a.example",
    "sale_path": "https://names.example/buy-domain/a.example",
    "lander_path": "https://a.example/lander",
    "ww_host": "http://ww12.a.example/",
    "parking_query": "https://a.example/?tr_uuid=20260101-01",
}
SALE = [
    "Diese Domain steht zum Verkauf",
    "Ce domaine est à vendre",
    "Este dominio está en venta",
    "Dominio in vendita",
    "Domein te koop",
    "Domínio à venda",
    "Satılık domain",
    "Домен продается",
    "域名出售",
    "Domena na sprzedaż",
    "Doména na prodej",
    "This domain may be for sale",
    "Buy this domain",
]


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: sign.name)
def test_each_row_knows_its_page(sign: Sign) -> None:
    """On a page written for it, or at an address to which such services redirect; both are unsafe."""
    if sign.where in ADDRESS:
        parked = seen(html("Loading"), final=TARGETS[sign.name])
    else:
        parked = seen(PAGES[sign.name])

    assert sign.name in found(parked, SIGNS)
    assert verdict(parked).code is Code.PARKED


def test_each_page_has_its_row() -> None:
    """No page and no address is left over."""
    assert {*PAGES, *TARGETS} == {sign.name for sign in SIGNS}


@pytest.mark.parametrize("words", SALE)
def test_names_are_for_sale_in_many_languages(words: str) -> None:
    """In title or text."""
    assert verdict(seen(html(title=words))).code is Code.PARKED
    assert verdict(seen(html(f"<p>{words}</p>"))).code is Code.PARKED


@pytest.mark.parametrize("name", PAGES)
def test_no_row_counts_on_an_article(name: str) -> None:
    """Not even on one about names for sale."""
    page = PAGES[name].replace("</body>", f"{ARTICLE * 3}</body>").replace("</head></html>", f"</head>{ARTICLE * 3}")

    assert verdict(seen(page)).code.health is Health.HEALTHY


def test_addresses_count_only_as_the_end_of_a_redirect() -> None:
    """Who links to an auction means the auction."""
    for url in TARGETS.values():
        assert verdict(seen(html(ARTICLE * 3), url=url)).code.health is Health.HEALTHY


@pytest.mark.parametrize("name", ["ww_host", "lander_path", "parking_query"])
def test_healthy_sites_may_have_such_addresses_too(name: str) -> None:
    """ww2 is the second server of a station, and /lander its landing page."""
    page = seen(html(ARTICLE * 3, title="Harbour opens"), final=TARGETS[name])

    assert verdict(page, title="Harbour opens").code is Code.MOVED


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("a sale", "<h1>a.example</h1><p>is for sale! Secure payment.</p>"),
        ("a sale", "<title>a.example steht zum Verkauf</title>"),
        ("parking", "<p>This webpage was generated by the domain owner using Sedo Domain Parking.</p>"),
    ],
)
def test_a_name_that_offers_itself(page: str, text: str) -> None:
    """Its own name, and that it is for sale."""
    assert verdict(seen(html(text))).code is Code.PARKED, page


def test_a_page_about_a_sale_is_told_by_the_front_page() -> None:
    """Words are believed of a whole host; what only parking services write needs no other question."""
    advert = seen(html("<h1>The domain harbour.example is for sale</h1>", title="Small advertisements"))
    same = seen(
        html("<h1>The domain harbour.example is for sale</h1>"), url="https://a.example/", purpose=Purpose.CONTROL
    )
    forum = seen(html(ARTICLE, title="Forum"), url="https://a.example/", purpose=Purpose.CONTROL)
    refused = seen(html(), url="https://a.example/", status=403, purpose=Purpose.CONTROL)

    assert [one.request.url for one in questions(evidence(advert), seed="1")] == ["https://a.example/"]
    assert not questions(evidence(seen(PAGES["adblock_key"])), seed="1")
    assert verdict(advert, forum).code is Code.OK
    assert {verdict(advert, front).code for front in (same, refused)} == {Code.PARKED}


def test_a_house_in_domain_road_is_for_sale() -> None:
    """And no domain is."""
    assert verdict(seen(html("<p>12 Domain Road is for sale. Four rooms.</p>"))).code is Code.OK


def test_parking_hides_behind_404_too() -> None:
    """But what refuses or fails is judged by its status."""
    assert verdict(seen(PAGES["adblock_key"], status=404)).code is Code.PARKED
    assert verdict(seen(PAGES["adblock_key"], status=502)).code is Code.SERVER_ERROR
