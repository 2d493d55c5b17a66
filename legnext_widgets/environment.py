"""Detect where this Python runs: a browser, IPython, a kernel, Colab, marimo.

This is the one place that knows how each is recognised. It imports none of them: a host that is not
loaded yet is not the one that runs this.

Python in a browser (Pyodide, as in JupyterLite) has no threads and no sockets, and one event loop
that runs all the time. A plain call can wait there only in browsers that can switch stacks
(WebAssembly's JSPI), and only in code that a cell runs; `await` works everywhere.
"""

from __future__ import annotations

import asyncio
import importlib
import sys
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

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
    """Run blocking work, such as file access, in a thread where there are threads."""
    if in_pyodide():
        return work(*args, **kwargs)
    return await asyncio.to_thread(work, *args, **kwargs)


def ipython_shell() -> Any:  # noqa: ANN401 - IPython need not be installed
    """Give IPython's shell, or None outside of IPython."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None


def kernel_shell() -> Any:  # noqa: ANN401 - IPython need not be installed
    """Give IPython's shell where it serves a notebook, or None."""
    shell = ipython_shell()
    return shell if hasattr(shell, "kernel") else None


def ipykernel_major() -> int:
    """Give the major version of the loaded ipykernel; 0 without one."""
    if "ipykernel" not in sys.modules:
        return 0
    try:
        return int(version("ipykernel").partition(".")[0])
    except (PackageNotFoundError, ValueError):
        return 0


def in_colab() -> bool:
    """Whether this is a kernel of Google Colab."""
    return "google.colab" in sys.modules


def marimo_context() -> Any:  # noqa: ANN401 - not a published type
    """Give the context of the marimo cell that runs, or None outside of one."""
    # This is not a published interface. Where it is missing, only the recognition of cells is lost.
    runtime = sys.modules.get("marimo._runtime.context")
    with suppress(Exception):
        return runtime.safe_get_context() if runtime is not None else None
    return None
