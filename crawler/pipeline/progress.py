"""What the pipeline tells of its progress; how it is shown is the command line's business."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Progress(Protocol):
    """Receives events in the order in which they happen."""

    def phase(self, name: str, hosts: Mapping[str, int]) -> None:
        """A phase begins; `hosts` says how many links of each host it asks ("" for files of the site)."""

    def waiting(self, seconds: float) -> None:
        """Nothing is asked for `seconds`."""

    def asked(self, host: str) -> None:
        """One link of this host is done."""

    def note(self, message: str) -> None:
        """Something that the user should know now."""


class Silent:
    """Tells nothing."""

    def phase(self, name: str, hosts: Mapping[str, int]) -> None:
        """Nothing."""

    def waiting(self, seconds: float) -> None:
        """Nothing."""

    def asked(self, host: str) -> None:
        """Nothing."""

    def note(self, message: str) -> None:
        """Nothing."""
