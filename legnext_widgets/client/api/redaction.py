"""What may be shown, logged or pickled: links without the signature in their query."""

from __future__ import annotations

import contextlib
import contextvars
import logging
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from .urls import redact_links

E = TypeVar("E", bound=BaseException)

_LOGGERS = (
    "httpx",  # the whole link of each request, at INFO
    "httpcore.connection",
    "httpcore.http11",  # the headers of each answer at DEBUG: a redirect's link is one of them
    "httpcore.http2",
    "httpcore.proxy",
    "httpcore.socks",
)
_HEADER_LOGGERS = ("hpack.hpack", "hpack.table", "hpack.huffman")
"""With HTTP/2 they write each header of a request, the key too; nothing of that is for a log."""

_ours: contextvars.ContextVar[bool] = contextvars.ContextVar("legnext_request", default=False)


def redacted(value: Any) -> Any:
    """A JSON value with what signs links, and what signs callbacks, replaced by an ellipsis."""
    if isinstance(value, str):
        return redact_links(value)
    if isinstance(value, Mapping):
        return {
            name: "…" if name == "secret" and item else redacted(item)
            for name, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [redacted(item) for item in value]
    return value


def plain(error: E) -> E:
    """The error without the frames it came through and without the errors it came of.

    Those frames hold links, bodies and the headers of requests, which tools that show local
    variables in tracebacks would print.
    """
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


@contextlib.contextmanager
def quiet_about_links() -> Iterator[None]:
    """What HTTP libraries log about requests made inside loses the queries of links.

    Other requests of this process are logged as ever.
    """
    for name in (*_LOGGERS, *_HEADER_LOGGERS):
        logging.getLogger(name).addFilter(_filter)  # adding it again changes nothing
    token = _ours.set(True)
    try:
        yield
    finally:
        _ours.reset(token)


def _filter(record: logging.LogRecord) -> bool:
    if not _ours.get():
        return True
    if record.name in _HEADER_LOGGERS:
        return False
    record.msg, record.args = redact_links(record.getMessage()), None
    return True
