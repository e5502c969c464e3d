"""Hosts whose links fail alike: one thing to act on instead of a hundred."""

from __future__ import annotations

from collections import Counter, defaultdict

from crawler.health.states import class_of
from crawler.model import Code, Health, HostRow, Link
from crawler.urls import host_of

LINKS = 3
"""A host with fewer failing links is not called failed as a whole."""
SHARE = 0.5
"""Share of a host's asked links that must fail with verdicts of one class."""
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
            classes: Counter[str] = Counter()
            for code, links in codes.items():
                if code.health in _COUNTED:
                    classes[class_of(code)] += links
            name, links = max(classes.items(), key=lambda item: item[1], default=("", 0))
            if links < LINKS or links / codes.total() < SHARE:
                continue
            alike = [(code, count) for code, count in codes.most_common() if class_of(code) == name]
            told = " or ".join(str(code) for code, _ in alike)
            because = f"{links} of the {codes.total()} links of {host} are {told}"
            rows.append(HostRow(host=host, verdict=alike[0][0], because=because, links=links))
        return tuple(rows)
