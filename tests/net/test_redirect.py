"""Redirect chains: what is followed, what each hop may see, where chains end."""

from __future__ import annotations

import base64
from http.cookies import SimpleCookie

import pytest

from crawler.demo.reply import Reply, page, redirect
from crawler.demo.web import Hit, LoopbackWeb
from crawler.model import FailureKind, Hop
from tests.net.asking import answered, asking, failed, saying, server

GOOD = page("Here")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_followed_and_recorded(status: int) -> None:
    """Each redirecting answer is a hop; the outcome is the last answer's."""
    async with LoopbackWeb({"a.test/": redirect("https://b.test/new", status), "b.test/new": GOOD}) as web:
        async with asking(web) as ask:
            fetched = await ask.get("http://a.test/")

        assert fetched.hops == (Hop(url="http://a.test/", status=status),)
        assert (answered(fetched).url, answered(fetched).status) == ("https://b.test/new", 200)
        assert (fetched.requests, fetched.attempts, len(web.hits)) == (2, 1, 2)


@pytest.mark.parametrize("status", [300, 304, 305, 306])
async def test_other_statuses_are_answers(status: int) -> None:
    """300, 304 and 305 lead nowhere by themselves, whatever their Location says."""
    async with LoopbackWeb({"a.test/": redirect("/other", status)}) as web, asking(web) as ask:
        fetched = await ask.get("http://a.test/")

    assert (answered(fetched).status, fetched.hops) == (status, ())


LOCATIONS = {
    "/abs": "http://a.test/abs",
    "rel": "http://a.test/dir/rel",
    "../up": "http://a.test/up",
    "?q=1": "http://a.test/dir/page?q=1",
    "//b.test/x": "http://b.test/x",
    "HTTP://B.TEST/x": "http://b.test/x",
    "https:\\\\b.test\\x": "https://b.test/x",
    "/with blank": "http://a.test/with%20blank",
    "/frag#part": "http://a.test/frag",
    "/é": "http://a.test/%C3%A9",
    "http://b.test:80/x": "http://b.test/x",
    '/quoted"': "http://a.test/quoted%22",
    "/find?name='quoted'#first": "http://a.test/find?name=%27quoted%27",
    "/find?name=`quoted`#first": "http://a.test/find?name=`quoted%60",
    "/quoted'#first": "http://a.test/quoted%27",
    "  /padded  ": "http://a.test/padded",
    "http://bücher.test/": "http://xn--bcher-kva.test/",
}


@pytest.mark.parametrize(("location", "target"), LOCATIONS.items())
async def test_locations_are_read_as_browsers_read_them(location: str, target: str) -> None:
    """Relative, odd and non-ASCII locations lead where they lead in a browser."""
    async with LoopbackWeb({"a.test/dir/page": redirect(location), "*": GOOD}) as web, asking(web) as ask:
        assert answered(await ask.get("http://a.test/dir/page")).url == target


async def test_latin_1_locations_lead_somewhere_too() -> None:
    """Bytes that are no UTF-8 are read as Latin-1."""
    raw = b"HTTP/1.1 302 Found\r\nLocation: /caf\xe9\r\nContent-Length: 0\r\n\r\n"
    async with LoopbackWeb({"a.test/": Reply(raw=raw), "*": GOOD}) as web, asking(web) as ask:
        assert answered(await ask.get("http://a.test/")).url == "http://a.test/caf%C3%A9"


@pytest.mark.parametrize(
    "location",
    ["", "mailto:a@b.test", "javascript:alert(1)", "ftp://b.test/", "http://", "http://b.test:99999/", "http://[::1"],
)
async def test_locations_that_lead_nowhere(location: str) -> None:
    """A Location that no browser follows is a failure of its own, with the hop recorded and the reason told."""
    async with LoopbackWeb({"a.test/": redirect(location, 302)}) as web, asking(web) as ask:
        fetched = await ask.get("http://a.test/")

    assert (failed(fetched).kind, failed(fetched).url) == (FailureKind.BAD_REDIRECT, "http://a.test/")
    assert fetched.hops == (Hop(url="http://a.test/", status=302),)


async def test_a_redirect_without_location_leads_nowhere() -> None:
    """A 301 that does not say where to is no page either."""
    async with LoopbackWeb({"a.test/": Reply(status=301)}) as web, asking(web) as ask:
        assert await ask.failure("http://a.test/") is FailureKind.BAD_REDIRECT


