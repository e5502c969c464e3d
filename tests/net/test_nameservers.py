"""Names: what exists, what does not, and what could not be told, by the word of a name server on loopback."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence

import pytest

from crawler.demo.reply import Reply, page
from crawler.demo.web import LoopbackWeb
from crawler.errors import ConfigError
from crawler.model import FailureKind
from crawler.net import nameservers
from crawler.net.memory import LIFETIME
from crawler.net.memory import Names as KnownNames
from crawler.net.nameservers import NameServerResolver, NameServers, Server, servers_of, why_not_found
from crawler.net.resolve import CheckedResolver, RememberingResolver
from tests.net.asking import Names, asking, failed, saying, server
from tests.net.dns_answerer import DnsAnswerer, Say, Zone, answering

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
NOT_FOUND = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
LOCAL = ("127.0.0.0/8",)


def at(answerer: DnsAnswerer, *before: Server, patience: float = 2.0) -> NameServers:
    return NameServers([*before, *servers_of([answerer.address])], patience=patience)


async def found(servers: NameServers, host: str) -> list[str]:
    return [entry["host"] for entry in await NameServerResolver(servers).resolve(host, 80)]


async def refused(servers: NameServers, host: str) -> tuple[int | None, str | None]:
    with pytest.raises(socket.gaierror) as raised:
        await NameServerResolver(servers).resolve(host, 80)
    return raised.value.errno, raised.value.strerror


# ---- what is asked for ----


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("192.0.2.53", Server("192.0.2.53", 53)), (" 192.0.2.53:5353 ", Server("192.0.2.53", 5353)),
        ("2001:DB8::53", Server("2001:db8::53", 53)), ("[2001:db8::53]:5353", Server("2001:db8::53", 5353)),
    ],
)  # fmt: skip
def test_a_server_is_an_address_with_or_without_a_port(text: str, server: Server) -> None:
    """53 unless it is said."""
    assert servers_of([text]) == (server,)


@pytest.mark.parametrize(
    "text", ["", "ns.example", "192.0.2.53:", "192.0.2.53:0", "192.0.2.53:99999", "::1:x", "1.2.3"]
)
async def test_what_is_no_server_stops_the_run(text: str) -> None:
    """With the key, the value and what it should have been."""
    with pytest.raises(ConfigError, match=r"\[network\] nameservers: .* expected the address of a name server"):
        async with asking(nameservers=(text,)):
            pass


async def test_both_families_are_asked_and_ipv6_comes_first() -> None:
    """As RFC 6724 orders them; an alias is followed."""
    zone = {"a.test": "192.0.2.1 2001:db8::1", "www.a.test": "-> a.test", "six.test": "2001:db8::6"}
    async with answering(zone) as answerer:
        servers = at(answerer)

        assert await found(servers, "a.test") == ["2001:db8::1", "192.0.2.1"]
        assert await found(servers, "www.a.test") == ["2001:db8::1", "192.0.2.1"]
        assert await found(servers, "six.test") == ["2001:db8::6"]
        assert await found(servers, "localhost") == ["::1", "127.0.0.1"]
        assert sorted(answerer.asked[:2]) == ["A a.test", "AAAA a.test"]


@pytest.mark.parametrize(
    ("answer", "number", "detail"),
    [
        (Say.NXDOMAIN, socket.EAI_NONAME, "NXDOMAIN from {}"),
        (Say.NODATA, socket.EAI_NONAME, "no address at {}"),
        (Say.SERVFAIL, socket.EAI_AGAIN, "SERVFAIL from {}"),
        (Say.REFUSED, socket.EAI_AGAIN, "REFUSED from {}"),
        (Say.SILENCE, socket.EAI_AGAIN, "no answer from {}"),
    ],
)
async def test_what_a_server_says_is_told_apart(answer: Say, number: int, detail: str) -> None:
    """Only NXDOMAIN, and an answer without addresses, mean that there is no such name; the detail says who said so."""
    async with answering({"a.test": answer}) as answerer:
        servers = at(answerer, patience=0.05 if answer is Say.SILENCE else 2.0)
        by_us = await refused(servers, "a.test")
        after_the_system = await why_not_found(servers, "a.test")

    expected = (number, detail.format(answerer.address))
    assert by_us == expected
    assert (after_the_system.errno, after_the_system.strerror) == expected


@pytest.mark.parametrize(
    ("four", "six", "number"),
    [
        (Say.NXDOMAIN, Say.SERVFAIL, socket.EAI_NONAME),
        (Say.SERVFAIL, Say.NXDOMAIN, socket.EAI_AGAIN),  # some servers say it of every AAAA (RFC 4074, 4.2)
        (Say.NODATA, Say.SERVFAIL, socket.EAI_AGAIN),
        (Say.NODATA, Say.NXDOMAIN, socket.EAI_NONAME),
    ],
)
async def test_the_two_questions_may_be_answered_differently(four: Say, six: Say, number: int) -> None:
    """A name is gone only if nothing else may be true of it."""
    async with answering({"A a.test": four, "AAAA a.test": six}) as answerer:
        assert (await refused(at(answerer), "a.test"))[0] == number


async def test_one_family_does_not_wait_for_the_other_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses are used although the other question is not answered."""
    monkeypatch.setattr(nameservers, "BOTH_FAMILIES", 0.05)
    async with answering({"A a.test": "192.0.2.1", "AAAA a.test": Say.SILENCE}) as answerer, asyncio.timeout(1.5):
        assert await found(at(answerer), "a.test") == ["192.0.2.1"]


