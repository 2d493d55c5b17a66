"""Python inside a browser (Pyodide, as in JupyterLite): the one place that knows what it lacks.

There are no threads and no sockets, and one event loop that runs all the time. A plain call can
wait for something only in browsers that can switch stacks (WebAssembly's JSPI), and only in code
that a cell runs; `await` works everywhere.
"""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

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


def runs_here() -> bool:
    """Whether this is Python in a browser."""
    return sys.platform == "emscripten"


async def off_the_loop(work: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
    """Does what blocks for a moment, such as file work: in a thread where there are threads."""
    if runs_here():
        return work(*args, **options)
    return await asyncio.to_thread(work, *args, **options)


def can_wait() -> bool:
    """Whether a plain call may wait here and now while the event loop turns."""
    return bool(importlib.import_module("pyodide.ffi").can_run_sync())


def wait_for(awaitable: Awaitable[T]) -> T:
    """Waits in a plain call while the event loop turns; only where it `can_wait`."""
    result: T = importlib.import_module("pyodide.ffi").run_sync(awaitable)
    return result
