"""Evidence in, the second questions that it raises out: a made-up address beside the link's, the front page, or what
the provider of a video says of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from urllib.parse import urlunsplit

from crawler.health import controls, hijack, parking, soft404, vacant, video
from crawler.health.evidence import Evidence
from crawler.health.judge import judge
from crawler.model import Code, Health, Purpose, Question, Request, Verdict, Want
from crawler.urls import host_of, is_root, origin_of, split

LETTERS = 25
"""Letters of a made-up name (Bar-Yossef et al., WWW 2004)."""
SHARE = 0.2
"""Requests of second questions for each link that was asked."""
LEAST = 20
"""Requests that are granted however few links there are."""
ROUNDS = 2
"""Times that a run asks: an answer may raise one more question."""
PER_HOST = 10
"""Requests of second questions to one host in one run."""


def questions(evidence: Evidence, *, seed: str, verdict: Verdict | None = None) -> tuple[Question, ...]:
    """What has to be asked on behalf of one link, if anything; nothing that has been answered already.

    `verdict` is the link's by this evidence, where it is known already. `seed` makes the made-up names of one run
    differ from another's, and alike for all links of one folder.
    """
    verdict = verdict or judge(evidence)
    code = verdict.code
    if evidence.answered is None:
        return ()
    if verdict.rule == video.SILENT and evidence.oembed is None:
        asked = video.oembed_of(evidence.answered.url) or ""
        request = Request(url=asked, want=Want.STATUS, purpose=Purpose.OEMBED)
    elif _needs_front(evidence, code):
        front = f"{origin_of(evidence.answered.url)}/"
        request = Request(url=front, want=Want.PAGE, purpose=Purpose.CONTROL)
    elif video.oembed_of(evidence.answered.url):
        return ()  # an address beside a video's tells nothing: the provider does
    elif code.health is Health.HEALTHY and soft404.needs_sibling(evidence):
        request = Request(url=sibling_of(evidence.link.url, seed), want=Want.PAGE, purpose=Purpose.SIBLING)
    else:
        return ()
    return (Question(request=request, about=evidence.link.url),)


def _needs_front(evidence: Evidence, code: Code) -> bool:
    if evidence.answered is None or evidence.control is not None or is_root(evidence.answered.url):
        return False
    if code in (Code.NOT_FOUND, Code.GONE, Code.SOFT_404) and vacant.vacancy(evidence.observation) is not None:
        return True
    if code is Code.PARKED:
        return parking.worded(evidence)
    if code is Code.NOT_FOUND:
        return controls.needs_control(evidence)
    return code.health is Health.HEALTHY and (hijack.suspect(evidence) or soft404.needs_front(evidence))


def sibling_of(url: str, seed: str) -> str:
    """An address in the same folder that nobody ever gave to a page."""
    parts = split(url)
    folder = parts.path.rstrip("/").rpartition("/")[0] + "/"
    noise = hashlib.blake2b(f"{seed}|{parts.scheme}|{parts.netloc}|{folder}".encode("utf-8", "replace")).digest()
    name = "".join(chr(ord("a") + byte % 26) for byte in noise[:LETTERS])
    return urlunsplit((parts.scheme, parts.netloc, folder + name, "", ""))


def granted(wanted: Iterable[Question], *, links: int) -> list[Question]:
    """As many of the questions as a run of `links` links may ask: controls first, few of each host."""
    budget = max(LEAST, int(SHARE * links))
    chosen: list[Question] = []
    requests: set[Request] = set()
    per_host: dict[str, int] = {}
    # Made-up names are random, so that another share of too many suspects is asked in each run.
    for question in sorted(wanted, key=lambda one: (one.request.purpose is not Purpose.CONTROL, _name(one), one.about)):
        request, host = question.request, host_of(question.request.url)
        if request not in requests:
            if len(requests) >= budget or per_host.get(host, 0) >= PER_HOST:
                continue
            requests.add(request)
            per_host[host] = per_host.get(host, 0) + 1
        chosen.append(question)
    return chosen


def _name(question: Question) -> str:
    return question.request.url.rpartition("/")[2]
