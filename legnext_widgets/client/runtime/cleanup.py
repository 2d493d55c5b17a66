"""Close clients that are garbage-collected without `close()`, but not before their jobs are done.

The thread of such a client would run as long as the kernel lives, and a cell that makes a client
may be run often. Its jobs were paid for, so they are polled to their end first.
"""

from __future__ import annotations

import asyncio
import weakref
from typing import TYPE_CHECKING, Protocol

from legnext_widgets import environment

if TYPE_CHECKING:
    from .interface import Runtime


class _Config(Protocol):
    def close_store(self) -> None: ...


class _Session(Protocol):
    """The session of the client, as far as it is needed here."""

    @property
    def config(self) -> _Config: ...

    @property
    def loop(self) -> asyncio.AbstractEventLoop | None: ...

    @property
    def in_own_process(self) -> bool: ...

    async def aclose(self) -> None: ...


class _Sandbox(Protocol):
    """The embedded sandbox of the client, as far as it is needed here."""

    def close(self) -> None: ...


def close_when_collected(runtime: Runtime, session: _Session, sandbox: _Sandbox | None) -> None:
    """Close a session, and the sandbox made for it, when its runtime is collected and all is done.

    Args:
        runtime: Collected with its client.
        session: Must not refer to the client or its runtime.
        sandbox: The embedded sandbox, if there is one.
    """
    if environment.in_pyodide():  # the loop it runs on belongs to the page
        return
    # An interpreter that ends has `Runtime.before_exit`.
    weakref.finalize(runtime, _begin_end, session, sandbox).atexit = False


def _begin_end(session: _Session, sandbox: _Sandbox | None) -> None:
    # The garbage collector calls this wherever it happens to run: take no lock that the code it
    # interrupts might hold.
    loop = session.loop
    if loop is None or loop.is_closed() or not session.in_own_process:
        return
    last = _end(session, sandbox)
    try:
        asyncio.run_coroutine_threadsafe(last, loop)
    except RuntimeError:  # it was closed meanwhile
        last.close()


async def _end(session: _Session, sandbox: _Sandbox | None) -> None:
    while under_way := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(under_way)
    await session.aclose()
    if sandbox is not None:
        await environment.to_thread(sandbox.close)
    await environment.to_thread(session.config.close_store)
    asyncio.get_running_loop().stop()
