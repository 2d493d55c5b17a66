"""Read the names of a class from a file, as spreadsheets and editors of any system write it. Pure.

A list is a CSV file with a name in the first column of each line, with or without a heading. A
spreadsheet writes it with commas, semicolons or tabs, and in the encoding of its system.
"""

from __future__ import annotations

import codecs
import csv
import io
from typing import NamedTuple

_DELIMITERS = ("\t", ";", ",")
"""The first one counts where several would do: a comma may be part of a name."""

_HEADINGS = ("name", "student", "username")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class ClassList(NamedTuple):
    """The names of a class.

    Attributes:
        names: Each once, in the order of the file.
        repeated: Names that stand in it more than once.
        guessed: The encoding, where it is a guess; else None.
    """

    names: list[str]
    repeated: list[str]
    guessed: str | None


def read_class(content: bytes) -> ClassList:
    """Read the first column of a CSV file; a heading such as `name` is left out.

    Raises:
        ValueError: It is no text.
    """
    text, guessed = _decoded(content)
    names = [row[0].strip() for row in _rows(text) if row and row[0].strip()]
    if names and names[0].lower() in _HEADINGS:
        del names[0]
    names, repeated = once(names)
    return ClassList(names, repeated, guessed)


def once(names: list[str]) -> tuple[list[str], list[str]]:
    """Split names into each one once, and those that came more than once."""
    unique = list(dict.fromkeys(names))
    return unique, [name for name in unique if names.count(name) > 1]


def _decoded(content: bytes) -> tuple[str, str | None]:
    if content.startswith(_UTF_16):
        return content.decode("utf-16"), None
    try:
        return content.decode("utf-8-sig"), None
    except UnicodeDecodeError:
        if b"\0" in content:
            raise ValueError("it is no text: save it as CSV in UTF-8") from None
    try:
        return content.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        raise ValueError("its encoding is not known: save it as CSV in UTF-8") from None


def _rows(text: str) -> list[list[str]]:
    """Split into cells, at the character that gives the most lines more than one cell."""
    readings = [list(csv.reader(io.StringIO(text), delimiter=each)) for each in _DELIMITERS]
    return max(readings, key=lambda rows: sum(len(row) > 1 for row in rows))
