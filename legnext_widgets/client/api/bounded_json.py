"""Parse JSON of bounded depth."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias, cast

from legnext_widgets.client.errors import InvalidResponseError

JSON: TypeAlias = "dict[str, JSON] | list[JSON] | str | int | float | bool | None"
"""Any JSON value."""

JSONObject: TypeAlias = dict[str, JSON]
"""A JSON object."""

MAX_DEPTH = 64
"""Levels of nesting that are read. No answer of the service comes close."""

_ENVELOPES = ("data", "task", "job", "result")
"""Names of fields that may hold the object of a job."""

_TEXT_OR_ZEROS = re.compile(r'(?P<text>"(?:[^"\\]|\\.)*(?:"|$))|(?<![0-9.eE+])0+(?=[0-9])')
"""A text, or the zeros that a number must not begin with."""

_LIST_NAMES = ("data", "tasks", "active_tasks", "jobs", "list", "items", "results")
"""Names of fields that may hold a list; a service that has none to give writes null or less."""

MAX_SHOWN = 500
"""Characters of an unreadable answer that its error carries."""


def parse_json(body: bytes | bytearray | str) -> JSON:
    """Read a JSON value of at most 64 levels.

    Raises:
        ValueError: It is not one; the message completes a sentence such as "The response".
    """
    try:
        found = _parse_as_documented(body)
    except (ValueError, RecursionError):
        raise ValueError("is not JSON") from None
    _check_depth(found)
    return found


def _parse_as_documented(body: bytes | bytearray | str) -> JSON:
    """Read JSON, in which numbers may begin with zeros as in the service's own example: `00`.

    Raises:
        ValueError, RecursionError: It is none.
    """
    try:
        found: JSON = json.loads(body.removeprefix("\ufeff") if isinstance(body, str) else body)
    except ValueError:
        text = body if isinstance(body, str) else body.decode("utf-8-sig")
        found = json.loads(_TEXT_OR_ZEROS.sub(lambda part: part["text"] or "", text))
    return found


def parse_object(
    body: bytes | bytearray | memoryview | str | Mapping[str, object],
) -> JSONObject:
    """Read a JSON object of at most 64 levels.

    Raises:
        InvalidResponseError: It is not JSON, or not an object.
    """
    given: object = body  # not every caller checks types
    if isinstance(body, memoryview):
        body = body.tobytes()
    elif not isinstance(given, bytes | bytearray | str | Mapping):
        raise InvalidResponseError(
            f"The response is not a JSON object, but {type(given).__name__}."
        )
    try:
        if isinstance(body, Mapping):
            found = cast("JSON", dict(body))
            _check_depth(found)
        else:
            found = parse_json(body)
    except ValueError as error:
        raise InvalidResponseError(f"The response {error}.", body=_beginning(body)) from None
    if not isinstance(found, dict):
        raise InvalidResponseError("The response is not a JSON object.", body=_beginning(body))
    return found


def lists_in(found: JSON, depth: int) -> Iterator[list[JSON]]:
    """Find the lists in a JSON value, and in up to `depth` levels of objects around them."""
    if isinstance(found, list):
        yield found
    elif isinstance(found, dict) and depth:
        for value in found.values():
            yield from lists_in(value, depth - 1)
        if any(name in found and not found[name] for name in _LIST_NAMES):
            yield []


def job_object_in(found: JSON, depth: int = 3) -> JSONObject | None:
    """Find the object that names a job, in up to `depth` envelopes around it; None without one."""
    if isinstance(found, list):
        return job_object_in(found[0], depth - 1) if depth and len(found) == 1 else None
    if not isinstance(found, dict):
        return None
    if found.get("job_id"):
        return found
    inside = (job_object_in(found.get(name), depth - 1) for name in _ENVELOPES if depth)
    return next((inner for inner in inside if inner is not None), None)


def _check_depth(found: JSON) -> None:
    inside = [found]
    for _ in range(MAX_DEPTH):
        inside = [item for holder in inside for item in _items(holder)]
        if not inside:
            return
    raise ValueError("is nested too deeply")


def _items(holder: JSON) -> Iterable[JSON]:
    if isinstance(holder, dict):
        return holder.values()
    return holder if isinstance(holder, list) else ()


def _beginning(body: bytes | bytearray | memoryview | str | Mapping[str, object]) -> str:
    if isinstance(body, Mapping):
        return ""
    if isinstance(body, str):
        return body[:MAX_SHOWN]
    # A character takes at most 4 bytes.
    return bytes(body[: 4 * MAX_SHOWN]).decode("utf-8", "replace")[:MAX_SHOWN]
