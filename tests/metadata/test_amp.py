"""Addresses in the AMP cache.

The expectations follow the published algorithm (amp.dev, "AMP Cache URL format"); those with a source named are facts
published by others.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.metadata.amp import cache_url, host_of_prefix, origin_url, prefix_of, same_cache_url
from crawler.urls import canonical

CACHED = {
    "https://news.test/a/amp/": "https://news-test.cdn.ampproject.org/c/s/news.test/a/amp/",
    "http://news.test/a/amp": "https://news-test.cdn.ampproject.org/c/news.test/a/amp",
    "https://News.Test/A": "https://news-test.cdn.ampproject.org/c/s/news.test/A",
    "https://news.test": "https://news-test.cdn.ampproject.org/c/s/news.test",
    "https://news.test/": "https://news-test.cdn.ampproject.org/c/s/news.test/",
    "https://news.test/page/?amp": "https://news-test.cdn.ampproject.org/c/s/news.test/page/?amp",
    "https://news.test/page?amp": "https://news-test.cdn.ampproject.org/c/s/news.test/page?amp",
    "https://news.test?amp=1": "https://news-test.cdn.ampproject.org/c/s/news.test?amp=1",
    "https://news.test/a%20b/%C3%A9?q=%2F+1#top": "https://news-test.cdn.ampproject.org/c/s/news.test/a%20b/%C3%A9?q=%2F+1",
    "https://our-news.test/a": "https://our--news-test.cdn.ampproject.org/c/s/our-news.test/a",
    "https://my-news.test/a": "https://0-my--news-test-0.cdn.ampproject.org/c/s/my-news.test/a",
    "https://news.test/cat.JPG": "https://news-test.cdn.ampproject.org/i/s/news.test/cat.JPG",
    "https://news.test/a.woff2?v=1": "https://news-test.cdn.ampproject.org/r/s/news.test/a.woff2?v=1",
    "https://bücher.test/a": "https://xn--bcher-test-9db.cdn.ampproject.org/c/s/xn--bcher-kva.test/a",
}


@pytest.mark.parametrize("url", CACHED)
def test_cache_url(url: str) -> None:
    """The cache's address keeps path and query as they were written."""
    assert cache_url(url) == CACHED[url]


PREFIXES = {
    "example.com": "example-com",
    "foo.example.com": "foo-example-com",
    "foo-example.com": "foo--example-com",
    "xn--57hw060o.com": "xn---com-p33b41770a",  # amp.dev
    "en-us.example.com": "0-en--us-example-com-0",  # amp.dev
    "xn--bcher-kva.ch": "xn--bcher-ch-65a",  # amp-toolbox, Apache-2.0
}


@pytest.mark.parametrize("host", PREFIXES)
def test_prefix_and_back(host: str) -> None:
    """A readable prefix can be read back."""
    assert prefix_of(host) == PREFIXES[host]
    assert host_of_prefix(PREFIXES[host]) == host


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "ab--cd.test",
        "a-very-long-name-that-has-more-than-sixty-three-letters-in-all.example.test",
        "-".join("abcdefghijklmnopqrstuvwxyz") + ".example.test",
        "hello.xn--4gbrim.test",  # a name with letters of both directions
    ],
)
def test_hosts_that_are_hashed(host: str) -> None:
    """A host that makes no readable label becomes a hash, which cannot be read back."""
    prefix = prefix_of(host)

    assert (len(prefix), prefix.isalnum(), host_of_prefix(prefix)) == (52, True, None)


def test_a_published_hash() -> None:
    """The hash is the one of the specification (amp-toolbox, AmpUrlSpec: "https://no-dot-domain")."""
    assert prefix_of("no-dot-domain") == "4lxc7wqq7b25walg4rdiil62veijrmqui5z3ept2lyfqqwpowryq"


