"""Hosts whose links fail alike: one thing to act on instead of a hundred."""

from __future__ import annotations

from collections import Counter, defaultdict

from crawler.model import Code, Health, HostRow, Link
from crawler.urls import host_of

LINKS = 3
"""A host with fewer failing links is not called failed as a whole."""
SHARE = 0.5
"""Share of a host's asked links that must fail with one verdict."""
_COUNTED = (Health.UNSAFE, Health.BROKEN, Health.FAILING, Health.UNVERIFIABLE)


class HostTally:
    """Counts verdicts by host while findings pass by."""

    def __init__(self) -> None:
        self._codes: defaultdict[str, Counter[Code]] = defaultdict(Counter)

    def add(self, link: Link, code: Code) -> None:
        """Counts one link that is asked on the web."""
        if link.asset is None and link.invalid is None and code.health is not Health.SKIPPED:
            self._codes[host_of(link.url)][code] += 1

    def rows(self) -> tuple[HostRow, ...]:
        """The hosts that failed as a whole, sorted."""
        rows = []
        for host, codes in sorted(self._codes.items()):
            code, links = codes.most_common(1)[0]
            asked = codes.total()
            if code.health in _COUNTED and links >= LINKS and links / asked >= SHARE:
                because = f"{links} of the {asked} links of {host} are {code}"
                rows.append(HostRow(host=host, verdict=code, because=because, links=links))
        return tuple(rows)
