"""How much is asked for repairs."""

from __future__ import annotations

from crawler.edits.questions import LEAST, granted
from crawler.model import Purpose, Question, Request, Want


def question(url: str, about: str = "https://a.example/", purpose: Purpose = Purpose.HTTPS) -> Question:
    return Question(request=Request(url=url, want=Want.PAGE, purpose=purpose), about=about)


def test_one_address_of_a_host_is_tried_over_https_before_the_rest() -> None:
    """Hosts without https are asked once a run, however many links they have."""
    wanted = [question(f"https://{host}.example/{number}") for host in "ab" for number in range(3)]

    assert [one.request.url for one in granted(wanted, links=1_000, host_budget=0)] == [
        "https://a.example/0",
        "https://b.example/0",
    ]
    assert len(granted(wanted, links=1_000, host_budget=0, secure={"a.example"})) == 4


def test_one_request_serves_all_that_want_it() -> None:
    """The same address for several links counts once, and is asked about each."""
    wanted = [question("https://a.example/x", about=str(number), purpose=Purpose.CANDIDATE) for number in range(3)]

    assert granted(wanted, links=0, host_budget=1) == wanted


def test_what_is_asked_is_bounded() -> None:
    """By the run's size, and by the host's budget if there is one."""
    wanted = [question(f"https://a.example/{number}", purpose=Purpose.CANDIDATE) for number in range(LEAST + 9)]

    assert len(granted(wanted, links=10, host_budget=0)) == LEAST
    assert len(granted(wanted, links=10, host_budget=7)) == 7