@pytest.mark.parametrize(
    ("cached", "page"),
    [
        ("https://news-test.cdn.ampproject.org/c/s/news.test/a/?amp", "https://news.test/a/?amp"),
        ("https://news-test.cdn.ampproject.org/v/news.test/a?amp_js_v=0.1&p=2", "http://news.test/a?p=2"),
        ("https://cdn.ampproject.org/c/s/news.test/a", "https://news.test/a"),
        ("https://news-test.bing-amp.com/c/s/news.test/a", "https://news.test/a"),
        ("https://news-test.cdn.ampproject.org/ii/w800/s/news.test/a.png", "https://news.test/a.png"),
        ("https://www.google.com/amp/s/news.test/a", "https://news.test/a"),
        ("https://www.google.co.uk/amp/news.test/a", "http://news.test/a"),
        ("https://news.test/c/s/news.test/a", None),
        ("https://notcdn.ampproject.org.test/c/s/news.test/a", None),
        ("https://www.google.com/search?q=amp", None),
        ("https://news-test.cdn.ampproject.org/", None),
        ("https://news-test.cdn.ampproject.org/c/s/%00/", None),
        ("not an address", None),
    ],
)
def test_the_page_behind(cached: str, page: str | None) -> None:
    """The page behind a cache's or a viewer's address is found, and nothing is made up for other addresses."""
    assert origin_url(cached) == page


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("https://a-test.cdn.ampproject.org/c/s/a.test", "https://a-test.cdn.ampproject.org/c/s/a.test/", True),
        (
            "https://a-test.cdn.ampproject.org/c/s/a.test/b?amp",
            "https://a-test.cdn.ampproject.org/v/s/a.test/b/?amp",
            True,
        ),
        ("https://x.cdn.ampproject.org/c/s/é.test/b", "https://x.cdn.ampproject.org/c/s/xn--9ca.test/b", True),
        ("https://a-test.cdn.ampproject.org/c/s/a.test/b", "https://a-test.cdn.ampproject.org/c/s/a.test/c", False),
        ("https://a-test.cdn.ampproject.org/c/s/a.test/b", "https://a.test/b", False),
        ("no address", "no address", True),
    ],
)
def test_lenient_comparison(first: str, second: str, same: bool) -> None:
    """Addresses that differ in kind or in a last slash lead to the same page."""
    assert same_cache_url(first, second) is same
    assert same_cache_url(second, first) is same


def test_what_is_no_address() -> None:
    """An address that cannot be asked has none in the cache."""
    with pytest.raises(ValueError, match="relative"):
        cache_url("/amp/page")


LABEL = st.from_regex(r"[a-z0-9](?:[a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True).filter(lambda label: label[2:4] != "--")
HOST = st.lists(LABEL, min_size=1, max_size=4).map(".".join).map(lambda host: host + ".test")
PATH = st.text(st.sampled_from("abcXYZ019-._~%20/"), max_size=30).map(lambda path: "/" + path)


@given(host=HOST, path=PATH)
def test_there_and_back(host: str, path: str) -> None:
    """The page behind a page's cache address is the page."""
    url = canonical(f"https://{host}{path}")

    assert origin_url(cache_url(url)) == url
    assert host_of_prefix(prefix_of(host)) in (host, None)


def test_a_page_under_the_name_of_another_site() -> None:
    """A cache address whose subdomain stands for another host than its path leads to no page."""
    assert origin_url("https://news-test.cdn.ampproject.org/c/s/other.test/a") is None
    assert origin_url("https://cdn.ampproject.org/c/s/other.test/a") == "https://other.test/a"


@given(text=st.text(max_size=60))
def test_any_text(text: str) -> None:
    """No text raises anything but the error that says that it is no address."""
    origin_url(text)
    origin_url("https://a.cdn.ampproject.org/c/s/" + text)
    same_cache_url(text, "https://" + text)
    host_of_prefix(text)
    try:
        cache_url("https://" + text)
    except ValueError:
        return
