"""Addresses as browsers take them."""

from __future__ import annotations

import ada_url
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.urls import (
    NotForTheWebError,
    address_of,
    canonical,
    has_port,
    host_of,
    is_root,
    origin_of,
    path_and_query,
    port_of,
    split,
)


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("HTTP://ExAmple.COM:80/A b?c=d|e#f", "http://example.com/A%20b?c=d|e"),
        ("https://bücher.example/ä?ö=1", "https://xn--bcher-kva.example/%C3%A4?%C3%B6=1"),
        ("  https://a.example/x\n", "https://a.example/x"),
        (r"https:\\a.example\x", "https://a.example/x"),
        ("https://a.example/%zz?b=2&a=1", "https://a.example/%zz?b=2&a=1"),
        ("https://a.example/%C3%a4", "https://a.example/%C3%a4"),
        ("https://a.example", "https://a.example/"),
        ("https://a.example/x/../y/./z", "https://a.example/y/z"),
        ('https://a.example/"q"x', "https://a.example/%22q%22x"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://[::FFFF:127.0.0.1]/", "http://[::ffff:7f00:1]/"),
        ("https://a.example//x//y", "https://a.example//x//y"),
    ],
)
def test_an_address_is_what_a_browser_would_ask_for(written: str, url: str) -> None:
    """The fragment goes, queries keep their order, escapes their spelling."""
    assert canonical(written) == url


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "the address is empty"),
        ("https://a b.example/", "a blank stands in the host name"),
        ("'https://a.example/'", "a stray ' stands around the address"),
        ("“https://a.example/”", "a stray “ stands around the address"),
        ("https://", "the address names no host"),
        ("https://a.example:99999/", "the port 99999 does not exist"),
        ("https://a..example/", "the host a..example has an empty label"),
        ("a.example/x", "a relative address where an absolute one is needed"),
        ("htps://a.example/", "the scheme htps: cannot be checked"),
        ("javascript:alert(1)", "the scheme javascript: cannot be checked"),
        ("https://" + "a" * 64 + ".example/", "longer than DNS allows"),
        ("https://[::1/", "is not a host name that a browser accepts"),
    ],
)
def test_what_is_no_address_says_why(written: str, reason: str) -> None:
    """In words that tell the maintainer what to mend."""
    with pytest.raises(ValueError, match=r".") as raised:
        canonical(written)

    assert reason in str(raised.value)


def test_links_for_other_programs_are_told_apart_from_mistakes() -> None:
    """`mailto:` is a sound link that nobody can ask over HTTP."""
    with pytest.raises(NotForTheWebError, match=r"mailto: is not asked over HTTP"):
        canonical("mailto:a@b.example")


def test_relative_addresses_are_joined_to_their_base() -> None:
    """As in an href."""
    base = "https://a.example/dir/page?x=1"

    assert canonical("../b?c#d", base) == "https://a.example/b?c"
    assert canonical("//b.example/x", base) == "https://b.example/x"


@given(st.text(max_size=60))
@example("0'\x1b")
@example("0'#")
@example("?`#")
def test_canonical_addresses_are_stable(written: str) -> None:
    """Whatever comes, it is refused, or an address that stays as it is when read again."""
    try:
        url = canonical(written, "https://a.example/")
    except ValueError:
        return
    assert canonical(url) == url
    assert url.isascii()


def test_the_parts_that_decisions_rest_on() -> None:
    """Host without port and brackets, origin without credentials."""
    url = "https://user:secret@a.example:8443/x"

    assert (host_of(url), origin_of(url), port_of(url)) == ("a.example", "https://a.example:8443", 8443)
    assert (host_of("http://[::1]:80/"), port_of("http://[::1]/")) == ("::1", 80)
    assert address_of("[::1]") is not None
    assert address_of("a.example") is None
    assert [is_root(one) for one in ("https://a.example/", "https://a.example/?p=1", "https://a.example/x")] == [
        True,
        False,
        False,
    ]


_HOST = st.from_regex(
    r"(?:(?:[a-z0-9]{1,3}(?:-{1,2}[a-z0-9]{1,3})?\.){0,3}[a-z0-9]{1,4}|(?:[0-9]{1,3}\.){3}[0-9]{1,3})(?::[0-9]{1,6})?",
    fullmatch=True,
)
_REST = st.text("aZ9./-_~!$&()*+,;=:@%2eE|?#'^{}\\ é", max_size=12)


@given(st.sampled_from(["http", "https"]), _HOST, _REST)
def test_what_is_left_as_it_is_is_what_a_browser_leaves_so(scheme: str, host: str, rest: str) -> None:
    """The short way for the addresses of most links gives what the parser would have given."""
    written = f"{scheme}://{host}/{rest}"

    try:
        found = canonical(written)
    except ValueError:
        return
    assert found == ada_url.normalize_url(written.strip()).split("#")[0]


@given(st.sampled_from(["http://", "https://", "HTTPS://a@"]), _HOST, _REST, _REST)
def test_what_is_joined_to_its_site_is_what_a_browser_joins(scheme: str, host: str, path: str, rest: str) -> None:
    """So does the short way for a path from the root."""
    base, written = f"{scheme}{host}/{path}", f"/{rest}"

    try:
        found = canonical(written, base)
    except ValueError:
        return
    assert found == ada_url.join_url(base, written.strip()).split("#")[0]


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/x?y=1#z",
        "https://a.example:8443/x",
        "https://a.example?y#z?",
        "https://a.example#z?",
        "http://[::1]:80/a?b",
        "http://[::1]/",
        "http://user:pass@a.example:81/x?",
        "http://user:pass@a.example/x",
    ],
)
def test_what_follows_the_host_is_as_the_standard_library_reads_it(url: str) -> None:
    """Only sooner."""
    parts = split(url)

    assert path_and_query(url) == (parts.path, parts.query)
    assert has_port(url) is (parts.port is not None)
