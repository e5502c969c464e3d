"""An address as a card spells it in; where it leads out: a URL to ask, a file of the site, or why it is neither."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from crawler import urls
from crawler.errors import ConfigError
from crawler.model import Kind, Record

COPIED = frozenset(
    suffix
    for suffixes in (
        "apng avif bmp gif heic heif ico jfif jpeg jpg jxl png svg tif tiff webp",
        "doc docx epub key numbers odp ods odt pages pdf ppt pptx rtf vsdx xls xlsm xlsx",
        "7z apk bz2 dmg exe gz iso jar msapp msi rar tar tgz xz zip",
        "aac avi flac m4a m4v mkv mov mp3 mp4 mpeg mpg oga ogg ogv opus wav webm wmv",
        "eot otf ttf woff woff2 csv js srt txt vtt",
        # Not html, xml and json, which site generators write themselves, nor css, which is scss in the source.
    )
    for suffix in suffixes.split()
)
"""Suffixes of files that a site serves as they lie in its source."""


class Target(Record, frozen=True):
    """Where an address leads."""

    url: str
    """To ask for; the path as written for a root-relative file, the text as written for what is invalid."""
    asset: str | None = None
    """The file, relative to the site's root folder."""
    invalid: str | None = None
    """Why this cannot be asked."""
    excluded: str | None = None
    """Why this sound link is not asked here."""


class Site:
    """The site that the cards belong to: which addresses are files of its own."""

    def __init__(self, site_url: str) -> None:
        """`site_url` is where the site is served, or empty. Raises ConfigError if it is no URL."""
        self._url, self._authority = "", ""
        self._prefix: tuple[str, ...] = ()
        if site_url:
            try:
                self._url = urls.canonical(site_url)
            except ValueError as error:
                raise ConfigError(f"[cards] site_url: {site_url!r} is no web address: {error}") from None
            self._authority = _authority(self._url)
            self._prefix = _segments(urls.split(self._url).path)

    def target(self, written: str, kind: Kind) -> Target:
        """Where `written`, in a field of this kind, leads."""
        text = written.strip()
        try:
            if _PROTOCOL_RELATIVE.match(text):
                text = "https:" + text
            elif _ROOT_RELATIVE.match(text) or (kind is Kind.IMAGE and _RELATIVE.match(text)):
                return self._file(text, kind)
            return self._web(urls.canonical(text), kind)
        except urls.NotForTheWebError as error:
            return Target(url=text, excluded=str(error))
        except ValueError as error:
            return Target(url=text, invalid=str(error))

    def _file(self, text: str, kind: Kind) -> Target:
        """A path without a host: a file of the site, or a page that the site generates."""
        path = _segments(re.split(r"[?#]", text, maxsplit=1)[0])
        segments = self._own(path)
        if self._url and kind is not Kind.IMAGE and not _is_copied(segments):
            prefix = "".join(f"/{name}" for name in self._prefix) if segments == path else ""
            return Target(url=urls.canonical(prefix + text, self._url))
        url = text.split("#", 1)[0]
        if kind is not Kind.IMAGE and not _is_copied(segments):
            return Target(url=url, excluded="a page of this site; set [cards] site_url so that it can be asked")
        return Target(url=url, asset="/".join(segments) or ".")

    def _web(self, url: str, kind: Kind) -> Target:
        if not self._authority or _authority(url) != self._authority:
            return Target(url=url)
        try:
            segments = _segments(urls.split(url).path)
        except ValueError:  # no name of a file of ours
            return Target(url=url)
        own, below = segments[: len(self._prefix)] == self._prefix, segments[len(self._prefix) :]
        if own and below and (kind is Kind.IMAGE or _is_copied(below)):
            return Target(url=url, asset="/".join(below))
        return Target(url=url)

    def _own(self, segments: tuple[str, ...]) -> tuple[str, ...]:
        """A path on the host -> the path in the site, which may be served below a path of its own."""
        length = len(self._prefix)
        return segments[length:] if length and segments[:length] == self._prefix else segments


# Browsers take backslashes for slashes (https://url.spec.whatwg.org/#url-parsing).
_PROTOCOL_RELATIVE = re.compile(r"[/\\]{2}")
_ROOT_RELATIVE = re.compile(r"[/\\]")
_RELATIVE = re.compile(r"(?![?#\"'<>`“”‘’«»])(?![A-Za-z][A-Za-z0-9+.-]*:)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def _authority(url: str) -> str:
    """Host and port, whether over http or https."""
    return urls.origin_of(url).partition("://")[2]


def _segments(path: str) -> tuple[str, ...]:
    """The names along a URL's path, decoded and with dots resolved; raises ValueError if they lead out of the root."""
    try:
        decoded = unquote_to_bytes(path).decode()
    except UnicodeDecodeError:
        raise ValueError("the percent-escapes in the path are not UTF-8") from None
    if _CONTROL.search(decoded):
        raise ValueError("a control character stands in the path")
    names: list[str] = []
    for name in re.split(r"[/\\]", decoded):
        if name == "..":
            if not names:
                raise ValueError("the path leads out of the site")
            names.pop()
        elif name not in ("", "."):
            names.append(name)
    return tuple(names)


def _is_copied(segments: tuple[str, ...]) -> bool:
    return bool(segments) and segments[-1].rpartition(".")[2].lower() in COPIED and "." in segments[-1]
