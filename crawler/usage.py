"""A command line that cannot be read in, a ConfigError that says what may have been meant out."""

from __future__ import annotations

import argparse
import difflib
import re
import shutil
import sys
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

from crawler.errors import ConfigError

if TYPE_CHECKING:
    from _typeshed import SupportsWrite


class Parser(argparse.ArgumentParser):
    """argparse's, with our exit code for mistakes and the nearest name that there is."""

    def __init__(self, **given: Any) -> None:
        """As argparse's, but for the formatter."""
        # Asked for once: argparse makes a formatter for each argument, and each would look how wide the terminal is.
        width = shutil.get_terminal_size().columns - 2
        super().__init__(formatter_class=partial(argparse.RawDescriptionHelpFormatter, width=width), **given)

    def error(self, message: str) -> NoReturn:
        """Raises ConfigError."""
        # argparse would exit with 2, which means "findings" here.
        raise ConfigError(f"{message}{self._meant(message)}; see `{self.prog} --help`")

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        # argparse's passes over an output that cannot be written.
        (file or sys.stderr).write(message)

    def _meant(self, message: str) -> str:
        """The flag or command that somebody who misspelt one may have meant."""
        wrong = re.search(r"unrecognized arguments: (--[\w-]+)|invalid choice: '([\w-]+)'", message)
        known = list(_names(self)) if wrong else []
        close = difflib.get_close_matches(wrong[1] or wrong[2], known, n=1, cutoff=0.7) if wrong else []
        return f"; did you mean {close[0]}" if close else ""


def _names(command: argparse.ArgumentParser) -> Iterator[str]:
    """The names of the flags and commands of a command and of those below."""
    for action in command._actions:  # noqa: SLF001 - argparse has no public list
        yield from action.option_strings
        if isinstance(action.choices, dict):
            for name, below in action.choices.items():
                yield name
                yield from _names(below)
