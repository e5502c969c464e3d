"""Builders of records: everything has a sensible value, a test names only what it is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec

from crawler.model import (
    Answered,
    Change,
    Claims,
    Code,
    Disposition,
    Failure,
    FailureKind,
    Features,
    Finding,
    Health,
    Hint,
    Hop,
    HostRow,
    Image,
    Kind,
    Known,
    Link,
    Observation,
    Page,
    Place,
    Proposal,
    Purpose,
    Repair,
    RunFacts,
    RunReport,
    State,
    Summary,
    Unreadable,
    Verdict,
)

NOW = datetime(2026, 11, 22, 20, 0, 0, 123456, tzinfo=UTC)
EARLIER = NOW - timedelta(days=14)


def place(path: str = "_news/a.md", line: int = 7, **changes: Any) -> Place:
    """One place of a link."""
    return Place(
        **{
            "path": path,
            "line": line,
            "column": 10,
            "field": "webUrl",
            "written": "https://site.example/a#top",
            "kind": Kind.PAGE,
            **changes,
        }
    )


def observation(url: str = "https://site.example/a", status: int = 404, **changes: Any) -> Observation:
    """One URL asked once; answered with `status` unless `outcome` is given."""
    return Observation(
        **{
            "url": url,
            "purpose": Purpose.LINK,
            "asked_at": NOW,
            "outcome": Answered(url=url, status=status, headers=(("server", "test"), ("content-type", "text/html"))),
            "elapsed": 0.2004,
            "received": 5120,
            **changes,
        }
    )


def verdict(code: Code = Code.NOT_FOUND, **changes: Any) -> Verdict:
    """What is thought of a link."""
    return Verdict(
        **{
            "code": code,
            "rule": f"rule_of_{code}",
            "because": f"the evidence says {code.replace('_', ' ')}",
            "confidence": 0.9,
            **changes,
        }
    )


def finding(code: Code = Code.NOT_FOUND, url: str = "https://site.example/a", **changes: Any) -> Finding:
    """One link; `places`, `kind`, `place_verdicts`, `asset`, `invalid` and `excluded` go where they belong."""
    places = tuple(changes.pop("places", (place(written=url),)))
    link: dict[str, Any] = {
        name: changes.pop(name) for name in ("kind", "asset", "invalid", "excluded") if name in changes
    }
    return Finding(
        **{
            "link": Link(**{"kind": Kind.PAGE, **link}, url=url, places=places),
            "observation": observation(url),
            "verdict": verdict(code),
            "place_verdicts": (None,) * len(places),
            "state": State.NEW,
            "since": NOW,
            "change": _change(code, changes.get("state", State.NEW)),
            **changes,
        }
    )


def _change(code: Code, state: State) -> Change | None:
    if code.health not in (Health.UNSAFE, Health.BROKEN, Health.FAILING, Health.NOTICE):
        return None
    return Change.NEW if state is State.NEW else Change.STILL


def proposal(**changes: Any) -> Proposal:
    """One proposed change."""
    return Proposal(
        **{
            "path": "_news/a.md",
            "line": 7,
            "field": "webUrl",
            "old": "https://site.example/a",
            "new": "https://site.example/b",
            "kind": Repair.REDIRECT,
            "disposition": Disposition.SAFE,
            "rule": "permanent_twice",
            "because": "it moved for good",
            **changes,
        }
    )


def page(**changes: Any) -> Page:
    """A page with every contract key but three."""
    return Page(
        **{
            "title": "A page",
            "description": "What it is about",
            "image": "https://site.example/a.jpg",
            "image_width": 1024,
            "image_height": 640,
            "url": "https://site.example/a",
            "site_name": "Site",
            "published": "2021-06-21T08:00:00Z",
            "author": "Somebody",
            "lang": "en",
            "rules": (("title", "og:title"), ("lang", "html[lang]")),
            **changes,
        }
    )


def report(findings: Iterable[Finding] = (), **changes: Any) -> RunReport:
    """A run's report; the summary is counted from the findings, unless `source` is what iterates them."""
    found = tuple(findings)
    source = changes.pop("source", lambda: iter(found))
    run: dict[str, Any] = {
        "id": "20261122T200000Z",
        "started": NOW,
        "finished": NOW + timedelta(seconds=83),
        "version": "0.1.0",
        "cards": 1234,
        "links": len(found),
        "requests": len(found),
        "received": 5120 * len(found),
        **{name: changes.pop(name) for name in ("void", "void_because", "cards") if name in changes},
    }
    return RunReport(**{"run": RunFacts(**run), "summary": summary(found), "findings": source, **changes})


