"""What is asked together."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.engines.shards import Keys, Shard, deal, pack, sites_of
from crawler.model import Request, Want
from crawler.urls import host_of

KEYS = Keys()  # the list takes a tenth of a second to read


def requests(*hosts: tuple[str, int]) -> list[tuple[int, Request]]:
    """So many requests to each host, numbered."""
    urls = [f"https://{host}/{number}" for host, count in hosts for number in range(count)]
    return [(number, Request(url=url, want=Want.PAGE)) for number, url in enumerate(urls)]


def packed(*hosts: tuple[str, int], interval: float = 1.0, size: int = 200) -> list[Shard]:
    return pack(sites_of(requests(*hosts), KEYS), lambda _: interval, size=size)


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("www.example.org", "example.org"),
        ("a.b.example.co.uk", "example.co.uk"),
        ("ann.github.io", "ann.github.io"),
        ("www.ann.github.io", "ann.github.io"),
        ("github.io", "github.io"),
        ("d1.cloudfront.net", "d1.cloudfront.net"),
        ("127.0.0.1", "127.0.0.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("localhost", "localhost"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("www.example.org.", "example.org"),
    ],
)
def test_the_key_of_a_host_is_its_site(host: str, key: str) -> None:
    """The registrable domain, private suffixes kept apart; of addresses and single names the host itself."""
    assert KEYS.of(host) == key


def test_hosts_of_one_site_are_one_site() -> None:
    """Whatever the order in which they come."""
    sites = sites_of(requests(("www.a.org", 2), ("b.org", 1), ("cdn.a.org", 1)), KEYS)

    assert [(site.key, [number for number, _ in site.requests]) for site in sites] == [
        ("a.org", [0, 1, 3]),
        ("b.org", [2]),
    ]


def test_the_longest_come_first_and_small_ones_together() -> None:
    """A site of more than the size is a shard of its own; its time is that of its busiest host."""
    shards = packed(("www.big.org", 300), ("cdn.big.org", 200), ("a.org", 90), ("b.org", 80), ("c.org", 70))

    assert [[site.key for site in shard.sites] for shard in shards] == [["big.org"], ["a.org", "b.org"], ["c.org"]]
    assert [(shard.seconds, shard.size) for shard in shards] == [(300.0, 500), (90.0, 170), (70.0, 70)]


def test_a_slow_host_comes_before_a_busier_one() -> None:
    """What counts is the time that politeness takes."""
    sites = sites_of(requests(("busy.org", 20), ("slow.org", 10)), KEYS)

    shards = pack(sites, lambda host: 3.0 if host == "slow.org" else 1.0, size=10)

    assert [shard.sites[0].key for shard in shards] == ["slow.org", "busy.org"]


@given(
    st.lists(
        st.tuples(st.sampled_from([f"{sub}s{n}.org" for n in range(12) for sub in ("", "www.")]), st.integers(1, 40))
    )
)
def test_every_request_is_in_one_shard_and_no_site_in_two(hosts: list[tuple[str, int]]) -> None:
    """Shards hold at most the size, or one site."""
    numbered = requests(*hosts)
    shards = pack(sites_of(numbered, KEYS), lambda _: 0.0, size=50)
    numbers = [number for shard in shards for site in shard.sites for number, _ in site.requests]
    sites = Counter(site.key for shard in shards for site in shard.sites)

    assert sorted(numbers) == [number for number, _ in numbered]
    assert set(sites.values()) <= {1}
    assert all(shard.size <= 50 or len(shard.sites) == 1 for shard in shards)
    assert all(
        KEYS.of(host_of(one.url)) == site.key for shard in shards for site in shard.sites for _, one in site.requests
    )


def test_shards_go_to_whoever_has_least() -> None:
    """Counted in requests, what each has already included."""
    shards = packed(("a.org", 200), ("b.org", 150), ("c.org", 120), ("d.org", 110), size=100)

    dealt = deal(shards, {0: 0, 1: 100})

    assert {worker: [shard.sites[0].key for shard in given] for worker, given in dealt.items()} == {
        0: ["a.org", "c.org"],
        1: ["b.org", "d.org"],
    }
