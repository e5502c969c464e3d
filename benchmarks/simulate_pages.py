"""What simulated hosts show: articles, short pages, pages of errors, parking, walls and logins, as small HTML bodies.

All of it is written for this benchmark. Wordings of error pages are of the common kind in nine languages, with some
that hold no telling word at all; walls and parking pages carry the marks that their vendors' pages carry.
"""

from __future__ import annotations

import random
from functools import lru_cache
from html import escape

HTML = ("content-type", "text/html; charset=utf-8")
Headers = tuple[tuple[str, str], ...]

_VOCABULARY = """
harbour canvas gallery formula connector dataverse template budget inspection onboarding warehouse schedule
barcode approval workflow component theme calendar offline sensor camera signature invoice inventory lesson
classroom hospital rescue volunteer museum railway forest glacier orchard bakery brewery cycling marathon
keyboard translation dashboard pipeline migration governance security licence sandbox release roadmap webinar
challenge community champion interview tutorial checklist pattern gradient container responsive accessibility
animation chart mapping geofence location telemetry monitor debugger variable collection delegation expression
regular matching parser adapter gateway certificate password portal widget sidebar timeline kanban survey quiz
feedback ticket helpdesk repair vehicle fleet drone satellite weather rainfall flood wildfire traffic parking
airport luggage passport visitor reception elevator lighting heating battery solar turbine reactor chemistry
genome protein vaccine clinic dentist pharmacy nutrition recipe restaurant delivery courier package postage
customs tariff harvest tractor fishery aquarium penguin elephant falcon beetle orchid bamboo ceramic textile
fashion jewellery perfume theatre orchestra violin podcast festival cinema documentary novel poetry archive
"""
WORDS = tuple(_VOCABULARY.split())
_FILLER = {
    "en": "the and of with for this that from into your team when people build makes it easier to share what they know "
    "every day across many small steps that together change how work gets done",
    "de": "und der die das mit für wir zeigen wie man in wenigen schritten eine lösung baut die im alltag hilft und "
    "von allen kollegen verstanden wird ohne lange schulung oder teure werkzeuge",
    "fr": "le la les et avec pour nous montrons comment créer en quelques étapes une solution utile que chacun "
    "comprend sans longue formation ni outils coûteux dans le travail de tous les jours",
    "es": "el la los y con para mostramos cómo crear en pocos pasos una solución útil que todos entienden sin larga "
    "formación ni herramientas caras en el trabajo de cada día",
    "ja": "この 記事 では 簡単な 手順 で 役に立つ 仕組み を 作る 方法 を 紹介 します 毎日 の 仕事 が 楽 に なります",
}
LANGUAGES = ("en", "en", "en", "en", "en", "en", "en", "de", "fr", "es", "ja")
"""As the languages of hosts are drawn."""


def title_of(noise: random.Random) -> str:
    """What a card calls a page."""
    return " ".join(noise.sample(WORDS, noise.randint(3, 6))).capitalize()


def sentence(noise: random.Random, lang: str) -> str:
    """One sentence of a page."""
    words = [*noise.choices(_FILLER[lang].split(), k=noise.randint(8, 14)), *noise.sample(WORDS, 3)]
    noise.shuffle(words)
    return " ".join(words).capitalize() + "."


def _seeded(*parts: object) -> random.Random:
    return random.Random("|".join(map(str, parts)))  # noqa: S311 - the same text each time is what is wanted


@lru_cache(maxsize=4_096)
def _menu(site: str) -> str:
    items = _seeded("menu", site).sample(WORDS, 7)
    return "<nav><ul>" + "".join(f'<li><a href="/{one}/">{one}</a></li>' for one in items) + "</ul></nav>"


def html(
    *, title: str, site: str, lang: str, main: str, head: str = "", body_class: str = "", menu: bool = True
) -> bytes:
    """A whole page around its main part."""
    chrome = _menu(site) if menu else ""
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><title>{escape(title)}</title>{head}</head>'
        f'<body class="{body_class}"><header>{chrome}</header><main>{main}</main>'
        f"<footer><p>{escape(site)}</p></footer></body></html>"
    ).encode()