async def test_where_within_the_page_a_redirect_leads_is_kept() -> None:
    """It is not asked for, since no fragment is sent."""
    async with LoopbackWeb({"a.test/": redirect("/b#part", 302), "a.test/b": GOOD}) as web, asking(web) as ask:
        fetched = await ask.get("http://a.test/")

    assert answered(fetched).url == "http://a.test/b"
    assert fetched.hops == (Hop(url="http://a.test/", status=302, fragment="part"),)


async def test_a_fragment_that_names_no_part_is_left_out() -> None:
    """Cut short, it would lead elsewhere."""
    async with (
        LoopbackWeb({"a.test/": redirect(f"/b#{'x' * 10_000}", 302), "a.test/b": page("B")}) as web,
        asking(web) as ask,
    ):
        fetched = await ask.get("http://a.test/")

    assert fetched.hops == (Hop(url="http://a.test/", status=302),)


@pytest.mark.parametrize(("hops", "kind"), [(10, None), (11, FailureKind.TOO_MANY_REDIRECTS)])
async def test_chains_have_a_length(hops: int, kind: FailureKind | None) -> None:
    """`max_redirects` hops are followed, and not one more."""
    routes = {f"a.test/{n}": redirect(f"/{n + 1}") for n in range(hops)} | {f"a.test/{hops}": GOOD}
    async with LoopbackWeb(routes) as web, asking(web, max_redirects=10) as ask:
        outcome = (await ask.get("http://a.test/0")).outcome

        assert getattr(outcome, "kind", None) is kind
        assert len(web.hits) == 11


@pytest.mark.parametrize(
    "routes",
    [
        {"a.test/": redirect("/")},
        {"a.test/": redirect("/b"), "a.test/b": redirect("/")},
        {"a.test/": redirect("/#again")},
        {"a.test/": Reply(status=302, headers=(("Location", "/"), ("Set-Cookie", "same=1")))},
    ],
)
async def test_loops_end(routes: dict[str, Reply]) -> None:
    """The same URL with the same cookies is a loop."""
    async with LoopbackWeb(routes) as web, asking(web) as ask:
        assert await ask.failure("http://a.test/") is FailureKind.REDIRECT_LOOP
        assert len(web.hits) <= 2


async def test_a_cookie_for_every_visit_is_a_loop_as_well() -> None:
    """A site that sets another cookie each time is asked twice, not ten times."""
    seen = 0

    def restless(hit: Hit) -> Reply:
        nonlocal seen
        seen += 1
        return Reply(status=302, headers=(("Location", "/"), ("Set-Cookie", f"visit={seen}")))

    async with LoopbackWeb({"a.test/": restless}) as web, asking(web) as ask:
        assert (await ask.failure("http://a.test/"), seen) == (FailureKind.REDIRECT_LOOP, 2)


def cookies(hit: Hit) -> dict[str, str]:
    return {name: morsel.value for name, morsel in SimpleCookie(hit.header("cookie") or "").items()}


async def test_a_cookie_and_back_again() -> None:
    """A site that sets a cookie and sends back to itself gets the cookie, and is no loop."""

    def consent(hit: Hit) -> Reply:
        if cookies(hit):
            return GOOD
        return Reply(status=302, headers=(("Location", "/"), ("Set-Cookie", "seen=yes; Path=/"), ("Set-Cookie", "b=2")))

    async with LoopbackWeb({"a.test/": consent}) as web, asking(web) as ask:
        fetched = await ask.get("http://a.test/")

        assert (answered(fetched).status, cookies(web.hits[1])) == (200, {"seen": "yes", "b": "2"})


async def test_cookies_stay_in_their_chain_and_domain() -> None:
    """A cookie goes to the hosts it is for, within the chain in which it was set."""
    first = Reply(
        status=302,
        headers=(
            ("Location", "http://other.example/"),
            ("Set-Cookie", "host=1"),
            ("Set-Cookie", "site=2; Domain=site.example"),
            ("Set-Cookie", "stolen=3; Domain=other.example"),
            ("Set-Cookie", "secure=4; Secure; Domain=site.example"),
        ),
    )
    routes = {
        "www.site.example/": first,
        "other.example/": redirect("http://shop.site.example/"),
        "shop.site.example/": redirect("http://www.site.example/end"),
        "www.site.example/end": GOOD,
    }
    async with LoopbackWeb(routes) as web, asking(web) as ask:
        await ask.get("http://www.site.example/")
        await ask.get("http://www.site.example/end")

        assert [cookies(hit) for hit in web.hits] == [{}, {}, {"site": "2"}, {"host": "1", "site": "2"}, {}]


