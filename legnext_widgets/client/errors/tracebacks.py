"""Show an error of this package in IPython in three lines: the person's own, the message, advice.

IPython asks an exception for `_render_traceback_`; plain Python, pytest and logs do not, so they
show what they always show. `%tb`, `%xmode` and `LEGNEXT_TRACEBACKS=full` show the whole traceback.
"""

from __future__ import annotations

import linecache
import os
import re
import sys
import traceback
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from legnext_widgets import environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

VARIABLE = "LEGNEXT_TRACEBACKS"
USUAL_MODE = "Context"
"""The mode of IPython by default."""

_PACKAGE = str(Path(__file__).resolve().parents[2])
_OLD_CELL = re.compile(r"<ipython-input-(\d+)-")
_MOST_CAUSES = 5
_RED, _PLAIN = "\x1b[31m", "\x1b[0m"


def render(error: BaseException) -> list[str]:
    """Return the lines that IPython shows for an error, texts without exception.

    Anything else in the list would leave the cell running for ever.
    """
    shell = environment.ipython_shell()
    trace = error.__traceback__
    try:
        if not wants_full_traceback(error, shell):
            colours = str(getattr(shell, "colors", "")).lower() != "nocolor"
            return short_traceback(error, trace, shell, colours=colours)
        lines = shell.InteractiveTB.structured_traceback(type(error), error, trace)
        return [str(line) for line in lines]
    except Exception:
        return [line.rstrip("\n") for line in traceback.format_exception(error)]


def wants_full_traceback(error: BaseException, shell: object) -> bool:
    """Whether the person asked for the whole traceback."""
    if os.environ.get(VARIABLE, "").strip().lower() == "full":
        return True
    if getattr(getattr(shell, "InteractiveTB", None), "mode", USUAL_MODE) != USUAL_MODE:
        return True
    # A cell that fails is shown while its error is handled; `%tb` shows it again later.
    return sys.exc_info()[1] is not error


def short_traceback(
    error: BaseException, trace: TracebackType | None, shell: object, *, colours: bool
) -> list[str]:
    """Return the person's own line, the message, what to do, and causes and notes."""
    lines = []
    where = own_line(trace)
    if where is not None:
        file, number = where
        code = linecache.getline(file, number).strip()
        lines.append(f"{place_of(file, shell)}, line {number}:  {code}".rstrip(": "))
    name = type(error).__name__
    shown = f"{_RED}{name}{_PLAIN}" if colours else name
    lines.append(f"{shown}: {getattr(error, 'headline', error)}")
    lines.extend(causes_of(error))
    lines.extend(str(note) for note in getattr(error, "__notes__", ()))
    advice = str(getattr(error, "next_step", None) or "")
    lines.append(f"{advice} (%tb shows the full traceback.)".strip())
    return lines


def own_line(trace: TracebackType | None) -> tuple[str, int] | None:
    """Find the person's own line: the last one before this package that is not installed code."""
    frames = list(_frames(trace))
    inside = next(
        (index for index, (file, _) in enumerate(frames) if file.startswith(_PACKAGE)), len(frames)
    )
    before = frames[:inside]
    own = [frame for frame in before if _is_own(frame[0])] or before
    return own[-1] if own else None


def place_of(file: str, shell: object) -> str:
    """Name a file as IPython does: `Cell In[3]`, or `File script.py`."""
    if found := _OLD_CELL.match(file):
        return f"Cell In[{found[1]}]"
    named = getattr(getattr(shell, "compile", None), "format_code_name", None)
    label = named(file) if callable(named) else None
    if label:
        kind, name = label
        return f"{kind} {name}"
    if "ipykernel_" in file:
        return "Cell"
    return f"File {file}"


def causes_of(error: BaseException) -> Iterator[str]:
    """Name what caused an error, and what that was caused by."""
    seen = {id(error)}
    for _ in range(_MOST_CAUSES):
        cause, context = error.__cause__, error.__context__
        following = cause or (None if error.__suppress_context__ else context)
        if following is None or id(following) in seen:
            return
        word = "Caused by" if cause is not None else "While handling"
        yield f"{word} {type(following).__name__}: {getattr(following, 'headline', following)}"
        seen.add(id(following))
        error = following


@cache
def _installed() -> tuple[str, ...]:
    """The folders of the standard library and of installed packages."""
    import sysconfig  # only for a traceback

    names = ("stdlib", "platstdlib", "purelib", "platlib")
    return tuple({sysconfig.get_path(name) for name in names})


def _is_own(file: str) -> bool:
    """Whether a file is a cell or the person's own, neither installed nor generated."""
    return not file.startswith((*_installed(), "<")) or _OLD_CELL.match(file) is not None


def _frames(trace: TracebackType | None) -> Iterator[tuple[str, int]]:
    while trace is not None:
        yield trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