def article(title: str, excerpt: str, site: str, lang: str, kind: str) -> bytes:
    """A page that lives. `kind`: article, short, listing, video, member (with a login form beside), bare or walled."""
    noise = _seeded(title, site, kind)
    shown = f"{title} | {site}" if noise.random() < 0.7 else title
    head = f'<meta property="og:title" content="{escape(title)}"><meta name="description" content="{escape(excerpt)}">'
    if noise.random() < 0.15:  # 15 % of articles have no og:title
        head = f'<meta name="description" content="{escape(excerpt)}">'
    prose = "".join(f"<p>{' '.join(sentence(noise, lang) for _ in range(5))}</p>" for _ in range(5))
    match kind:
        case "short":
            main = f"<h1>{escape(title)}</h1><p>{sentence(noise, lang)}</p>"
        case "bare":  # a page of pictures whose title is the site's
            shown, head = site, ""
            main = f'<img src="/{noise.choice(WORDS)}.jpg" alt=""><p>{sentence(noise, lang)}</p>'
        case "video":
            main = f'<div id="player"></div><script src="/player.js"></script><h1>{escape(title)}</h1>'
        case "listing":
            rows = "".join(
                f"<li><a href='/{one}'>{one} {noise.choice(WORDS)}</a></li>" for one in noise.sample(WORDS, 60)
            )
            main = f"<h1>{escape(title)}</h1><ul>{rows}</ul>"
        case "member":
            form = '<form action="/login"><input name="user"><input type="password" name="p"></form>'
            main = f"<h1>{escape(title)}</h1>{prose}{form}"
        case _:
            main = f"<h1>{escape(title)}</h1>{prose}"
    if kind == "paid":
        head += _PAID
    return html(title=shown, site=site, lang=lang, main=main, head=head)


_PAID = (
    '<script type="application/ld+json">'
    '{"@context":"https://schema.org","@type":"NewsArticle","isAccessibleForFree":false}</script>'
)


@lru_cache(maxsize=4_096)
def front(site: str, lang: str) -> bytes:
    """A site's front page."""
    noise = _seeded("front", site)
    items = "".join(f"<li><h3>{title_of(noise)}</h3><p>{sentence(noise, lang)}</p></li>" for _ in range(14))
    return html(title=site, site=site, lang=lang, main=f"<h1>{escape(site)}</h1><ul>{items}</ul>")


@lru_cache(maxsize=4_096)
def hub(site: str, lang: str, folder: str) -> bytes:
    """The index of a folder."""
    noise = _seeded("hub", site, folder)
    items = "".join(f"<li><a href='/{n}'>{title_of(noise)}</a> {sentence(noise, lang)}</li>" for n in range(14))
    return html(title=f"{folder.title()} | {site}", site=site, lang=lang, main=f"<h1>{folder}</h1><ul>{items}</ul>")


def shell(site: str) -> bytes:
    """What an app answers whatever is asked."""
    return (
        f"<!DOCTYPE html><html><head><title>{escape(site)}</title></head><body><div id='root'></div>"
        "<script src='/static/app.8f1c.js'></script></body></html>"
    ).encode()


