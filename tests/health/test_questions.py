"""Second questions: made-up addresses, and how many a run may ask."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crawler.health.questions import LEAST, LETTERS, PER_HOST, SHARE, granted, questions, sibling_of
from crawler.model import Purpose, Question, Request, Want
from crawler.urls import canonical
from tests.health.pages import evidence, html, seen

SUSPECT = html("<p>Row back?</p>", title="Harbour Log")


def test_a_made_up_address_lies_in_the_folder_of_the_link() -> None:
    """A name of 25 letters in place of the last step, without the query."""
    asked = questions(evidence(seen(SUSPECT, url="https://a.example/2020/fog-signals/?x=1")), seed="run 1")

    (question,) = asked
    assert question.about == "https://a.example/2020/fog-signals/?x=1"
    folder, _, name = question.request.url.rpartition("/")
    assert folder == "https://a.example/2020"
    assert len(name) == LETTERS
    assert name.isalpha()
    assert name.islower()
    assert (question.request.want, question.request.purpose) == (Want.PAGE, Purpose.SIBLING)


def test_one_made_up_address_serves_a_folder_of_a_run() -> None:
    """Another folder, host or run has another."""
    one = sibling_of("https://a.example/2020/fog-signals", "run 1")

    assert one == sibling_of("https://a.example/2020/new-buoys?p=2", "run 1")
    others = {
        sibling_of("https://a.example/2020/fog-signals", "run 2"),
        sibling_of("https://a.example/2021/fog-signals", "run 1"),
        sibling_of("https://b.example/2020/fog-signals", "run 1"),
        one,
    }
    assert len({url.rpartition("/")[2] for url in others}) == 4


@given(
    st.from_regex(
        r"https?://[a-z]{1,8}\.example(:[1-9][0-9]{2})?(/[\w%.;@-]{0,9}){0,4}(\?[a-z=&]{0,9})?", fullmatch=True
    )
)
def test_made_up_addresses_are_addresses(written: str) -> None:
    """Of the same origin."""
    try:
        url = canonical(written)
    except ValueError:
        return
    made_up = sibling_of(url, "1")

    assert canonical(made_up) == made_up
    assert made_up.split("/")[:3] == url.split("/")[:3]


def question(url: str, about: str, purpose: Purpose = Purpose.SIBLING) -> Question:
    return Question(request=Request(url=url, want=Want.PAGE, purpose=purpose), about=about)


def test_links_share_what_is_asked() -> None:
    """One request for a folder, however many suspects it has."""
    wanted = [question("https://a.example/zzz", f"https://a.example/{number}") for number in range(500)]

    chosen = granted(wanted, links=500)
    assert len(chosen) == 500
    assert len({one.request for one in chosen}) == 1


def test_a_run_asks_few_second_questions() -> None:
    """A share of its links, few of each host, controls first."""
    siblings = [question(f"https://{number}.example/zzz", f"https://{number}.example/a") for number in range(900)]
    controls = [
        question(f"https://c{number}.example/", f"https://{number}.example/b", Purpose.CONTROL) for number in range(9)
    ]
    one_host = [question(f"https://h.example/{number}/zzz", f"https://h.example/{number}/a") for number in range(50)]

    chosen = granted([*siblings, *controls], links=1_000)
    assert len(chosen) == SHARE * 1_000
    assert chosen[:9] == controls
    assert len(granted(siblings, links=1)) == LEAST
    assert len(granted(one_host, links=10_000)) == PER_HOST
