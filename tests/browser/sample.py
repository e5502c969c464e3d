"""A report with a little of everything, and one with many links."""

from __future__ import annotations

import base64
import io
import random
from collections.abc import Iterator
from datetime import timedelta

import msgspec
from PIL import Image as Pillow

from crawler.model import (
    Answered,
    Code,
    Disposition,
    Finding,
    Health,
    Hop,
    Image,
    Kind,
    Picture,
    RunFacts,
    RunLine,
    RunReport,
    State,
    Summary,
    Vote,
)
from tests.render.records import NOW, finding, observation, page, place, proposal, report, summary, verdict

OLD, NEW = "https://pictures.example/old.png", "https://pictures.example/new.png"
MOVED = "https://moved.example/a"


def small() -> RunReport:
    """Nine links: gone, slow, parked, moved with a repair, a picture with a better one, healthy."""
    votes = tuple(
        Vote(asked_at=NOW - timedelta(weeks=week), code=Code.OK if week > 2 else Code.GONE) for week in (1, 2, 3)
    )
    found = [
        finding(
            Code.GONE,
            "https://gone.example/story",
            places=(place("_news/b.md", 9), place("_learning/c.md", 4, field="related[0].webUrl")),
            state=State.CONFIRMED,
            since=NOW - timedelta(weeks=2),
            before=Code.GONE,
            votes=votes,
        ),
        finding(Code.NOT_FOUND, "https://gone.example/other", places=(place("_news/a.md", 3),)),
        finding(Code.TIMEOUT, "https://slow.example/", places=(place("_news/d.md", 5),), state=State.STILL),
        finding(Code.PARKED, "https://parked.example/", places=(place("_news/e.md", 6),)),
        finding(
            Code.MOVED,
            MOVED,
            state=State.STEADY,
            places=(place("_learning/f.md", 7),),
            observation=observation(
                MOVED,
                outcome=Answered(url="https://moved.example/b", status=200),
                hops=(Hop(url=MOVED, status=301),),
                page=page(title="A page that moved"),
            ),
            proposals=(proposal(path="_learning/f.md", old=MOVED, new="https://moved.example/b"),),
        ),
        finding(
            Code.IMAGE_SUSPICIOUS,
            OLD,
            kind=Kind.IMAGE,
            places=(place("_news/g.md", 12, field="images[0].url", kind=Kind.IMAGE),),
            observation=observation(
                OLD,
                200,
                image=Image(format="png", width=1, height=1, suspicious="pixel: 1 x 1", thumbnail=thumb("red")),
            ),
            proposals=(
                proposal(path="_news/g.md", kind="image", old=OLD, new=NEW, disposition=Disposition.REVIEW),
                proposal(path="_news/g.md", kind="metadata", field="images[0].alt", old="x", new=None),
            ),
            pictures=(Picture(url=NEW, thumbnail=thumb("green")),),
        ),
        finding(Code.OK, "https://fine.example/1", places=(place("_learning/h.md", 8),), state=State.STEADY),
        finding(Code.OK, "https://fine.example/2", places=(place("_learning/h.md", 9),), state=State.STEADY),
        finding(Code.BLOCKED, "https://wall.example/", places=(place("_news/i.md", 9),), state=State.STEADY),
    ]
    return report(sorted(found, key=lambda one: one.link.url), past=(run_line(14, 5), run_line(7, 3)))


def run_line(days: int, broken: int) -> RunLine:
    """A run so many days ago, with so many of nine links broken."""
    at = NOW - timedelta(days=days)
    facts = RunFacts(id=f"r{days}", started=at, finished=at, version="0", cards=1, links=9, requests=9, received=1)
    counts = {Health.BROKEN: broken, Health.HEALTHY: 9 - broken}
    return RunLine(run=facts, ended="complete", health=tuple((str(one), counts.get(one, 0)) for one in Health))


def thumb(colour: str) -> str:
    """A small WebP in base64."""
    buffer = io.BytesIO()
    Pillow.new("RGB", (40, 30), colour).save(buffer, "webp")
    return base64.b64encode(buffer.getvalue()).decode()


_SHARES = {
    Code.OK: 76.0, Code.MOVED: 8, Code.NOT_FOUND: 4, Code.BLOCKED: 4, Code.DRIFTED: 2, Code.DNS_GONE: 1,
    Code.SOFT_404: 1, Code.TIMEOUT: 1, Code.SERVER_ERROR: 1, Code.IMAGE_BROKEN: 1, Code.EXCLUDED: 0.8, Code.PARKED: 0.2,
}  # fmt: skip
_WORDS = "review guide power update news archive customer story canvas release notes deep dive build apps".split()  # noqa: SIM905 - words read best in a line


def many(links: int) -> RunReport:
    """So many links, on 240 hosts and in 5,000 cards, with a healthy past; made while they are iterated."""
    counted = summary(())
    totals = dict.fromkeys(Code, 0)
    healths = dict.fromkeys(Health, 0)
    for code in _codes(links):
        totals[code] += 1
        healths[code.health] += 1
    counts = Summary(
        health=tuple((str(one), healths[one]) for one in Health),
        verdict=tuple((str(one), totals[one]) for one in Code),
        state=counted.state,
        change=counted.change,
    )
    past = tuple(run_line(7 * week, week % 9) for week in range(24, 0, -1))
    return report(source=lambda: _many(links), summary=counts, past=past)


def _codes(links: int) -> Iterator[Code]:
    chance = random.Random(1)  # noqa: S311 - example data
    codes, weights = list(_SHARES), list(_SHARES.values())
    for _ in range(links):
        yield chance.choices(codes, weights)[0]


def _many(links: int) -> Iterator[Finding]:
    chance = random.Random(2)  # noqa: S311 - example data
    votes = tuple(Vote(asked_at=NOW - timedelta(weeks=week), code=Code.OK) for week in range(1, 13))
    templates = {code: finding(code, votes=votes) for code in _SHARES}
    for number, code in enumerate(_codes(links)):
        url = f"https://site{number * 240 // links:03}.example/{'-'.join(chance.choices(_WORDS, k=5))}-{number:07}"
        folder = chance.choice(("_news", "_news", "_learning", "_samples"))
        card = f"{folder}/{2019 + number % 8}-{chance.choice(_WORDS)}-{number * 7919 % 600:03}.md"
        places = tuple(place(card, 4 + row, written=url) for row in range(1 + (number % 9 == 0) * 7))
        healthy = code.health is Health.HEALTHY
        yield msgspec.structs.replace(
            templates[code],
            link=msgspec.structs.replace(templates[code].link, url=url, places=places),
            place_verdicts=(None,) * len(places),
            state=State.STEADY if healthy else chance.choice((State.NEW, State.STILL, State.CONFIRMED)),
            since=NOW - timedelta(days=chance.randrange(400)),
            verdict=verdict(code, because=f"the server of {url[8:23]} says {code.replace('_', ' ')} ({number % 997})"),
            observation=observation(
                url,
                200 if healthy else 404,
                page=page(title=" ".join(chance.choices(_WORDS, k=6))) if healthy else None,
            ),
            proposals=(proposal(path=card, old=url, new=url.replace("site", "new"), line=4),)
            if code is Code.MOVED
            else (),
        )
