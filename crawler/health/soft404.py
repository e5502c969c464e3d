"""Pages that answer 200 and are none: what they say of themselves, and what an address beside them shows.

Official wordings and a lone "404" in the title or first heading found 20 of 25 real error pages and none of 1,743
live ones, counting only pages with little running text: an essay about error pages is an essay. Words in the text are
weaker, and little text is no evidence at all: there are live pages of 65 characters. What decides then is an address
beside the page's that was made up (Bar-Yossef et al., WWW 2004). A front page is never a soft 404.
"""

from __future__ import annotations

import re
from enum import StrEnum
from urllib.parse import unquote

from crawler.health.evidence import Evidence, Fact, Rule, once
from crawler.health.phrases import says_not_found, speaks_of_message, tells_not_found
from crawler.health.sight import RUNNING_TEXT, UNCHANGED, Sight, Sign, Where, quoted, sight_of, signs
from crawler.health.targets import SAME_TITLE, is_front, landing, registrable, shortened, slug, title_likeness
from crawler.health.words import fold, overlap
from crawler.model import Answered, Code, Kind, Observation
from crawler.urls import host_of, split

ALIKE = 0.95
"""Overlap of two pages' texts from which on they are one page."""
SAME_AMOUNT = 0.02
"""Share by which the amounts of text of two large pages may differ for them to be one page."""
SHELL = 40
"""Visible characters below which a page with scripts is an empty shell, whatever it will show in a browser."""
WAITING = 200
"""The same for one that says that it is loading."""
_SCRIPT = re.compile(r"<script\b", re.IGNORECASE)
_WAIT = re.compile(
    r"\b(?:loading|please wait|enable javascript|javascript (?:is )?(?:required|disabled)|wird geladen|chargement"
    r"|cargando|carregando|caricamento|laden|ładowanie|nacitani|yukleniyor|загрузка)\b|加载中|載入中|読み込み中|로딩"
)
_TELLING = frozenset("404 410 error found missing gone lost deleted removed displayed cannot exist".split())  # noqa: SIM905 - reads best
"""Words of an address that name an error message: `/Status/404`, `/films/gone`."""
_FRONT_WORDS = frozenset("www home homepage welcome to the startseite accueil inicio".split())  # noqa: SIM905 - reads best

MARKERS: tuple[Sign, ...] = (
    *signs(
        "WordPress, body_class(); Shopify, template names; Drupal, system paths",
        "2026-10",
        ("body_class", "the site's software", Where.BODY_CLASS,
         r"(?:^|\s)(?:error-?404|template-404|page-404|page-not-found|path-404|path-system-404)(?:\s|$)"),
        ("wordpress_section", "WordPress", Where.SAMPLE, r"class=[\"'][^\"']{0,80}\berror-404 not-found\b"),
    ),
    *signs(
        "Next.js, __NEXT_DATA__ and not-found; Gatsby, pagePath; Nuxt, error page",
        "2026-10",
        ("next_page", "Next.js", Where.SAMPLE, r"\"page\":\"/(?:404|_error)\""),
        ("next_heading", "Next.js", Where.SAMPLE, r"class=[\"'][^\"']{0,80}\bnext-error-h1\b"),
        ("gatsby_path", "Gatsby", Where.SAMPLE, r"window\.pagepath=\"/404(?:\.html|/)?\""),
    ),
)  # fmt: skip


class Suspicion(StrEnum):
    """Why an address that was made up should be asked."""

    WORDS = "words"  # the page says that it is none where it may mean another, or shows another sign of it
    LOST = "lost"  # a redirect ended where nothing reminds of the address that was asked
    SITE = "site"  # the page is called what the site is, and not what a card calls the page
    BARE = "bare"  # there is little text, and the title is not what a card calls the page


@once
def proof(evidence: Evidence) -> str | None:
    """What alone proves that the page is none, as words for a report."""
    sight = _sight(evidence)
    if sight is None or sight.features.prose >= RUNNING_TEXT:
        return None
    if (said := _said(evidence, sight)) and not _about(sight):
        return said
    if not sight.title and not sight.h1 and says_not_found(sight.lead):
        return f"all that it says is {quoted(sight.features.lead)}"
    marker = sight.find(MARKERS)
    return f"{marker.vendor} marks it as its error page ({marker.name})" if marker else None


