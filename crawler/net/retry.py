"""A request in, the first answer out that is worth keeping: which failures are asked again, how often and when."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NamedTuple

from crawler.model import Answered, Failure, FailureKind, Fetched, Request
from crawler.net.seam import Fetch, summed

if TYPE_CHECKING:
    import tenacity


class Retry(NamedTuple):
    """One class of failures that pass."""

    name: str
    kinds: tuple[FailureKind, ...] = ()
    statuses: tuple[int, ...] = ()
    extra: int = 1_000
    """Further attempts, never more than `max_retries`."""
    pause: float = 1.0
    """Seconds before the first of them, give or take half; doubles each time. 0: the host's own deadline decides."""


RETRIES: tuple[Retry, ...] = (
    Retry("dns_temporary", kinds=(FailureKind.DNS_TEMPORARY,)),
    Retry("refused", kinds=(FailureKind.CONNECT_REFUSED,)),
    Retry("unreachable", kinds=(FailureKind.CONNECT_FAILED,)),
    # A timeout has already cost its time in full, and half of those who time out once do so again.
    Retry("connect_timeout", kinds=(FailureKind.CONNECT_TIMEOUT,), extra=1),
    Retry("timeout", kinds=(FailureKind.TIMEOUT,), extra=1),
    # Not the certificate's verdicts: a second look finds the same certificate.
    Retry("tls_handshake", kinds=(FailureKind.TLS_FAILED,), extra=1),
    Retry("reset", kinds=(FailureKind.RESET,)),
    Retry("truncated", kinds=(FailureKind.TRUNCATED,)),
    Retry("too_many_requests", statuses=(429,), pause=0.0),
    Retry("unavailable", statuses=(503,)),
    Retry("server_error", statuses=(500, 502, 504)),
    # 520 to 527 are Cloudflare's words for an origin that answers badly or not at all.
    Retry("cdn_origin", statuses=tuple(range(520, 528))),
)
"""What is asked again. Everything else is an answer: a name that does not exist, a certificate, a 404."""

_BY_KIND = {kind: row for row in RETRIES for kind in row.kinds}
_BY_STATUS = {status: row for row in RETRIES for status in row.statuses}


def retry_for(outcome: Answered | Failure) -> Retry | None:
    """The row under which `outcome` is asked again, or None."""
    if isinstance(outcome, Failure):
        return _BY_KIND.get(outcome.kind)
    return _BY_STATUS.get(outcome.status)


class Retrying:
    """Asks `inner` again by the table. The pauses hold no slot: they lie outside `Polite`."""

    def __init__(
        self,
        inner: Fetch,
        max_retries: int,
        *,
        randomness: random.Random,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._inner, self._max_retries, self._random, self._sleep = inner, max_retries, randomness, sleep

    async def fetch(self, request: Request) -> Fetched:
        """The last answer, with the sums over all attempts."""
        first = await self._inner.fetch(request)
        # Nearly every request ends here; tenacity's machinery costs as much as a whole request on loopback.
        if not self._max_retries or not _passing(first):
            return first
        tries: list[Fetched] = []

        async def attempt() -> Fetched:
            tries.append(await self._inner.fetch(request) if tries else first)
            return tries[-1]

        await self._retrying()(attempt)
        return summed(tries, _told(tries))

    def _retrying(self) -> tenacity.AsyncRetrying:
        import tenacity  # takes 4 ms, and 8 where tornado is installed

        return tenacity.AsyncRetrying(
            retry=tenacity.retry_if_result(_passing),
            stop=self._enough,
            wait=self._pause,
            sleep=self._sleep,
            retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
        )

    def _enough(self, state: tenacity.RetryCallState) -> bool:
        row = _row_of(state)
        return row is None or state.attempt_number > min(row.extra, self._max_retries)

    def _pause(self, state: tenacity.RetryCallState) -> float:
        row = _row_of(state)
        factor = 2.0 ** (state.attempt_number - 1) * self._random.uniform(0.5, 1.5)
        return row.pause * factor if row else 0.0


def _passing(fetched: Fetched) -> bool:
    """Whether it is worth another try; what was not asked is not."""
    return retry_for(fetched.outcome) is not None and fetched.attempts > 0


def _row_of(state: tenacity.RetryCallState) -> Retry | None:
    return retry_for(state.outcome.result().outcome) if state.outcome else None


def _told(tries: list[Fetched]) -> Fetched:
    """The last of the tries; or the one before, if the host, being down or in a long wait, was not asked again."""
    last = tries[-1]
    deferred = isinstance(last.outcome, Failure) and last.outcome.kind is FailureKind.DEFERRED
    return tries[-2] if (deferred or not last.attempts) and len(tries) > 1 else last
