"""Tasks: the service's answers, typed and tolerant.

What the service adds or changes never makes a paid answer unreadable: a field of an unexpected type
counts as not said, and everything stays in `Task.raw` as it was received.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from .addresses import is_web_link
from .errors import InvalidResponseError
from .redaction import redacted

FINAL_STATUSES = frozenset({"completed", "failed"})
"""A job in one of these changes no more; any other status, known or not, is waited through."""

_DEEPEST = 64
"""Levels of a JSON value; deeper ones would break what walks through them."""

T = TypeVar("T")


def _or_default(value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
    try:
        return validate(value)
    except (ValueError, OverflowError, RecursionError):  # pydantic's own error is a ValueError
        return None


def _links(value: Any) -> list[str | None]:
    """Links by position: what is not a web link becomes None, so that numbers stay right."""
    if not isinstance(value, list):
        return []
    return [item if isinstance(item, str) and is_web_link(item) else None for item in value]


def _time(value: Any) -> Any:
    if isinstance(value, bool) or value == "":
        return None
    if isinstance(value, str) and value.startswith("0001-01-01"):
        return None
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime) and value.tzinfo is None:
        value = value.replace(tzinfo=UTC)
    return value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _well_formed(value: Any) -> Any:
    """A JSON value with half characters (lone surrogates), which JSON can hold, replaced by `?`."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {_well_formed(str(name)): _well_formed(item) for name, item in value.items()}
    return [_well_formed(item) for item in value] if isinstance(value, list) else value


def _number(value: Any) -> Any:
    """A number that can be reckoned with; one beyond any use, such as 10**400, counts as none."""
    usable = isinstance(value, int | float) and -1e300 < value < 1e300
    return value if usable and not isinstance(value, bool) else None


def _whole(value: Any) -> Any:
    return None if isinstance(value, bool | str) else value


_Optional = WrapValidator(_or_default)
Text = Annotated[str, BeforeValidator(_text)]
Link = Annotated[str | None, BeforeValidator(lambda value: (_links([value]) or [None])[0])]
Time = Annotated[AwareDatetime | None, _Optional, BeforeValidator(_time)]
Whole = Annotated[int | None, _Optional, BeforeValidator(_whole)]
Number = Annotated[int | float | None, _Optional, BeforeValidator(_number)]


class _Answer(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="allow", protected_namespaces=(), allow_inf_nan=False
    )

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """What a repr shows: no signature of a link, and no secret of a callback."""
        for name, value in super().__repr_args__():
            yield name, "…" if name == "config" and value else redacted(value)


class Usage(_Answer):
    """Points of a job.

    Attributes:
        frozen: Points reserved when the job was submitted, or None when not said.
        consumed: Points taken in the end; 0 while the job runs.
    """

    type: Text = ""
    frozen: Whole = None
    consumed: Whole = Field(default=None, alias="consume")


class TaskError(_Answer):
    """Why a task failed, as the service says it."""

    code: Whole = None
    message: Text = ""
    raw_message: Text = ""
    detail: Any = None


class TaskOutput(_Answer):
    """What a task made; links by their number, None where the service gave none."""

    video_urls: Annotated[list[str | None], BeforeValidator(_links)] = []
    image_urls: Annotated[list[str | None], BeforeValidator(_links)] = []
    image_url: Link = None
    seed: Annotated[str | None, BeforeValidator(lambda value: str(value) if value else None)] = None
    available_actions: Annotated[dict[str, Any] | None, _Optional] = None


class TaskMeta(_Answer):
    """Times (aware, None for "not yet") and points of a task."""

    created_at: Time = None
    started_at: Time = None
    ended_at: Time = None
    usage: Annotated[Usage | None, _Optional] = None


def _error(value: Any, validate: ValidatorFunctionWrapHandler) -> TaskError | None:
    error: TaskError | None = _or_default(value, validate)
    if error is None or (not error.code and not error.message and not error.raw_message):
        return None
    return None if error.code == 0 else error


def _output(value: Any, validate: ValidatorFunctionWrapHandler) -> TaskOutput:
    output: TaskOutput | None = _or_default(value, validate)
    return output or TaskOutput()


def _meta(value: Any, validate: ValidatorFunctionWrapHandler) -> TaskMeta:
    meta: TaskMeta | None = _or_default(value, validate)
    return meta or TaskMeta()


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
    """

    job_id: Text = ""
    model: Text = ""
    task_type: Text = ""
    status: Text = "unknown"
    config: Annotated[dict[str, Any] | None, _Optional] = None
    input: Any = None
    output: Annotated[TaskOutput, WrapValidator(_output)] = TaskOutput()
    meta: Annotated[TaskMeta, WrapValidator(_meta)] = TaskMeta()
    detail: Any = None
    logs: Annotated[list[Any], BeforeValidator(lambda v: v if isinstance(v, list) else [])] = []
    error: Annotated[TaskError | None, WrapValidator(_error)] = None
    progress: Number = None
    created_at: Time = None

    _raw: dict[str, Any] = PrivateAttr(default_factory=dict)

    def __reduce__(self) -> tuple[Callable[..., Task], tuple[dict[str, Any]]]:
        """For pickles, which lose what signs a link; asking for the job gives fresh ones."""
        return type(self).of, (redacted(self._raw),)

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """One line: id, kind, status, and why it failed."""
        yield from (
            (name, value)
            for name in ("job_id", "task_type", "status", "error")
            if (value := getattr(self, name))
        )

    @property
    def raw(self) -> dict[str, Any]:
        """The JSON object as it was received."""
        return self._raw

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

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Task:
        """The task in a JSON object; fields of an unexpected type count as not said."""
        raw: dict[str, Any] = _well_formed(found)
        if raw.get("status") == "" or not isinstance(raw.get("status", "unknown"), str):
            raw["status"] = "unknown"
        task = cls.model_validate(raw)
        task._raw = dict(found)
        return task


class Balance(_Answer):
    """What an account has left.

    Attributes:
        available_points: Points that jobs are paid with.
        available_credits: Credits.
        balance_usd: US dollars.
        low_balance_alert: Whether the balance is below the account's own `alert_threshold`.
    """

    account_id: Any = None
    balance_usd: Number = None
    available_credits: Number = None
    available_points: Number = None
    alert_threshold: Number = None
    low_balance_alert: Annotated[bool | None, _Optional] = None
    updated_at: Time = None


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
    if not isinstance(data, dict) or not data.keys() & Balance.model_fields.keys():
        raise InvalidResponseError("The answer holds no balance.", body=str(found)[:500])
    return Balance.model_validate(_well_formed(data))


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