async def test_an_alias_into_nothing_is_nothing() -> None:
    """The code is the target's."""
    async with answering({"www.a.test": "-> gone.test"}) as answerer:
        assert (await refused(at(answerer), "www.a.test"))[0] == socket.EAI_NONAME


async def test_a_cut_answer_is_asked_for_over_tcp() -> None:
    """And is whole then."""
    async with answering({"A a.test": Say.CUT, "AAAA a.test": Say.NODATA}) as answerer:
        assert await found(at(answerer), "a.test") == ["127.0.0.1"]
        assert answerer.asked.count("A a.test") == 2


async def test_answers_to_other_questions_are_passed_over() -> None:
    """What somebody else sends to our port decides nothing."""
    async with answering({"A a.test": Say.STRANGERS, "AAAA a.test": Say.NODATA}) as answerer:
        assert await found(at(answerer), "a.test") == ["127.0.0.1"]


async def test_the_next_server_is_asked_when_one_cannot_tell() -> None:
    """A server that refuses, or is not there, does not decide."""
    async with answering({"*": Say.REFUSED}) as useless, answering({"a.test": "192.0.2.1"}) as answerer:
        servers = at(answerer, *servers_of([useless.address]))

        assert await found(servers, "a.test") == ["192.0.2.1"]
        assert (await refused(servers, "b.test"))[1] == f"NXDOMAIN from {answerer.address}"


async def test_a_lost_packet_is_asked_for_again() -> None:
    """Each server is asked twice."""
    async with answering({"a.test": [Say.SILENCE, "192.0.2.1"]}) as answerer:
        assert await found(at(answerer, patience=0.3), "a.test") == ["192.0.2.1"]


@pytest.mark.parametrize("host", ["a..test", "x" * 64 + ".test", "x." * 128])
async def test_what_dns_cannot_hold_does_not_exist(host: str) -> None:
    """No server needs to be asked."""
    async with answering({}) as answerer:
        number, _ = await refused(at(answerer), host)

    assert (number, answerer.asked) == (
        socket.EAI_NONAME,
        ["A xn--9ca.test", "AAAA xn--9ca.test"] if "é" in host else [],
    )


