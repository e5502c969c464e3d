"""The configuration: defaults, layers, and what is said of mistakes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

import crawler
from crawler.config import Layer, load
from crawler.engines import ENGINES
from crawler.errors import ConfigError
from crawler.render import FORMATS
from crawler.settings import SECTIONS, HostSettings, Settings

ALLOWED = {"reports.formats": tuple(FORMATS), "engine.name": tuple(ENGINES)}
SHIPPED = Path(__file__).parent.parent / "config.toml"


def settings(
    tmp_path: Path, text: str, environment: dict[str, str] | None = None, flags: Layer | None = None
) -> Settings:
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    return load(None, folder=tmp_path, environment=environment or {}, flags=flags or {}, allowed=ALLOWED)


def test_without_a_file_every_default_holds(tmp_path: Path) -> None:
    """No config.toml is no mistake."""
    found = load(None, folder=tmp_path, environment={}, flags={}, allowed=ALLOWED)

    assert found == Settings(root=str(tmp_path))


def test_a_flag_beats_the_environment_which_beats_the_file(tmp_path: Path) -> None:
    """Each layer is laid over the one below, key by key."""
    text = "[network]\ntimeout = 1.0\nmax_retries = 1\nmax_redirects = 1\n"
    environment = {"CRAWLER_NETWORK_TIMEOUT": "2.0", "CRAWLER_NETWORK_MAX_RETRIES": "0"}
    found = settings(tmp_path, text, environment, {"network": {"timeout": 3.0}}).network

    assert (found.timeout, found.max_retries, found.max_redirects) == (3.0, 0, 1)


def test_lists_and_texts_can_stand_in_the_environment(tmp_path: Path) -> None:
    """TOML is read as TOML, anything else as text."""
    environment = {"CRAWLER_REPORTS_FORMATS": '["json"]', "CRAWLER_REPORTS_DIRECTORY": "out/here"}
    found = settings(tmp_path, "", environment).reports

    assert (found.formats, found.directory) == (("json",), "out/here")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[network]\ntimeoutt = 3", r"config\.toml:2: unknown key 'timeoutt' in \[network\]; did you mean 'timeout'\?"),
        (
            "[network]\n\ntimeout = 'x'",
            r"config\.toml:3: \[network\] timeout: expected a number of seconds above 0 and .* got 'x'$",
        ),
        (
            "[network]\ntimeout = 0",
            r"config\.toml:2: \[network\] timeout: expected a number of seconds above 0 .* got 0$",
        ),
        (
            "[network]\nmax_concurrency = 0",
            r"config\.toml:2: \[network\] max_concurrency: expected a whole number, 1 or more, got 0$",
        ),
        ("[netwrk]\n", r"config\.toml:1: unknown section \[netwrk\]; did you mean 'network'\?"),
        ("timeout = 3", r"config\.toml:1: 'timeout' stands outside a section; it belongs under \[network\]"),
        ("[cards]\ntimeout = 3", r"config\.toml:2: unknown key 'timeout' in \[cards\]; it belongs under \[network\]"),
        ("[audit]\nfail_on = ['brokn']", r"config\.toml:2: \[audit\] fail_on: 'brokn' names no .* 'broken'\?"),
        ("[audit]\nexclude = ['(']", r"config\.toml:2: \[audit\] exclude: '\(' is no regular expression"),
        (
            "[history]\nmax_age = '7'",
            r"config\.toml:2: \[history\] max_age: expected a number and s, m, h, d or w, such as 30m, got '7'$",
        ),
        ("[reports]\nformats = ['jsn']", r"config\.toml:2: \[reports\] formats: no such thing as 'jsn'; .* 'json'\?"),
        ("[fix]\nkeep = ['originalURL']", r"config\.toml:2: \[fix\] keep: 'originalURL' names no .* 'originalUrl'\?"),
        ("[fix]\nkeep = ['title', 'original']", r"config\.toml:2: \[fix\] keep: 'original' .* mean 'originalUrl'\?"),
        ("[fix]\nkeep = ['images.url']", r"\[fix\] keep: 'images\.url' .* mean 'images\[\]\.url'\?"),
        ("[fix]\nkeep = ['webUrl[]']", r"\[fix\] keep: 'webUrl\[\]' .* mean 'webUrl'\?"),
        ("[fix]\nkeep = ['related[].images[0].url']", r"\[fix\] keep: .* mean 'related\[\]\.images\[\]\.url'\?"),
        ("[fix]\nkeep = ['']", r"\[fix\] keep: '' names no field"),
        (
            "[cards.fields]\n'a.b' = 'pge'",
            r"config\.toml:2: \[cards\] fields: 'a\.b': expected 'page', 'amp', .*'page'\?",
        ),
        (
            "[network]\ntimeout = '3s'",
            r"timeout: expected a number of seconds .*, such as 3, without quotes or a unit, got '3s'$",
        ),
        (
            "[network]\nmax_retries = '2'",
            r"max_retries: expected a whole number, 0 or more, without quotes .*, got '2'$",
        ),
        ("[metadata]\ntitle = 'og:title'", r"title: expected 'headline', 'og' or 'keep', got 'og:title'"),
        ("[fix]\ntitle = 'always'", r"title: expected 'keep', 'fill' or 'replace', got 'always'$"),
        ("[fix]\ntitle = 'replaced'", r"title: expected .*, got 'replaced'; did you mean 'replace'\?$"),
        ("[fix]\nmark_dead = { removd = true }", r"mark_dead: expected 'removed' or 'published', got 'removd'; did"),
        ("[fix]\nmark_dead = { removed = 1 }", r"mark_dead: 'removed': expected true or false, got 1$"),
        ("[fix]\narchive_field = 'a.b'", r"archive_field: expected a name of letters, digits, _ and - .*, got 'a\.b'$"),
        ("[audit]\naccept = '403'", r"accept: expected a list, such as \[\"one\", \"another\"\], got '403'$"),
        ("[audit]\nexclude = ['a', 3]", r"exclude: expected a text in quotes, got 3$"),
        ("[network]\nheaders = ['A: b']", r"headers: expected a table, such as \{ name = … \}, got \['A: b'\]$"),
        ("[network]\nheaders = { A = 1 }", r"headers: 'A': expected a text in quotes, got 1$"),
        ("[history]\nmax_age = 7", r"max_age: expected a number and s, m, h, d or w, such as 30m, in quotes, got 7$"),
        ("network = 3", r"config\.toml:1: 'network' is a section; write \[network\], and its keys below$"),
        ("[network]\nrobots = 'yes'", r"robots: expected true or false, got 'yes'$"),
        ("[network]\ntimeout =", r"config\.toml:2: not TOML"),
        (
            "[hosts.'a.example']\n\naccpet = []",
            r"config\.toml:3: unknown key 'accpet' in \[hosts\.\"a\.example\"\]; did you mean 'accept'\?",
        ),
        (
            '[hosts."a.example"]\nhost_concurrency = 0',
            r"config\.toml:2: .* host_concurrency: expected a whole number, 1 or more",
        ),
        ('[hosts."a.example/x"]\nexclude = true', r"config\.toml:1: \[hosts\] 'a\.example/x' is no host"),
        ("[hosts]\n'a.example' = 1", r"config\.toml:2: \[hosts\] a\.example: a section is expected"),
        ('[hosts."a.example"]\nverdict = { brokn = "ok" }', r"config\.toml:2: .* verdict: 'brokn' is no verdict; did"),
        (
            '[hosts."a.example"]\nverdict = { blocked = "ok" }',
            r"config\.toml:2: .*verdict: blocked cannot become ok: nothing is known of such a page",
        ),
    ],
)
def test_a_mistake_is_told_with_line_key_and_what_was_expected(tmp_path: Path, text: str, message: str) -> None:
    """What is unknown or wrong is refused, and the nearest known name is offered."""
    with pytest.raises(ConfigError) as raised:
        settings(tmp_path, text)

    assert re.search(message, str(raised.value)), str(raised.value)


def test_fields_that_may_be_written_may_be_kept(tmp_path: Path) -> None:
    """By the rows of `[cards.fields]`, and as the fields beside links; all of a list or one, within related[] too."""
    kept = (
        "webUrl", "images[].url", "images[0].url", "images[].width", "title", "name", "provider.name", "excerpt",
        "publishedDateTime", "updatedDateTime", "removed", "published", "related[].webUrl", "related[2].images[0].url",
        "docs[].url", "related[].docs[].height", "copy", "twitter.url",
    )  # fmt: skip
    text = (
        "[cards.fields]\n'docs[].url' = 'image'\n'twitter.url' = false\n"
        f"[fix]\narchive_field = 'copy'\nkeep = {list(kept)}\n"
    )

    assert settings(tmp_path, text).fix.keep == kept


def test_hosts_have_sections_of_their_own(tmp_path: Path) -> None:
    """By the name that stands in URLs; the nearest one counts, and only that."""
    text = (
        '[hosts."*.Bücher.example"]\nhost_concurrency = 1\nexclude = true\n'
        '[hosts."www.bücher.example"]\naccept = ["403:warn"]\nheaders = { X-A = "1" }\nverdict = { gone = "blocked" }\n'
    )
    hosts = settings(tmp_path, text).hosts

    assert hosts.of("a.b.xn--bcher-kva.example").host_concurrency == 1
    own = hosts.of("www.xn--bcher-kva.example")
    assert (own.accept, own.exclude, own.host_concurrency) == (("403:warn",), False, None)
    assert hosts.of("xn--bcher-kva.example") == hosts.of("other.example") == HostSettings()


def test_a_missing_file_and_one_that_is_not_utf_8_are_told(tmp_path: Path) -> None:
    """--config names a file that must be there and be text."""
    with pytest.raises(ConfigError, match="there is no such file"):
        load(tmp_path / "none.toml", folder=tmp_path, environment={}, flags={}, allowed=ALLOWED)
    (tmp_path / "latin.toml").write_bytes(b"[cards]\n# \xe9")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load(tmp_path / "latin.toml", folder=tmp_path, environment={}, flags={}, allowed=ALLOWED)


def test_the_shipped_config_is_complete_and_shows_the_defaults() -> None:
    """config.toml names every key there is, with its default, section by section."""
    text = SHIPPED.read_text(encoding="utf-8")
    shipped = tomllib.loads(text)

    assert set(shipped) == set(SECTIONS)
    for name, record in SECTIONS.items():
        full = {
            key: msgspec.json.decode(msgspec.json.encode(getattr(record(), key))) for key in record.__struct_fields__
        }
        assert shipped[name] == full, f"[{name}]"


def test_the_config_at_the_top_is_the_one_that_is_installed() -> None:
    """The demo, and whoever has no checkout, start from the same."""
    assert (Path(crawler.__file__).parent / "config.toml").read_bytes() == SHIPPED.read_bytes()


@pytest.mark.parametrize(
    ("variable", "raw", "value"),
    [
        ("CRAWLER_NETWORK_USER_AGENT", "1.0", "1.0"),
        ("CRAWLER_REPORTS_DIRECTORY", "2026", "2026"),
        ("CRAWLER_AUDIT_FAIL_ON", "broken,unsafe", ("broken", "unsafe")),
        ("CRAWLER_AUDIT_FAIL_ON", '["broken"]', ("broken",)),
        ("CRAWLER_AUDIT_OFFLINE", "true", True),
    ],
)
def test_the_environment_is_read_by_what_a_key_holds(tmp_path: Path, variable: str, raw: str, value: object) -> None:
    """Text is text though it looks like a number, and lists are written as flags write them."""
    section, key = variable.removeprefix("CRAWLER_").lower().split("_", 1)

    assert getattr(getattr(settings(tmp_path, "", {variable: raw}), section), key) == value


@pytest.mark.parametrize(
    ("variable", "message"),
    [
        ("CRAWLER_NETWRK_TIMEOUT", "there is no section [netwrk]; did you mean CRAWLER_NETWORK_TIMEOUT?"),
        ("CRAWLER_NETWRK_TIMOUT", "there is no section [netwrk]; did you mean CRAWLER_NETWORK_TIMEOUT?"),
        ("CRAWLER_FAIL_ON", "there is no section [fail]; did you mean CRAWLER_AUDIT_FAIL_ON?"),
        ("CRAWLER_TIMEOUT", "there is no section [timeout]; did you mean CRAWLER_NETWORK_TIMEOUT?"),
        ("CRAWLER_HOSTS_EXCLUDE", "sections of hosts can be written in config.toml only"),
    ],
)
def test_a_variable_that_is_no_setting_is_refused(tmp_path: Path, variable: str, message: str) -> None:
    """With the one that may be meant."""
    with pytest.raises(ConfigError) as raised:
        settings(tmp_path, "", {variable: "3"})

    assert str(raised.value).startswith(f"environment: {variable}: {message}")


def test_a_variable_that_does_not_look_like_a_setting_is_somebody_elses(tmp_path: Path) -> None:
    """A word alone names no section and key, and other crawlers have variables too."""
    environment = dict.fromkeys(("CRAWLER", "CRAWLER_VERSION", "CRAWLER_IMAGE_TAG", "MY_CRAWLER_NETWRK_TIMEOUT"), "3")

    assert settings(tmp_path, "", environment) == settings(tmp_path, "")


def test_a_mistake_is_told_where_it_was_made(tmp_path: Path) -> None:
    """A flag's is not blamed on the file that sets the same key."""
    with pytest.raises(ConfigError, match=r"^command line: \[reports\] formats: no such thing as 'pdf'"):
        settings(tmp_path, "[reports]\nformats = ['json']\n", flags={"reports": {"formats": ["pdf"]}})
    with pytest.raises(ConfigError, match=r"^environment: \[audit\] fail_on: 'brokn'"):
        settings(tmp_path, "", {"CRAWLER_AUDIT_FAIL_ON": "brokn"})
    with pytest.raises(ConfigError, match=r"^environment: \[fix\] keep: 'weburl' names no field"):
        settings(tmp_path, "", {"CRAWLER_FIX_KEEP": "title,weburl"})
