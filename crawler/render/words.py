"""Times, numbers and healths in, the words that the reports for people share out."""

from datetime import UTC, datetime

from crawler.model import Health

MEANINGS: dict[Health, str] = {
    Health.UNSAFE: "leads visitors to somebody else",
    Health.BROKEN: "is dead as far as one run can tell",
    Health.FAILING: "fails, perhaps in passing",
    Health.NOTICE: "lives, but something differs",
    Health.UNVERIFIABLE: "cannot be told from here",
    Health.SKIPPED: "was not asked",
    Health.HEALTHY: "lives",
}
"""What each health says of a link."""


def moment(at: datetime) -> str:
    """`2026-11-22T20:00:00Z`: an aware time in UTC to the second (RFC 3339)."""
    return at.astimezone(UTC).isoformat()[:19] + "Z"


def day(at: datetime) -> str:
    """`2026-11-22`, in UTC."""
    return at.astimezone(UTC).date().isoformat()


def count(number: int, noun: str) -> str:
    """`1 card`, `5,130 cards`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def not_read(cards: int) -> str:
    """`2 cards could not be read, so their links were not checked`."""
    return f"{count(cards, 'card')} could not be read, so {'its' if cards == 1 else 'their'} links were not checked"
