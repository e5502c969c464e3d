"""robots.txt: asked once, before anything else, and obeyed; what it means when there is none."""

from __future__ import annotations

import asyncio
import itertools
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.demo.reply import Reply, page, redirect
from crawler.demo.tls import BadTLS
from crawler.demo.web import Door, LoopbackWeb, Routes
from crawler.model import Answered, Failure, FailureKind, Request, Want
from crawler.net import pool
from crawler.net.memory import Memory
from crawler.net.robots import parsed_for, product_token
from tests.net.asking import Names, answered, asking, failed

TEXT = (("Content-Type", "text/plain"),)
FORBIDDEN = FailureKind.ROBOTS_DISALLOWED


def robots(*lines: str, **more: object) -> Reply:
    return Reply(headers=TEXT, body="\n".join(lines).encode(), **more)  # type: ignore[arg-type]


def asked(web: LoopbackWeb) -> list[str]:
    return [hit.key for hit in web.hits]


async def test_nobody_asks_for_it_unless_told_to() -> None:
    """One named URL per link is not crawling, so by default the file is left alone."""
    async with LoopbackWeb({"a.test/robots.txt": robots("User-agent: *", "Disallow: /")}) as web, asking(web) as ask:
        await ask.get("http://a.test/x")

        assert asked(web) == ["a.test/x"]


async def test_what_is_forbidden_is_not_asked() -> None:
    """What is allowed is; the file comes first, once per origin, however many ask at once."""
    routes: Routes = {"a.test/robots.txt": robots("User-agent: *", "Disallow: /no", "Allow: /no/but"), "*": page("A")}
    async with LoopbackWeb(routes) as web, asking(web, robots=True) as ask:
        urls = [f"http://a.test/{path}" for path in ("yes", "no/where", "no/but", "yes?no", "robots.txt")]
        outcomes = [fetched.outcome for fetched in await asyncio.gather(*map(ask.get, urls))]

        assert [isinstance(outcome, Answered) for outcome in outcomes] == [True, False, True, True, True]
        assert sorted(asked(web)) == sorted(
            ["a.test/robots.txt", "a.test/robots.txt", "a.test/yes", "a.test/no/but", "a.test/yes?no"]
        )  # the last of the links is the file itself
        failure = failed(await ask.get("http://a.test/no"))

    assert (failure.kind, failure.url) == (FORBIDDEN, "http://a.test/no")
    assert failure.detail == "not for CardCheck"


async def test_the_file_is_part_of_what_was_sent() -> None:
    """Whoever asks first bears its cost in requests and bytes; the others bear nothing."""
    body = "User-agent: *\nDisallow: /no"
    async with LoopbackWeb({"a.test/robots.txt": robots(body), "*": page("A")}) as web, asking(web, robots=True) as ask:
        first = await ask.get("http://a.test/no")
        second = await ask.get("http://a.test/no")
        third = await ask.get("http://a.test/yes")

    assert [(one.requests, one.received) for one in (first, second)] == [(1, len(body)), (0, 0)]
    assert third.requests == 1


async def test_origins_have_rules_of_their_own() -> None:
    """Scheme and port belong to the origin (RFC 9309, 2.3)."""
    routes: Routes = {
        "a.test/robots.txt": lambda hit: robots("User-agent: *", "Disallow: /" if hit.tls else "Disallow: /no"),
        "*": page("A"),
    }
    async with LoopbackWeb(routes) as web, asking(web, robots=True) as ask:
        assert await ask.status("http://a.test/") == 200
        assert await ask.failure("https://a.test/") is FORBIDDEN


async def test_each_hop_is_asked_for_at_its_own_origin() -> None:
    """A redirect to where nothing may be asked ends there."""
    routes: Routes = {
        "a.test/": redirect("http://b.test/"),
        "b.test/robots.txt": robots("User-agent: *", "Disallow: /"),
        "b.test/": page("B"),
    }
    async with LoopbackWeb(routes) as web, asking(web, robots=True) as ask:
        fetched = await ask.get("http://a.test/")

        assert (failed(fetched).kind, failed(fetched).url) == (FORBIDDEN, "http://b.test/")
        assert [hop.url for hop in fetched.hops] == ["http://a.test/"]
        assert asked(web) == ["a.test/robots.txt", "a.test/", "b.test/robots.txt"]


# ---- when there is no file ----


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451, 999])
async def test_without_a_file_all_is_allowed(status: int) -> None:
    """Any 4xx means that there is none (RFC 9309, 2.3.1.3), a login or a refusal too."""
    routes = {"a.test/robots.txt": Reply(status=status), "*": page("A")}
    async with LoopbackWeb(routes) as web, asking(web, robots=True) as ask:
        assert await ask.status("http://a.test/") == 200