def summary(findings: Iterable[Finding]) -> Summary:
    """The counts of `findings`."""
    found = tuple(findings)
    health, code = Counter(f.verdict.code.health for f in found), Counter(f.verdict.code for f in found)
    state = Counter(f.state for f in found)
    return Summary(
        health=tuple((str(name), health[name]) for name in Health),
        verdict=tuple((str(name), code[name]) for name in Code),
        state=tuple((str(name), state[name]) for name in State),
        change=tuple((str(name), sum(f.change is name for f in found)) for name in Change),
    )


def every_verdict() -> RunReport:
    """A report with one finding of every verdict, and between them every kind, state, and shape of evidence."""
    states = (State.NEW, State.STILL, State.CONFIRMED, State.FLAKY)
    found = [
        finding(
            code,
            f"https://{code.replace('_', '-')}.example/{code}",
            places=(place(f"_news/{code}.md"),),
            state=states[number % 4] if code.health is not Health.HEALTHY else State.STEADY,
            since=NOW if number % 4 == 0 else EARLIER,
        )
        for number, code in enumerate(Code)
    ]
    shapes = [
        finding(
            Code.DNS_GONE,
            "https://dns.example/a",
            observation=observation(
                outcome=Failure(
                    kind=FailureKind.DNS_NOT_FOUND, detail="no such name: dns.example", url="https://dns.example/a"
                ),
                attempts=3,
                received=0,
            ),
        ),
        finding(
            Code.MOVED,
            "https://moved.example/a",
            state=State.STEADY,
            observation=observation(
                "https://moved.example/a",
                outcome=Answered(url="https://moved.example/b", status=200),
                hops=(Hop(url="https://moved.example/a", status=301),),
                page=page(),
                features=Features(heading="A page", h1=("A page",), lead="Once", prose=900, visible=1200),
            ),
            proposals=(proposal(old="https://moved.example/a", new="https://moved.example/b"),),
        ),
        *repaired(),
        finding(
            Code.IMAGE_SIZE_MISMATCH,
            "https://image.example/a.jpg",
            kind=Kind.IMAGE,
            state=State.STILL,
            since=EARLIER,
            observation=observation(
                status=200, image=Image(format="jpeg", width=1024, height=640, bytes=5120, animated=False)
            ),
            places=(
                place(line=12, field="images[0].url", kind=Kind.IMAGE, claims=Claims(width=10, height=10)),
                place("_news/b.md", 3, field="images[0].url", kind=Kind.IMAGE),
            ),
            place_verdicts=(verdict(Code.IMAGE_SIZE_MISMATCH), verdict(Code.OK)),
            proposals=(proposal(kind="image", disposition=Disposition.REVIEW, new=None),),
        ),
        finding(
            Code.NOT_FOUND,
            "https://logo.example/logo.png",
            kind=Kind.IMAGE,
            places=tuple(place(f"_organizations/{n:03}.md", 4, field="images[0].url") for n in range(300)),
        ),
        finding(
            Code.SERVER_ERROR,
            "https://expired.example/",
            baseline=Known(reason="a new host comes", owner="bo", expires=EARLIER.date(), expired=True),
        ),
        finding(
            Code.GONE,
            "https://known.example/",
            baseline=Known(reason="moves in May", owner="ann", expires=NOW.date()),
        ),
        finding(
            Code.EXCLUDED,
            "https://removed.example/",
            observation=None,
            state=State.STEADY,
            excluded="removed: true",
            places=(place("_news/r.md", excluded="removed: true"),),
        ),
    ]
    found = sorted(found + shapes, key=lambda f: f.link.url)
    return report(
        found,
        hosts=(HostRow(host="down.example", verdict=Code.CONNECT_FAILED, because="9 of 9 links refused", links=9),),
        hints=(
            Hint(
                rule="slow_down",
                because="rate-limited.example limits the rate, so 1 link could not be told",
                do="Ask it more slowly",
                config=('[hosts."rate-limited.example"]', "host_request_interval = 2.0"),
            ),
        ),
        unreadable=(Unreadable(path="_news/broken.md", line=3, because="two values for 'url'; keep one"),),
        line_of=line_of,
    )


