"""A program under a pseudo-terminal, and what a person sees there."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Self

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

needs_terminal = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind"
)


class Terminal:
    """Runs a program whose three streams are a terminal of 100 columns.

    Args:
        command: What is run.
        variables: All of its environment variables.
        piped: Whether its standard output is a pipe, as in `command | less`.

    Attributes:
        written: All that it wrote to the terminal.
        piped_text: What it wrote to the pipe; after `end`.
    """

    def __init__(
        self, command: Sequence[str], variables: dict[str, str], *, piped: bool = False
    ) -> None:
        import fcntl
        import pty
        import struct
        import termios

        self.written = ""
        self.piped_text = ""
        self._main, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        self.process = subprocess.Popen(
            [*command],
            stdin=inner,
            stdout=subprocess.PIPE if piped else inner,
            stderr=inner,
            env={"TERM": "xterm", "PYTHONUTF8": "1", **variables},
            start_new_session=True,
        )
        os.close(inner)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        os.close(self._main)

    def read_until(self, text: str, timeout: float = 60) -> None:
        """Reads until a text was written."""
        end = time.monotonic() + timeout
        while text not in self.written:
            assert time.monotonic() < end, f"not within {timeout} s: {text!r} in\n{self.written}"
            assert self._read() or self.process.poll() is None, f"{text!r} in\n{self.written}"

    def interrupt(self) -> None:
        """Presses Ctrl-C."""
        os.killpg(self.process.pid, signal.SIGINT)

    def end(self, timeout: float = 60) -> int:
        """Reads until the program has ended, and gives its exit code."""
        end = time.monotonic() + timeout
        while self._read() or self.process.poll() is None:
            assert time.monotonic() < end, f"not ended within {timeout} s:\n{self.written}"
        if self.process.stdout is not None:
            self.piped_text = self.process.stdout.read().decode()
        return self.process.wait()

    @property
    def screen(self) -> list[str]:
        """The lines that stay: what was written over is gone."""
        lines = []
        for line in self.written.replace("\r\n", "\n").split("\n"):
            shown = ""
            for part in line.split("\r"):
                shown = part + shown[len(part) :]
            lines.append(shown.rstrip())
        return lines

    def _read(self) -> bool:
        ready, _, _ = select.select([self._main], [], [], 0.1)
        if not ready:
            return False
        with contextlib.suppress(OSError):  # the program has ended
            read = os.read(self._main, 65536)
            self.written += read.decode("utf-8", "replace")
            return bool(read)
        return False
