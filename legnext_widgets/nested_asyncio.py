"""Allow `asyncio.run(...)` inside a cell, where a notebook's author asks for it."""

from __future__ import annotations

import importlib

from . import environment


def allow_nested_asyncio() -> None:
    """Let `asyncio.run(...)` and `run_until_complete(...)` work where a loop already runs.

    On ipykernel 7 only the package nest-asyncio2 does so without losing button clicks and queued
    cells; ipykernel installs it from 7.3 on. Elsewhere nest-asyncio is used. `await` in a cell
    needs neither.

    Raises:
        RuntimeError: This is ipykernel 7 and nest-asyncio2 is not installed, or this is Python in a
            browser, where one loop runs all the time.
    """
    if environment.in_pyodide():
        raise RuntimeError(
            "Python in a browser runs one event loop all the time, and no other can run inside it. "
            "Use `await` in the cell instead of asyncio.run(...)."
        )
    if environment.ipykernel_major() >= 7:
        try:
            patch = importlib.import_module("nest_asyncio2")
        except ModuleNotFoundError:
            raise RuntimeError(
                "On ipykernel 7, nested event loops need the package nest-asyncio2 (pip install "
                "nest-asyncio2): with nest-asyncio, button clicks and queued cells are lost. Or "
                "use `await` in the cell instead of asyncio.run(...)."
            ) from None
    else:
        patch = importlib.import_module("nest_asyncio")
    patch.apply()
