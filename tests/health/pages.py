"""Pages in, what a rule gets to see of them out, by the way that a real answer takes."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from crawler.demo.reply import PROSE
from crawler.engines.observe import observe
from crawler.health.evidence import Evidence, Tally
from crawler.health.judge import judge
from crawler.health.sight import Sign, sight_of
from crawler.model import (
    Answered,
    Claims,
    Fetched,
    Hop,
    Kind,
    Link,
    Observation,
    Place,
    Purpose,
    Request,
    Verdict,
    Want,
)
from tests.health.evidence import MONDAY, URL

ARTICLE = f"<main><h1>Harbour opens</h1>{PROSE}</main>"


def html(body: str = "", *, title: str = "", head: str = "") -> str:
    """A page of HTML."""
    return f"<!doctype html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


def seen(
    page: str,
    *,
    url: str = URL,
    final: str | None = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
    purpose: Purpose = Purpose.LINK,
    hop: int = 301,
    kind: str = "text/html; charset=utf-8",
) -> Observation:
    """What is kept of an answer with this page; a `final` address is one redirect away."""
    outcome = Answered(url=final or url, status=status, headers=(("content-type", kind), *(headers or {}).items()))
    hops = (Hop(url=url, status=hop),) if final else ()
    fetched = Fetched(outcome=outcome, hops=hops, body=page.encode())
    request = Request(url=url, want=Want.PAGE, purpose=purpose)
    return observe(request, fetched, asked_at=MONDAY, title="headline")


def evidence(
    observation: Observation,
    *answers: Observation,
    title: str | None = None,
    kind: Kind = Kind.PAGE,
    before: Observation | None = None,
    tally: Tally | None = None,
) -> Evidence:
    """Evidence of a link that one card names, perhaps with a title."""
    place = Place(
        path="_news/a.md", line=3, column=9, field="webUrl", written=observation.url, kind=kind,
        claims=Claims(title=title),
    )  # fmt: skip
    return Evidence(
        link=Link(url=observation.url, kind=kind, places=(place,)),
        observation=observation,
        answers=answers,
        before=before,
        tally=tally or Tally(resolved_hosts=3),
    )


def verdict(observation: Observation, *answers: Observation, title: str | None = None) -> Verdict:
    """What is thought of a page that one card names."""
    return judge(evidence(observation, *answers, title=title))


def found(observation: Observation, table: Iterable[Sign]) -> list[str]:
    """The names of all rows of a table that stand in an answer."""
    sight = sight_of(observation)
    return [sign.name for sign in table if sight and sight.find((sign,))]


def revised(observation: Observation, **changes: object) -> Observation:
    """The observation with other values."""
    return msgspec.structs.replace(observation, **changes)
