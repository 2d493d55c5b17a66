"""Tasks: the service's answers, typed and tolerant.

What the service adds or changes never makes a paid answer unreadable: a field of an unexpected type
counts as not said, and everything stays in `raw` as it was received.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import field, fields, frozen

from legnext_widgets.client.errors import InvalidResponseError

from . import converters as read
from .redaction import redacted

if TYPE_CHECKING:
    from datetime import datetime

FINAL_STATUSES = frozenset({"completed", "failed"})
"""A job in one of these changes no more; any other status, known or not, is waited through."""

_DEEPEST = 64
"""Levels of a JSON value; deeper ones would break what walks through them."""

A = TypeVar("A", bound="_Answer")


@frozen(kw_only=True, repr=False)
class _Answer:
    """An object in an answer.

    Attributes:
        raw: The JSON object as it was received, with the fields that are not known here.
    """

    raw: dict[str, Any] = field(factory=dict, eq=False)

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Self:
        """The object in JSON; fields of an unexpected type count as not said."""
        said = read.well_formed(found)
        known = {
            attribute.name: said[name]
            for attribute in fields(cls)
            if (name := attribute.metadata.get("name", attribute.name)) in said
        }
        return cls(**known | {"raw": dict(found)})

    def __getattr__(self, name: str) -> Any:
        """A field that the service added since this was written."""
        if name != "raw" and name in self.raw:
            return self.raw[name]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __repr__(self) -> str:
        """Without the signature of a link, and without the secret of a callback."""
        shown = ((name, redacted(value)) for name, value in self._shown())
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in shown)})"

    def _shown(self) -> Iterable[tuple[str, Any]]:
        names = (attribute.name for attribute in fields(type(self)) if attribute.name != "raw")
        return ((name, getattr(self, name)) for name in names)

    def __reduce__(self) -> tuple[Callable[[Mapping[str, Any]], Self], tuple[dict[str, Any]]]:
        """For pickles, which lose what signs a link; asking for the job gives fresh ones."""
        return type(self).of, (redacted(self.raw),)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


def _usage(value: Any) -> Usage | None:
    return _within(Usage, value)


def _output(value: Any) -> TaskOutput:
    return _within(TaskOutput, value) or TaskOutput()


def _meta(value: Any) -> TaskMeta:
    return _within(TaskMeta, value) or TaskMeta()


def _error(value: Any) -> TaskError | None:
    error = _within(TaskError, value)
    said = error is not None and (error.code or error.message or error.raw_message)
    return error if error is not None and said and error.code != 0 else None


def _within(kind: type[A], value: Any) -> A | None:
    if isinstance(value, kind):
        return value
    return kind.of(value) if isinstance(value, Mapping) else None


@frozen(kw_only=True, repr=False)
class Usage(_Answer):
    """Points of a job.

    Attributes:
        frozen: Points reserved when the job was submitted, or None when not said.
        consumed: Points taken in the end; 0 while the job runs.
    """

    type: str = field(default="", converter=read.text)
    frozen: int | None = field(default=None, converter=read.whole)
    consumed: int | None = field(default=None, converter=read.whole, metadata={"name": "consume"})


@frozen(kw_only=True, repr=False)
class TaskError(_Answer):
    """Why a task failed, as the service says it."""

    code: int | None = field(default=None, converter=read.whole)
    message: str = field(default="", converter=read.text)
    raw_message: str = field(default="", converter=read.text)
    detail: Any = None


@frozen(kw_only=True, repr=False)
class TaskOutput(_Answer):
    """What a task made; links by their number, None where the service gave none."""

    video_urls: list[str | None] = field(factory=list, converter=read.links)
    image_urls: list[str | None] = field(factory=list, converter=read.links)
    image_url: str | None = field(default=None, converter=read.link)
    seed: str | None = field(default=None, converter=read.seed)
    available_actions: dict[str, Any] | None = field(default=None, converter=read.mapping)


@frozen(kw_only=True, repr=False)
class TaskMeta(_Answer):
    """Times (aware, None for "not yet") and points of a task."""

    created_at: datetime | None = field(default=None, converter=read.time)
    started_at: datetime | None = field(default=None, converter=read.time)
    ended_at: datetime | None = field(default=None, converter=read.time)
    usage: Usage | None = field(default=None, converter=_usage)


@frozen(kw_only=True, repr=False)
class Task(_Answer):
    """One task object of the service: what is known of a job at one moment.

    Attributes:
        job_id: Id of the job; empty in an error that has the shape of a task.
        status: `pending`, `staged`, `processing`, `completed`, `failed`, or a word we do not know.
        task_type: Such as `video_diffusion`.
        output: Links to what was made; empty until the task is completed.
        meta: Times and points.
        error: None when there is none (the service writes an error with code 0 then).
        logs: Whatever the service logged; texts or objects.
        progress: 0 to 100 where the service says it (list of running tasks).
        raw: The JSON object as it was received, with the fields that are not known here.
    """

    job_id: str = field(default="", converter=read.text)
    model: str = field(default="", converter=read.text)
    task_type: str = field(default="", converter=read.text)
    status: str = field(default="unknown", converter=read.status)
    config: dict[str, Any] | None = field(default=None, converter=read.mapping)
    input: Any = None
    output: TaskOutput = field(factory=TaskOutput, converter=_output)
    meta: TaskMeta = field(factory=TaskMeta, converter=_meta)
    detail: Any = None
    logs: list[Any] = field(factory=list, converter=read.listed)
    error: TaskError | None = field(default=None, converter=_error)
    progress: int | float | None = field(default=None, converter=read.number)
    created_at: datetime | None = field(default=None, converter=read.time)

    def _shown(self) -> Iterable[tuple[str, Any]]:
        """One line: id, kind, status, and why it failed."""
        names = ("job_id", "task_type", "status", "error")
        return ((name, value) for name in names if (value := getattr(self, name)))

    @property
    def done(self) -> bool:
        """Whether the status is final."""
        return self.status in FINAL_STATUSES

    @property
    def usage(self) -> Usage:
        """Points, with None for what was not said."""
        return self.meta.usage or Usage()

    @property
    def began(self) -> datetime | None:
        """When the service made the task."""
        return self.meta.created_at or self.created_at

    @property
    def duration(self) -> float | None:
        """Seconds from created to ended, once both are known."""
        if self.meta.created_at is None or self.meta.ended_at is None:
            return None
        return max(0.0, (self.meta.ended_at - self.meta.created_at).total_seconds())

    @classmethod
    def parse(cls, body: bytes | bytearray | str | Mapping[str, Any]) -> Task:
        """Reads a task object: the answer to a poll, or what the service posted to a callback.

        Args:
            body: JSON as bytes or text, or an object that was parsed already. An object wrapped
                as `{"data": {...}}` is unwrapped.

        Raises:
            InvalidResponseError: It is not JSON, not an object, or not a task.
        """
        found = parse_object(body)
        inner = found.get("data")
        if "job_id" not in found and isinstance(inner, dict) and "job_id" in inner:
            found = inner
        if "job_id" not in found and "status" not in found:
            raise InvalidResponseError("The answer is not a task object.", body=str(found)[:500])
        try:
            return cls.of(found)
        except RecursionError:
            raise InvalidResponseError("The task object is nested too deeply.") from None


@frozen(kw_only=True, repr=False)
class Balance(_Answer):
    """What an account has left.

    Attributes:
        available_points: Points that jobs are paid with.
        available_credits: Credits.
        balance_usd: US dollars.
        low_balance_alert: Whether the balance is below the account's own `alert_threshold`.
    """

    account_id: Any = None
    balance_usd: int | float | None = field(default=None, converter=read.number)
    available_credits: int | float | None = field(default=None, converter=read.number)
    available_points: int | float | None = field(default=None, converter=read.number)
    alert_threshold: int | float | None = field(default=None, converter=read.number)
    low_balance_alert: bool | None = field(default=None, converter=read.flag)
    updated_at: datetime | None = field(default=None, converter=read.time)


_BALANCE = {attribute.name for attribute in fields(Balance)} - {"raw"}


def parse_json(body: bytes | bytearray | str) -> Any:
    """A JSON value that is not nested deeper than any answer of a service is.

    Raises:
        ValueError: It is not one; its message is the rest of a sentence.
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError("is not JSON") from None
    inside = [found]
    for _ in range(_DEEPEST):
        inside = [item for holder in inside for item in _items(holder)]
        if not inside:
            return found
    raise ValueError("is nested too deeply")