@pytest.mark.parametrize("status", [500, 503])
async def test_a_fault_forbids_all(status: int) -> None:
    """A server that cannot tell is taken to forbid everything (RFC 9309, 2.3.1.4), for the whole run."""
    async with LoopbackWeb({"a.test/robots.txt": Reply(status=status), "*": page("A")}) as web:
        async with asking(web, robots=True) as ask:
            failures = [failed(await ask.get(f"http://a.test/{n}")) for n in range(2)]

        assert [failure.kind for failure in failures] == [FORBIDDEN, FORBIDDEN]
        assert failures[0].detail == f"its answer is {status}, which forbids everything"
        assert asked(web) == ["a.test/robots.txt"]


@pytest.mark.parametrize(
    "reply",
    [
        Reply(reset="head"),
        Reply(raw=b"rubbish\r\n\r\n"),
        Reply(headers=(("Content-Encoding", "br"),), body=b"no"),
    ],
)
async def test_a_file_that_cannot_be_read_forbids_all(reply: Reply) -> None:
    """But it makes no link fail: of the page nothing is known."""
    async with LoopbackWeb({"a.test/robots.txt": reply, "*": page("A")}) as web, asking(web, robots=True) as ask:
        assert await ask.failure("http://a.test/") is FORBIDDEN


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://refused.test/", FailureKind.CONNECT_REFUSED),
        ("https://wrong.test/", FailureKind.TLS_WRONG_HOST),
        ("http://10.0.0.1/", FailureKind.UNSAFE_ADDRESS),
    ],
)
async def test_a_host_out_of_reach_is_told_as_such(url: str, kind: FailureKind) -> None:
    """The link's own request would have met the same: that is the news."""
    doors, bad = {"refused.test": Door.REFUSED}, {"wrong.test": BadTLS.WRONG_HOST}
    async with LoopbackWeb({"*": page("A")}, doors=doors, bad_tls=bad) as web, asking(web, robots=True) as ask:
        assert await ask.failure(url) is kind


async def test_a_failure_in_passing_is_not_remembered() -> None:
    """The second pass asks for the file again, and for the page."""
    memory, names = Memory(), Names({})
    async with LoopbackWeb({"a.test/": page("A")}) as web:
        options: dict[str, Any] = {"allow_private": ("127.0.0.0/8",), "robots": True, "connect_to": {}}
        async with asking(resolver=names, memory=memory, **options) as ask:
            assert await ask.failure(f"http://a.test:{web.http_port}/") is FailureKind.DNS_NOT_FOUND
        names.known["a.test"] = ["127.0.0.1"]
        memory.try_again()
        async with asking(resolver=names, memory=memory, **options) as ask:
            assert await ask.status(f"http://a.test:{web.http_port}/") == 200


async def test_the_run_remembers_between_its_passes() -> None:
    """Once per origin and run."""
    memory = Memory()
    async with LoopbackWeb({"*": page("A")}) as web:
        for _ in range(2):
            async with asking(web, memory=memory, robots=True) as ask:
                assert await ask.status("http://a.test/") == 200

        assert asked(web) == ["a.test/robots.txt", "a.test/", "a.test/"]


@pytest.mark.parametrize(
    ("status", "header"),
    [
        (503, ("cf-mitigated", "challenge")),
        (202, ("X-Amzn-Waf-Action", "challenge")),
        (200, ("CF-Mitigated", "Challenge")),
    ],
)
async def test_a_wall_before_the_file_is_a_wall_before_the_host(status: int, header: tuple[str, str]) -> None:
    """The wall's answer stands for the link's: nothing more is asked, and nothing is called forbidden."""
    reply = Reply(status=status, headers=(header,), body=b"<title>Just a moment...</title>")
    async with LoopbackWeb({"a.test/robots.txt": reply, "*": page("A")}) as web, asking(web, robots=True) as ask:
        answer = answered(await ask.get("http://a.test/x"))

        assert (answer.status, answer.header(header[0].lower())) == (status, header[1])
        assert asked(web) == ["a.test/robots.txt"]


async def test_a_refusal_by_a_wall_is_no_file() -> None:
    """403 means that all is allowed, so the page itself is asked, and shows the wall."""
    reply = Reply(status=403, headers=(("cf-mitigated", "challenge"),))
    async with LoopbackWeb({"*": reply}) as web, asking(web, robots=True) as ask:
        assert await ask.status("http://a.test/x") == 403
        assert asked(web) == ["a.test/robots.txt", "a.test/x"]


