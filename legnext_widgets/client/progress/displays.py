"""Where a line is shown: in a notebook's cell, on a terminal, by a callable, or in the log.

A notebook gets one display that is updated, so that the saved file holds its last state alone. A
terminal gets one line that is written over. Where no person looks (pipes, CI, cron) each new state
is one record of the logger `legnext_widgets` at INFO, which is silent unless a program wants it.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
import threading
import unicodedata
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Protocol, TextIO

from legnext_widgets import environment
from legnext_widgets.client.runtime.callbacks import AwaitedCalls

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .report import ProgressOption, ProgressReport

VARIABLE = "LEGNEXT_PROGRESS"
_OFF = ("0", "false", "no", "off")
_STYLE = "font-family:system-ui,sans-serif;font-size:13px"
_ONE_LINE = ";white-space:nowrap;overflow:hidden;text-overflow:ellipsis"
_BAR = '<progress max="1" value="{value:.2f}" style="width:120px;margin-right:8px"></progress>'

_log = logging.getLogger("legnext_widgets")
_terminal = threading.Lock()
"""Held by the one line that lives on the terminal."""


class Display(Protocol):
    """Shows the reports of one wait."""

    def show(self, report: ProgressReport) -> None:
        """Show a report in place of the one before; the last one stays."""


class NotebookDisplay:
    """One display of a notebook's cell, updated from any thread."""

    def __init__(self) -> None:
        self._handle: environment.DisplayHandle | None = None
        self._shown: dict[str, str] | None = None

    def show(self, report: ProgressReport) -> None:
        """Display it, or update what is displayed."""
        bundle = as_bundle(report, datetime.now().astimezone())
        if self._handle is None:
            # Made first: an interruption just after it is shown must not lose it.
            self._handle = environment.new_display()
            self._handle.display(bundle, raw=True)
        elif bundle != self._shown:
            self._handle.update(bundle, raw=True)
        self._shown = bundle


def as_bundle(report: ProgressReport, now: datetime) -> dict[str, str]:
    """Return the MIME bundle of a report.

    A page that was loaded again shows no further updates: while the wait lasts, the text says when
    it was true.
    """
    text = report.text if report.ended else f"{report.text} (as of {now:%H:%M})"
    bar, style = "", _STYLE
    if not report.ended:
        style += _ONE_LINE
        bar = "" if report.fraction is None else _BAR.format(value=report.fraction)
    html = f'<div style="{style}">{bar}{escape(text)}</div>'
    return {"text/plain": text, "text/html": html}


class TerminalDisplay:
    """One line of a terminal. Of several at a time, the first one lives; the others only end.

    Args:
        stream: The terminal.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._width = 0
        self._lives: bool | None = None

    def show(self, report: ProgressReport) -> None:
        """Write it over the line before."""
        if self._lives is None:
            self._lives = _terminal.acquire(blocking=False)
        if not self._lives and not report.ended:
            return
        columns = columns_of(self._stream)
        line = self._showable(report.text)
        if not report.ended:  # what lives must stay in one line; what stays is shown whole
            line = fitted(line, columns - 1)
        width = width_of(line)
        padding = " " * max(0, min(self._width, columns - 1) - width)
        end = "\n" if report.ended else ""
        lives = not report.ended
        try:
            self._stream.write(f"\r{line}{padding}{end}")
            self._stream.flush()
        except BaseException:  # such as of a terminal that was closed: another line may live
            lives = False
            raise
        finally:
            self._width = width
            if self._lives and not lives:
                self._lives = False
                _terminal.release()

    def _showable(self, text: str) -> str:
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        return text.encode(encoding, "replace").decode(encoding, "replace")


def columns_of(stream: TextIO) -> int:
    """Count the columns of a terminal; by the environment, or 80, where it does not say."""
    try:
        columns = os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError, AttributeError):
        columns = 0
    return columns or shutil.get_terminal_size().columns


def width_of(line: str) -> int:
    """Count the columns of a line: wide characters take two, combining marks none."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in line
    )


def fitted(line: str, columns: int) -> str:
    """Cut a line to a number of columns."""
    if width_of(line) <= columns:
        return line
    while line and width_of(line) >= columns:
        line = line[:-1]
    return f"{line}…"


class CallableDisplay:
    """The callable of a user; what it raises is logged."""

    def __init__(self, call: Callable[[ProgressReport], object]) -> None:
        self._call = AwaitedCalls(call)
        self._last = ""

    def show(self, report: ProgressReport) -> None:
        """Call it when there is something new."""
        if report.text != self._last or report.ended:
            self._last = report.text
            self._call(report)

    async def finished(self) -> None:
        """Return when a coroutine function has taken all reports so far."""
        await self._call.finished()


class LogDisplay:
    """The log: one record when a wait begins, and one when it ends."""

    def __init__(self) -> None:
        self._begun = False

    def show(self, report: ProgressReport) -> None:
        """Log the first report and the last one."""
        if not self._begun or report.ended:
            self._begun = True
            _log.info("%s", report.text)


def choose_display(asked: ProgressOption, of_client: ProgressOption) -> Display | None:
    """Choose where a wait is shown.

    Args:
        asked: The argument of the call; None leaves it to the client.
        of_client: The client's option; None leaves it to the environment.

    Returns:
        The display; None where nothing is shown.
    """
    option = of_client if asked is None else asked
    if callable(option):
        return CallableDisplay(option)
    if option is False or (option is None and switched_off(os.environ)):
        return None
    if environment.kernel_shell() is not None:
        return NotebookDisplay()
    stream = sys.stderr
    if is_terminal(stream, os.environ, forced=option is True):
        return TerminalDisplay(stream)
    return LogDisplay() if _log.isEnabledFor(logging.INFO) else None


def switched_off(variables: Mapping[str, str]) -> bool:
    """Whether `LEGNEXT_PROGRESS` switches all lines off."""
    return variables.get(VARIABLE, "").strip().lower() in _OFF


def is_terminal(
    stream: TextIO | None, variables: Mapping[str, str], *, forced: bool = False
) -> bool:
    """Whether a person looks at a stream: a terminal that can write over a line, and not CI's."""
    try:
        if stream is None or not stream.isatty():
            return False
    except (AttributeError, ValueError, OSError):  # closed, or not a real file
        return False
    ci = variables.get("CI", "").strip().lower() not in ("", *_OFF)
    return variables.get("TERM") != "dumb" and (forced or not ci)