def _said(evidence: Evidence, sight: Sight) -> str | None:
    """Where title or heading say that there is no such page, as words for a report."""
    for segment in sight.segments or (sight.title,):
        if (wording := says_not_found(segment)) and not _meant(evidence, segment, wording):
            return f"its title says so: {quoted(sight.features.heading)}"
    for heading, folded in zip(sight.features.h1, sight.h1, strict=False):
        if (wording := says_not_found(folded)) and not _meant(evidence, folded, wording):
            return f"its heading says so: {quoted(heading)}"
    return None


def _about(sight: Sight) -> bool:
    """Whether title or heading speak of such a message rather than give it: how to mend one, or what one means."""
    return any(speaks_of_message(text) for text in (sight.title, *sight.h1))


@once
def signs_of(evidence: Evidence) -> tuple[str, ...]:
    """What makes the page a suspect and proves nothing yet, as words for a report."""
    sight = _sight(evidence)
    if sight is None or sight.features.prose >= RUNNING_TEXT:
        return ()
    found = []
    if tells_not_found(sight.lead) or any(tells_not_found(heading) for heading in sight.h1):
        found.append(f"its first words say so: {quoted(sight.features.lead)}")
    page, before = sight.observation.page, evidence.before
    if page and page.canonical and is_front(page.canonical):
        found.append("it names the front page as its own address")
    if sight.features.noindex and before and before.features and not before.features.noindex:
        found.append("it asks search engines to forget it, which it did not before")
    return tuple(found)


@once
def suspicion(evidence: Evidence) -> Suspicion | None:
    """Why an address that was made up can tell more than the page itself, if it can."""
    sight = _sight(evidence)
    if sight is None or shell(sight.observation) or proof(evidence):
        return None
    # An essay about error pages is told from an error page full of news by an address beside it.
    if signs_of(evidence) or _said(evidence, sight):
        return Suspicion.WORDS
    where = landing(evidence)
    lost = where is not None and not where.slug_kept and not shortened(evidence.link.url)
    if title_likeness(evidence) >= SAME_TITLE:
        return None
    if lost:
        return Suspicion.LOST
    if sight.small:
        return Suspicion.BARE
    site = bool(evidence.titles) and (_called_like_site(sight) or _called_like_others(evidence, sight))
    return Suspicion.SITE if site else None


def _called_like_site(sight: Sight) -> bool:
    """Whether the page says that it is the front page: by its address, or by a title that is but the site's name."""
    page, named = sight.observation.page, set(sight.title.split())
    if page and page.canonical and is_front(page.canonical):
        return True
    own = {*fold(registrable(sight.end)).split(), *fold((page.site_name if page else None) or "").split()}
    return bool(named) and named <= own | _FRONT_WORDS


def needs_sibling(evidence: Evidence) -> bool:
    """Whether an address that was made up has to be asked; not again for a page that is as it was."""
    if evidence.sibling is not None or (evidence.answered and evidence.answered.status == UNCHANGED):
        return False
    return suspicion(evidence) is not None


def needs_front(evidence: Evidence) -> bool:
    """Whether the front page has to be asked: an unknown wall answers every address alike, and so does a soft 404."""
    if evidence.control is not None or _answers_alike(evidence) is None:
        return False
    return suspicion(evidence) is Suspicion.BARE


def _called_like_others(evidence: Evidence, sight: Sight) -> bool:
    """Whether other pages of the host have its title, as they have where one page answers for all."""
    return (host_of(sight.outcome.url), sight.features.heading) in evidence.tally.shared_titles


def waiting(observation: Observation) -> bool:
    """Whether the page shows that its scripts have yet to run, and next to nothing else."""
    features, sight = observation.features, sight_of(observation)
    if features is None or sight is None or features.visible >= WAITING or features.h1:
        return False
    return _SCRIPT.search(observation.sample) is not None and _WAIT.search(sight.text) is not None


def shell(observation: Observation) -> bool:
    """Whether the page is next to empty until its scripts have run."""
    features = observation.features
    return (
        features is not None
        and features.visible < SHELL
        and not features.h1
        and _SCRIPT.search(observation.sample) is not None
    )


def alike(one: Observation, other: Observation) -> bool:
    """Whether two pages of one host are the same page, apart from the addresses that they name."""
    if one.digest is not None and one.digest == other.digest:
        return True
    if one.features is None or other.features is None:
        return False
    left, right = sight_of(one), sight_of(other)
    if left is None or right is None or bool(one.sample) is not bool(other.sample):
        return False
    if overlap(_masked(left.title, left), _masked(right.title, right)) < ALIKE:
        return False
    if one.sample:
        return overlap(_masked(left.text, left), _masked(right.text, right)) >= ALIKE
    same = (_masked(left.lead, left), left.h1) == (_masked(right.lead, right), right.h1)
    pairs = ((one.features.visible, other.features.visible), (one.features.prose, other.features.prose))
    return same and all(abs(a - b) <= SAME_AMOUNT * max(a, b) for a, b in pairs)


