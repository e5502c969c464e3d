"""Login pages: every row on a page written for it, and pages with a login that are none."""

from __future__ import annotations

import pytest

from crawler.health.logins import SIGNS
from crawler.health.sight import ADDRESS, Sign
from crawler.model import Code, Health
from tests.health.pages import ARTICLE, found, html, seen, verdict

FORM = '<form><input type="text" name="user"><input type="password" name="password"></form>'
PAGES = {
    "login_title": html(title="Sign in to Tide Watch"),
    "login_heading": html("<h1>Anmelden</h1>"),
    "login_words": html("<p>You must be logged in to read this letter.</p>"),
}
TARGETS = {
    "microsoft_host": "https://login.microsoftonline.com/common/reprocess?ctx=1",
    "google_host": "https://accounts.google.com/v3/start",
    "atlassian_host": "https://id.atlassian.com/start?continue=x",
    "apple_host": "https://idmsa.apple.com/start",
    "identity_host": "https://tide.okta.com/app/start",
    "login_host": "https://sso.tide.example/start",
    "login_path": "https://a.example/users/sign_in",
    "saml_query": "https://a.example/start?SAMLRequest=fZJ",
}
WORDS = [
    "Please log in to continue.",
    "Sign in to view your letters.",
    "Enter your username and password",
    "Bitte melden Sie sich an, um fortzufahren.",
    "Veuillez vous connecter pour continuer.",
    "Debes iniciar sesión para continuar.",
    "Accedi per continuare.",
    "Faça login para continuar.",
    "Log in om verder te gaan.",
    "Zaloguj się, aby kontynuować.",
    "Logga in för att fortsätta.",
    "Войдите, чтобы продолжить.",
    "ログインしてください",
    "로그인이 필요합니다",
    "请先登录",
]


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: sign.name)
def test_each_row_knows_its_login(sign: Sign) -> None:
    """On a page written for it, or at an address to which logins redirect."""
    if sign.where in ADDRESS:
        login = seen(html(FORM), final=TARGETS[sign.name], hop=302)
    else:
        login = seen(PAGES[sign.name])

    assert sign.name in found(login, SIGNS)
    assert verdict(login).code is Code.AUTH_REQUIRED


def test_each_page_has_its_row() -> None:
    """No page and no address is left over."""
    assert {*PAGES, *TARGETS} == {sign.name for sign in SIGNS}


@pytest.mark.parametrize("words", WORDS)
def test_logins_speak_many_languages(words: str) -> None:
    """As all that a page says."""
    assert verdict(seen(html(f"<p>{words}</p>"))).code is Code.AUTH_REQUIRED


def test_a_password_field_counts_where_there_is_next_to_no_text() -> None:
    """A login beside an article is a convenience."""
    assert verdict(seen(html(FORM, title="Rowing club"))).rule == "login_page"
    assert verdict(seen(html(f"{FORM}{ARTICLE}", title="Rowing club"))).code.health is Health.HEALTHY
    assert verdict(seen(html(f"{FORM}<p>{'High water. ' * 200}</p>"))).code.health is Health.HEALTHY


@pytest.mark.parametrize("final", ["https://a.example/?redirect_to=%2Fstory", "https://a.example/members?back=/story"])
def test_a_login_names_the_way_back(final: str) -> None:
    """Wherever it stands, a front page included."""
    told = verdict(seen(html(FORM, title="Rowing club"), final=final, hop=302), title="Tides of the bay")

    assert (told.code, told.rule) == (Code.AUTH_REQUIRED, "login_target")


@pytest.mark.parametrize(
    "words",
    [
        "Please log in to post a comment",
        "Bitte melden Sie sich an, um einen Kommentar zu schreiben",
        "Veuillez vous connecter pour laisser un commentaire",
        "Inicia sesión para comentar",
    ],
)
def test_who_logs_in_to_comment_can_read(words: str) -> None:
    """Under short news, too."""
    assert verdict(seen(html(f"<h1>Harbour opens</h1><p>At six.</p><p>{words}</p>"))).code is Code.OK


def test_a_login_that_the_card_means_is_no_obstacle() -> None:
    """By its address, or by its title."""
    page = html(FORM, title="Log in to the tide gauge")

    assert verdict(seen(page, url="https://a.example/login")).code is Code.OK
    assert verdict(seen(page), title="Log in to the tide gauge").code is Code.OK
    assert verdict(seen(page), title="Tides of the bay").code is Code.AUTH_REQUIRED


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/blog/login-pages-that-work",
        "https://id.a.example/story",
        "https://a.example/en/story?next=1",
        "https://blog.a.example/signing-in-the-rain",
    ],
)
def test_other_addresses_are_no_logins(url: str) -> None:
    """A word in a slug, a country's subdomain, a parameter."""
    page = seen(html(ARTICLE * 3, title="Harbour opens"), final=url, hop=302)

    assert verdict(page, title="Harbour opens").code is Code.REDIRECTED
