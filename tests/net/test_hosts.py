"""Sections of hosts, seen from the server."""

from __future__ import annotations

import asyncio

import pytest

from crawler.demo.reply import page, redirect
from crawler.demo.web import LoopbackWeb, Reply
from crawler.errors import ConfigError
from crawler.settings import HostSettings, HostTable
from tests.net.asking import AGENT, asking

SECRET = HostSettings(headers={"Authorization": "Bearer s3cret", "X-Club": "gulls"}, user_agent="Harbour/1")


def sent(web: LoopbackWeb, name: str) -> dict[str, str | None]:
    """The value of a header in each request, by host and path."""
    return {hit.key: hit.header(name.lower()) for hit in web.hits}


async def test_headers_and_user_agent_of_a_host_go_to_that_host_alone() -> None:
    """Not to the others, and not on to where it redirects."""
    routes = {"a.test/": page("A"), "a.test/away": redirect("https://b.test/in"), "*": page("Else")}
    async with LoopbackWeb(routes) as web, asking(web, hosts=HostTable(rows={"a.test": SECRET})) as ask:
        for url in ("https://a.test/", "https://a.test/away", "https://c.test/", "https://www.a.test/"):
            await ask.get(url)

        told = sent(web, "Authorization")
        assert [key for key, value in told.items() if value == "Bearer s3cret"] == ["a.test/", "a.test/away"]
        assert [key for key, value in told.items() if value is None] == ["b.test/in", "c.test/", "www.a.test/"]
        agents = sent(web, "User-Agent")
        assert (agents["a.test/"], agents["b.test/in"], agents["c.test/"]) == ("Harbour/1", AGENT, AGENT)


async def test_a_redirect_to_a_host_carries_its_headers_over_https_only() -> None:
    """Else any site could have them sent in the clear."""
    routes = {"b.test/s": redirect("https://a.test/s"), "b.test/p": redirect("http://a.test/p"), "*": page("In")}
    async with LoopbackWeb(routes) as web, asking(web, hosts=HostTable(rows={"a.test": SECRET})) as ask:
        for url in ("https://b.test/s", "https://b.test/p", "http://a.test/own"):
            await ask.get(url)

        club = sent(web, "X-Club")
        assert (club["a.test/s"], club["a.test/p"], club["a.test/own"]) == ("gulls", None, "gulls")
        assert sent(web, "User-Agent")["a.test/p"] == "Harbour/1"


async def test_a_section_of_a_domain_holds_for_all_hosts_below_it() -> None:
    """A host's own section counts in its place."""
    rows = {"*.a.test": SECRET, "www.a.test": HostSettings(headers={"X-Club": "terns"})}
    async with LoopbackWeb({"*": page("In")}) as web, asking(web, hosts=HostTable(rows=rows)) as ask:
        for host in ("a.test", "x.a.test", "y.x.a.test", "www.a.test", "ba.test"):
            await ask.get(f"https://{host}/")

        assert list(sent(web, "X-Club").values()) == [None, "gulls", "gulls", "terns", None]


async def test_a_host_has_its_own_pace() -> None:
    """The others keep theirs."""
    rows = {"slow.test": HostSettings(host_request_interval=0.2), "narrow.test": HostSettings(host_concurrency=1)}
    routes = {"*": Reply(body=b"x", delay=0.2)}
    async with LoopbackWeb(routes) as web, asking(web, host_concurrency=4, hosts=HostTable(rows=rows)) as ask:
        hosts = ("slow.test", "narrow.test", "other.test")
        await asyncio.gather(*(ask.get(f"http://{host}/{n}") for host in hosts for n in range(4)))

        assert ask.distance(web, "slow.test") >= 0.2
        assert (web.peak("narrow.test"), web.peak("other.test")) == (1, 4)


async def test_a_header_that_cannot_be_sent_is_refused_with_its_host() -> None:
    """Before anything is asked."""
    rows = {"a.test": HostSettings(headers={"X-A": "x\r\nY: z"})}

    with pytest.raises(ConfigError, match=r'\[hosts\."a\.test"\] headers'):
        async with asking(hosts=HostTable(rows=rows)):
            pass
