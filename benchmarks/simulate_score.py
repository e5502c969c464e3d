"""What is true and what was found in, counts out, and the table of them."""

from __future__ import annotations

import resource
from collections import Counter, defaultdict
from dataclasses import dataclass, field, fields

from simulate_links import NEVER, Condition
from simulate_web import Web

from crawler.model import Code, Disposition, Finding, Health, Proposal, Repair, State

AFTER = (2, 4, 6)
"""Weeks after which recall is counted."""


@dataclass
class Score:
    """What was counted; scores of several sites can be added."""

    links: int = 0
    hosts: int = 0
    link_weeks: int = 0
    live: int = 0
    """Links that were alive, and not hidden, at some audit."""
    live_confirmed: int = 0
    live_shown: int = 0
    hidden: int = 0
    hidden_confirmed: int = 0
    hidden_shown: int = 0
    refused_confirmed: int = 0
    """Of the hidden, those so judged on an answer that was a refusal, not on a fault in between."""
    refused_shown: int = 0
    deaths: Counter[tuple[str, int]] = field(default_factory=Counter)
    """(mode, weeks) -> deaths that were seen for so many weeks."""
    found: Counter[tuple[str, int]] = field(default_factory=Counter)
    """Of these, those confirmed by then."""
    begun: Counter[str] = field(default_factory=Counter)
    """Mode -> deaths, however short."""
    told: Counter[str] = field(default_factory=Counter)
    """Mode -> of these, those shown as broken, unsafe or failing by the first audit that saw them."""
    missed: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(mode, rule) -> deaths not confirmed after the longest time, by the rule of the last verdict."""
    called_moved: int = 0
    """Links dead by redirect that were ever called moved or redirected."""
    adopted: int = 0
    """Links whose new address `crawler fix --apply` would have written into their cards, once two audits agreed."""
    adopted_dead: int = 0
    """Of these, those that were dead then."""
    wrong_rules: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """(what is true, health or state, rule) -> links."""
    examples: dict[tuple[str, str, str], str] = field(default_factory=dict)
    first_pass: int = 0
    second_pass: int = 0
    asked_about: int = 0
    """Second questions asked."""
    questions: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    void: int = 0
    busiest: int = 0
    """The most requests that one host was sent in one run."""
    busiest_links: int = 0
    over: float = 0.0
    """The most requests for each link of a host with at least five."""
    seconds: float = 0.0

    def add(self, other: Score) -> None:
        """Adds what was counted elsewhere."""
        if other.busiest > self.busiest:
            self.busiest, self.busiest_links = other.busiest, other.busiest_links
        for one in fields(self):
            mine, theirs = getattr(self, one.name), getattr(other, one.name)
            if one.name in ("busiest", "busiest_links"):
                continue
            if one.name in ("over", "seconds"):
                setattr(self, one.name, max(mine, theirs))
            elif isinstance(mine, Counter):
                mine.update(theirs)
            elif isinstance(mine, dict):
                self.examples = {**theirs, **mine}
            else:
                setattr(self, one.name, mine + theirs)


class Judge:
    """Holds each audit's findings against what is true."""

    def __init__(self, web: Web, score: Score, weeks: int) -> None:
        self._web, self._score, self._weeks = web, score, weeks
        self._ever: defaultdict[str, set[str]] = defaultdict(set)
        """What happened to whom: name of the happening -> URLs."""
        self._confirmed: dict[tuple[str, int], int] = {}
        """(URL, week of its death) -> week in which it was confirmed."""
        self._last_rule: dict[str, str] = {}
        self._died: dict[str, tuple[int, str]] = {}
        """URL -> (first audit of the death that goes on, mode)."""

    def week(self, week: int, finding: Finding) -> None:
        """One finding of one audit."""
        url, verdict = finding.link.url, finding.verdict
        condition, how = self._web.condition(self._web.pages[url], week)
        bad = verdict.code.health in (Health.BROKEN, Health.UNSAFE)
        confirmed = finding.state is State.CONFIRMED
        self._ever[condition].add(url)
        if any(_would_be_written(one) for one in finding.proposals):
            self._ever["adopted"].add(url)
            if condition is Condition.DEAD:
                self._ever["adopted dead"].add(url)
        if condition is not Condition.DEAD:
            self._end(url, week)
            if confirmed:
                self._wrong(condition, "confirmed", week, how, finding)
            if bad:
                self._wrong(condition, "shown", week, how, finding)
            return
        if url not in self._died:
            self._died[url] = (week, how)
            self._score.begun[how] += 1
            self._score.told[how] += bad or verdict.code.health is Health.FAILING
        started = self._died[url][0]
        if confirmed:
            self._confirmed.setdefault((url, started), week)
        self._last_rule[url] = verdict.rule
        if verdict.code in (Code.MOVED, Code.REDIRECTED) and how == "redirect_generic":
            self._ever["called moved"].add(url)

    def _wrong(self, condition: Condition, what: str, week: int, how: str, finding: Finding) -> None:
        name = f"{condition} {what}"
        if condition is Condition.HIDDEN and finding.link.url in self._web.refused:
            self._ever[f"refused {what}"].add(finding.link.url)
        if finding.link.url in self._ever[name]:
            return
        self._ever[name].add(finding.link.url)
        page = self._web.pages[finding.link.url]
        down = page.host.outages.get(week)
        why = f"host down as {down}" if down is not None else f"flaky as {page.flaky}" if page.flaky else how
        key = (name, f"{finding.verdict.code} by {finding.verdict.rule}", why)
        self._score.wrong_rules[key] += 1
        self._score.examples.setdefault(key, f"week {week}, {finding.link.url}: {finding.verdict.because}")

    def _end(self, url: str, week: int) -> None:
        """A death that is over, because the link came back, was hidden, or the year is."""
        started, mode = self._died.pop(url, (NEVER, ""))
        if started == NEVER:
            return
        at = self._confirmed.get((url, started), NEVER)
        for weeks in AFTER:
            if week - started >= weeks:
                self._score.deaths[mode, weeks] += 1
                self._score.found[mode, weeks] += at - started < weeks
        if week - started >= AFTER[-1] and at - started >= AFTER[-1]:
            self._score.missed[mode, self._last_rule[url]] += 1
            self._score.examples.setdefault(("missed", mode, self._last_rule[url]), url)

    def finish(self) -> None:
        """Closes the year."""
        for url in list(self._died):
            self._end(url, self._weeks)
        score, ever = self._score, self._ever
        score.live, score.hidden = len(ever[Condition.LIVE]), len(ever[Condition.HIDDEN])
        score.live_confirmed, score.live_shown = len(ever["live confirmed"]), len(ever["live shown"])
        score.hidden_confirmed, score.hidden_shown = len(ever["hidden confirmed"]), len(ever["hidden shown"])
        score.refused_confirmed, score.refused_shown = len(ever["refused confirmed"]), len(ever["refused shown"])
        score.adopted, score.adopted_dead = len(ever["adopted"]), len(ever["adopted dead"])
        score.called_moved = len(ever["called moved"])