# ---- how it is read ----


async def test_redirects_are_followed_five_times() -> None:
    """To other hosts too, whose own file is not asked for; beyond, there is no file (RFC 9309, 2.3.1.2)."""
    routes: dict[str, Reply] = {f"a.test/{n}": redirect(f"/{n + 1}") for n in range(10)}
    routes |= {"a.test/4": redirect("http://b.test/rules"), "b.test/rules": robots("User-agent: *", "Disallow: /")}
    for first, kind in (("/1", FORBIDDEN), ("/0", None)):
        routes["a.test/robots.txt"] = redirect(first)
        async with LoopbackWeb(routes | {"a.test/": page("A")}) as web, asking(web, robots=True) as ask:
            outcome = (await ask.get("http://a.test/")).outcome

            assert (outcome.kind if isinstance(outcome, Failure) else None) is kind
            assert "b.test/robots.txt" not in asked(web)


async def test_half_a_megabyte_is_read() -> None:
    """At least 500 KiB must be (RFC 9309, 2.5); the rest is not."""
    lines = ["User-agent: *", *(f"Disallow: /{n:06}{'x' * 80}" for n in range(5_280)), "Disallow: /seen"]
    late = [*lines, *(f"Disallow: /{n:06}{'y' * 80}" for n in range(500)), "Disallow: /unseen"]
    assert 500 << 10 < len("\n".join(lines)) < 512 << 10
    routes = {"a.test/robots.txt": robots(*late), "*": page("A")}
    async with LoopbackWeb(routes) as web, asking(web, robots=True) as ask:
        assert await ask.failure("http://a.test/seen") is FORBIDDEN
        assert await ask.status("http://a.test/unseen") == 200


async def test_the_file_goes_through_the_decoder() -> None:
    """Compressed, with a byte order mark, or with bytes that are no text: rules are found."""
    body = b"\xef\xbb\xbfUser-agent: *\n# \xff\xfe\nDisallow: /no\n"
    reply = Reply(headers=TEXT, body=body, encoding="gzip")
    async with LoopbackWeb({"a.test/robots.txt": reply, "*": page("A")}) as web, asking(web, robots=True) as ask:
        assert await ask.failure("http://a.test/no") is FORBIDDEN
        assert await ask.status("http://a.test/yes") == 200


@pytest.mark.parametrize(
    ("lines", "path", "allowed"),
    [
        ([], "/x", True),
        (["User-agent: *", "Disallow:"], "/x", True),
        (["User-agent: *", "Disallow: /"], "/x", False),
        (["User-agent: other", "Disallow: /"], "/x", True),
        (["User-agent: CardCheck", "Disallow: /"], "/x", False),
        (["user-AGENT : cardcheck", "disallow : /"], "/x", False),
        (["User-agent: CardCheck/2.0", "Disallow: /"], "/x", False),
        (["User-agent: Card", "Disallow: /"], "/x", True),
        (["User-agent: CardCheckers", "Disallow: /"], "/x", True),
        (["User-agent: *", "Disallow: /", "", "User-agent: CardCheck", "Disallow: /no"], "/x", True),
        (["User-agent: other", "User-agent: CardCheck", "Disallow: /"], "/x", False),
        (
            ["User-agent: CardCheck", "Disallow: /a", "User-agent: x", "Disallow: /b", "User-agent: CardCheck",
             "Disallow: /c"], "/c", False,
        ),
        (["User-agent: *", "Disallow: /*.pdf$"], "/x.pdf", False),
        (["User-agent: *", "Disallow: /*.pdf$"], "/x.pdf?y", True),
        (["User-agent: *", "Disallow: /a", "Allow: /a/b"], "/a/b/c", True),
        (["User-agent: *", "Disallow: /caf%C3%A9"], "/café", False),
        (["User-agent: *", "Disallow: /x?"], "/x", True),
        (["Disallow: /", "User-agent: *"], "/x", True),
        (["<html><title>Not found</title>"], "/x", True),
    ],
)  # fmt: skip
def test_groups_and_patterns_mean_what_the_standard_says(lines: list[str], path: str, *, allowed: bool) -> None:
    """The group of our product token beats "*", groups of one name are one, the longest pattern decides."""
    rules = parsed_for("\r\n".join(lines).encode(), "CardCheck")

    assert rules.can_fetch(f"https://a.test{path}", "CardCheck") is allowed