MISSING: tuple[tuple[str, str, str, str], ...] = (
    ("en", "Page not found", "404", "Sorry, we could not find the page you were looking for."),
    ("en", "Oops! That page can't be found", "Oops!", "It looks like nothing was found at this location."),
    ("en", "404 Not Found", "Not Found", "The requested URL was not found on this server."),
    ("en", "Error", "This page doesn't exist", "It may have been moved or deleted. Try the search."),
    ("en", "Content unavailable", "No longer available", "The page you requested is no longer available."),
    ("de", "Seite nicht gefunden", "Seite nicht gefunden", "Die angeforderte Seite konnte nicht gefunden werden."),
    ("de", "Fehler 404", "Hoppla!", "Diese Seite existiert leider nicht mehr."),
    ("fr", "Page introuvable", "Page introuvable", "La page que vous recherchez n'existe pas ou a été déplacée."),
    ("fr", "Erreur 404", "Oups", "La page demandée n'a pas été trouvée."),
    ("es", "Página no encontrada", "Página no encontrada", "Lo sentimos, la página que busca no existe."),
    ("ja", "ページが見つかりません", "お探しのページは見つかりません", "URLが変更または削除された可能性があります。"),
    ("it", "Pagina non trovata", "Pagina non trovata", "La pagina che cerchi non esiste."),
    ("nl", "Pagina niet gevonden", "Helaas", "De pagina die u zoekt bestaat niet."),
    ("pl", "Nie znaleziono strony", "Błąd 404", "Strona, której szukasz, nie istnieje."),
    ("pt", "Página não encontrada", "Ops!", "A página que você procura não existe."),
)
"""(language, title, heading, text) of error pages that say so."""
JOKES: tuple[tuple[str, str], ...] = (
    ("Well, this is awkward", "The hamster that runs this page has taken the day off. Perhaps try another wheel?"),
    ("No pulse here", "We checked twice. Our editors have moved on to brighter things, and so should you."),
    ("Lost in space", "Houston says hello. Use the menu above to come back to Earth."),
)
"""(heading, text) of error pages that hold no telling word."""


@lru_cache(maxsize=16_384)
def missing(site: str, lang: str, style: str, path: str = "") -> bytes:
    """A page of a host that has none. `style`: phrase, text, joke or home."""
    noise = _seeded("missing", site)
    rows = [row for row in MISSING if row[0] == lang] or list(MISSING)
    if noise.random() < 0.1:
        rows = list(MISSING)
    _, title, heading, text = noise.choice(rows)
    joke_heading, joke = noise.choice(JOKES)
    named = f"<p>{escape(path)}</p>" if path and noise.random() < 0.3 else ""
    match style:
        case "phrase":
            shown = f"{title} | {site}" if noise.random() < 0.7 else title
            wordpress = "error404" if noise.random() < 0.3 else ""
            main = f"<h1>{heading}</h1><p>{text}</p>{named}"
            return html(title=shown, site=site, lang=lang, main=main, body_class=wordpress)
        case "text":
            main = f"<h2>{escape(site)}</h2><p>{text}</p>{named}"
        case "joke":
            main = f"<h1>{joke_heading}</h1><p>{joke}</p>{named}"
        case _:
            main = f"<p>{sentence(noise, lang)}</p>"
    return html(title=site, site=site, lang=lang, main=main)


def parked(host: str, kind: str) -> bytes:
    """A name that nobody uses. `kind`: lander, sedo, key, sale or gambling."""
    match kind:
        case "lander":
            script = 'window.onload=function(){location.href="/lander"}'
            return f"<!DOCTYPE html><html><head><script>{script}</script></head></html>".encode()
        case "sedo":
            script = '<script src="https://img.sedoparking.com/templates/logic.js"></script>'
            return html(
                title=host, site=host, lang="en", main=f"<h1>{host}</h1>{script}<p>Related Links</p>", menu=False
            )
        case "key":
            return (
                f'<html data-adblockkey="MFwwDQYJ" lang="en"><head><title>{host}</title></head><body><div id="target">'
                '</div><script>window.park = "eyJ1dWlkIjoi";</script></body></html>'
            ).encode()
        case "sale":
            text = f"<h1>{host}</h1><p>This domain is for sale! Make an offer today.</p>"
            return html(title=f"{host} is for sale", site=host, lang="en", main=text, menu=False)
        case _:
            head = '<meta name="description" content="Situs judi slot gacor terpercaya dan bandar togel online">'
            noise = _seeded("gambling", host)
            rows = "".join(f"<p>{sentence(noise, 'en')} slot gacor maxwin togel judi online {n}</p>" for n in range(20))
            title = "SLOT88 : Situs Judi Slot Gacor Maxwin Togel Online Terpercaya"
            return html(title=title, site=host, lang="id", main=f"<h1>{title}</h1>{rows}", head=head, menu=False)