async def test_cookies_are_reported_by_name_only() -> None:
    """Session values never reach a report; redirecting answers' cookies do not either."""
    reply = Reply(headers=(("Set-Cookie", "session=s3cret; Path=/"), ("Set-Cookie", "s3cret; Path=/x=y")))
    async with LoopbackWeb({"a.test/": reply}) as web, asking(web) as ask:
        headers = answered(await ask.get("http://a.test/")).headers

    assert [value for name, value in headers if name == "set-cookie"] == ["session", ""]


def secrets(hit: Hit) -> tuple[str | None, ...]:
    return tuple(hit.header(name) for name in ("authorization", "x-key", "if-none-match"))


async def test_headers_do_not_leak() -> None:
    """The user's headers go to the first origin alone, on every hop there; validators with the first request only."""
    routes = {
        "a.test/": redirect("/second"),
        "a.test/second": redirect("https://a.test/tls"),
        "a.test/tls": redirect("http://b.test/"),
        "b.test/": redirect("http://a.test/last"),
        "a.test/last": GOOD,
    }
    own = {"Authorization": "Bearer t0ken", "X-Key": "k"}
    async with LoopbackWeb(routes) as web, asking(web, headers=own) as ask:
        await ask.get("http://a.test/", headers=(("If-None-Match", '"v1"'),))

        given = ("Bearer t0ken", "k", None)
        nothing = (None, None, None)
        assert [secrets(hit) for hit in web.hits] == [("Bearer t0ken", "k", '"v1"'), given, nothing, nothing, given]


async def test_userinfo_becomes_basic_auth_for_its_origin() -> None:
    """User and password of a URL are sent to that origin alone, and stand in no record."""
    routes = {
        "a.test/": redirect("/in"),
        "a.test/in": redirect("http://b.test/"),
        "b.test/": redirect("http://u:v@c.test/"),
        "c.test/": GOOD,
    }
    async with LoopbackWeb(routes) as web, asking(web, headers={"Authorization": "Bearer t0ken"}) as ask:
        fetched = await ask.get("http://me:p%40ss@a.test/")

        mine = "Basic " + base64.b64encode(b"me:p@ss").decode()
        theirs = "Basic " + base64.b64encode(b"u:v").decode()
        assert [hit.header("authorization") for hit in web.hits] == [mine, mine, None, theirs]
        assert "p%40ss" not in repr(fetched)
        assert answered(fetched).url == "http://c.test/"


async def test_a_downgrade_is_followed_and_visible() -> None:
    """From https to http: followed, as browsers do, with both spelt out in the hops."""
    async with LoopbackWeb({"a.test/": redirect("http://b.test/"), "b.test/": GOOD}) as web, asking(web) as ask:
        fetched = await ask.get("https://a.test/")

    assert ([hop.url for hop in fetched.hops], answered(fetched).url) == (["https://a.test/"], "http://b.test/")


async def test_bodies_of_hops_are_not_read() -> None:
    """A redirect's page is nobody's evidence; a small one is drained to keep the connection."""
    hop = Reply(status=302, headers=(("Location", "/end"),), body=b"moved" * 1000)
    async with LoopbackWeb({"a.test/": hop, "a.test/end": Reply(body=b"end")}) as web, asking(web) as ask:
        fetched = await ask.get("http://a.test/")

        assert (fetched.body, fetched.received, web.connections) == (b"end", 5003, 1)


async def test_a_failure_ends_the_chain_where_it_happened() -> None:
    """The failure names the hop that failed; what led there is kept."""
    routes = {"a.test/": redirect("http://b.test/"), "b.test/": Reply(reset="head")}
    async with LoopbackWeb(routes) as web, asking(web) as ask:
        fetched = await ask.get("http://a.test/")

    assert (failed(fetched).kind, failed(fetched).url) == (FailureKind.RESET, "http://b.test/")
    assert ([hop.url for hop in fetched.hops], fetched.requests) == (["http://a.test/"], 2)


async def test_reasons_are_printable() -> None:
    """What a Location holds reaches a report only as printable text."""
    odd = saying(b"HTTP/1.1 302 F\r\nLocation: http://[\xe2\x80\xae\x80/\r\nContent-Length: 0\r\n\r\n")
    async with server(odd) as port, asking(allow_private=("127.0.0.0/8",)) as ask:
        assert failed(await ask.get(f"http://127.0.0.1:{port}/")).detail.isprintable()
