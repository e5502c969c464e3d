"""The shape of a page, as verdicts need it."""

from __future__ import annotations

import pytest

from tests.metadata.pages import URL, features

PARAGRAPH = "Storms are coming, and nobody knows when they will leave the coast of this country again. "


def test_headings() -> None:
    """The head's title and all first-level headings are kept, clean."""
    read = features("<title>Not found &amp;\n gone</title>", "<h1>Not<br>found</h1><h1></h1><h1>4<b>0</b>4</h1>")

    assert read.heading == "Not found & gone"
    assert read.h1 == ("Not found", "404")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<nav>Home</nav><header>Site</header><p>First words</p><footer>End</footer>", "First words"),
        ("<div>Cookies!</div><main><script>x</script><p>First</p> words</main>", "First words"),
        ("<div>Cookies!</div><article>First words</article>", "First words"),
        ("<main></main><p>First words</p>", "First words"),
        ("<form><p>First words</p><button>Send</button></form>", "First words"),
        ("<nav>Home</nav>", ""),
    ],
)
def test_the_lead(body: str, expected: str) -> None:
    """The lead is the main part's first words, without navigation, banners and buttons."""
    assert features("", body).lead == expected


def test_the_lead_is_short() -> None:
    """The lead has 200 characters at most."""
    assert len(features("", f"<main>{PARAGRAPH * 9}</main>").lead) <= 200


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"<p>{PARAGRAPH}</p>" * 3, 3 * len(PARAGRAPH.strip())),
        (f"<p>{PARAGRAPH.replace(' ', '   ')}</p>", len(PARAGRAPH.strip())),
        ("<p>short</p>" * 100, 0),
        (f"{PARAGRAPH}<br><br>{PARAGRAPH}", 2 * len(PARAGRAPH.strip())),
        (f"<script>{PARAGRAPH}</script><style>{PARAGRAPH}</style><noscript>{PARAGRAPH}</noscript>", 0),
    ],
)
def test_prose(body: str, expected: int) -> None:
    """Prose is what stands in long paragraphs, or in long stretches where there are none; scripts are not read."""
    assert abs(features("", body).prose - expected) <= 3


def test_visible_text() -> None:
    """Visible text counts without scripts, comments and runs of blanks."""
    assert (
        features("", "<p>four   \n words</p><script>var x</script><!-- no --><style>p{}</style> in all").visible == 17
    )


def test_much_prose_is_counted_exactly() -> None:
    """The prose of long articles is not capped, so that two of them can be told apart."""
    assert features("", f"<p>{PARAGRAPH}</p>" * 100).prose == 100 * len(PARAGRAPH.strip()) + 100


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('<meta name="robots" content="NOINDEX, follow">', True),
        ('<meta name="robots" content="index">', False),
        ("", False),
    ],
)
def test_noindex(head: str, expected: bool) -> None:
    """A page may ask not to be indexed, in any case."""
    assert features(head).noindex is expected


def test_login_forms() -> None:
    """A password field is noticed, in any case."""
    assert features("", '<form><input TYPE="Password"></form>').password
    assert not features("", '<form><input type="text"></form>').password


def test_the_body_class() -> None:
    """Site builders name error pages in the class of the body."""
    assert features("", '</body><body class="error404 wide">').body_class == "error404 wide"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("0;url=/new", "https://www.example.org/new"),
        ("0; URL='https://other.example/'", "https://other.example/"),
        ("1, /new", "https://www.example.org/new"),
        ("0.5;url=/new", "https://www.example.org/new"),
        ("0;" + URL, None),
        ("0", None),
        ("5;url=/new", None),
        ("30", None),
        ("0;url=javascript:x", None),
        ("99999999999999999999999;url=/new", None),
    ],
)
def test_immediate_refreshes(content: str, expected: str | None) -> None:
    """A refresh within a second to another page is a redirect; a reload or a later one is not."""
    assert features(f'<meta http-equiv="refresh" content="{content}">', "Moved.").refresh == expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ('window.location.href = "/new";', "https://www.example.org/new"),
        ("location='https://other.example/'", "https://other.example/"),
        ('document.location.replace("/new")', "https://www.example.org/new"),
        ('if (top != self) { location = "/new" }', None),
        ('location = "/" + name', None),
        ('var location = "/new"', None),
        (f'location = "{URL}"', None),
    ],
)
def test_scripts_that_do_nothing_but_leave(script: str, expected: str | None) -> None:
    """A page of one such statement is a redirect; one that shows something, or does more, is none."""
    assert features("", f"<script>{script}</script>").refresh == expected
    assert features("", f"<p>Moved.</p><script>{script}</script>").refresh is None
    assert features("", f"<script>{script}</script><script>more()</script>").refresh is None


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ('<noscript><meta http-equiv="refresh" content="0;url=/new"></noscript>', ""),
        ('<!-- <meta http-equiv="refresh" content="0;url=/new"> -->', ""),
        ('<meta http-equiv="refresh" content="0;url=/new">', f"<p>{PARAGRAPH * 20}</p>"),
    ],
)
def test_refreshes_that_are_none(head: str, body: str) -> None:
    """What stands in comments, for browsers without scripts or beside an article redirects nobody."""
    assert features(head, body).refresh is None


@pytest.mark.parametrize(("value", "expected"), [("false", True), ('"False"', True), ("true", False), ("null", False)])
def test_paywalls(value: str, expected: bool) -> None:
    """A page may say that it is not free to read."""
    head = f'<script type="application/ld+json">{{"@type": "NewsArticle", "isAccessibleForFree": {value}}}</script>'

    assert features(head).paywall is expected
