"""Pages that answer 200 and are none."""

from __future__ import annotations

import pytest

from crawler.demo.reply import PROSE
from crawler.health.judge import judge
from crawler.health.questions import questions
from crawler.health.sight import Sign
from crawler.health.soft404 import MARKERS, Suspicion, alike, needs_sibling, suspicion
from crawler.health.tally import tally_of
from crawler.model import Answered, Code, Health, Kind, Observation, Purpose
from tests.health.evidence import URL
from tests.health.pages import ARTICLE, evidence, found, html, revised, seen, verdict

SIBLING = "https://a.example/qwertyuiopasdfghjklzxcvbn"
CHROME = "<nav>" + "<a href='/'>Harbour</a> " * 60 + "</nav>"
TABLE = " ".join(f"{hour}:{minute:02}" for hour in range(1, 13) for minute in range(0, 60, 7))
JOKE = html("<h1>Man overboard</h1><p>No pulse here. Row back to the pier?</p>", title="Harbour Log")
MARKED = {
    "body_class": html("<p>Row back?</p>").replace("<body>", '<body class="blog error404 logged-out">'),
    "wordpress_section": html('<section class="error-404 not-found"><p>Row back?</p></section>'),
    "next_page": html('<script id="__NEXT_DATA__">{"props":{},"page":"/404","query":{}}</script>'),
    "next_heading": html('<span class="next-error-h1">Row back?</span>'),
    "gatsby_path": html('<script>window.pagePath="/404.html";</script>'),
}


def made_up(page: str, *, status: int = 200, final: str | None = None) -> Observation:
    """What a made-up address beside the link's answers."""
    return seen(page, url=SIBLING, status=status, final=final, purpose=Purpose.SIBLING)


@pytest.mark.parametrize(
    "page",
    [
        html("<p>Row back?</p>", title="Page not found | Harbour Log"),
        html("<p>Row back?</p>", title="Harbour Log — 404"),
        html(f"{CHROME}<main><h1>Seite nicht gefunden</h1></main>", title="Harbour Log",
             head='<meta property="og:title" content="Harbour Log"><meta property="og:image" content="/a.png">'),
        html("<h1>404</h1><p>Row back?</p>", title="Harbour Log"),
        html("<h1>Oops! That page can’t be found.</h1>"),
        html("<pre>404: Not Found</pre>"),
    ],
    ids=["title", "number in title", "heading and chrome", "number in heading", "sentence in heading", "nothing else"],
)  # fmt: skip
def test_titles_and_headings_are_proof(page: str) -> None:
    """No other question is needed."""
    told = verdict(seen(page), title="A walk along the quay")

    assert (told.code, told.rule) == (Code.SOFT_404, "says_not_found")
    assert not questions(evidence(seen(page)), seed="1")


@pytest.mark.parametrize("sign", MARKERS, ids=lambda sign: sign.name)
def test_the_marks_of_frameworks_are_proof(sign: Sign) -> None:
    """Each row on a page written for it."""
    assert sign.name in found(seen(MARKED[sign.name]), MARKERS)
    assert verdict(seen(MARKED[sign.name])).code is Code.SOFT_404


def test_each_mark_has_its_row() -> None:
    """No page is left over."""
    assert set(MARKED) == {sign.name for sign in MARKERS}


@pytest.mark.parametrize(
    "page",
    [
        html(f"<h1>404 Not Found</h1>{PROSE * 6}", title="404 Not Found"),
        html(f"<h1>Page not found, and other short stories</h1>{PROSE}", title="Page not found"),
        html(f"{ARTICLE}", title="Harbour opens"),
        html("<h1>Harbour opens</h1><p>At six.</p>", title="Harbour opens"),
    ],
    ids=["essay", "stories", "article", "short"],
)
def test_essays_and_short_pages_are_fine(page: str) -> None:
    """Running text outweighs words, and little text proves nothing."""
    assert verdict(seen(page)).code.health is Health.HEALTHY


