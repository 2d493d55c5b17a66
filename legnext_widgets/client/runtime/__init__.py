"""Where the coroutines of a client run: in a thread of their own, or on the current loop."""

from __future__ import annotations

from legnext_widgets import environment

from .current_loop import CurrentLoopRuntime
from .interface import Runtime
from .thread import ThreadRuntime

__all__ = ["CurrentLoopRuntime", "Runtime", "ThreadRuntime", "default_runtime"]


def default_runtime() -> Runtime:
    """Make the kind of runtime that this Python can run."""
    return CurrentLoopRuntime() if environment.in_pyodide() else ThreadRuntime()
