"""Fingerprints of login pages: where a redirect ends at one, and where one answers in place of the page."""

from __future__ import annotations

import re

from crawler.health.evidence import Evidence, Fact, Rule
from crawler.health.sight import ADDRESS, Sign, Where, any_of, quoted, signs
from crawler.health.targets import SAME_TITLE, sends_back, title_likeness
from crawler.model import Code
from crawler.urls import host_of, split

_STEP = r"(?:log-?in|log_in|sign-?in|sign_in|log-?on|wp-login|auth-?wall|user-?login|anmelden|connexion)"
LOGIN_PATH = any_of(
    rf"(?:^|/){_STEP}(?:\.(?:php|aspx?|jspx?|do|html?|action|cgi))?/?$",
    rf"/{_STEP}/(?:oauth|identifier|auth)",
    r"/(?:oauth2?|openid-connect)/.{0,60}auth|/saml2?/|/adfs/ls",
)
"""Paths of login pages."""

_MUST = r"(?:please|you must|you need to|you have to|must be|need to be)"
_LOG_IN = r"(?:log ?in|logged in|login|sign ?in|signed in|authenticate|be (?:logged|signed) in)"
# Under many an article, a reader is told to log in to have a say in it.
_NOT_TO_COMMENT = (
    r"(?!.{0,30}\b(?:comment|comments|commenting|reply|post|rate|vote|like|follow|kommentieren|kommentar|commenter"
    r"|commentaire|comentar|comentarios?|commentare)\b)"
)
_WORDS = any_of(
    rf"\b{_MUST} {_LOG_IN}\b{_NOT_TO_COMMENT}",
    rf"^(?:[a-z0-9 ]{{0,40}} )?(?:log|sign) ?in{_NOT_TO_COMMENT} (?:to|with|for) [a-z]+",
    r"\b(?:enter|provide|type in) your (?:credentials|password|user ?name|login details)\b",
    r"\b(?:log ?in|sign ?in|login) (?:page|portal|required|form|screen)\b|\bauthentication required\b",
    r"\buser ?name .{0,40}\bpassword\b",
    rf"\bbitte (?:melden sie sich|loggen sie sich|melde dich|einloggen|anmelden)\b{_NOT_TO_COMMENT}",
    r"\banmeldung erforderlich\b",
    rf"\b(?:veuillez vous (?:connecter|identifier|authentifier)|connectez vous (?:pour|a))\b{_NOT_TO_COMMENT}",
    rf"\b(?:(?:inicia|inicie|iniciar) sesion (?:para|en)|debes? iniciar sesion)\b{_NOT_TO_COMMENT}",
    r"\baccedi (?:per|al)\b|\beffettua (?:il login|l ?accesso)\b",
    r"\bfaca (?:o )?login para\b|\binicie (?:a )?sessao\b",
    r"\blog in om\b|\bje moet ingelogd\b|\bu dient in te loggen\b",
    r"\blogga in for att\b|\blogg inn for\b|\blog ind for\b|\bkirjaudu sisaan\b",
    r"\bzaloguj sie\b|\bprihlaste se\b|\bgiris yap(?:in|iniz|maniz|malisiniz)\b",
    r"\b(?:войдите|авторизуйтесь) (?:чтобы|в|для)\b|\bнеобходимо (?:войти|авторизоваться)\b",
    r"ログインしてください|ログインが必要|로그인이 필요|로그인해 ?주세요|로그인 해 ?주세요|请先?登录|請先?登入",
)
_TITLE = any_of(
    r"^(?:please )?(?:log|sign) ?in(?: (?:to|with|or|page|required|portal|form)\b.*)?$",
    r"^login(?: (?:page|required|portal|form|to .*))?$",
    r"^(?:anmelden|anmeldung|einloggen|connexion|se connecter|iniciar sesion|acceder|accedi|entrar|iniciar sessao)$",
    r"^(?:inloggen|zaloguj sie|logowanie|logga in|logg inn|log ind|kirjaudu sisaan|prihlaseni|giris yap|giris)$",
    r"^(?:вход|войти|авторизация|ログイン|로그인|登录|登入)$",
)

SIGNS: tuple[Sign, ...] = (
    *signs(
        "the identity services' own addresses",
        "2026-10",
        ("microsoft_host", "Microsoft", Where.HOST, r"^login\.(?:microsoftonline|live|windows)\.(?:com|net)$"),
        ("google_host", "Google", Where.HOST, r"^accounts\.google\.com$"),
        ("atlassian_host", "Atlassian", Where.HOST, r"^id\.atlassian\.com$"),
        ("apple_host", "Apple", Where.HOST, r"^(?:appleid|idmsa)\.apple\.com$"),
        ("identity_host", "an identity service", Where.HOST,
         r"(?:^|\.)(?:okta|oktapreview|auth0|onelogin|b2clogin|ciamlogin|pingidentity|amazoncognito)\.com$"),
        ("login_host", "a login", Where.HOST, r"^(?:login|logon|sign-?in|auth|sso|idp|idm|accounts?|oauth|adfs)\."),
        ("login_path", "a login", Where.PATH, LOGIN_PATH),
        ("saml_query", "a login", Where.QUERY, r"(?:^|&)samlrequest="),
    ),
    *signs(
        "wordings of login pages, written for this project",
        "2026-11",
        ("login_title", "a login", Where.TITLE, _TITLE, 600, 300),
        ("login_heading", "a login", Where.H1, _TITLE, 600, 300),
        ("login_words", "a login", Where.TEXT, _WORDS, 300, 300),
    ),
)  # fmt: skip

_TARGETS = tuple(sign for sign in SIGNS if sign.where in ADDRESS)
_BODIES = tuple(sign for sign in SIGNS if sign.where not in ADDRESS)
_LOGIN_PATH = re.compile(LOGIN_PATH)


def _meant(evidence: Evidence) -> bool:
    """Whether the card names a login page on purpose."""
    return _LOGIN_PATH.search(split(evidence.link.url).path.lower()) is not None


def _target(evidence: Evidence) -> str | None:
    sight = evidence.sight
    if sight is None or _meant(evidence):
        return None
    sign = sight.find(_TARGETS)
    asked = host_of(evidence.link.url)
    if sign is None:
        if not sends_back(evidence) or not sight.small or not (sight.features.password or sight.find(_BODIES)):
            return None
        return f"{asked} wants a login first and names the way back from it, at {quoted(sight.end, 100)}"
    if sign.where is Where.HOST and asked == host_of(sight.end):
        return None
    return f"{asked} wants a login first ({sign.name}), at {quoted(sight.end, 100)}"


def _page(evidence: Evidence) -> str | None:
    sight = evidence.sight
    if not sight or not sight.fine or not sight.small or _meant(evidence) or title_likeness(evidence) >= SAME_TITLE:
        return None
    sign = sight.find(_BODIES)
    if sign:
        return f"{host_of(sight.outcome.url)} wants a login ({sign.name}){sight.words}"
    if sight.features.password:
        return f"{host_of(sight.outcome.url)} shows a password field and next to no text{sight.words}"
    return None


TARGET_RULES: tuple[Rule, ...] = (
    Rule(name="login_target", code=Code.AUTH_REQUIRED, confidence=0.0, test=_target, needs=Fact.REDIRECTED),
)
PAGE_RULES: tuple[Rule, ...] = (
    Rule(name="login_page", code=Code.AUTH_REQUIRED, confidence=0.0, test=_page, needs=Fact.SIGNS),
)