@pytest.mark.parametrize(
    ("page", "url"),
    [
        (html("<h1>404</h1><p>Atlanta, since 1995.</p>", title="404 | Dialling codes"), "https://a.example/codes/404"),
        (html("<h1>Gone</h1><p>A film of 2012.</p>", title="Gone - Films"), "https://a.example/films/gone"),
        (html("<h1>404 Not Found</h1><p>A status.</p>", title="404 Not Found"), "https://a.example/Status/404"),
        (html("<h1>How to fix a 404 Not Found error</h1><ol><li>Reload</ol>"), URL),
        (html("<h1>Fehler 404: Seite nicht gefunden – so beheben Sie ihn</h1>", title="404 | Hilfe"), URL),
        (html("<h1>The harbour API returns “page not found”</h1><p>Resolved.</p>"), URL),
        (html("<h1>ページが見つかりませんと表示される</h1>"), URL),
        (html("<h1>File not found when starting the tide clock</h1>"), URL),
        (html("<h1>Page cannot be displayed</h1><p>Any ideas?</p>"), "https://a.example/t/page-cannot-be-displayed"),
        (html("<h1>Sayfa bulunamadı hatası nasıl çözülür?</h1>"), URL),
    ],
    ids=["code", "film", "status", "how to", "so beheben", "returns", "is shown", "when", "thread", "nasıl"],
)
def test_pages_about_error_messages_are_only_suspects(page: str, url: str) -> None:
    """Their address or title says that the message is their subject; an address beside them tells."""
    live, made = seen(page, url=url), "https://a.example/qwertyuiopasdfghjklzxcvbn"
    missing = seen(html("<h1>Row back</h1>"), url=made, status=404, purpose=Purpose.SIBLING)
    same = seen(page, url=made, purpose=Purpose.SIBLING)
    front = seen(html(ARTICLE), url="https://a.example/", purpose=Purpose.CONTROL)

    assert [one.request.purpose for one in questions(evidence(live, title="A walk"), seed="1")] == [Purpose.SIBLING]
    assert verdict(live, missing, title="A walk").code is Code.OK
    assert verdict(live, same, front, title="A walk").code is Code.SOFT_404


def test_an_address_that_has_the_words_of_a_lost_page_is_no_subject() -> None:
    """Error pages repeat what was asked for."""
    lost = seen(html("<h1>Blue kettle: page not found</h1>"), url="https://a.example/shop/blue-kettle")

    assert verdict(lost, title="A kettle").rule == "says_not_found"


def test_an_error_page_full_of_news_is_told_by_an_address_beside_it() -> None:
    """It has as much text as the essay with the same title."""
    full = html(f"<h1>404</h1>{PROSE * 3}", title="404 | Harbour Log")
    missing = made_up(html("<h1>Row back</h1>"), status=404)

    assert verdict(seen(full), made_up(full), title="A walk").rule == "sibling_alike"
    assert verdict(seen(full), missing, title="A walk").code is Code.OK


@pytest.mark.parametrize(
    "head",
    ['<title>Home</title><link rel="canonical" href="https://a.example/">', "<title>a.example</title>",
     '<title>Harbour Log</title><meta property="og:site_name" content="Harbour Log">'],
    ids=["canonical", "host", "site"],
)  # fmt: skip
def test_a_front_page_under_every_address_is_told_by_one_that_was_made_up(head: str) -> None:
    """However much it says, if it calls itself the site and not what the card says."""
    front = html(f"<h1>Welcome</h1>{PROSE * 3}", head=head).replace("<title></title>", "")
    asked = questions(evidence(seen(front), title="A walk along the quay"), seed="1")

    assert [one.request.purpose for one in asked] == [Purpose.SIBLING]
    assert verdict(seen(front), made_up(front), title="A walk along the quay").rule == "sibling_alike"
    assert verdict(seen(front), made_up(html(), status=404), title="A walk along the quay").code is Code.OK


def test_a_title_that_other_pages_of_the_host_have_makes_a_suspect() -> None:
    """One page may answer for all of them, however much it says."""
    page = html(f"<h1>Tides and gulls</h1>{PROSE * 3}", title="All about the bay")
    told = [seen(page, url=f"https://a.example/2019/{name}") for name in ("fog", "buoys")]
    tally = tally_of(told)

    assert suspicion(evidence(told[0], title="A walk", tally=tally)) is Suspicion.SITE
    assert suspicion(evidence(told[0], title="All about the bay", tally=tally)) is None
    assert suspicion(evidence(told[0], tally=tally)) is None  # no card says what it should be called
    assert suspicion(evidence(told[0], title="A walk", tally=tally_of([told[0], told[0]]))) is None


def test_a_page_that_is_loading_is_a_shell() -> None:
    """One page answers for all addresses, and its scripts show what is there."""
    page = html('<div id="app">Loading, please wait …</div><script src="/app.js"></script>', title="Harbour app")
    front = seen(html(ARTICLE), url="https://a.example/", purpose=Purpose.CONTROL)

    assert verdict(seen(page), made_up(page), front, title="A walk").rule == "app_shell"


def test_front_pages_and_images_are_never_soft_404s() -> None:
    """A front page may say what it likes; a page behind an image address is the wrong type."""
    page = html("<h1>404</h1>", title="404")

    assert verdict(seen(page, url="https://a.example/")).code is Code.OK
    assert verdict(seen(page, url="https://a.example/en/")).code is Code.OK
    image = evidence(seen(page), kind=Kind.IMAGE)
    assert judge(image).code is Code.WRONG_TYPE


def test_what_a_card_calls_the_page_is_no_proof_against_it() -> None:
    """A song may be called so; then a made-up address tells."""
    page = seen(html("<h1>Page not found</h1><p>3:21</p>", title="Page not found"))

    assert verdict(page, title="Page Not Found (live)").code is Code.OK
    assert needs_sibling(evidence(page, title="Page Not Found (live)"))


