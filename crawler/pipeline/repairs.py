"""Judged links in, the proposals for their cards out, and what has to be asked before they can be made."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

import msgspec

from crawler.edits import image
from crawler.edits.archive import archive_questions
from crawler.edits.case import DEAD, Case, Subject, Terms
from crawler.edits.propose import concerned, doubtful, propose, repairable
from crawler.edits.questions import questions
from crawler.history.records import LinkPast
from crawler.metadata.amp import cache_url
from crawler.metadata.compare import title_similarity
from crawler.model import Answered, Kind, Observation, Place, Proposal, Purpose, Question
from crawler.pipeline.opinions import Opinion
from crawler.settings import FixSettings


def may_ask(past: LinkPast, opinion: Opinion, fix: FixSettings) -> bool:
    """Whether something may have to be asked for a repair of any place of a link."""
    return _any(doubtful, past, opinion, fix)


def _any(calls: Callable[..., bool], past: LinkPast, opinion: Opinion, fix: FixSettings) -> bool:
    seen, code = past.asked[-1] if past.asked else past.last, opinion.verdict.code
    return any(
        calls(place, verdict, code, seen, fix) for place, verdict in zip(past.link.places, opinion.places, strict=True)
    )


class Repairs:
    """The repairs of one run's links.

    `subject_of` tells what the run made of a link, `other` finds another link of the run by what a card says.
    """

    def __init__(
        self,
        fix: FixSettings,
        *,
        placeholders: frozenset[str],
        subject_of: Callable[[LinkPast], Subject],
        other: Callable[[str | None], LinkPast | None],
    ) -> None:
        self._terms = Terms(fix=fix, cache_url=_cache_url, similarity=title_similarity, placeholders=placeholders)
        self._subject_of, self._other = subject_of, other

    def proposals(self, past: LinkPast, opinion: Opinion) -> tuple[Proposal, ...]:
        """What would be changed in the link's cards."""
        if not _any(concerned if past.answers else repairable, past, opinion, self._terms.fix):
            return ()
        return tuple(one for case in self._cases(past, opinion) for one in propose(case, self._terms))

    def questions(self, past: LinkPast, opinion: Opinion) -> Iterator[Question]:
        """What has to be asked on behalf of a link's cards, each once."""
        asked = dict.fromkeys(one for case in self._cases(past, opinion) for one in questions(case, self._terms))
        yield from asked

    def archive_questions(self, past: LinkPast, opinion: Opinion, now: datetime) -> Iterator[tuple[datetime, Question]]:
        """What the archive is to be asked next about a dead link, each once, with since when it is dead."""
        if self._terms.fix.archive == "off" or opinion.verdict.code.health not in DEAD:
            return
        asked = {
            one: case.subject.since
            for case in self._cases(past, opinion)
            for one in archive_questions(case, self._terms, now)
        }
        for question, since in asked.items():
            yield since, question

    def _cases(self, past: LinkPast, opinion: Opinion) -> Iterator[Case]:
        subject = self._subject_of(past)
        for place, verdict in zip(past.link.places, opinion.places, strict=True):
            if concerned(place, verdict, opinion.verdict.code, subject.observation, self._terms.fix):
                amp = place.claims.amp_url if place.kind is Kind.AMP_CACHE else None
                case = Case(
                    place=place,
                    subject=subject,
                    verdict=verdict,
                    page=self._beside(place.claims.page_url) if place.kind is not Kind.PAGE else None,
                    amp=self._beside(amp),
                )
                yield self._with_known_pictures(case)

    def _beside(self, written: str | None) -> Subject | None:
        """Another link of the same card."""
        past = self._other(written) if written else None
        return self._subject_of(past) if past else None

    def _with_known_pictures(self, case: Case) -> Case:
        """With what cards show already: a candidate among that has been asked, and none is shown twice side by side."""
        known: dict[str, Observation] = {}
        shown = set[str]()
        offered = image.offered(case, self._terms)
        if not offered:
            return case
        for url in offered:
            past = self._other(url)
            if past is None:
                continue
            if any(_side_by_side(one, case.place) for one in past.link.places):
                shown.add(url)
            seen = past.asked[-1] if past.asked else None
            if seen is not None and seen.image is not None and isinstance(seen.outcome, Answered):
                known[url] = msgspec.structs.replace(seen, url=url, purpose=Purpose.CANDIDATE)
        case = msgspec.structs.replace(case, shown=frozenset(shown))
        more = [known[one] for one in image.candidates(case, self._terms) if one in known]
        more = [one for one in more if image.observed(case, one.url) is None]
        if not more:
            return case
        subject = msgspec.structs.replace(case.subject, answers=(*case.subject.answers, *more))
        return msgspec.structs.replace(case, subject=subject)


def _side_by_side(one: Place, other: Place) -> bool:
    """Whether two places are entries of one list, such as the pictures of one card."""
    return (one.path, one.field.rpartition("[")[0]) == (other.path, other.field.rpartition("[")[0])


def stand_ins(
    answers: Iterable[tuple[str, Observation]], places_of: Callable[[str], Sequence[Place]]
) -> frozenset[str]:
    """Digests of pictures that would replace those of several pages: a site's share image by default.

    One that would stand twice side by side is among them.
    """
    behind: defaultdict[str, set[str]] = defaultdict(set)
    for about, seen in answers:
        if seen.digest is not None and seen.image is not None:
            behind[seen.digest].add(about)
    return frozenset(
        digest
        for digest, links in behind.items()
        if len(links) > 1 and _are_several([place for link in sorted(links) for place in places_of(link)])
    )


def _are_several(places: Sequence[Place]) -> bool:
    """Whether places are of more than one page, or of one list."""
    pages = {place.claims.page_url or place.written for place in places}
    pictures = [place for place in places if place.kind is Kind.IMAGE]
    return len(pages) > 1 or any(_side_by_side(one, other) for one, other in itertools.combinations(pictures, 2))


def _cache_url(url: str) -> str | None:
    try:
        return cache_url(url)
    except ValueError:
        return None
