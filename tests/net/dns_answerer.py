"""A zone in, a name server on loopback out, over UDP and TCP, with the faults that name servers have."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from enum import Enum
from typing import cast

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset


class Say(Enum):
    """What is answered in place of addresses."""

    NXDOMAIN = dns.rcode.NXDOMAIN
    SERVFAIL = dns.rcode.SERVFAIL
    REFUSED = dns.rcode.REFUSED
    NODATA = "no record of this type"
    SILENCE = "nothing at all"
    CUT = "cut off over UDP, whole over TCP"
    STRANGERS = "first an answer to another question"


Answer = str | Say
"""Addresses of either family, or `-> name` for an alias, with spaces between; or something else."""
Zone = Mapping[str, Answer | Sequence[Answer]]
"""Name, or `AAAA name` for that type only -> answer, or the answers in turn, the last one for good; the rest is
NXDOMAIN. `*` is every other name."""

CUT_ADDRESS = "127.0.0.1"


class DnsAnswerer(asyncio.DatagramProtocol):
    """One name server."""

    def __init__(self, zone: Zone) -> None:
        self.zone = zone
        self.port = 0
        self.asked: list[str] = []
        """`A name` or `AAAA name`, in order of arrival."""
        self._turns: Counter[str] = Counter()
        self._transport: asyncio.DatagramTransport | None = None

    @property
    def address(self) -> str:
        """As `[network] nameservers` wants it."""
        return f"127.0.0.1:{self.port}"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        assert self._transport
        for reply in self._replies(data, over_udp=True):
            self._transport.sendto(reply, addr)

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One question over TCP."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            length = int.from_bytes(await reader.readexactly(2), "big")
            for reply in self._replies(await reader.readexactly(length), over_udp=False):
                writer.write(len(reply).to_bytes(2, "big") + reply)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    def _replies(self, data: bytes, *, over_udp: bool) -> list[bytes]:
        query = dns.message.from_wire(data)
        (question,) = query.question
        name, kind = question.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(question.rdtype)
        self.asked.append(f"{kind} {name}")
        answer = self._answer(name, kind)
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        if answer is Say.SILENCE:
            return []
        if isinstance(answer, Say) and isinstance(answer.value, dns.rcode.Rcode):
            response.set_rcode(answer.value)
        elif answer is Say.CUT and over_udp:
            response.flags |= dns.flags.TC
        elif answer is not Say.NODATA:
            text = answer if isinstance(answer, str) else CUT_ADDRESS
            self._fill(response, name, kind, text)
        before = []
        if answer is Say.STRANGERS:
            stranger = dns.message.make_response(dns.message.make_query("other.test.", kind))
            stranger.set_rcode(dns.rcode.NXDOMAIN)
            before = [stranger.to_wire()]
        return [*before, response.to_wire()]

    def _answer(self, name: str, kind: str) -> Answer:
        key = next((key for key in (f"{kind} {name}", name, "*") if key in self.zone), None)
        if key is None:
            return Say.NXDOMAIN
        found = self.zone[key]
        if isinstance(found, str | Say):
            return found
        turn = self._turns[f"{kind} {name}"]
        self._turns[f"{kind} {name}"] += 1
        return found[min(turn, len(found) - 1)]

    def _fill(self, response: dns.message.Message, name: str, kind: str, text: str) -> None:
        if text.startswith("-> "):
            target = text.removeprefix("-> ")
            response.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "CNAME", f"{target}."))
            answer = self._answer(target, kind)
            if answer is Say.NXDOMAIN:
                response.set_rcode(dns.rcode.NXDOMAIN)
            elif isinstance(answer, str):
                self._fill(response, target, kind, answer)
            return
        addresses = [address for address in text.split() if (":" in address) == (kind == "AAAA")]
        if addresses:
            response.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", kind, *addresses))


@contextlib.asynccontextmanager
async def answering(zone: Zone) -> AsyncIterator[DnsAnswerer]:
    """A name server for `zone`, on one port for UDP and TCP."""
    answerer = DnsAnswerer(zone)
    listening = await asyncio.start_server(answerer.converse, "127.0.0.1", 0)
    answerer.port = int(listening.sockets[0].getsockname()[1])
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: answerer, local_addr=("127.0.0.1", answerer.port)
    )
    try:
        yield answerer
    finally:
        transport.close()
        listening.close()
        await asyncio.sleep(0)


@contextlib.contextmanager
def serving_names(zone: Zone) -> Iterator[DnsAnswerer]:
    """The same in a thread of its own, for whoever starts a process."""
    started: list[DnsAnswerer] = []
    ready, stop = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with answering(zone) as answerer:
            started.append(answerer)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), name="names", daemon=True)
    thread.start()
    try:
        assert ready.wait(10)
        yield started[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
