"""Requests in, shards out: what one worker asks together, made so that no site is ever asked by two.

A site is a registrable domain by the public suffix list with its private rules, under which `a.github.io` and
`b.github.io` are two sites. Hosts have a pace of their own, so a finer cut would do for that; the coarser one keeps
most redirects (`example.org` to `www.example.org`) with the worker that asks anyway.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec
from publicsuffixlist import PublicSuffixList

from crawler.model import Request
from crawler.urls import address_of, host_of

SIZE = 200
"""Requests of a shard of small sites: some hundred kB of answers, and enough hosts to keep a worker busy."""


class Keys:
    """The key of a host, remembered. One for each process: the list takes a tenth of a second to read."""

    def __init__(self) -> None:
        self._suffixes = PublicSuffixList()
        self._known: dict[str, str] = {}

    def of(self, host: str) -> str:
        """The registrable domain; of an address, a name without a dot or a public suffix, the host itself."""
        key = self._known.get(host)
        if key is None:
            # To the list, the last two numbers of 127.0.0.1 are a domain under an unknown suffix.
            domain = None if address_of(host) else self._suffixes.privatesuffix(host.rstrip("."))
            key = self._known[host] = domain or host
        return key


class Site(msgspec.Struct, frozen=True, array_like=True):
    """All that is asked of one key: each request with its number in the call."""

    key: str
    requests: tuple[tuple[int, Request], ...]


class Shard(msgspec.Struct, frozen=True):
    """Sites that are asked together."""

    sites: tuple[Site, ...]
    seconds: float
    """What politeness alone makes it take: the most requests to one host times its interval."""
    size: int
    """Requests."""


def sites_of(numbered: Iterable[tuple[int, Request]], keys: Keys) -> list[Site]:
    """The requests by key, in the order in which keys come first."""
    by_key: defaultdict[str, list[tuple[int, Request]]] = defaultdict(list)
    for number, request in numbered:
        by_key[keys.of(host_of(request.url))].append((number, request))
    return [Site(key, tuple(requests)) for key, requests in by_key.items()]


def pack(sites: Iterable[Site], interval_of: Callable[[str], float], *, size: int = SIZE) -> list[Shard]:
    """Shards of about `size` requests, the longest first; a site with more is a shard of its own.

    Sites that take alike long come together, so that none keeps a whole shard waiting. `interval_of` gives the
    seconds between starts on a host.
    """
    weighed = [(_seconds(site, interval_of), len(site.requests), site) for site in sites]
    weighed.sort(key=lambda one: (-one[0], -one[1], one[2].key))
    shards: list[Shard] = []
    together: list[tuple[float, int, Site]] = []
    filled = 0
    for one in weighed:
        if together and filled + one[1] > size:
            shards.append(_shard(together))
            together, filled = [], 0
        together.append(one)
        filled += one[1]
    if together:
        shards.append(_shard(together))
    return shards


def deal(shards: Sequence[Shard], loads: Mapping[int, int]) -> dict[int, list[Shard]]:
    """Each shard to the worker with the least requests; `loads` says how many each worker (by number) has already.

    Requests and not seconds: within a worker all hosts wait at the same time, so what adds up is the work.
    """
    dealt: dict[int, list[Shard]] = {worker: [] for worker in loads}
    heap = [(load, worker) for worker, load in loads.items()]
    heapq.heapify(heap)
    for shard in shards:
        load, worker = heap[0]
        dealt[worker].append(shard)
        heapq.heapreplace(heap, (load + shard.size, worker))
    return dealt


def _seconds(site: Site, interval_of: Callable[[str], float]) -> float:
    hosts = Counter(host_of(request.url) for _, request in site.requests)
    return max(count * interval_of(host) for host, count in hosts.items())


def _shard(together: Sequence[tuple[float, int, Site]]) -> Shard:
    return Shard(
        sites=tuple(site for _, _, site in together),
        seconds=max(seconds for seconds, _, _ in together),
        size=sum(size for _, size, _ in together),
    )
