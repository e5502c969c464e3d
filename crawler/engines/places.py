"""What a scheduler lists in, the places that may get a worker of this run out, the best first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from crawler.engines.scheduler import Place

REST = 30.0
"""Seconds until a place that did not answer is tried again, unless there is no other."""
SAVED = "what was learnt is saved, and the next run goes on from there"


class Places:
    """Those of one cluster, as this run sees them. What people should know of them is told once."""

    def __init__(self, *, clock: Callable[[], float], note: Callable[[str], None]) -> None:
        self._clock, self._note = clock, note
        self._there: Mapping[Place, bool] = {}
        self._taken: dict[Place, bool] = {}  # and whether it could begin at once when it was taken
        self._slow: dict[Place, float] = {}  # did not answer in time; and when to try it again
        self._misfits: dict[Place, str] = {}
        self._untold: list[str] = []
        self._said: set[object] = set()
        self._used = False

    def look(self, there: Mapping[Place, bool]) -> None:
        """What the scheduler lists now, and whether each can begin at once."""
        self._there = there

    def spare(self, tried: Collection[Place], *, patient: bool) -> list[Place]:
        """Those to try, of which busy ones and such as did not answer of late only if `patient`."""
        now = self._clock()
        spare = [
            place
            for place, idle in self._there.items()
            if place not in self._taken
            and place not in tried
            and (patient or (idle and self._slow.get(place, now) <= now))
        ]
        if patient and spare and not any(self._there[place] for place in spare):
            self.say("busy", "all workers are busy with other tasks: the first that is free begins")
        return sorted(spare, key=lambda place: (place in self._slow, not self._there[place]))

    def promising(self, trying: Iterable[tuple[int, Place]], *, slow: bool = False) -> bool:
        """Whether one of them may begin soon; such as did not answer of late only if `slow`."""
        return any(self.idle(place) and (slow or place not in self._slow) for _, place in trying)

    def idle(self, place: Place) -> bool:
        """Whether it could begin at once when it was taken, if it answers: by now it may be our own task."""
        return self._taken.get(place, False)

    def take(self, place: Place) -> None:
        """It is to begin."""
        self._taken[place] = self._there[place]

    def seated(self, place: Place) -> None:
        """It has begun."""
        self._slow.pop(place, None)
        self._used = True

    def misfits(self, place: Place, why: str) -> None:
        """It is never to begin."""
        self._misfits[place] = why
        self._untold.append(why)

    def free(self, place: Place, slow: bool) -> None:
        """It may begin again; after all others if it was `slow` to answer."""
        self._taken.pop(place, None)
        if slow:
            self._slow[place] = self._clock() + REST

    def unfit(self) -> bool:
        """Whether none of them fits, and none ever did: one that was lost may come back."""
        return bool(self._there) and not self._used and self._there.keys() <= self._misfits.keys()

    def tell(self, *, missing: int) -> None:
        """Says which are left out, when some have begun and so many more would be of use."""
        if not self._used:
            return
        for why in self._untold:
            self._note(f"{why}; it is left out")
        self._untold.clear()
        busy = sum(not idle for place, idle in self._there.items() if place not in self._taken)
        if missing > 0 and busy:
            self.say("busy", f"{busy} of {len(self._there)} workers are busy with other tasks and left out for now")

    def say(self, about: object, text: str) -> None:
        """Notes what concerns this, once."""
        if about not in self._said:
            self._said.add(about)
            self._note(text)

    def why_none(self, why: str, seconds: float) -> str:
        """Why none has begun for so long; `why` the last that was tried could not."""
        if self.unfit():
            return "no worker fits: " + "; ".join(self._misfits[place] for place in self._there)
        able = self._there.keys() - self._misfits.keys()
        if not able:
            return f"no worker is left, after {seconds:.0f} s; {SAVED}"
        if not any(self._there[place] for place in able):
            return f"all workers are busy with other tasks, for {seconds:.0f} s; {SAVED}"
        return f"{why or f'no worker can begin within {seconds:.0f} s'}; {SAVED}"
