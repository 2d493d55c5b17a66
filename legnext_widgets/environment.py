"""Detect where this Python runs: a browser, IPython, a kernel, Colab, marimo.

This is the one place that knows how each is recognised. It imports none of them: a host that is not
loaded yet is not the one that runs this.

Python in a browser (Pyodide, as in JupyterLite) has no threads and no sockets, and one event loop
that runs all the time. A plain call can wait there only in browsers that can switch stacks
(WebAssembly's JSPI), and only in code that a cell runs; `await` works everywhere.
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
import importlib
import os
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

P = ParamSpec("P")
T = TypeVar("T")

AWAIT_INSTEAD = (
    "Python in a browser has no threads, and this browser does not let a plain call wait. Nothing "
    "was done. Await instead: `await job` for `job.wait()`, and for all else an AsyncClient, such "
    "as `client = lw.AsyncClient.sandbox()` and `job = await client.video_diffusion(...)`."
)
CANNOT_CALL = (
    "Python in a browser cannot call {origin}: a web page may call another site only where that "
    "site allows it, and this one does not. Nothing was sent. Use a notebook with a kernel of its "
    "own (JupyterLab, Colab, VS Code), or the sandbox: lw.Client.sandbox() needs no key."
)


def in_pyodide() -> bool:
    """Whether this is Python in a browser."""
    return sys.platform == "emscripten"


def can_block() -> bool:
    """Whether a plain call in Pyodide may wait here and now while the event loop runs."""
    return bool(importlib.import_module("pyodide.ffi").can_run_sync())


def block_on(awaitable: Awaitable[T]) -> T:
    """Wait in a plain call in Pyodide while the event loop runs; only where it `can_block`."""
    result: T = importlib.import_module("pyodide.ffi").run_sync(awaitable)
    return result


async def to_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run blocking work, such as file access, in a thread where there are threads.

    It works until the interpreter is gone, also when `concurrent.futures` takes no more work.
    """
    call = functools.partial(contextvars.copy_context().run, work, *args, **kwargs)
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:  # it is awaited under another library than asyncio
        return call()
    if in_pyodide():
        return call()
    outlive_main_thread(loop)
    return await loop.run_in_executor(None, call)


class LastingExecutor(ThreadPoolExecutor):
    """A pool of threads that takes work until the interpreter is gone.

    When the main thread ends, Python closes every pool before it waits for the other threads, which
    may still have hours of work. Then each piece of work gets a thread of its own.
    """

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Call a function in one of the threads, or in a new one after the main thread's end."""
        try:
            return super().submit(fn, *args, **kwargs)
        except RuntimeError:
            outcome: Future[T] = Future()
            work = functools.partial(_settle, outcome, functools.partial(fn, *args, **kwargs))
            threading.Thread(target=work, name="legnext-late", daemon=True).start()
            return outcome


def _settle(outcome: Future[T], work: Callable[[], T]) -> None:
    if outcome.set_running_or_notify_cancel():
        try:
            outcome.set_result(work())
        except BaseException as error:
            outcome.set_exception(error)


def outlive_main_thread(loop: asyncio.AbstractEventLoop) -> None:
    """Let a loop look up host names and write files after the main thread has ended."""
    pools = sys.modules["concurrent.futures.thread"]
    if getattr(pools, "_shutdown", False) or not threading.main_thread().is_alive():
        loop.set_default_executor(LastingExecutor())


def ipython_shell() -> Any:  # noqa: ANN401 - IPython need not be installed
    """Return IPython's shell, or None outside of IPython."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None


def kernel_shell() -> Any:  # noqa: ANN401 - IPython need not be installed
    """Return IPython's shell where it serves a notebook, or None."""
    shell = ipython_shell()
    return shell if hasattr(shell, "kernel") else None


class DisplayHandle(Protocol):
    """The handle of a display that can be updated, as IPython gives it."""

    def display(self, obj: object, **kwargs: object) -> object:
        """Show something in the notebook's cell that runs now."""

    def update(self, obj: object, **kwargs: object) -> object:
        """Show something else in its place."""


def new_display() -> DisplayHandle:
    """Make a display for a notebook; nothing is shown yet."""
    handle: DisplayHandle = importlib.import_module("IPython.display").DisplayHandle()
    return handle


def ipykernel_major() -> int:
    """Return the major version of the loaded ipykernel; 0 without one."""
    if "ipykernel" not in sys.modules:
        return 0
    try:
        return int(version("ipykernel").partition(".")[0])
    except (PackageNotFoundError, ValueError):
        return 0


def print_notice(text: str) -> None:
    """Print a line where a person reads it: in a notebook or on a terminal, and nowhere else.

    To be called in the thread of the user's own call: what other threads print may be lost.
    """
    if os.getenv("LEGNEXT_PROGRESS", "").strip() == "0":
        return
    with suppress(OSError, ValueError):  # closed, or in an encoding that lacks a character
        if kernel_shell() is not None or in_pyodide():
            print(text, flush=True)  # noqa: T201 - this is what it is for
        elif sys.stderr is not None and sys.stderr.isatty():
            print(text, file=sys.stderr, flush=True)  # noqa: T201 - as above


def in_colab() -> bool:
    """Whether this is a kernel of Google Colab."""
    return "google.colab" in sys.modules


def echoes_updates() -> bool:
    """Whether ipywidgets sends a trait that one page sets to all pages, as it does from 8 on."""
    widget = sys.modules.get("ipywidgets.widgets.widget")
    return bool(getattr(widget, "JUPYTER_WIDGETS_ECHO", False))


def marimo_context() -> Any:  # noqa: ANN401 - not a published type
    """Return the context of the marimo cell that runs, or None outside of one."""
    # This is not a published interface. Where it is missing, only the recognition of cells is lost.
    runtime = sys.modules.get("marimo._runtime.context")
    with suppress(Exception):
        return runtime.safe_get_context() if runtime is not None else None
    return None