# ---- behind the system's resolver ----


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Say.NXDOMAIN, FailureKind.DNS_NOT_FOUND),
        (Say.NODATA, FailureKind.DNS_NOT_FOUND),
        (Say.SERVFAIL, FailureKind.DNS_TEMPORARY),
        (Say.SILENCE, FailureKind.DNS_TEMPORARY),
        ("192.0.2.1", FailureKind.DNS_TEMPORARY),
    ],
)
async def test_the_system_is_not_believed_at_its_word(answer: Say | str, kind: FailureKind) -> None:
    """glibc calls a name unknown when packets are lost; a name server decides whether it is."""
    async with answering({"a.test": answer}) as answerer:
        resolver = CheckedResolver(
            Names({"a.test": NOT_FOUND}), at(answerer, patience=0.05 if answer is Say.SILENCE else 2.0)
        )
        async with asking(resolver=resolver) as ask:
            failure = failed(await ask.get("http://a.test/"))

    assert failure.kind is kind
    assert answerer.address in failure.detail


async def test_without_a_name_server_the_system_is_believed() -> None:
    """There is nobody else to ask."""
    async with asking(resolver=CheckedResolver(Names({}), NameServers([]))) as ask:
        assert await ask.failure("http://a.test/") is FailureKind.DNS_NOT_FOUND


async def test_nobody_is_asked_about_what_the_system_finds_or_cannot_tell() -> None:
    """The second question is for missing names only."""
    names = Names({"a.test": ["127.0.0.1"], "b.test": socket.gaierror(socket.EAI_AGAIN, "Try again")})
    async with answering({}) as answerer, server(saying(OK)) as port:
        resolver = CheckedResolver(names, at(answerer))
        async with asking(resolver=resolver, allow_private=LOCAL) as ask:
            assert await ask.status(f"http://a.test:{port}/") == 200
            assert await ask.failure("http://b.test/") is FailureKind.DNS_TEMPORARY
        assert answerer.asked == []


async def test_the_systems_own_configuration_is_read() -> None:
    """Whatever it says, it says addresses."""
    for each in nameservers.system_servers():
        assert servers_of([each.address.partition("%")[0]])


# ---- through the whole stack ----


async def test_names_are_resolved_at_the_servers_that_the_settings_name() -> None:
    """And nowhere else; what failed in passing is asked again."""
    zone: Zone = {"a.test": [Say.SERVFAIL, Say.SERVFAIL, "127.0.0.1"], "gone.test": Say.NXDOMAIN}
    async with (
        LoopbackWeb({"*": page("Here")}) as web,
        answering(zone) as answerer,
        asking(nameservers=(answerer.address,), allow_private=LOCAL, max_retries=1) as ask,
    ):
        assert await ask.status(f"http://a.test:{web.http_port}/") == 200
        assert await ask.failure("http://gone.test/") is FailureKind.DNS_NOT_FOUND
        assert await ask.failure("http://other.invalid/") is FailureKind.DNS_NOT_FOUND


async def test_a_silent_server_is_no_dead_host() -> None:
    """The attempt ends as a name that could not be looked up."""
    async with answering({"*": Say.SILENCE}) as answerer, asking(nameservers=(answerer.address,), timeout=0.4) as ask:
        assert await ask.failure("http://a.test/") is FailureKind.DNS_TEMPORARY


async def test_names_that_lead_inside_are_refused() -> None:
    """Whatever name server says so; a public address beside the private one is the one that is asked."""
    zone = {"in.test": "10.0.0.1", "six.test": "fd00::1", "lo.test": "127.0.0.1"}
    async with answering(zone) as answerer, asking(nameservers=(answerer.address,)) as ask:
        for host in ("in.test", "six.test", "lo.test", "localhost"):
            assert await ask.failure(f"http://{host}/") is FailureKind.UNSAFE_ADDRESS


async def test_a_name_that_turns_inside_is_asked_where_it_was_checked() -> None:
    """The second answer of the name server is never looked at while the first one holds."""
    inside: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inside.append(await reader.read(100))

    async with answering({"a.test": ["127.0.0.2", "127.0.0.3"]}) as answerer, server(saying(OK), "127.0.0.2") as port:
        private = await asyncio.start_server(talk, "127.0.0.3", port)
        async with private, asking(nameservers=(answerer.address,), allow_private=("127.0.0.2/32",)) as ask:
            statuses = [await ask.status(f"http://a.test:{port}/{n}") for n in range(3)]

    assert (statuses, inside) == ([200] * 3, [])


