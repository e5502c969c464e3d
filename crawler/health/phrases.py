"""Not-found wordings in many languages in, whether a text says that there is no such page out.

The official wordings of widely used software stand in `not_found.json`, by source and licence: they are what most sites
show, in languages that no hand-made list has. PATTERNS holds what people write by themselves, which varies.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from crawler.health.words import RECENT, fold
from crawler.model import Record

BEFORE = 16
"""Characters that may stand before a wording in a title or heading: "Oops!", "Sorry, this"."""
BESIDE = 40
"""Characters that may stand beside it in all: what is missing, where to go instead."""


class Group(Record, frozen=True):
    """Wordings of one source."""

    source: str
    licence: str
    date: str
    """Year and month in which they were written down."""
    titles: dict[str, list[str]]
    """Language -> what stands in titles and headings."""
    sentences: dict[str, list[str]]
    """Language -> what stands in the text below."""


class Wordings(Record, frozen=True):
    """Folded wordings, ready to be searched for, the longest first."""

    titles: tuple[str, ...]
    sentences: tuple[str, ...]


@cache
def wordings() -> Wordings:
    """The wordings of `not_found.json`."""
    groups = groups_of(Path(__file__).with_name("not_found.json").read_bytes())

    def folded(rows: list[dict[str, list[str]]]) -> tuple[str, ...]:
        texts = {fold(text) for row in rows for several in row.values() for text in several}
        return tuple(sorted(texts, key=lambda text: (-len(text), text)))

    return Wordings(
        titles=folded([group.titles for group in groups]), sentences=folded([group.sentences for group in groups])
    )


def groups_of(data: bytes) -> tuple[Group, ...]:
    """The groups of a file of wordings."""
    return msgspec.json.decode(data, type=tuple[Group, ...])


@lru_cache(maxsize=RECENT)  # a page's title is its heading as a rule, and a site's name stands in all of its titles
def says_not_found(text: str) -> str | None:
    """The wording that a folded title segment or heading begins with or consists of, or None."""
    if match := _STANDALONE.match(text):
        return match[0]
    found = _known().titles.first_in(text) or (_match(text, _PATTERNS) if may_match(text) else None)
    if found is None or text.index(found) > BEFORE or len(text) - len(found) > BESIDE:
        return None
    return found if found == text or not _single(found) else None


def speaks_of_message(text: str) -> bool:
    """Whether a folded title or heading is about such a wording: "How to fix a 404 Not Found error"."""
    return _match(text, _about()) is not None


@cache  # compiled for the first page that may say that it is not there
def _about() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for _, pattern in ABOUT)


def tells_not_found(text: str) -> str | None:
    """The wording that stands anywhere in a folded piece of running text, or None."""
    known = _known()
    if found := _match(text, _HINTS) if may_match(text) else None:
        return found
    found = known.sentences.first_in(text) or known.titles.first_in(text)
    return found if found and not _single(found) else None


def _single(wording: str) -> bool:
    """Whether a wording is one word, which says it only if nothing else stands beside it: "Gone"."""
    return " " not in wording and not _is_unspaced(wording)


class _Search:
    """Wordings, of which the first that stands in a text is looked for; by their first words, as few texts hold any."""

    def __init__(self, known: Iterable[str]) -> None:
        self._by_word: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        self._unspaced: list[tuple[int, str]] = []
        for rank, one in enumerate(known):
            (self._unspaced if _is_unspaced(one) else self._by_word[one.split(" ")[0]]).append((rank, one))

    def first_in(self, text: str) -> str | None:
        """The first wording that stands in a folded text; words of scripts with blanks must be whole."""
        padded = f" {text} "
        found = [
            (rank, one)
            for word in text.split(" ")
            if word in self._by_word
            for rank, one in self._by_word[word]
            if f" {one} " in padded
        ]
        if not text.isascii():
            found += [(rank, one) for rank, one in self._unspaced if one in text]
        return min(found)[1] if found else None


class _Known(NamedTuple):
    titles: _Search
    sentences: _Search


@cache
def _known() -> _Known:
    known = wordings()
    return _Known(titles=_Search(known.titles), sentences=_Search(known.sentences))


def may_match(text: str) -> bool:
    """Whether a row of PATTERNS or HINTS can hold at all; told in a tenth of the time that they take."""
    return any(map(text.__contains__, _STEMS)) or not text.isascii()


def _match(text: str, patterns: Iterable[re.Pattern[str]]) -> str | None:
    for regex in patterns:
        if match := regex.search(text):
            return match[0]
    return None


def _is_unspaced(wording: str) -> bool:
    """Whether it is of a script that is written without blanks, by its first character."""
    return "\u0900" <= wording[:1] <= "\uffff"


# The number alone, or with the words that go with it: "404", "Error 404", "HTTP Error 404.0 - Not Found", "410 Gone".
_STANDALONE = re.compile(
    r"^(?:(?:oops|sorry|ups|hoppla|http|https|status|code|error|erreur|fehler|errore|erro|fout|fejl|fel|feil|virhe|blad"
    r"|chyba|hata|ошибка|помилка|エラー|错误|错误码|오류|page|seite|halaman) )*(?:404|410)"
    r"(?: (?:0|error|erreur|fehler|errore|erro|page|seite|not found|gone|ошибка|エラー|错误))*$"
)

_PAGE = r"(?:page|webpage|url|address|link|file|resource|document|object|route|path)s?"
_THING = (
    r"(?:site|website|content|article|story|post|entry|item|video|product|location|profile|account|listing|recipe|event"
    r"|job|screen|place|thing|publication|photo|picture|album|episode|topic|thread|channel|offer)s?"
)
_NOT_THERE = (
    r"(?:(?:can ?not|cant|could ?not|couldnt) be (?:found|located|reached|displayed)"
    r"|(?:was|were|is|are|has|have) ?(?:nt|not)(?: been)? (?:found|available|here|there)"
    r"|(?:not|never) (?:found|existed)"
    r"|(?:does|do|did) ?(?:nt|not)(?: seem to| appear to)? (?:be there|be here|exist|exists)"
    r"|(?:is )?no longer (?:exists?|available|here|online|active))"
)
_GONE = (
    r"(?:(?:seems?|appears?|might|may|looks?)(?: like it)?(?: to)?(?: have| be)?(?: been)?"
    r" (?:missing|gone|lost|vanished|disappeared|misplaced|removed|deleted)"
    r"|(?:has|have|was|were)(?: been)? (?:vanished|disappeared|misplaced|removed|deleted|lost|gone missing)"
    r"|is (?:missing|gone|lost))"
)
_FIND = r"(?:can ?not|cant|could ?not|couldnt|unable to|trouble)(?: seem to)? (?:find|finding|locate|locating)"
_FEW = r"(?:(?!(?:page|how)\b)[a-z0-9]+ ){0,7}?"

PATTERNS: tuple[tuple[str, str], ...] = (
    ("en", rf"\b{_PAGE} {_FEW}(?:{_NOT_THERE}|{_GONE})\b"),
    ("en", rf"\b{_THING} {_FEW}{_NOT_THERE}\b"),
    ("en", rf"\b{_FIND} (?:[a-z0-9]+ ){{0,5}}?(?:{_PAGE}|{_THING}|what (?:you|were|youre) [a-z]+)\b"),
    ("en", r"^cannot (?:get|post|head)\b"),
    ("en", r"\b(?:no such|non ?existent) (?:page|file|document|route|url|article|address)\b"),
    ("en", r"\b(?:a|error|http) 404\b|\b404 (?:error|page|not found)\b"),
    ("de", (r"\b(?:seite|datei|inhalt|artikel|beitrag|adresse|url|dokument|eintrag)(?: \w+){0,6}?"
            r" (?:nicht (?:mehr )?(?:gefunden|vorhanden|verfugbar|auffindbar|existiert|da\b)"
            r"|existiert (?:leider )?nicht|gibt es (?:leider )?nicht|wurde (?:geloscht|entfernt|verschoben))")),
    ("de", r"\b(?:nicht gefunden|nicht finden)\b.{0,40}\bseite\b|\bseite\b.{0,40}\bnicht finden\b"),
    ("fr", (r"\b(?:page|ressource|article|document|contenu|fichier|adresse)(?: \w+){0,7}?"
            r" (?:introuvable|n ?existe (?:pas|plus)|inexistante?|n ?est plus disponible|non trouvee?"
            r"|n ?a pas (?:ete|pu etre) trouvee?)")),
    ("es", (r"\b(?:pagina|articulo|contenido|recurso|direccion|url)(?: \w+){0,7}?"
            r" (?:no (?:encontrad[ao]|existe|disponible|esta disponible|se (?:ha )?(?:encuentra|encontro|encontrado"
            r"|pudo encontrar))|ya no (?:existe|esta disponible)|inexistente)")),
    ("pt", (r"\b(?:pagina|artigo|conteudo|recurso|endereco)(?: \w+){0,7}?"
            r" (?:nao (?:encontrad[ao]|existe|foi encontrad[ao]|esta disponivel|pode ser encontrad[ao])|inexistente)")),
    ("it", (r"\b(?:pagina|risorsa|articolo|contenuto|indirizzo)(?: \w+){0,7}?"
            r" (?:non (?:trovat[ao]|esiste|e disponibile|c ?e|e stat[ao] trovat[ao]|disponibile)|inesistente)")),
    ("ro", r"\bpagina(?: \w+){0,6}? (?:nu (?:a fost gasita|exista|este disponibila)|inexistenta)"),
    ("ca", r"\bpagina(?: \w+){0,6}? (?:no (?:trobada|existeix|s ?ha trobat))"),
    ("nl", r"\bpagina(?: \w+){0,7}? (?:niet (?:gevonden|vinden|beschikbaar)|bestaat niet|is verwijderd)"),
    ("sv", (r"\b(?:sidan|adressen)(?: \w+){0,6}? (?:hittades inte|hittas ej|kunde inte hittas|finns inte|saknas"
            r"|existerar inte)")),
    ("da nb", (r"\b(?:siden|sida)(?: \w+){0,6}? (?:(?:blev )?ikke fundet|(?:ble )?ikke funnet|findes ikke|finnes ikke"
               r"|eksisterer ikke|kunne ikke findes|finst ikkje)")),
    ("fi", r"\bsivua(?: \w+){0,4}? ei (?:loydy|loytynyt|ole)"),
    ("pl", (r"\b(?:pod)?stron[ay](?: \w+){0,6}? (?:nie (?:została znaleziona|zostala znaleziona|istnieje|znaleziono)"
            r"|(?:została|zostala) usunieta)|\bnie (?:znaleziono|odnaleziono) (?:takiej |tej )?(?:pod)?strony")),
    ("cs sk", (r"\bstrank[ay](?: \w+){0,6}? (?:nenalezena|nebyla nalezena|neexistuje|sa nenasla|nebola najdena"
               r"|nenajdena|se nenasla)|\bstranku(?: \w+){0,4}? (?:nenasli|nelze najit|sa nepodarilo najst)")),
    ("sl hr sr", (r"\bstran(?:ic)?[aei](?: \w+){0,6}? (?:nije pronađena|nije pronadena|ne postoji|ne obstaja"
                  r"|ni (?:bilo )?mogoce najti)")),
    ("ru", (r"\bстраниц[аыу](?: \w+){0,6}? (?:не (?:найдена|существует|обнаружена)|нет|удалена|отсутствует)"
            r"|\bтакой страницы (?:нет|не существует)|\bнет такой страницы\b")),
    ("uk", r"\bсторінк[аиу](?: \w+){0,6}? (?:не (?:знайдена|знайдено|існує)|видалена)"),
    ("el", r"\bσελιδα(?: \w+){0,5}? (?:δεν (?:βρεθηκε|υπαρχει))"),
    ("hu", r"\boldal(?: \w+){0,4}? nem (?:talalhato|letezik|elerheto)"),
    ("tr", r"\bsayfa(?:yi|niz)?(?: \w+){0,5}? (?:bulunamadi|mevcut degil|bulunmuyor|kaldirilmis|yok)\b"),
    ("vi", r"\btrang(?: \w+){0,7}? khong (?:ton tai|tim thay|co san)|\bkhong tim thay (?:trang|bai viet|noi dung)"),
    ("id ms", r"\b(?:halaman|laman)(?: \w+){0,7}? (?:tidak|tak) (?:ditemukan|dijumpai|ditemui|tersedia|ada)"),
    ("zh", (r"(?:页面|頁面|网页|網頁|文章|内容|內容|链接|地址|文件)(?:已经|已經|已)?"
            r"(?:不存在|未找到|找不到|沒有找到|没有找到|无法找到|無法找到|被删除|删除|失效|不見了|不见了|丢失)")),
    ("zh", r"(?:找不到|未找到|没有找到|沒有找到|无法找到|無法找到)\w{0,8}?(?:页面|頁面|网页|網頁|内容|內容|文章|资源)"),
    ("ja", (r"(?:ページ|記事|url|ファイル|コンテンツ)(?:は|が|を)?現?在? ?"
            r"(?:見つかりません|見つからない|みつかりません|存在しません|存在しない|削除され|公開されていない|ありません)")),
    ("ko", r"(?:페이지|게시물|문서|주소|글)(?:를|을|가|이|는|은)? ?(?:찾을 수 없|존재하지 않|없습니다|삭제)"),
    ("th", r"ไม่พบหน้า|ไม่พบเพจ|หน้า\w{0,20}ไม่(?:มีอยู่|พบ)"),
    ("ar", r"الصفحة(?: \S+){0,5}? (?:غير موجودة|غير متوفرة|لا توجد)|لم يتم العثور على (?:هذه )?الصفحة"),
    ("fa", r"صفحه(?: \S+){0,6}? (?:یافت نشد|پیدا نشد|وجود ندارد|موجود نیست)"),
    ("he", r"(?:הדף|העמוד|דף|עמוד)(?: \S+){0,5}? (?:לא נמצא|לא קיים|אינו קיים|אינו נמצא)"),
)  # fmt: skip
"""(languages, what stands in a folded text). General wordings, written for this project; 2026-11."""

HINTS: tuple[tuple[str, str], ...] = (
    ("en", rf"\b{_THING} {_FEW}{_GONE}\b"),
    ("en", r"\bnothing (?:was found|found|to see here|here)\b|\bwrong turn\b|\bmissing (?:page|file|document)\b"),
    ("en", r"^(?:oops|whoops|uh oh|oh no|ooops|yikes)$"),
    ("en", r"\b(?:followed|clicked)(?: on)? an? (?:broken|dead|outdated|bad|old) link\b"),
)
"""The same for what other headings say, too."""

ABOUT: tuple[tuple[str, str], ...] = (
    ("en", r"^(?:how (?:to|do|can)|why|what (?:is|are|does|do)|fix(?:ing)?|solv(?:e|ing)|troubleshoot(?:ing)?)\b"),
    ("en", r"\b(?:returns?|throws?|meaning|explained|tutorial|best practices|status codes?)\b|\bdesign(?:s|ing)?\b"),
    ("en", r"\b(?:when|while|after|during|troubleshooting)\b"),
    ("de", r"\b(?:beheben|behebt|erklart|bedeutet|bedeutung|losung)\b|^was (?:ist|bedeutet)\b"),
    ("fr", r"^(?:comment|pourquoi)\b|\b(?:que signifie|corriger|resoudre)\b"),
    ("es pt it", r"^(?:como|come)\b|\b(?:que significa|cosa significa|solucionar|corregir|corrigir|risolvere)\b"),
    ("nl", r"\b(?:oplossen|wat betekent)\b"),
    ("pl", r"^jak\b|\b(?:co oznacza|naprawic)\b"),
    ("ru", r"\b(?:как исправить|что значит|что такое|что это|что делать)\b"),
    ("tr", r"\b(?:nasil|nedir|cozumu|ne demek)\b"),
    ("ja", r"と表示|とは|対処|解決"),
    ("zh", r"怎么|如何|解决"),
    ("ko", r"해결|뜻"),
)
"""(languages, what stands in the folded title of a page about such a message). Written for this project; 2026-11."""

_STEMS = (
    "found", "locat", "reached", "displayed", "available", "here", "exist", "longer", "missing", "gone", "lost",
    "vanished", "disappeared", "misplaced", "removed", "deleted", "find", "cannot", "no such", "404", "wrong turn",
    "oops", "uh oh", "oh no", "yikes", "link",
    "nicht", "geloscht", "entfernt", "verschoben", "introuvable", "disponib", "disponivel", "trouve", "encontr",
    "encuentra", "trovat", "esist", "non c", "gasita", "troba", "niet", "verwijderd", "hitta", "finns", "saknas", "ikk",
    " ei ", "nie ", "usunieta", "nena", "neb", "nelze", "nepodarilo", "nije", "postoji", "obstaja", "mogoce", "nem ",
    "bulun", "mevcut", "kaldiril", "yok", "khong", "tidak", "tak ",
)  # fmt: skip
"""One of them stands in whatever a row of PATTERNS or HINTS finds in ASCII; few titles have any."""
_PATTERNS = tuple(re.compile(pattern) for _, pattern in PATTERNS)
_HINTS = (*_PATTERNS, *(re.compile(pattern) for _, pattern in HINTS))
