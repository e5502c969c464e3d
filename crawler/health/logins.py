"""Fingerprints of login pages: where a redirect ends at one, and where one answers in place of the page."""

from __future__ import annotations

import re

from crawler.health.evidence import Evidence, Rule
from crawler.health.sight import ADDRESS, RUNNING_TEXT, Sign, Where, quoted, signs
from crawler.health.words import likeness
from crawler.model import Code
from crawler.urls import host_of, split

_STEP = r"(?:log-?in|log_in|sign-?in|sign_in|log-?on|wp-login|auth-?wall|user-?login|account-?login|anmelden|connexion)"
LOGIN_PATH = (
    rf"(?:^|/){_STEP}(?:\.(?:php|aspx?|jspx?|do|html?|action|cgi))?/?$|/{_STEP}/(?:oauth|identifier|auth)"
    r"|/(?:oauth2?|openid-connect)/.{0,60}auth|/saml2?/|/adfs/ls"
)
SAME = 0.6
"""Likeness of titles from which on the card means the very page that answers."""

_PLEASE = (
    r"\b(?:please|you must|you need to|you have to|must be|need to be)"
    r" (?:log ?in|logged in|login|sign ?in|signed in|authenticate|be (?:logged|signed) in)\b"
    r"|^(?:[a-z0-9 ]{0,40} )?(?:log|sign) ?in (?:to|with|for) [a-z]+"
    r"|\b(?:enter|type in|provide) your (?:credentials|password|username|user name|login details)\b"
    r"|\b(?:log ?in|sign ?in|login) (?:page|portal|required|form|screen)\b|\b(?:authentication|login) required\b"
    r"|\buser ?name .{0,40}\bpassword\b|\bbitte (?:melden sie sich|loggen sie sich|melde dich|einloggen|anmelden)\b"
    r"|\banmeldung erforderlich\b|\bveuillez vous (?:connecter|identifier|authentifier)\b|\bconnectez vous (?:pour|a)\b"
    r"|\b(?:inicia|inicie|iniciar) sesion (?:para|en)\b|\bdebes? iniciar sesion\b|\baccedi (?:per|al)\b"
    r"|\beffettua (?:il login|l ?accesso)\b"
    r"|\bfaca (?:o )?login para\b|\binicie (?:a )?sessao\b|\blog in om\b|\bje moet ingelogd\b|\bu dient in te loggen\b"
    r"|\bzaloguj sie\b|\blogga in for att\b|\blogg inn for\b|\blog ind for\b|\bkirjaudu sisaan\b|\bprihlaste se\b"
    r"|\b(?:войдите|авторизуйтесь),? (?:чтобы|в|для)\b|\bнеобходимо (?:войти|авторизоваться)\b|\bgiris yap(?:in|iniz|maniz|malisiniz)\b"
    r"|ログインしてください|ログインが必要|로그인이 필요|로그인해 주세요|로그인 해주세요|请先?登录|請先?登入"
)
_TITLE = (
    r"^(?:please )?(?:log|sign) ?in(?: (?:to|with|or|page|required|portal|form)\b.*)?$|^login(?: (?:page|required|portal|form|to .*))?$"
    r"|^(?:anmelden|anmeldung|einloggen|connexion|se connecter|iniciar sesion|acceder|accedi|accesso|entrar|iniciar sessao"
    r"|inloggen|zaloguj sie|logowanie|logga in|logg inn|log ind|kirjaudu sisaan|prihlaseni|giris yap|giris|вход|войти|авторизация|ログイン|로그인|登录|登入)$"
)

SIGNS: tuple[Sign, ...] = (
    *signs(
        "the identity services' own addresses",
        "2026-10",
        ("identity_host", "an identity service", Where.HOST,
         r"^(?:login\.microsoftonline\.com|login\.live\.com|login\.windows\.net|accounts\.google\.com|id\.atlassian\.com"
         r"|login\.yahoo\.com|signin\.aws\.amazon\.com|appleid\.apple\.com|idmsa\.apple\.com|auth\.openai\.com)$"
         r"|(?:^|\.)(?:okta|oktapreview|auth0|onelogin|b2clogin|ciamlogin|pingidentity|amazoncognito)\.com$"),
        ("login_host", "a login", Where.HOST, r"^(?:login|logon|signin|sign-in|auth|sso|idp|idm|accounts?|oauth|adfs)\."),
        ("login_path", "a login", Where.PATH, LOGIN_PATH),
        ("saml_query", "a login", Where.QUERY, r"(?:^|&)samlrequest="),
    ),
    *signs(
        "wordings of login pages",
        "2026-10",
        ("login_title", "a login", Where.TITLE, _TITLE, 600, 300),
        ("login_heading", "a login", Where.H1, _TITLE, 600, 300),
        ("login_words", "a login", Where.TEXT, _PLEASE, 300, 300),
    ),
)  # fmt: skip

_TARGETS = tuple(sign for sign in SIGNS if sign.where in ADDRESS)
_BODIES = tuple(sign for sign in SIGNS if sign.where not in ADDRESS)
_ASKED_FOR = re.compile(LOGIN_PATH)


def _meant(evidence: Evidence) -> bool:
    """Whether the card names a login page on purpose."""
    return _ASKED_FOR.search(split(evidence.link.url).path.lower()) is not None


def _target(evidence: Evidence) -> str | None:
    sight = evidence.sight
    sign = sight.find(_TARGETS) if sight and not _meant(evidence) else None
    if not sight or not sign:
        return None
    if sign.where is Where.HOST and host_of(evidence.link.url) == host_of(sight.outcome.url):
        return None
    return f"{host_of(evidence.link.url)} wants a login at {quoted(sight.outcome.url, 100)} ({sign.name})"


def _page(evidence: Evidence) -> str | None:
    sight = evidence.sight
    if not sight or not 200 <= sight.outcome.status <= 299 or not sight.small or _meant(evidence):
        return None
    shown = sight.features.heading or sight.features.lead
    if any(likeness(shown, title) >= SAME for title in evidence.titles):
        return None
    sign = sight.find(_BODIES)
    if sign:
        return f"{host_of(sight.outcome.url)} wants a login ({sign.name}): {quoted(shown)}"
    if sight.features.password and sight.features.prose < RUNNING_TEXT:
        return f"{host_of(sight.outcome.url)} shows a password form and next to no text: {quoted(shown)}"
    return None


TARGET_RULES: tuple[Rule, ...] = (Rule(name="login_target", code=Code.AUTH_REQUIRED, confidence=0.0, test=_target),)
PAGE_RULES: tuple[Rule, ...] = (Rule(name="login_page", code=Code.AUTH_REQUIRED, confidence=0.0, test=_page),)
