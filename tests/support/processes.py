"""Processes of a test that start quickly."""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext, SpawnContext


def quick_processes(*modules: str) -> SpawnContext | ForkServerContext:
    """Return the context of processes that need not import these modules one by one.

    Where the system can, a server imports them once and forks each process.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(modules))
    return context
