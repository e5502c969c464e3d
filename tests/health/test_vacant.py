"""Hosting that nobody uses any more: every row on a page written for it."""

from __future__ import annotations

import pytest

from crawler.health.sight import ADDRESS, Sign
from crawler.health.vacant import SIGNS
from crawler.model import Code, Purpose
from tests.health.pages import ARTICLE, found, html, seen, verdict

ROOT = "https://a.example/"
PAGES = {
    "github_pages": html("<h1>404</h1><p>There isn't a GitHub Pages site here.</p>"),
    "s3_bucket": html("<li>Code: NoSuchBucket</li><li>Message: The specified bucket does not exist</li>"),
    "heroku_app": html("<p>No such app</p>"),
    "heroku_frame": html('<iframe src="//www.herokucdn.com/error-pages/no-such-app.html"></iframe>'),
    "fastly_domain": html("Fastly error: unknown domain: tide.example."),
    "netlify_site": html("Not Found - Request ID: 01GDKF8WQ7XYA"),
    "vercel_code": html("<p>Code: DEPLOYMENT_NOT_FOUND</p>"),
    "vercel_text": html("<p>The deployment could not be found on Vercel.</p>"),
    "azure_app": html("<h1>404 Web Site not found.</h1>"),
    "azure_stopped": html("<h1>Error 403 - This web app is stopped.</h1>"),
    "pantheon_site": html("<h1>404 error unknown site!</h1>"),
    "ghost_blog": html("<p>The thing you were looking for is no longer here, or never was</p>"),
    "hatena_blog": html("<h1>404 Blog is not found</h1>"),
    "blogger_missing": html("<p>Sorry, the blog you were looking for does not exist.</p>"),
    "blogger_removed": html("<h1>Blog has been removed</h1>"),
    "wordpress_blog": html("<p>Do you want to register tides.wordpress.com?</p>"),
    "tumblr_blog": html("<p>Whatever you were looking for doesn't currently exist at this address.</p>"),
    "shopify_shop": html("<h1>Sorry, this shop is currently unavailable.</h1>"),
    "bitbucket_pages": html("<h1>Repository not found</h1>"),
    "surge_project": html("<h1>project not found</h1>"),
    "squarespace_site": html("<h1>Website Expired</h1>"),
    "wix_domain": html("<p>Looks like this domain isn't connected to a website yet</p>"),
    "zendesk_centre": html("<h1>Help Center Closed</h1>"),
    "readthedocs_project": html("<p>tides is unknown to Read the Docs</p>"),
    "wpengine_site": html("<p>The site you were looking for couldn't be found.</p>"),
    "firebase_site": html("<h1>Site Not Found</h1><h2>Why am I seeing this?</h2>"),
    "unknown_domain": html("<p>No Site For Domain</p>"),
    "unconfigured_domain": html("<p>No site configured at this address</p>"),
    "suspended_account": html("<h1>This Account has been suspended.</h1>"),
}
TARGETS = {"cpanel_page": "https://a.example/cgi-sys/defaultwebpage.cgi"}


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: sign.name)
def test_each_row_knows_its_page(sign: Sign) -> None:
    """On a page written for it: at the front page, that is the whole site."""
    if sign.where in ADDRESS:
        assert sign.name in found(seen(html("A default page"), final=TARGETS[sign.name]), SIGNS)
        return
    for status in (200, 404):
        empty = seen(PAGES[sign.name], url=ROOT, status=status)
        assert sign.name in found(empty, SIGNS)
        assert verdict(empty).code is Code.HOST_GONE


def test_each_page_has_its_row() -> None:
    """No page and no address is left over."""
    assert {*PAGES, *TARGETS} == {sign.name for sign in SIGNS}


@pytest.mark.parametrize(("status", "otherwise"), [(200, Code.SOFT_404), (404, Code.NOT_FOUND)])
def test_a_page_proves_the_hosts_end_only_with_the_front_page(status: int, otherwise: Code) -> None:
    """Which may be fine, or not known."""
    page = seen(PAGES["github_pages"], status=status)
    same = seen(PAGES["github_pages"], url=ROOT, status=404, purpose=Purpose.CONTROL)
    fine = seen(html(ARTICLE), url=ROOT, purpose=Purpose.CONTROL)

    assert verdict(page, same).code is Code.HOST_GONE
    assert verdict(page, fine).code is otherwise
    assert verdict(page).code is otherwise


def test_a_page_may_tell_of_such_a_text() -> None:
    """With a menu around it, it is somebody's question."""
    menu = "<nav>" + "<a href='/'>Questions and answers</a> " * 20 + "</nav>"
    asked = seen(html(f"{menu}<h1>Heroku: No such app</h1><p>How do I mend this?</p>"))

    assert verdict(asked).code is Code.OK


def test_errors_that_are_no_pages_are_read_too() -> None:
    """Amazon's are XML, Heroku's plain text."""
    xml = "<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message></Error>"

    assert verdict(seen(xml, url=ROOT, status=404, kind="application/xml")).code is Code.HOST_GONE
    assert verdict(seen("No such app", url=ROOT, status=404, kind="text/plain")).code is Code.HOST_GONE
    assert verdict(seen("No such app", url=ROOT, status=200, kind="text/plain")).code is Code.OK