def _items(holder: Any) -> Iterable[Any]:
    if isinstance(holder, dict):
        return holder.values()
    return holder if isinstance(holder, list) else ()


def parse_object(body: bytes | bytearray | str | Mapping[str, Any]) -> dict[str, Any]:
    """A JSON object.

    Raises:
        InvalidResponseError: It is not JSON, or not an object.
    """
    if isinstance(body, Mapping):
        return dict(body)
    shown = body if isinstance(body, str) else bytes(body).decode("utf-8", "replace")
    try:
        found = parse_json(body)
    except ValueError as error:
        raise InvalidResponseError(f"The answer {error}.", body=shown[:500]) from None
    if not isinstance(found, dict):
        raise InvalidResponseError("The answer is not a JSON object.", body=shown[:500])
    return found


def parse_balance(body: bytes) -> Balance:
    """The balance in the service's answer.

    Raises:
        InvalidResponseError: It is not one.
    """
    found = parse_object(body)
    data = found.get("data", found)
    if not isinstance(data, dict) or not data.keys() & _BALANCE:
        raise InvalidResponseError("The answer holds no balance.", body=str(found)[:500])
    return Balance.of(data)


def parse_tasks(body: bytes) -> list[Task]:
    """The tasks in an answer whose envelope is not documented: a list, or objects around one.

    Raises:
        InvalidResponseError: It is not JSON, or there is no list in it.
    """
    try:
        found = parse_json(body)
    except ValueError as error:
        raise InvalidResponseError(f"The answer {error}.") from None
    listed = next(_lists(found, depth=3), None)
    if listed is None:
        raise InvalidResponseError("The answer holds no list of tasks.")
    return [Task.of(item) for item in listed if isinstance(item, dict)]


def _lists(found: Any, depth: int) -> Iterator[list[Any]]:
    if isinstance(found, list):
        yield found
    elif isinstance(found, dict) and depth:
        for value in found.values():
            yield from _lists(value, depth - 1)
        if "data" in found and found["data"] is None:
            yield []
