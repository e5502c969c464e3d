"""What a whole run saw in; whether the fault is on our own side, and so the run means nothing, out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from crawler.health.targets import site_of
from crawler.model import Answered, Code, Failure, FailureKind, Health, Observation, Record
from crawler.urls import host_of

UNREACHED = (
    FailureKind.DNS_NOT_FOUND,
    FailureKind.DNS_TEMPORARY,
    FailureKind.CONNECT_REFUSED,
    FailureKind.CONNECT_FAILED,
    FailureKind.CONNECT_TIMEOUT,
    FailureKind.PROXY,
)
"""Failures before any byte of an answer: what a machine without a network sees of every host."""
ALIKE_HOSTS = 2
"""One host alone may well be down; two that share nothing but us hardly ever are at once."""
JUMP = 0.15
"""Rise of the failing share over links that both runs asked, from which the run is not believed."""
JUMP_HOSTS = 5
"""The rise must come from more hosts than this: a site that moves or dies is one host."""
PORTAL_SITES = 4
"""Sites that one host of another must answer for before it counts as a portal: hosts of one site move together."""
_BAD = (Health.UNSAFE, Health.BROKEN, Health.FAILING)


class OwnSide:
    """Gathers what the rules look at while a run's links pass by."""

    def __init__(self) -> None:
        self.reached: set[str] = set()
        """Hosts that gave any answer."""
        self.failed: Counter[str] = Counter()
        """Hosts that never answered, with how often they were asked."""
        self.kinds: Counter[FailureKind] = Counter()
        self.answered_by: dict[str, set[str]] = {}
        """Final host -> the hosts that it answered for."""
        self.both = self.bad_before = self.bad_now = 0
        """Links asked in both runs, and how many of them were bad."""
        self.newly_bad_hosts: set[str] = set()

    def add(self, observation: Observation, code: Code | None = None, before: Code | None = None) -> None:
        """Counts one link asked on the web, its verdict now and the last time."""
        host = host_of(observation.url)
        outcome = observation.outcome
        if isinstance(outcome, Answered):
            self.reached.add(host)
            self.answered_by.setdefault(host_of(outcome.url), set()).add(host)
        elif outcome.kind in UNREACHED and not observation.hops:
            self.failed[host] += 1
            self.kinds[outcome.kind] += 1
        else:
            self.reached.add(host)
        if code is not None and before is not None:
            self.both += 1
            self.bad_before += before.health in _BAD
            self.bad_now += code.health in _BAD
            if code.health in _BAD and before.health not in _BAD:
                self.newly_bad_hosts.add(host)


class VoidRule(Record, frozen=True):
    """One row: why a run would mean nothing."""

    name: str
    test: Callable[[OwnSide], str | None]


def _nothing_reached(seen: OwnSide) -> str | None:
    if seen.reached or len(seen.failed) < ALIKE_HOSTS:
        return None
    kind, _ = seen.kinds.most_common(1)[0]
    fault = "the proxy that the environment names" if kind is FailureKind.PROXY else "our own network or resolver"
    return (
        f"none of {len(seen.failed)} hosts could be reached (mostly {kind}), so {fault} is down; check it and run again"
    )


def _portal(seen: OwnSide) -> str | None:
    for portal, hosts in sorted(seen.answered_by.items()):
        if len(hosts) < PORTAL_SITES:  # nearly all, without a look at the list of public suffixes
            continue
        foreign = {host for host in hosts if site_of(host) != site_of(portal)}
        if len(set(map(site_of, foreign))) >= PORTAL_SITES and len(foreign) > len(seen.reached) / 2:
            return (
                f"{portal} answers for {len(foreign)} of {len(seen.reached)} hosts, as a proxy or the login page of a "
                "network does; get past it and run again"
            )
    return None


def _jump(seen: OwnSide) -> str | None:
    rise = (seen.bad_now - seen.bad_before) / seen.both if seen.both else 0.0
    if rise <= JUMP or len(seen.newly_bad_hosts) <= JUMP_HOSTS:
        return None
    return (
        f"{seen.bad_now} of {seen.both} links fail that were asked in both runs, {seen.bad_before} the last time, on "
        f"{len(seen.newly_bad_hosts)} hosts at once, so the fault is more likely ours; run again"
    )


VOID_RULES: tuple[VoidRule, ...] = (
    VoidRule(name="nothing_reached", test=_nothing_reached),
    VoidRule(name="portal", test=_portal),
    VoidRule(name="failing_share_jumped", test=_jump),
)


def void_reason(seen: OwnSide) -> str | None:
    """Why the run means nothing, or None."""
    return next((reason for rule in VOID_RULES if (reason := rule.test(seen)) is not None), None)


def unreached(observation: Observation) -> bool:
    """Whether an observation looks like a machine without a network."""
    outcome = observation.outcome
    return isinstance(outcome, Failure) and outcome.kind in UNREACHED and not observation.hops