@pytest.mark.parametrize(
    ("agent", "token"),
    [
        ("CardCheck/1.0 (+https://a.example/)", "CardCheck"), ("Card-Check", "Card-Check"), ("", "*"), ("1st/2", "*"),
        ("-", "*"),
    ],
)  # fmt: skip
def test_the_product_token_is_the_user_agents_first_word(agent: str, token: str) -> None:
    """Letters, hyphens and underscores (RFC 9309, 2.2.1); what has none is everybody."""
    assert product_token(agent) == token


@given(st.binary(max_size=300) | st.text("User-agent: *\nDisalow/$\t#Cr", max_size=200).map(str.encode))
def test_no_file_breaks_the_reading(body: bytes) -> None:
    """Whatever stands in it, a URL is allowed or not."""
    rules = parsed_for(body, "CardCheck")

    assert rules.can_fetch("https://a.test/[x]?%zz", "CardCheck") in (True, False)
    assert (rules.crawl_delay("CardCheck") or 0.0) >= 0.0


def test_a_file_made_to_be_slow_is_read_in_time() -> None:
    """Names and rules in halves would give every name every rule: 400 million of them."""
    body = b"".join(b"User-agent: x%d\n" % n for n in range(16_000)) + b"Disallow:/a\n" * 22_000
    started = time.process_time()
    parsed_for(body, "CardCheck")

    assert time.process_time() - started < 10


# ---- pace ----


async def test_a_host_that_waits_for_its_file_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of its links one is under way, not all: the tasks of a run are bounded, and other hosts need them."""
    monkeypatch.setattr(pool, "MOST_TASKS", 3)
    routes: Routes = {"slow.test/robots.txt": Reply(status=404, delay=0.4), "*": page("A")}
    links = [f"http://slow.test/{n}" for n in range(20)] + [f"http://b.test/{n}" for n in range(5)]
    async with LoopbackWeb(routes) as web, asking(web, robots=True) as ask:
        requests = [Request(url=url, want=Want.PAGE) for url in links]
        done: list[str] = []
        await pool.run(
            requests, ask.through.fetch, ask.pace, lambda request, _: done.append(request.url), clock=time.monotonic
        )

    assert done[:5] == links[20:]
    assert sorted(done) == sorted(links)


async def test_crawl_delay_is_a_longer_interval() -> None:
    """Between all starts on the host, the file's own included; no other host waits."""
    routes: Routes = {"a.test/robots.txt": robots("User-agent: *", "Crawl-delay: 0.15"), "*": page("A")}
    async with LoopbackWeb(routes) as web, asking(web, robots=True, max_wait=120.0) as ask:
        await asyncio.gather(*(ask.get(f"http://a.test/{n}") for n in range(3)), ask.get("http://b.test/"))
        starts = [hit.at for hit in web.hits if hit.host == "a.test"]

    assert len(starts) == 4
    assert all(later - earlier >= 0.14 for earlier, later in itertools.pairwise(starts))


async def test_crawl_delay_is_bounded_and_never_shortens() -> None:
    """By the longest wait of a run above, by the interval of the settings below."""
    routes: Routes = {
        "a.test/robots.txt": robots("User-agent: *", "Crawl-delay: 86400"),
        "b.test/robots.txt": robots("User-agent: *", "Crawl-delay: 0"),
        "c.test/robots.txt": robots("User-agent: *", "Crawl-delay: never"),
        "*": page("A"),
    }
    async with (
        LoopbackWeb(routes) as web,
        asking(web, robots=True, max_wait=0.2, host_request_interval=0.1) as ask,
        asyncio.timeout(5),
    ):
        await asyncio.gather(*(ask.get(f"http://{host}.test/") for host in "abc"))
        starts = {host: [hit.at for hit in web.hits if hit.host == f"{host}.test"] for host in "abc"}

    gaps = {host: last - first for host, (first, last) in starts.items()}
    slack = 0.03  # what the server may take longer to hear the first
    assert gaps["a"] >= 0.2 - slack
    assert gaps["b"] >= 0.1 - slack
    assert gaps["c"] >= 0.1 - slack


async def test_what_is_wanted_is_text() -> None:
    """The request for the file carries our name, and no header that the user meant for the page."""
    async with LoopbackWeb({"*": page("A")}) as web:
        async with asking(web, robots=True, headers={"X-Secret": "1"}) as ask:
            await ask.get("http://a.test/", Want.IMAGE)
        first, second = web.hits

    assert first.header("accept") == "text/plain,*/*;q=0.8"
    assert (first.header("x-secret"), second.header("x-secret")) == (None, "1")
