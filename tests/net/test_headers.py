"""Headers: what is sent, what is kept, and what never is."""

from __future__ import annotations

import re

import pytest

from crawler.demo.reply import Reply
from crawler.demo.web import LoopbackWeb
from crawler.errors import ConfigError
from crawler.model import Want
from crawler.net.headers import EVIDENCE, LONGEST, default_user_agent, evidence, shown
from tests.net.asking import AGENT, answered, asking


@pytest.mark.parametrize(
    ("want", "accept"), [(Want.PAGE, "text/html,"), (Want.IMAGE, "image/avif,"), (Want.STATUS, "*/*")]
)
async def test_requests_look_ordinary(want: Want, accept: str) -> None:
    """Every request carries what any client sends, says who asks, and accepts only what can be decoded."""
    async with LoopbackWeb({"a.test/": Reply()}) as web, asking(web) as ask:
        await ask.get("http://a.test/", want)
        names = [name for name, _ in web.hits[0].headers]

        assert web.hits[0].method == "GET"
        assert names == ["host", "user-agent", "accept", "accept-language", "accept-encoding"]
        assert (web.hits[0].header("user-agent"), web.hits[0].header("accept-encoding")) == (
            AGENT,
            "gzip, deflate, br, zstd",
        )
        assert (web.hits[0].header("accept") or "").startswith(accept)


async def test_the_users_headers_replace_ours() -> None:
    """A header of the configuration stands once, in place of the ordinary one."""
    async with (
        LoopbackWeb({"a.test/": Reply()}) as web,
        asking(web, headers={"accept": "text/plain", "X-Own": "1"}) as ask,
    ):
        await ask.get("http://a.test/")
        given = [value for name, value in web.hits[0].headers if name == "accept"]

        assert (given, web.hits[0].header("x-own")) == (["text/plain"], "1")


@pytest.mark.parametrize("header", [("X\r\nEvil", "1"), ("", "1"), ("X Y", "1"), ("X", "a\r\nEvil: 1"), ("X", "\0")])
async def test_headers_that_cannot_be_sent_are_refused(header: tuple[str, str]) -> None:
    """A configured header that would break the request stops the run."""
    with pytest.raises(ConfigError, match="cannot be sent"):
        async with asking(headers=dict([header])):
            pass


@pytest.mark.parametrize("name", ["Host", "content-length", "Transfer-Encoding", "Connection", "TE"])
async def test_headers_that_frame_a_message_are_refused(name: str) -> None:
    """Set by hand, they make a server read another request than was sent."""
    with pytest.raises(ConfigError, match="requests set it themselves"):
        async with asking(headers={name: "1"}):
            pass


async def test_evidence_is_kept_and_nothing_else() -> None:
    """Headers in the table are kept in order, lower-case, repeated where they repeat."""
    reply = Reply(headers=(("X-Other", "1"), ("CF-Ray", "8a"), ("Link", "<a>"), ("Link", "<b>"), ("Date", "x")))
    async with LoopbackWeb({"a.test/": reply}) as web, asking(web) as ask:
        headers = answered(await ask.get("http://a.test/")).headers

    assert headers == (("cf-ray", "8a"), ("link", "<a>"), ("link", "<b>"), ("date", "x"), ("content-length", "0"))


def test_values_are_safe_to_show() -> None:
    """Values are UTF-8 or Latin-1, printable, and cut; cookies keep their names alone."""
    raw = [
        (b"Server", "naïve".encode()),
        (b"server", b"na\xefve"),
        (b"Via", b"\x1b[31mred\xe2\x80\xae"),
        (b"ETag", b"x" * 5_000),
        (b"Set-Cookie", b"session=s3cret; Path=/; HttpOnly"),
    ]

    kept = shown(evidence(raw))

    assert kept[:2] == (("server", "naïve"), ("server", "naïve"))
    assert (kept[2][1].isprintable(), len(kept[3][1]) <= LONGEST, kept[4][1]) == (True, True, "session")


def test_the_default_agent_is_honest_and_unsuspicious() -> None:
    """It names the program and a contact, and none of the words that firewalls answer with 403."""
    agent = default_user_agent("1.2.3", "https://cards.example/site")

    assert agent == "CardCheck/1.2.3 (+https://cards.example/site)"
    assert default_user_agent("1.2.3", "") == "CardCheck/1.2.3"
    assert not re.search("crawl|bot|spider|link|scan|scrap", "CardCheck", re.IGNORECASE)


def test_the_table_is_lower_case_and_without_repeats() -> None:
    """Rows are compared with lower-case names."""
    assert list(EVIDENCE) == sorted({name.lower() for name in EVIDENCE}, key=EVIDENCE.index)
