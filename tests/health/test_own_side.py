"""A bad day of our own is nobody's dead link."""

from __future__ import annotations

import pytest

from crawler.health.own_side import OwnSide, void_reason
from crawler.model import Answered, Code, Failure, FailureKind, Observation, Purpose
from tests.health.evidence import MONDAY


def seen(host: str, outcome: FailureKind | str) -> Observation:
    url = f"https://{host}/page"
    what = (
        Failure(kind=outcome, detail="", url=url)
        if isinstance(outcome, FailureKind)
        else Answered(url=outcome, status=200)
    )
    return Observation(url=url, purpose=Purpose.LINK, asked_at=MONDAY, outcome=what)


def gathered(*observations: Observation) -> OwnSide:
    side = OwnSide()
    for observation in observations:
        side.add(observation)
    return side


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        (FailureKind.DNS_NOT_FOUND, "our own network or resolver"),
        (FailureKind.DNS_TEMPORARY, "our own network or resolver"),
        (FailureKind.CONNECT_FAILED, "our own network or resolver"),
        (FailureKind.PROXY, "the proxy that the environment names"),
    ],
)
def test_a_run_in_which_no_host_is_reached_is_void(kind: FailureKind, fault: str) -> None:
    """Two hosts that share nothing but us are hardly ever down at once; what is to be looked at is named."""
    reason = void_reason(gathered(seen("a.example", kind), seen("b.example", kind)))

    assert reason is not None
    assert "none of 2 hosts could be reached" in reason
    assert f"so {fault} is down" in reason


def test_one_answer_is_enough_to_believe_a_run() -> None:
    """Even a 500 comes from somewhere."""
    down = [seen(f"{name}.example", FailureKind.DNS_NOT_FOUND) for name in "abcdefgh"]

    assert void_reason(gathered(*down, seen("z.example", "https://z.example/page"))) is None
    assert void_reason(gathered(down[0])) is None


def test_what_broke_after_connecting_is_the_hosts_own_fault() -> None:
    """A reset or a bad certificate is no lack of a network."""
    broken = [seen("a.example", FailureKind.RESET), seen("b.example", FailureKind.TLS_EXPIRED)]

    assert void_reason(gathered(*broken)) is None


def test_a_portal_that_answers_for_everybody_voids_the_run() -> None:
    """A hotel's login page answers 200 for the whole web."""
    portal = [seen(f"{name}.example", "http://portal.hotel.example/login") for name in "abcde"]

    reason = void_reason(gathered(*portal, seen("z.example", "https://z.example/page")))
    assert reason is not None
    assert "portal.hotel.example answers for 5 of 6 hosts" in reason
    assert void_reason(gathered(*portal, *[seen(f"{n}.test", f"https://{n}.test/page") for n in "abcde"])) is None


@pytest.mark.parametrize("final", ["https://www.tide.example/", "https://www.ebb.example/"])
def test_a_company_that_brings_its_hosts_together_is_no_portal(final: str) -> None:
    """Under one of them, or under a new name: what belongs to one site moves with it."""
    moved = [seen(f"{name}.tide.example", final) for name in ("docs", "blog", "help", "shop", "news")]

    assert void_reason(gathered(*moved, seen("z.example", "https://z.example/page"))) is None


def test_a_jump_of_the_failing_share_across_hosts_voids_the_run() -> None:
    """Over links that both runs asked; one host that dies is no jump."""
    across, alone = OwnSide(), OwnSide()
    for number in range(40):
        failing = number < 8
        observation = seen(f"h{number}.example", FailureKind.TIMEOUT if failing else f"https://h{number}.example/page")
        across.add(observation, Code.TIMEOUT if failing else Code.OK, Code.OK)
        one = seen("big.example" if failing else f"h{number}.example", f"https://h{number}.example/page")
        alone.add(one, Code.NOT_FOUND if failing else Code.OK, Code.OK)

    reason = void_reason(across)
    assert reason is not None
    assert "8 of 40 links fail that were asked in both runs, 0 the last time, on 8 hosts" in reason
    assert void_reason(alone) is None
