"""Remove secrets from everything that is shown, logged, pickled or written to disk.

There is one rule for what is secret: the user name and password of a link, the parameters that sign
a link or open it, and fields such as a callback's `secret` or an API key. What is *shown* (logs,
messages, reprs, tracebacks) and pickled is stricter than what is *stored*: there a link loses its
whole query. On disk a query without secrets stays, since the link of a
picture may be useless without it.
"""

from __future__ import annotations

import contextlib
import contextvars
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeVar, cast
from urllib.parse import unquote

if TYPE_CHECKING:
    from .api.bounded_json import JSON

E = TypeVar("E", bound=BaseException)

SECRET_FIELDS = frozenset({"secret", "api_key", "apikey", "x-api-key", "authorization", "password"})
"""Names of JSON fields, in lower case, whose values are never shown or stored."""

# The look-behind and the limits on repetition keep the time linear in the length of a text.
_LINK = re.compile(r"(?<![a-z0-9+.-])[a-z0-9+.-]+://[^\s\"'<>]+", re.IGNORECASE)
_USER = re.compile(r"://[^/?#]*@")
_SIGNING_NAME = (
    r"(?:x-(?:amz|goog|oss|cos)-|[^=&;?#\s\"'<>]{0,60}"
    r"(?:sign|secret|token|passw|credential|policy|key-?pair|api-?key|auth|expires)|(?:sig|key)(?==))"
)
_HAS_SECRET = re.compile(rf"[?&;#]{_SIGNING_NAME}", re.IGNORECASE)
_SECRET_VALUE = re.compile(
    rf"([?&;#]{_SIGNING_NAME}[^=&;?#\s\"'<>]{{0,60}}=)[^&;\s\"'<>]+", re.IGNORECASE
)

_LOGGERS = (
    "httpx",  # the whole link of each request, at INFO
    "httpcore.connection",
    "httpcore.http11",  # the headers of each answer at DEBUG: a redirect's link is one of them
    "httpcore.http2",
    "httpcore.proxy",
    "httpcore.socks",
)
_HEADER_LOGGERS = ("hpack.hpack", "hpack.table", "hpack.huffman")
"""With HTTP/2 these write each header of a request, the key too; none of it is for a log."""

_ours: contextvars.ContextVar[bool] = contextvars.ContextVar("legnext_request", default=False)


def redact_links(text: str) -> str:
    """Remove user, query and fragment of every link in a text that is shown.

    A query or fragment leaves an ellipsis. Parameters that sign are also removed where only a part
    of a link stands in the text.
    """
    return _SECRET_VALUE.sub(r"\1…", _LINK.sub(_shown_link, text))


def without_query(url: str) -> str:
    """Remove the query, fragment and user part of a link.

    The query may hold the signature that opens a clip to everyone.
    """
    return _USER.sub("://", re.split("[?#]", url, maxsplit=1)[0])


def redact(value: object) -> JSON:
    """Copy a JSON value that is shown or pickled, without secrets; see `redact_links`."""
    return _copy(value, redact_links)


def without_secrets(value: object) -> JSON:
    """Copy a JSON value that is written to disk, without secrets.

    A link that holds a secret loses user, query and fragment; any other link stays as it is. A
    secret field becomes an empty text.

    Raises:
        RecursionError: The value is nested without end.
    """
    return _copy(value, _stored_text)


def strip_frames(error: E) -> E:
    """Remove the frames an error came through and the errors that caused it.

    Those frames hold links, bodies and request headers, which tools that show local variables in
    tracebacks would print.
    """
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


@contextlib.contextmanager
def quiet_about_links() -> Iterator[None]:
    """Redact what HTTP libraries log about the requests made inside.

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


def _copy(value: object, redact_text: Callable[[str], str]) -> JSON:
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, Mapping):
        return {
            str(name): "" if item and _is_secret(name) else _copy(item, redact_text)
            for name, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_copy(item, redact_text) for item in value]
    return cast("JSON", value)


def _is_secret(name: object) -> bool:
    return isinstance(name, str) and name.lower() in SECRET_FIELDS


def _shown_link(found: re.Match[str]) -> str:
    head, mark, _ = re.split(r"([?#]|$)", found[0], maxsplit=1)
    return _USER.sub("://", head) + (f"{mark}…" if mark else "")


def _stored_text(text: str) -> str:
    return _SECRET_VALUE.sub(r"\1…", _LINK.sub(lambda found: _stored_link(found[0]), text))


def _stored_link(url: str) -> str:
    # Inside a parameter another link may stand percent-encoded.
    opens = _USER.search(url) or _HAS_SECRET.search(url) or _HAS_SECRET.search(unquote(url))
    return without_query(url) if opens else url
