"""Processes of a test that start quickly."""

from __future__ import annotations

import multiprocessing
import sys
from multiprocessing.context import SpawnContext

if sys.platform == "win32":
    Context = SpawnContext
else:
    from multiprocessing.context import ForkServerContext

    Context = SpawnContext | ForkServerContext


def quick_processes(*modules: str) -> Context:
    """Return the context of processes that need not import these modules one by one.

    Where the system can, a server imports them once and forks each process.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(modules))
    return context
