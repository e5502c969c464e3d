"""A text in; for an index of a character in it, the byte, the line and the column out."""

from __future__ import annotations


class Positions:
    """Where characters stand; quick when asked in the order of the text, since each answer starts from the last.

    Lines end at a line feed, as git, editors and code hosts count them; YAML would also break at NEL and U+2028.
    """

    def __init__(self, text: str, shift: int = 0) -> None:
        """`shift` is the number of bytes before the text, such as the 3 of a byte order mark."""
        self._text, self._ascii, self._shift = text, text.isascii(), shift
        self.as_libyaml = self._ascii and text.count("\r") == text.count("\r\n")
        """Whether lines and columns are libyaml's (counted from 0), and bytes its characters; it breaks at CR too."""
        self._index, self._byte = 0, 0
        self._place_index, self._line, self._line_start = 0, 1, 0

    def byte(self, index: int) -> int:
        """The byte offset of the character at `index` in the UTF-8 file."""
        if self._ascii:
            return index + self._shift
        if index < self._index:
            self._index, self._byte = 0, 0
        self._byte += len(self._text[self._index : index].encode())
        self._index = index
        return self._byte + self._shift

    def place(self, index: int) -> tuple[int, int]:
        """The line and the column, both counted from 1; columns in characters (code points)."""
        if index < self._place_index:
            self._place_index, self._line, self._line_start = 0, 1, 0
        breaks = self._text.count("\n", self._place_index, index)
        if breaks:
            self._line += breaks
            self._line_start = self._text.rfind("\n", self._place_index, index) + 1
        self._place_index = index
        return self._line, index - self._line_start + 1

    def line(self, index: int) -> int:
        """The line, counted from 1."""
        return self.place(index)[0]
