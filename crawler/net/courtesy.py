"""A host's name in, what it asks of whoever asks it out: hosts that shut out the hasty for an hour, whoever else waits.

These rows are built in, because to learn such a limit by breaking it is to be shut out. A user's own section of the
host can only make its pace slower.
"""

from __future__ import annotations

from collections.abc import Mapping

from crawler.model import Answered, Failure, FailureKind, Record
from crawler.urls import address_of


class Courtesy(Record, frozen=True):
    """What one service asks for, whichever of its hosts is meant: they share their turns."""

    hosts: tuple[str, ...]
    interval: float
    """Seconds between starts, at the least."""
    slots: int
    """Requests under way at once, at the most."""
    refusals: tuple[FailureKind, ...]
    """How it shows who is shut out, besides a 429; after either it is asked no more in this run."""
    faults: int
    """Failures in a row, of whatever kind, after which it is asked no more in this run."""
    rest: float
    """Seconds for which it wants to be left alone then, if it does not say."""


COURTESIES: tuple[Courtesy, ...] = (
    # 24 requests a minute since June 2026 (edgi-govdata-archiving/wayback 0.5.1). Whoever goes on after a 429 is taken
    # no connections from for an hour, and for twice as long each further time (edgi-govdata-archiving/wayback#153).
    Courtesy(
        hosts=("web.archive.org", "archive.org"),
        interval=4.0,
        slots=1,
        refusals=(FailureKind.CONNECT_REFUSED, FailureKind.CONNECT_TIMEOUT),
        faults=8,
        rest=3_600.0,
    ),
)

_BY_HOST = {host: row for row in COURTESIES for host in row.hosts}
TOO_MANY_REQUESTS, SERVER_ERROR = 429, 500


def courtesy_of(host: str) -> Courtesy | None:
    """What `host` asks for beyond the ordinary."""
    return _BY_HOST.get(host)


def shuts_out(courtesy: Courtesy, outcome: Answered | Failure) -> bool:
    """Whether an outcome means that we are shut out, or about to be."""
    if isinstance(outcome, Failure):
        return outcome.kind in courtesy.refusals
    return outcome.status == TOO_MANY_REQUESTS


def is_fault(outcome: Answered | Failure) -> bool:
    """Whether the service did not do its work."""
    return isinstance(outcome, Failure) or outcome.status >= SERVER_ERROR


def at_home(host: str, connect_to: Mapping[str, str]) -> bool:
    """Whether `connect_to` sends `host` to this machine, so that it is not the service itself that is asked."""
    targets = [to for name, to in connect_to.items() if name.rpartition(":")[0] in (host, "*")]
    addresses = [address_of(to.rpartition(":")[0]) for to in targets]
    return bool(addresses) and all(address is not None and address.is_loopback for address in addresses)
