"""Pages withheld from some countries, and pages behind a paywall."""

from __future__ import annotations

import pytest

from crawler.health.access import SIGNS
from crawler.health.sight import Sign
from crawler.model import Code, Health
from tests.health.pages import ARTICLE, found, html, seen, verdict

PAGES = {
    "legal_title": html(title="451: Unavailable due to legal reasons"),
    "european_area": html("<p>You are reading this from a country belonging to the European Economic Area (EEA).</p>"),
    "regulation_after": html("<p>Unfortunately, our paper is kept from Europe by the GDPR.</p>"),
    "regulation_before": html("<p>Because of the General Data Protection Regulation this paper is unavailable.</p>"),
    "country_title": html(title="This video is not available in your country"),
    "country_heading": html("<h1>Not available in your region</h1>"),
    "country_text": html("<p>Sorry, this film is not available in your location.</p>"),
}
NOT_FREE = """<script type="application/ld+json">
{"@type": "NewsArticle", "headline": "Harbour opens", "isAccessibleForFree": %s}</script>"""


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: sign.name)
def test_each_row_knows_its_page(sign: Sign) -> None:
    """On a page written for it."""
    assert sign.name in found(seen(PAGES[sign.name]), SIGNS)
    assert verdict(seen(PAGES[sign.name])).code is Code.LEGAL_BLOCK


def test_each_page_has_its_row() -> None:
    """No page is left over."""
    assert set(PAGES) == {sign.name for sign in SIGNS}


@pytest.mark.parametrize("name", PAGES)
def test_no_row_counts_on_an_article(name: str) -> None:
    """Newspapers write about the law."""
    page = PAGES[name].replace("</body>", f"{ARTICLE * 3}</body>")

    assert verdict(seen(page)).code.health is Health.HEALTHY


@pytest.mark.parametrize("value", ["false", '"False"', '"http://schema.org/False"'])
def test_a_paywall_that_says_so_is_no_fault(value: str) -> None:
    """schema.org, isAccessibleForFree, in the ways in which publishers write it."""
    told = verdict(seen(html(ARTICLE, head=NOT_FREE % value)))

    assert (told.code, told.code.health) == (Code.PAYWALLED, Health.HEALTHY)


def test_what_is_free_is_ok() -> None:
    """And says so."""
    assert verdict(seen(html(ARTICLE, head=NOT_FREE % "true"))).code is Code.OK
