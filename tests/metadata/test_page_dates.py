"""When a page was published and changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.metadata import dates
from tests.metadata.pages import both, meta, page, rule


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2021-06-21T02:10:00Z", "2021-06-21T02:10:00Z"),
        ("2021-06-21T02:10:00.123+02:00", "2021-06-21T02:10:00+02:00"),
        ("2021-06-21T02:10:00+0530", "2021-06-21T02:10:00+05:30"),
        ("2021-06-21T02:10-08", "2021-06-21T02:10:00-08:00"),
        ("2021-06-21T02:10-00:00", "2021-06-21T02:10:00Z"),
        ("2021-06-21T02:10+15:00", "2021-06-21T02:10:00+15:00"),
        ("2021-06-21T02:10+15:01", None),
        ("2021-06-21 02:10:00 UTC", "2021-06-21T02:10:00Z"),
        ("2021-06-21 02:10", "2021-06-21T02:10:00"),
        ("2021-06-21 02:10 PM", "2021-06-21T14:10:00"),
        ("2021-06-21 12:10:30 a.m. UTC", "2021-06-21T00:10:30Z"),
        ("2021-06-21 02:10 Amsterdam", "2021-06-21T02:10:00"),
        ("2021-06-21", "2021-06-21"),
        ("2021-6-1", "2021-06-01"),
        ("20210621", "2021-06-21"),
        ("20210621T021000Z", "2021-06-21T02:10:00Z"),
        ("1624241400", "2021-06-21T02:10:00Z"),
        ("1624241400000", "2021-06-21T02:10:00Z"),
        ("Mon, 21 Jun 2021 02:10:00 GMT", "2021-06-21T02:10:00Z"),
        ("Mon Jun 21 02:10:00 EDT 2021", "2021-06-21"),
        ("June 21, 2021", "2021-06-21"),
        ("Jun. 21st 2021, 2:10 pm", "2021-06-21T14:10:00"),
        ("12:05 a.m., June 21, 2021", "2021-06-21T00:05:00"),
        ("Published on 21 June 2021 by Ada", "2021-06-21"),
        ("21. Juni 2021", "2021-06-21"),
        ("lundi 21 juin 2021", "2021-06-21"),
        ("5 juillet 2021", "2021-07-05"),
        ("1er août 2021", "2021-08-01"),
        ("21 de junio de 2021", "2021-06-21"),
        ("21.06.2021, 14:10 Uhr", "2021-06-21T14:10:00"),
        ("21.06.21", "2021-06-21"),
        ("21.06.98", "1998-06-21"),
        ("21.06.87", None),
        ("21/06/2021", "2021-06-21"),
        ("06/21/2021", "2021-06-21"),
        ("2021/06/21", "2021-06-21"),
        ("2021年6月21日", "2021-06-21"),
        ("03/04/2021", None),
        ("2021-13-01", None),
        ("2021-02-30", None),
        ("1899-01-01", None),
        ("0001-01-01T00:00:00", None),
        ("2 hours ago", None),
        ("yesterday", None),
        ("12345", None),
        ("", None),
        (None, None),
    ],
)
def test_dates_become_iso_8601(written: str | None, expected: str | None) -> None:
    """Offsets are kept, days stay days; what is ambiguous, impossible or nonsense is None."""
    assert dates.iso(written) == expected


@given(st.text(alphabet=st.sampled_from("0123456789-/:.,TZ+ JunMayapm年月日"), max_size=40))
def test_no_text_breaks_the_reading_of_dates(text: str) -> None:
    """Whatever stands where a date should, the answer is a date or None."""
    found = dates.iso(text)

    assert found is None or dates.iso(found) == found


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/2021/06/21/slug", "2021-06-21"),
        ("/news/2021-06-21-slug", "2021-06-21"),
        ("/20210621/slug", "2021-06-21"),
        ("/2021/6/1/slug", "2021-06-01"),
        ("/2021/06/slug", None),
        ("/article/20216621", None),
        ("/99/2021", None),
    ],
)
def test_dates_in_paths(path: str, expected: str | None) -> None:
    """A path names a day only with year, month and day."""
    assert dates.from_path(path) == expected


def test_published_and_modified_are_never_confused() -> None:
    """A page that says only when it was changed has no date of publication."""
    read = page(meta(article__modified_time="2021-06-21", og__updated_time="2021-06-21"))

    assert (read.published, read.modified) == (None, "2021-06-21")


ARTICLE = meta(og__type="article")


@pytest.mark.parametrize(
    ("head", "body", "by"),
    [
        (meta(article__published_time="2021-06-21"), "", "article:published_time"),
        (
            '<script type="application/ld+json">{"@type": "BlogPosting", "datePublished": "2021-06-21"}</script>',
            "",
            "JSON-LD datePublished",
        ),
        (ARTICLE, '<time itemprop="datePublished" datetime="2021-06-21">today</time>', "microdata datePublished"),
        ('<meta name="parsely-pub-date" content="2021-06-21">', "", "parsely or sailthru"),
        ('<meta name="DC.date.issued" content="2021-06-21">', "", "dc or citation"),
        (ARTICLE + '<meta name="date" content="2021-06-21">', "", "meta date"),
        (ARTICLE, "<time>June 21, 2021</time>", "<time>"),
        ("<title>Storm | Example | 21.06.2021</title>", "", "date in <title>"),
        (ARTICLE, '<div class="PublishedOn">21 June 2021</div>', "dateline"),
        (ARTICLE, '<p id="storyDate">21 June 2021</p>', "dateline"),
        (ARTICLE, "<h1>Storm</h1><p>by Ada</p><span>21 June 2021</span>", "date under the headline"),
        ("", "<p>Publication date: 21 June 2021</p>", "labelled date"),
        ("", "<h5>Datum:</h5>21.06.2021", "labelled date"),
        (
            ARTICLE,
            '<script type="application/json">{"review": {"publishedDate": "2021-06-21"}}</script>',
            "date in the page's data",
        ),
    ],
)
def test_sources_of_the_date(head: str, body: str, by: str) -> None:
    """The date is found wherever pages put it; each source has its rule."""
    read = page(head, body)

    assert (read.published, rule(read, "published")) == ("2021-06-21", by)


@pytest.mark.parametrize(
    "body",
    [
        '<time itemprop="dateModified" datetime="2021-06-21">changed today</time>',
        '<time class="updated">June 21, 2021</time>',
        '<time aria-label="Article review date">June 21, 2021</time>',
        "<footer><p><time>June 21, 2021</time></p></footer>",
        '<ol id="comments"><li><time>June 21, 2021</time></li></ol>',
        '<ol id="comments"><li><span class="date">June 21, 2021</span></li></ol>',
        '<article><p class="date">June 21, 2021</p></article><article>Sun</article>',
        "<h1>Storm</h1><span>21 June 2021</span><h1>Sun</h1>",
        '<h1 itemprop="headline">Storm</h1><span>21 June 2021</span>',
        "<h1>Storm</h1><p>It began on 21 June 2021, when nobody expected anything of the kind.</p>",
        "<h1>Storm</h1>" + "<p>word</p>" * 8 + "<span>21 June 2021</span>",
        "<h1>Storm</h1><script>var at = '2021-06-21'</script>",
        "<p>The date was set:</p><p>On 21 June 2021 they met again, older and wiser, in the same small room.</p>",
        '<script type="application/json">[{"pubDate": "2021-06-21"}, {"pubDate": "2021-06-22"}]</script>',
    ],
)
def test_dates_of_something_else(body: str) -> None:
    """The time of a change, of a comment or of another page, and a date within the text, are no date of publication."""
    assert page(ARTICLE, body).published is None


@pytest.mark.parametrize(
    "shown",
    [
        '<time itemprop="datePublished" datetime="2021-06-21">today</time>',
        "<time>June 21, 2021</time>",
        '<div class="date">21 June 2021</div>',
        "<h1>Storm</h1><p>21 June 2021</p>",
    ],
)
def test_a_page_that_does_not_say_what_it_is_has_no_date(shown: str) -> None:
    """A date in the body counts on a page that says elsewhere that it is something that was published."""
    assert page("", shown, url="https://example.org/storm").published is None
    assert page("", shown, url="https://example.org/2021/06/storm").published == "2021-06-21"
    assert page(meta(article__section="Weather"), shown, url="https://example.org/storm").published == "2021-06-21"


@pytest.mark.parametrize("name", ["single single-post postid-12", "path-node page-node-type-article"])
def test_posts_of_content_management_systems(name: str) -> None:
    """What WordPress and Drupal mark as a post has the date that is marked up as one."""
    marked = f"<html><head></head><body class='{name}'>{{}}</body></html>"

    assert both(marked.format("<time>June 21, 2021</time>").encode())[0].published == "2021-06-21"
    assert both(marked.format("<p class=date>June 21, 2021</p>").encode())[0].published is None


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Storm | Example | 21.06.2021", "2021-06-21"),
        ("Storm - 21 June 2021", "2021-06-21"),
        ("Storm | The week before 21 June 2021", None),
        ("21.06.2021", None),
        ("Storm | 03/04/2021", None),
    ],
)
def test_dates_in_titles(title: str, expected: str | None) -> None:
    """The last piece of a title is the date if it holds nothing else."""
    assert page(f"<title>{title}</title>").published == expected


def test_the_date_in_the_address() -> None:
    """The day in the page's address is its date if no tag says more."""
    assert page(url="https://example.org/2021/06/21/storm").published == "2021-06-21"


def test_datelines_of_others_are_passed_over() -> None:
    """The date of a comment, an update or a related article is not the page's."""
    others = "".join(
        f'<p class="{name}">June 21, 2021</p>' for name in ("comment-date", "date-updated", "related-date")
    )

    assert page(ARTICLE, others).published is None
