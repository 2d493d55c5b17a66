"""The report of a wait at one moment, and the words and numbers in its line. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

Action: TypeAlias = Literal["submit", "wait", "wait_many", "download"]

MOST_WORDS = 48
"""Characters of a prompt in a line."""

_UNSHOWABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
"""Control characters, which a terminal would obey, and marks that turn a line around."""


@dataclass(frozen=True)
class ProgressReport:
    """How far a wait is, at one moment. `str(report)` is the line that a person would see.

    Attributes:
        action: `"submit"`, `"wait"` (one job), `"wait_many"` or `"download"`.
        text: The line.
        elapsed: Seconds since the wait began.
        fraction: 0 to 1; None while unknown.
        done: Jobs that are done, or bytes that came; None where nothing is counted.
        total: Of how many jobs or bytes; None while unknown.
        ended: Whether this is the last report of this wait.
    """

    action: Action
    text: str
    elapsed: float
    fraction: float | None = None
    done: int | None = None
    total: int | None = None
    ended: bool = False

    def __str__(self) -> str:
        return self.text


ProgressOption: TypeAlias = bool | Callable[[ProgressReport], object] | None
"""None: shown in a notebook or a terminal; False: never; True: also against `LEGNEXT_PROGRESS=0`; a
callable: called with each report instead."""


def joined(*parts: str) -> str:
    """Join the parts of a line; empty parts are left out."""
    return " · ".join(part for part in parts if part)


def quoted(words: str, most: int = MOST_WORDS) -> str:
    """Quote the words of a prompt in one line, shortened; empty without words."""
    line = " ".join(_UNSHOWABLE.sub(" ", words).split())
    if len(line) > most:
        line = f"{line[: most - 1].rstrip()}…"
    return f'"{line}"' if line else ""


def time_of(seconds: float) -> str:
    """Write a duration as minutes and seconds: `0:07`, `3:20`, `1:02:03`."""
    whole = max(0, int(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def points_of(points: int | None) -> str:
    """Write points; empty where they are unknown."""
    if points is None:
        return ""
    return counted(points, "point")


def counted(count: int, what: str) -> str:
    """Write a number of things: `1 video`, `4 videos`."""
    return f"{count} {what}" if count == 1 else f"{count:,} {what}s"


def size_of(have: int, total: int | None = None) -> str:
    """Write bytes as MB, or as KB below one MB, of a total where that is known."""
    unit, factor = ("MB", 1e6) if max(have, total or 0) >= 1e6 else ("KB", 1e3)
    shown = f"{have / factor:.1f}"
    return f"{shown} of {total / factor:.1f} {unit}" if total else f"{shown} {unit}"