def _masked(text: str, sight: Sight) -> str:
    """A folded text without the words of the page's own address, which error pages like to repeat."""
    steps = {
        fold(spelt)
        for url in (sight.observation.url, sight.outcome.url)
        for step in split(url).path.split("/")
        for spelt in (step, unquote(step))
    }
    padded = f" {text} "
    for step in sorted(steps, key=len, reverse=True):
        padded = padded.replace(f" {step} ", " ")
    return padded.strip()


@once
def _sight(evidence: Evidence) -> Sight | None:
    """The page, where the question arises: not for images, front pages and answers outside 2xx."""
    sight = evidence.sight
    if sight is None or sight.observation.features is None or evidence.link.kind is Kind.IMAGE:
        return None
    if not sight.fine or is_front(evidence.link.url):
        return None
    return sight


def _meant(evidence: Evidence, folded: str, wording: str) -> bool:
    """Whether a card or the address calls the page by these words: then they may be its subject."""
    if any(folded in fold(title) for title in evidence.titles):
        return True
    told = slug(evidence.link.url)
    return told <= set(folded.split()) and not told.isdisjoint(_TELLING.intersection(wording.split()))


def _proven(evidence: Evidence) -> str | None:
    why = proof(evidence)
    return f"answers {_status(evidence)}, but is an error page: {why}" if why else None


def _two_signs(evidence: Evidence) -> str | None:
    found = signs_of(evidence)
    return f"answers {_status(evidence)}, but is an error page: {found[0]}, and {found[1]}" if len(found) > 1 else None


@once
def _answers_alike(evidence: Evidence) -> Observation | None:
    """The answer of a made-up address beside the page's, if it is the page."""
    sight, sibling = _sight(evidence), evidence.sibling
    if sight is None or sibling is None or not isinstance(sibling.outcome, Answered) or shell(sight.observation):
        return None
    if not 200 <= sibling.outcome.status <= 299 or len(sibling.hops) != len(sight.observation.hops):
        return None
    return sibling if alike(sight.observation, sibling) else None


def _front_alike(evidence: Evidence) -> bool | None:
    """Whether the front page is this page too; None if nobody knows."""
    control = evidence.control
    if control is None or evidence.observation is None or not isinstance(control.outcome, Answered):
        return None
    return alike(evidence.observation, control)


def _everywhere(evidence: Evidence) -> str | None:
    sight = _sight(evidence)
    if sight is None or not _answers_alike(evidence) or not _front_alike(evidence):
        return None
    if suspicion(evidence) is not Suspicion.BARE:
        return None
    host = host_of(sight.outcome.url)
    return f"{host} answers every address with one page, {quoted(sight.features.lead)}, so nothing is known of this one"


def _sibling(evidence: Evidence) -> str | None:
    sibling = _answers_alike(evidence)
    if sibling is None or (evidence.observation and waiting(evidence.observation)):
        return None
    why = suspicion(evidence)
    if why is None or (why is Suspicion.BARE and _front_alike(evidence) is None):
        return None
    made_up = quoted(sibling.url, 120)
    return f"answers {_status(evidence)} with what an address beside it shows that was made up: {made_up}"


def _shell(evidence: Evidence) -> str | None:
    sight = _sight(evidence)
    if sight is None or sight.redirected or not (shell(sight.observation) or waiting(sight.observation)):
        return None
    return (
        f"answers {_status(evidence)} with a shell that scripts have to fill; what it shows in a browser is not known"
    )


def _status(evidence: Evidence) -> int:
    return evidence.answered.status if evidence.answered else 0


RULES: tuple[Rule, ...] = (
    Rule(name="says_not_found", code=Code.SOFT_404, confidence=0.85, test=_proven, needs=Fact.PAGE),
    Rule(name="signs_of_not_found", code=Code.SOFT_404, confidence=0.8, test=_two_signs, needs=Fact.PAGE),
)
SIBLING_RULES: tuple[Rule, ...] = (
    Rule(name="one_page_everywhere", code=Code.BLOCKED, confidence=0.0, test=_everywhere, needs=Fact.SIBLING),
    Rule(name="sibling_alike", code=Code.SOFT_404, confidence=0.95, test=_sibling, needs=Fact.SIBLING),
    Rule(name="app_shell", code=Code.OK, confidence=0.0, test=_shell, needs=Fact.SIGNS),
)
