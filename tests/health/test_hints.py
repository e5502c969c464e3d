"""What a run says about the settings."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest
from msgspec.structs import replace

from crawler.config import _section, _Where
from crawler.health.hints import MOST, ROWS, HintTally, hints
from crawler.model import Code, Finding, Hint, Kind, Known, Link, State, Verdict
from crawler.settings import SECTIONS, CardSettings, HostSettings, HostTable, NetworkSettings, Settings
from tests.health.evidence import MONDAY

KNOWN = Settings(cards=CardSettings(site_url="https://me.example"))


def found(code: Code, number: int, *, host: str = "a.example", rule: str = "x", asset: str | None = None) -> Finding:
    """One of several findings of a kind on one host."""
    return Finding(
        link=Link(url=f"https://{host}/{number}", kind=Kind.PAGE, places=(), asset=asset),
        observation=None,
        verdict=Verdict(code=code, rule=rule, because="x"),
        place_verdicts=(),
        state=State.NEW,
        since=MONDAY,
    )


def said(findings: list[Finding], settings: Settings = KNOWN) -> tuple[Hint, ...]:
    """The hints after a run with these findings."""
    tally = HintTally()
    for finding in findings:
        tally.add(finding)
    return hints(tally, settings)


def many(code: Code, count: int, **more: str) -> list[Finding]:
    """So many alike."""
    return [found(code, number, **more) for number in range(count)]


CASES: dict[str, tuple[list[Finding], list[Finding]]] = {
    "site_root": (
        many(Code.ASSET_MISSING, 8, asset="x.png") + many(Code.OK, 2, asset="y.png"),
        many(Code.ASSET_MISSING, 8, asset="x.png") + many(Code.OK, 3, asset="y.png"),
    ),
    "unknown_authority": (
        [found(Code.TLS_INVALID, 1, host=f"{host}.example", rule="tls_self_signed") for host in "abc"],
        [found(Code.TLS_INVALID, 1, host=f"{host}.example", rule="tls_self_signed") for host in "ab"],
    ),
    "slow_down": (many(Code.RATE_LIMITED, 1), many(Code.SERVER_ERROR, 9)),
    "more_time": (many(Code.DEFERRED, 1, rule="out_of_time"), many(Code.DEFERRED, 1, rule="interrupted")),
    "slow_network": (
        many(Code.TIMEOUT, 10) + many(Code.OK, 40, host="b.example"),
        many(Code.TIMEOUT, 10) + many(Code.OK, 41, host="b.example"),
    ),
    "refused": (many(Code.BLOCKED, 6) + many(Code.OK, 9), many(Code.BLOCKED, 6) + many(Code.OK, 10)),
    "private_addresses": (many(Code.UNSAFE_ADDRESS, 1, host="10.1.2.3"), many(Code.EXCLUDED, 1, host="10.1.2.3")),
    "login": (many(Code.AUTH_REQUIRED, 3), many(Code.AUTH_REQUIRED, 2)),
    "titles": (
        many(Code.DRIFTED, 20) + many(Code.OK, 80, host="b.example"),
        many(Code.DRIFTED, 20) + many(Code.OK, 81, host="b.example"),
    ),
}
"""By the name of the row: findings that just give the hint, and findings that just do not."""


@pytest.mark.parametrize("name", [row.name for row in ROWS])
def test_each_row_holds_from_its_bound_on(name: str) -> None:
    """And not a little before."""
    enough, little = CASES[name]

    assert [hint.rule for hint in said(enough)] == [name]
    assert said(little) == ()


@pytest.mark.parametrize("name", [row.name for row in ROWS])
def test_what_a_hint_says_to_write_is_configuration(name: str) -> None:
    """Copied into config.toml it is understood: sections, keys and values are those that there are."""
    (hint,) = said(CASES[name][0])
    layer = tomllib.loads("\n".join(hint.config))

    assert layer
    for section, values in layer.items():
        if section == "hosts":
            for host in values.values():
                _section(HostSettings, section, host, _Where("", ""))
        else:
            _section(SECTIONS[section], section, values, _Where("", ""))


def test_a_limit_is_answered_with_the_host_and_a_pace() -> None:
    """Of several hosts the one with most links; a pace that was set already is doubled, to some bound."""
    findings = [*many(Code.RATE_LIMITED, 2), found(Code.OK, 9), found(Code.RATE_LIMITED, 1, host="b.example")]
    own = HostTable(rows={"a.example": HostSettings(host_request_interval=3.0)})
    slow = HostTable(rows={"a.example": HostSettings(host_request_interval=20.0)})
    (first,), (second,) = said(findings), said(findings, Settings(hosts=own))

    assert first == Hint(
        rule="slow_down",
        because="a.example limits the rate, so 2 links could not be told; so does one other host",
        do="Ask it more slowly",
        config=('[hosts."a.example"]', "host_request_interval = 2.0"),
    )
    assert second.config[1] == "host_request_interval = 6.0"
    assert said(findings, Settings(hosts=slow)) == ()


def test_who_is_refused_and_does_not_say_who_asks_is_told_to() -> None:
    """Before it is told to give up."""
    anonymous, known, agent = (
        said(CASES["refused"][0], settings)[0]
        for settings in (Settings(), KNOWN, Settings(network=NetworkSettings(user_agent="me")))
    )

    assert anonymous.config[1].startswith("site_url")
    assert known.config == agent.config == ('[hosts."a.example"]', "exclude = true")
    assert "40% of the 15 links of a.example cannot be told" in known.because


def test_no_more_than_three_are_said_the_most_important_first() -> None:
    """In the order of the rows."""
    assert [hint.rule for hint in said([one for enough, _ in CASES.values() for one in enough])] == [
        row.name for row in ROWS if row.name in ("site_root", "slow_down", "more_time")
    ]
    assert MOST == 3


def test_what_somebody_knows_of_gives_no_hint() -> None:
    """Until that expires."""
    known = Known(reason="x", owner="x", expires=date(2027, 1, 1))
    (one,) = CASES["slow_down"][0]
    holds, expired = (replace(one, baseline=replace(known, expired=past)) for past in (False, True))

    assert said([holds]) == ()
    assert [hint.rule for hint in said([expired])] == ["slow_down"]


@pytest.mark.parametrize("host", ['a"b.example', "a`b.example"])
def test_hostile_names_of_hosts_stay_names(host: str) -> None:
    """What can stand in a URL's host cannot end the string that names it in config.toml."""
    hint = said(many(Code.RATE_LIMITED, 1, host=host))

    assert all(list(tomllib.loads("\n".join(one.config))["hosts"]) == [host] for one in hint)