_SHAPES = {
    Repair.REDIRECT: 'webUrl: "{}"',
    Repair.HTTPS: "webUrl: '{}'",
    Repair.IMAGE: "  - url: {}",
    Repair.AMP: "ampWebUrl: {} # ours",
    Repair.ARCHIVE: "webUrl: {}",
    Repair.METADATA: "title: {}",
    Repair.MARK_DEAD: "published: true",
}
"""The line of a card on which each kind of repair is proposed; not all of them can be suggested."""


def repaired() -> Iterator[Finding]:
    """One link with a proposal of each kind, and one whose proposal waits."""
    for kind, shape in _SHAPES.items():
        url, path = f"https://repair.example/{kind}", f"_news/repair-{kind}.md"
        field = "images[0].url" if kind is Repair.IMAGE else shape.partition(":")[0]
        change = proposal(path=path, line=5, field=field, old=url, new=f"{url}/new", kind=kind)
        yield finding(
            Code.MOVED if kind is Repair.REDIRECT else Code.NOT_FOUND,
            url,
            places=(place(path, 5, column=shape.index(": ") + 3, field=field, written=url),),
            state=State.STEADY if kind is Repair.REDIRECT else State.STILL,
            proposals=(change,),
        )
    url = "https://repair.example/waits"
    yield finding(
        Code.MOVED,
        url,
        state=State.STEADY,
        places=(place("_news/repair-archive.md", 5, written=url),),
        proposals=(proposal(path="_news/repair-archive.md", line=5, old=url, waits_until=NOW),),
    )


def line_of(path: str, line: int) -> str | None:
    """The lines of the cards of `every_verdict`, as far as they are there."""
    kind = path.removeprefix("_news/repair-").removesuffix(".md")
    if kind in _SHAPES and line == 5:
        return _SHAPES[Repair(kind)].format(f"https://repair.example/{kind}")
    return {("_news/a.md", 7): 'webUrl: "https://moved.example/a"', ("_news/drifted.md", 7): " é🚢: x"}.get(
        (path, line)
    )


HOSTILE = (
    "\x1b[31mred\x1b[0m \x9b31m \u202egnp.exe\u202c \x07\x00\r\n# head\n- item\n| a | b |\n|---|---|\n`x` ``y`` "
    "</details><script>alert(1)</script><!-- x --> @octocat #123 GH-7 owner/repo#5 [a](https://bad.example/) "
    "![i](https://bad.example/i.png) https://bad.example/?a|b`c www.bad.example ftp://bad.example me@bad.example "
    "$x$ ~~s~~ **b** _i_ &copy; &#64;octocat \\ \u2028\u2029\ufeff\u200b\U000e0041\udcff\u4e2d\u6587"
)
"""What a card, a page or a header may say to get out of a report."""


def hostile(record: Any) -> Any:
    """The record with every text in it replaced by `HOSTILE`; enums, numbers, times and a proposal's kind stay."""
    match record:
        case Proposal():
            texts = dict.fromkeys(("path", "field", "old", "new", "rule", "because"), HOSTILE)
            return msgspec.structs.replace(record, **texts)
        case StrEnum() | int() | float() | date() | None:  # a datetime is a date
            return record
        case str():
            return HOSTILE
        case tuple():
            return tuple(hostile(item) for item in record)
        case _:
            return type(record)(**{name: hostile(getattr(record, name)) for name in record.__struct_fields__})


def every_hostile() -> RunReport:
    """A report in which everything that can hold text holds `HOSTILE`."""
    codes = (Code.PARKED, Code.NOT_FOUND, Code.TIMEOUT, Code.DRIFTED, Code.BLOCKED, Code.OK)
    found = [
        hostile(
            finding(
                code,
                observation=observation(page=page(modified="x"), features=Features(h1=("x",)), image=Image(format="x")),
                places=(place(excluded=None), place("_news/b.md", 9)),
                place_verdicts=(verdict(code), None),
                proposals=(proposal(),),
                baseline=Known(reason="x", owner="x", expires=NOW.date()),
            )
        )
        for code in codes
    ]
    return report(
        found,
        hosts=(hostile(HostRow(host="x", verdict=Code.TIMEOUT, because="x", links=1)),),
        unreadable=(hostile(Unreadable(path="x", line=1, because="x")),),
        hints=(hostile(Hint(rule="x", because="x", do="x", config=("x",))),),
        void=True,
        void_because=HOSTILE,
    )
