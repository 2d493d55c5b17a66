"""Send an answer that is made elsewhere from the handler of its request, if it comes in a moment.

A file is read in the thread for files, as a drive may be slow. Its answer is sent by the handler
that waits for it, so that it carries the request as its parent; a late one is sent as any message.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeAlias

from legnext_widgets.widgets.kernel.publisher import PATIENCE, on_main_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from legnext_widgets.widgets.kernel.media.media_transfer import Send
    from legnext_widgets.widgets.kernel.protocol.comm_messages import FromKernel
    from legnext_widgets.widgets.kernel.publisher import Publisher, WorkQueue

    _Answer: TypeAlias = tuple[FromKernel, Sequence[bytes]]


def answer_from_files(
    files: WorkQueue, publisher: Publisher, make: Callable[[Send], object]
) -> None:
    """Answer a request with what is read from files; returns within `PATIENCE`.

    Args:
        files: Reads files.
        publisher: Sends to the page.
        make: Reads and sends, by the function that it is given, then or later.
    """
    if not files.own_thread:
        files.answer(lambda: make(publisher.answer_message))
        return
    reply = _Reply(publisher)
    files.post(lambda: make(reply.send))
    if on_main_thread():
        reply.wait()
    else:
        reply.leave()


class _Reply:
    """The answer to one request: sent by the handler while that waits, else by the publisher."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._answer: _Answer | None = None
        self._awaited = True

    def send(self, message: FromKernel, buffers: Sequence[bytes]) -> None:
        """Send the answer; from any thread."""
        with self._lock:
            if self._awaited and self._answer is None:
                self._answer = (message, buffers)
                self._ready.set()
                return
        self._publisher.send(message, buffers)

    def wait(self) -> None:
        """Wait for the answer a moment, and send it."""
        try:
            self._ready.wait(PATIENCE)
        finally:  # also at Ctrl-C
            self.leave()

    def leave(self) -> None:
        """Send the answer if it is there, and leave it to the publisher if not."""
        with self._lock:
            self._awaited = False
            answer, self._answer = self._answer, None
        if answer is not None:
            self._publisher.answer_message(*answer)
