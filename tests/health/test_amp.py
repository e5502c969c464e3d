"""AMP links are judged by their page, and copies in caches by their origin."""

from __future__ import annotations

import msgspec
import pytest

from crawler.health.evidence import Companion, Evidence
from crawler.health.judge import judge
from crawler.model import Code, Features, Hop, Kind, Observation, Page
from tests.health.evidence import URL, answer, link, seen

PAGE_URL = "https://a.example/page"
AMP_PAGE = Page(title="A story", is_amp=True, canonical=PAGE_URL)


def beside(kind: Kind, observation: Observation, **more: object) -> Evidence:
    companion = msgspec.convert(
        {"page_url": PAGE_URL, "page": page(), "page_code": Code.OK, **more}, Companion, from_attributes=True
    )
    return msgspec.structs.replace(seen(observation, about=link(kind)), companion=companion)


def page(amphtml: str | None = URL) -> Observation:
    return answer(200, page=Page(title="A story", amphtml=amphtml, url=PAGE_URL), features=Features(), url=PAGE_URL)


def amp(found: Page | None = AMP_PAGE, **more: object) -> Observation:
    return answer(200, page=found, features=Features(visible=5_000, prose=3_000), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("observation", "more", "rule"),
    [
        (amp(), {}, "answered"),
        (answer(404), {}, "amp_gone"),
        (answer(410), {}, "amp_gone"),
        (answer(404), {"page_code": Code.NOT_FOUND}, "not_found"),
        (answer(404), {"page_code": Code.BLOCKED}, "not_found"),
        (answer(503), {}, "server_error"),
        (amp(AMP_PAGE, hops=(Hop(url=URL, status=301),), url=PAGE_URL), {}, "permanent_redirect"),
        (
            amp(Page(title="A story"), hops=(Hop(url=URL, status=301),), url=PAGE_URL),
            {},
            "amp_leads_to_page",
        ),
        (amp(Page(title="A story")), {}, "amp_not_marked"),
        (amp(), {"page": page(None)}, "amp_not_declared"),
        (amp(), {"page": page("https://a.example/other-amp")}, "amp_declared_elsewhere"),
        (
            amp(Page(title="B", is_amp=True, canonical="https://a.example/b")),
            {},
            "amp_canonical_elsewhere",
        ),
        (amp(), {"page": None, "page_code": None}, "answered"),
    ],
)
def test_an_amp_page_lives_with_its_page(observation: Observation, more: dict[str, object], rule: str) -> None:
    """Dropped AMP is a notice while the page lives; a dead page is a dead page."""
    assert judge(beside(Kind.AMP, observation, **more)).rule == rule


@pytest.mark.parametrize(
    ("more", "code", "rule"),
    [
        ({"amp_code": Code.OK}, Code.OK, "amp_cache_by_origin"),
        ({"amp_code": Code.AMP_MISMATCH}, Code.OK, "amp_cache_by_origin"),
        ({"amp_code": Code.AMP_DROPPED}, Code.AMP_DROPPED, "amp_cache_of_dropped"),
        ({"amp_code": Code.NOT_FOUND}, Code.NOT_FOUND, "amp_origin_not_found"),
        ({"amp_code": Code.BLOCKED}, Code.BLOCKED, "amp_origin_blocked"),
        (
            {"amp_code": Code.OK, "derived": "https://x.cdn.ampproject.org/c/s/x/", "derived_agrees": False},
            Code.AMP_MISMATCH,
            "amp_cache_not_derived",
        ),
    ],
)
@pytest.mark.parametrize("status", [200, 404])
def test_a_copy_in_a_cache_is_what_its_origin_is(more: dict[str, object], code: Code, rule: str, status: int) -> None:
    """Caches keep stale copies, and drop sound ones: their own answer proves nothing."""
    verdict = judge(beside(Kind.AMP_CACHE, answer(status), **more))

    assert (verdict.code, verdict.rule) == (code, rule)