# ---- what is remembered ----


async def test_a_name_is_asked_once() -> None:
    """Found or missing, and by however many at once; what could not be told is asked anew."""
    zone: Zone = {"a.test": "127.0.0.1", "t.test": Say.SERVFAIL}
    async with answering(zone) as answerer, LoopbackWeb({"*": Reply(headers=(("Connection", "close"),))}) as web:
        async with asking(nameservers=(answerer.address,), allow_private=LOCAL) as ask:
            for host in ("a.test", "gone.test", "t.test"):
                await asyncio.gather(*(ask.get(f"http://{host}:{web.http_port}/{n}") for n in range(2)))
                await ask.get(f"http://{host}:{web.http_port}/again")
        asked = {name: answerer.asked.count(f"A {name}") for name in ("a.test", "gone.test", "t.test")}

    assert asked == {"a.test": 1, "gone.test": 1, "t.test": 4}  # twice each time


async def test_what_is_remembered_grows_old() -> None:
    """After its lifetime a name is asked for again."""
    now = [0.0]
    inner = Names({"a.test": ["127.0.0.1"]})
    resolver = RememberingResolver(inner, KnownNames(), lambda: now[0])
    for at_time in (0.0, LIFETIME - 1, LIFETIME + 1):
        now[0] = at_time
        await resolver.resolve("a.test", 80)

    assert inner.asked == ["a.test", "a.test"]


async def test_ports_and_families_are_the_askers() -> None:
    """One memory serves every port and family."""
    resolver = RememberingResolver(Names({"a.test": ["127.0.0.1", "::1"]}), KnownNames(), lambda: 0.0)
    both = await resolver.resolve("a.test", 80)
    four = await resolver.resolve("a.test", 443, socket.AF_INET)

    assert [(entry["host"], entry["port"]) for entry in both] == [("127.0.0.1", 80), ("::1", 80)]
    assert [(entry["host"], entry["port"]) for entry in four] == [("127.0.0.1", 443)]


async def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest name goes."""
    monkeypatch.setattr("crawler.net.memory.MOST_NAMES", 3)
    inner = Names({})
    resolver = RememberingResolver(inner, KnownNames(), lambda: 0.0)

    async def ask(hosts: Sequence[str]) -> None:
        for host in hosts:
            with pytest.raises(socket.gaierror):
                await resolver.resolve(host)

    await ask(["a", "b", "c", "d", "d", "b", "a"])

    assert inner.asked == ["a", "b", "c", "d", "a"]


async def test_a_waiter_that_leaves_takes_nothing_from_the_others() -> None:
    """The question goes on for whoever else waits, and ends with the resolver."""
    asked = asyncio.Event()
    go_on = asyncio.Event()

    class Slow(Names):
        async def resolve(self, host: str, *more: object, **kw: object) -> list[object]:  # type: ignore[override]
            asked.set()
            await go_on.wait()
            return list(await super().resolve(host, *more, **kw))  # type: ignore[arg-type]

    inner = Slow({"a.test": ["127.0.0.1"]})
    resolver = RememberingResolver(inner, KnownNames(), lambda: 0.0)
    leaver, stayer = (asyncio.create_task(resolver.resolve("a.test")) for _ in range(2))
    await asked.wait()
    leaver.cancel()
    await asyncio.sleep(0)
    go_on.set()

    assert [entry["host"] for entry in await stayer] == ["127.0.0.1"]
    assert inner.asked == ["a.test"]
    go_on.clear()
    lost = asyncio.create_task(resolver.resolve("b.test"))
    await asyncio.sleep(0.01)
    await resolver.close()
    with pytest.raises(asyncio.CancelledError):
        await lost
