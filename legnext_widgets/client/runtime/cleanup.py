"""What becomes of a blocking client that nobody holds any more and that nobody closed.

Its thread would turn for as long as the kernel lives, and a cell that makes a client may be run
often. So it ends, but not before the jobs it follows: somebody paid for them.
"""

from __future__ import annotations

import asyncio
import weakref
from typing import TYPE_CHECKING

from legnext_widgets import environment
from legnext_widgets.environment import to_thread

if TYPE_CHECKING:
    from legnext_widgets.client.defaults import EmbeddedSandbox
    from legnext_widgets.client.session.session import Session

    from .thread import ThreadRuntime


def close_when_collected(
    engine: ThreadRuntime, service: Session, embedded: EmbeddedSandbox | None
) -> None:
    """Ends a service, and the sandbox made for it, after its engine was let go and all is done."""
    if environment.in_pyodide():  # the loop it runs on is the person's
        return
    # Interpreters that end have `ThreadRuntime.before_exit`.
    weakref.finalize(engine, _wind_up, service, embedded).atexit = False


def _wind_up(service: Session, embedded: EmbeddedSandbox | None) -> None:
    # The garbage collector calls this wherever it happens to run: nothing here takes a lock that
    # the code it interrupts might hold.
    loop = service.loop
    if loop is None or loop.is_closed() or not service.in_own_process:
        return
    last = _end(service, embedded)
    try:
        asyncio.run_coroutine_threadsafe(last, loop)
    except RuntimeError:  # it was closed meanwhile
        last.close()


async def _end(service: Session, embedded: EmbeddedSandbox | None) -> None:
    while under_way := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(under_way)
    await service.aclose()
    if embedded is not None:
        await to_thread(embedded.close)
    await to_thread(service.config.close_journal)
    asyncio.get_running_loop().stop()
