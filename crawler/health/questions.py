"""Evidence in, the second questions out without which it cannot be judged: a sibling's address, or the host's front page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from urllib.parse import urlunsplit

from crawler.health import controls, hijack, soft404, vacant
from crawler.health.evidence import Evidence
from crawler.health.judge import judge
from crawler.model import Code, Health, Purpose, Question, Request, Want
from crawler.urls import host_of, is_root, origin_of, split

LETTERS = 25
"""Letters of a made-up name (Bar-Yossef et al., WWW 2004)."""
SHARE = 0.2
"""Requests of second questions for each link that was asked."""
LEAST = 20
"""Requests that are granted however few links there are."""
PER_HOST = 10
"""Requests of second questions to one host in one run."""


def questions(evidence: Evidence, *, seed: str) -> tuple[Question, ...]:
    """What has to be asked on behalf of one link, if anything; nothing that has been answered already.

    `seed` makes the made-up names of one run differ from another's, and alike for all links of one folder.
    """
    verdict = judge(evidence)
    asked: list[Request] = []
    if evidence.answered is not None and evidence.control is None and _needs_front(evidence, verdict.code):
        front = f"{origin_of(evidence.answered.url)}/"
        asked.append(Request(url=front, want=Want.PAGE, purpose=Purpose.CONTROL))
    elif verdict.code.health is Health.HEALTHY and evidence.sibling is None and soft404.suspect(evidence):
        sibling = sibling_of(evidence.link.url, seed)
        asked.append(Request(url=sibling, want=Want.PAGE, purpose=Purpose.SIBLING))
    return tuple(Question(request=request, about=evidence.link.url) for request in asked)


def _needs_front(evidence: Evidence, code: Code) -> bool:
    if evidence.answered is None or is_root(evidence.answered.url):
        return False
    if code is Code.NOT_FOUND:
        return controls.needs_control(evidence) or vacant.vacancy(evidence.observation) is not None
    if code in (Code.GONE, Code.SOFT_404) and vacant.vacancy(evidence.observation) is not None:
        return True
    return code.health is Health.HEALTHY and hijack.needs_front(evidence)


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
    for question in sorted(wanted, key=lambda one: (one.request.purpose is not Purpose.CONTROL, one.about)):
        request, host = question.request, host_of(question.request.url)
        if request not in requests:
            if len(requests) >= budget or per_host.get(host, 0) >= PER_HOST:
                continue
            requests.add(request)
            per_host[host] = per_host.get(host, 0) + 1
        chosen.append(question)
    return chosen