def _would_be_written(proposal: Proposal) -> bool:
    ready = proposal.disposition is Disposition.SAFE and proposal.waits_until is None
    return ready and proposal.kind is Repair.REDIRECT


def show(score: Score, examples: int, *, interval: float) -> None:
    """Prints the figures; `interval`: seconds between starts on one host."""
    print(f"{score.links} links on {score.hosts} hosts, {score.link_weeks // max(1, score.links)} audits", end="")
    print(f" ({score.void} void), {score.seconds:.0f} s ({_processor():.0f} s of processor time)", end="")
    print(f", {_memory():.0f} MB at most in one process")
    print()
    for label, part, whole, bar in (
        ("live links ever confirmed", score.live_confirmed, score.live, "below 0.5 %"),
        ("live links ever shown as broken or unsafe", score.live_shown, score.live, "below 2 %"),
        ("blocked or limited links ever confirmed", score.hidden_confirmed, score.hidden, "0"),
        ("blocked or limited links ever shown as these", score.hidden_shown, score.hidden, "0"),
        ("… confirmed on an answer that was a refusal", score.refused_confirmed, score.hidden, "0"),
        ("… shown on an answer that was a refusal", score.refused_shown, score.hidden, "0"),
    ):
        print(f"{label:<48}{part:>6} of {whole:>6}{_share(part, whole):>9}   {bar}")
    print(f"{'dead by redirect, called moved or redirected':<48}{score.called_moved:>6} links")
    print(f"{'redirects that would be adopted':<48}{score.adopted:>6} links")
    print(f"{'… of links that were dead':<48}{score.adopted_dead:>6} links{'':>16}   0")
    print(f"\n{'deaths confirmed within':<24}{'deaths':>8}" + "".join(f"{weeks:>6} weeks" for weeks in AFTER), end="")
    print(f"{'told at once':>15}")
    modes = sorted({mode for mode, _ in score.deaths}, key=lambda mode: -score.deaths[mode, AFTER[0]])
    for mode in [*modes, "all"]:
        rows = modes if mode == "all" else [mode]
        row = f"{mode:<24}{sum(score.deaths[one, AFTER[0]] for one in rows):>8}"
        for weeks in AFTER:
            found = sum(score.found[one, weeks] for one in rows)
            row += f"{_share(found, sum(score.deaths[one, weeks] for one in rows)):>12}"
        print(row + f"{_share(sum(score.told[one] for one in rows), sum(score.begun[one] for one in rows)):>15}")
    print(f"\n{'for each link and week':<48}")
    for label, count in (
        ("URLs asked in the first pass", score.first_pass),
        ("URLs asked again in the second pass", score.second_pass),
        ("second questions", score.asked_about),
        ("all URLs asked", score.first_pass + score.second_pass + score.asked_about),
        ("requests sent, hops and retries included", score.requests),
    ):
        print(f"  {label:<46}{count / max(1, score.link_weeks):>8.3f}")
    print(f"  second questions by purpose: {', '.join(f'{name} {count}' for name, count in score.questions.items())}")
    print(
        f"  busiest host: {score.busiest} URLs in a run for {score.busiest_links} links, "
        f"{score.busiest / max(1, score.busiest_links):.2f} a link; "
        f"at most {score.over:.2f} a link on hosts of 5 or more"
    )
    print(
        f"  peak rate per host: {1 / interval:.1f} a second, by the settings' pace; "
        f"the busiest host takes {score.busiest * interval:.0f} s"
    )
    print("\nerrors, links by (what is true, verdict and rule, how it came):")
    for key, count in score.wrong_rules.most_common(examples):
        print(f"{count:>6}  {key[0]}, {key[1]}, {key[2]}\n          {score.examples[key][:200]}")
    print("\ndeaths not confirmed after six weeks, by mode and rule of the last verdict:")
    for (mode, rule), count in score.missed.most_common(examples):
        print(f"{count:>6}  {mode}, {rule}: {score.examples['missed', mode, rule]}")


def _share(part: float, whole: float) -> str:
    return f"{part / whole:.2%}" if whole else "-"


def _processor() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _memory() -> float:
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1_024
