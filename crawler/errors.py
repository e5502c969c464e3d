"""What stops a run. A dead link is data, never an exception.

CrawlerError            the run cannot mean what it says; exit 1
├── ConfigError         bad configuration or usage; exit 3
├── NothingToDoError         no cards, or no links in them
├── EngineError         the workers that ask are not there, do not fit or are lost
├── OutputError         a report, the history or a card cannot be written
├── CardError           one card cannot be read; caught by the pipeline, listed under `unreadable`
└── PatchConflict       a card is not as the patch expects it; caught by the pipeline, the card is left as it is
"""

from __future__ import annotations


class CrawlerError(Exception):
    """The run cannot be done; the message says what happened, where, and what to do."""

    exit_code = 1


class ConfigError(CrawlerError):
    """A flag, an environment variable or the configuration file is wrong."""

    exit_code = 3


class NothingToDoError(CrawlerError):
    """No cards were found, or no links in them: a misconfiguration, not a healthy site."""


class EngineError(CrawlerError):
    """There are no workers to ask with, or none is left."""


class OutputError(CrawlerError):
    """A report, the history or a card cannot be written."""


class CardError(CrawlerError):
    """One card cannot be read: `path:line: because`."""

    def __init__(self, path: str, line: int, because: str) -> None:
        super().__init__(f"{path}:{line}: {because}")
        self.path, self.line, self.because = path, line, because


class PatchConflict(CrawlerError):  # noqa: N818 — the conflict is the error
    """A card is not as the patch for it expects: it was changed in between."""