def test_words_in_the_text_make_a_suspect() -> None:
    """What the made-up address shows decides."""
    page = html("<div>Sorry, this page does not exist any more.</div>", title="Harbour Log")

    assert suspicion(evidence(seen(page))) is Suspicion.WORDS
    assert verdict(seen(page)).code is Code.OK
    assert verdict(seen(page), made_up(page)).rule == "sibling_alike"
    assert verdict(seen(page), made_up(html("Nothing"), status=404)).code is Code.OK
    assert verdict(seen(page), made_up(html(ARTICLE))).code is Code.OK


def test_two_signs_are_proof() -> None:
    """Words in the text, and the front page's address as its own."""
    page = html(
        "<div>Sorry, this page does not exist any more.</div>",
        title="Harbour Log",
        head='<link rel="canonical" href="https://a.example/">',
    )

    assert verdict(seen(page)).rule == "signs_of_not_found"


def test_asking_search_engines_to_forget_it_is_a_sign_where_it_is_new() -> None:
    """Many healthy pages do so always."""
    page = html("<div>Harbour</div>", head='<meta name="robots" content="noindex">')
    was_open, was_closed = seen(html(ARTICLE)), seen(page)

    assert suspicion(evidence(seen(page), before=was_open)) is Suspicion.WORDS
    assert suspicion(evidence(seen(page), before=was_closed)) is Suspicion.BARE


def test_a_bare_page_is_dead_if_only_the_front_page_differs() -> None:
    """If that is the same page too, a wall that nobody knows may stand before all of the host."""
    front = seen(html(ARTICLE), url="https://a.example/", purpose=Purpose.CONTROL)
    same = seen(JOKE, url="https://a.example/", purpose=Purpose.CONTROL)
    page, sibling = seen(JOKE), made_up(JOKE)

    assert verdict(page).code is Code.OK
    assert verdict(page, sibling).code is Code.OK
    assert verdict(page, sibling, front).rule == "sibling_alike"
    told = verdict(page, sibling, same)
    assert (told.code, told.rule) == (Code.BLOCKED, "one_page_everywhere")


def test_a_page_that_is_called_what_the_card_says_is_not_suspected() -> None:
    """However short it is."""
    page = seen(html("<p>Now playing</p>", title="Knots in ten minutes - Sea School"))

    assert suspicion(evidence(page, title="Knots in ten minutes")) is None
    assert suspicion(evidence(page, title="Something else altogether")) is Suspicion.BARE


def test_an_app_shell_is_inconclusive() -> None:
    """It answers every address alike, living or dead."""
    shell = html('<div id="root"></div><script src="/app.js"></script>', title="Harbour app")

    told = verdict(seen(shell), made_up(shell))
    assert (told.code, told.rule) == (Code.OK, "app_shell")
    assert suspicion(evidence(seen(shell))) is None


def test_different_ways_are_different_pages() -> None:
    """A made-up address that is redirected elsewhere first does not speak against a page that is not."""
    sibling = made_up(JOKE, final="https://a.example/elsewhere")
    front = seen(html(ARTICLE), url="https://a.example/", purpose=Purpose.CONTROL)

    assert verdict(seen(JOKE), sibling, front).code is Code.OK


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (JOKE, JOKE, True),
        (html("<p>/story is not aboard</p>"), html("<p>/qwertyuiopasdfghjklzxcvbn is not aboard</p>"), True),
        (html(f"<p>{TABLE} High water: nine.</p>"), html(f"<p>{TABLE} High water: ten.</p>"), True),
        (html("<p>At /story a story?</p>"), html("<p>At /qwertyuiopasdfghjklzxcvbn a story?</p>"), False),
        (html("<p>Row back?</p>", title="One"), html("<p>Row back?</p>", title="Two"), False),
        (html("<p>The ferry leaves at nine.</p>"), html("<p>The ferry leaves at ten.</p>"), False),
        (html(f"{CHROME * 9}<main>Sorry!</main>"), html(f"{CHROME * 9}<main>Sorry!</main>"), True),
        (html(f"{CHROME * 9}<main>Sorry!</main>"), html(f"{CHROME * 9}<main>Tides</main>"), False),
        (html(f"{CHROME * 9}<main>Sorry!</main>"), html("<main>Sorry!</main>"), False),
    ],
)
def test_pages_are_alike_apart_from_their_addresses(one: str, other: str, same: bool) -> None:
    """Error pages like to repeat what was asked."""
    left, right = seen(one), seen(other, url=SIBLING)

    assert alike(revised(left, digest=None), right) is same


def test_what_a_304_confirms_is_judged_like_what_it_stands_for() -> None:
    """By the rules of today, and without asking the same question every week."""
    dead = revised(seen(html("<h1>404</h1>")), outcome=Answered(url=URL, status=304))
    bare = revised(seen(JOKE), outcome=Answered(url=URL, status=304))

    assert verdict(dead).rule == "says_not_found"
    assert needs_sibling(evidence(seen(JOKE)))
    assert not needs_sibling(evidence(bare))
