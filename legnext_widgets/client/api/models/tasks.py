"""The models of tasks: their state, output, times and points.

What the service adds or changes never makes a paid answer unreadable: a field of an unexpected type
counts as absent, and everything stays in `raw` as it was received.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from legnext_widgets.client.api.bounded_json import (
    MAX_SHOWN,
    job_object_in,
    lists_in,
    parse_json,
    parse_object,
)
from legnext_widgets.client.api.reasons import reason_in, reason_of_task
from legnext_widgets.client.api.urls import expiry_of
from legnext_widgets.client.errors import InvalidResponseError
from legnext_widgets.client.errors.advice import is_of_class
from legnext_widgets.client.messages import Message

from . import converters
from .wire import WireObject, read_by

if TYPE_CHECKING:
    from datetime import datetime

    from legnext_widgets.client.api.bounded_json import JSON, JSONObject

FINAL_STATUSES = frozenset({"completed", "failed"})
"""A task with one of these no longer changes. Any other status, known or not, is still running."""

_KINDS_WITH_LINKS = frozenset({"video_diffusion", "extend_video", "video_upscale", "diffusion"})

W = TypeVar("W", bound=WireObject)


def kind_of(name: str) -> str:
    """Write a task type or an endpoint with underscores: `video-diffusion` as `video_diffusion`."""
    return name.strip("/").replace("-", "_").lower()


def _within(kind: type[W], value: object) -> W | None:
    if isinstance(value, kind):
        return value
    return kind.of(value, checked=True) if isinstance(value, Mapping) else None


def _usage(value: object) -> Usage | None:
    return _within(Usage, value)


def _output(value: object) -> TaskOutput:
    fields = dict(value) if isinstance(value, Mapping) else {}
    if not any(converters.links(fields.get("video_urls"))):
        found = converters.links(fields.get("video_url")) or converters.clips_in(value)
        value = {**fields, "video_urls": found} if found else value
    return _within(TaskOutput, value) or TaskOutput()


def _meta(value: object) -> TaskMeta:
    return _within(TaskMeta, value) or TaskMeta()


def _error(value: object) -> TaskError | None:
    if isinstance(value, str) and value.strip():
        return TaskError(message=value)
    error = _within(TaskError, value)
    if error is None:
        return None
    # Code 0 means "no error", but a reason was seen beside it.
    says_something = any(error.raw.values()) and bool(reason_in(error.raw))
    return error if error.code or says_something else None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Usage(WireObject):
    """Points of a job.

    Attributes:
        type: The kind of points, as the service names it.
        frozen: Points reserved when the job was submitted, or None when unknown.
        consumed: Points taken in the end; 0 while the job runs.
    """

    type: str = read_by(converters.text)
    frozen: int | None = read_by(converters.whole)
    consumed: int | None = read_by(converters.whole, name="consume")


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class TaskError(WireObject):
    """Why a task failed, in the service's words.

    Attributes:
        code: The service's number for the reason.
        message: The reason, for people.
        raw_message: The technical reason.
        detail: Any JSON.
    """

    code: int | None = read_by(converters.code)
    message: str = read_by(converters.text)
    raw_message: str = read_by(converters.text)
    detail: JSON = None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class TaskOutput(WireObject):
    """What a task made; links by their number, None where the service gave none.

    Attributes:
        video_urls: Links of the videos.
        image_urls: Links of the images.
        image_url: Link of the images in one picture, a grid.
        seed: The seed, as text.
        available_actions: Such as `{"extend": [0, 1, 2, 3]}`.
        signatures_removed: Whether signed links lost their query when they were stored.
    """

    video_urls: list[str | None] = read_by(converters.links)
    image_urls: list[str | None] = read_by(converters.links)
    image_url: str | None = read_by(converters.link)
    seed: str | None = read_by(converters.seed)
    available_actions: JSONObject | None = read_by(converters.mapping)
    signatures_removed: bool | None = read_by(converters.flag)

    def lacks_signature(self, url: str | None) -> bool:
        """Whether a link opens nothing, as its signature was removed when it was stored."""
        return bool(self.signatures_removed and url) and "?" not in str(url)

    def has_expired(self, url: str | None, now: datetime) -> bool:
        """Whether a link is known to open nothing any more.

        Args:
            url: One of the links.
            now: The time on the service's clock.
        """
        moment = expiry_of(url)
        return self.lacks_signature(url) or (moment is not None and moment <= now)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class TaskMeta(WireObject):
    """Times (aware, None for "not yet") and points of a task.

    Attributes:
        created_at: When the service accepted it.
        started_at: When it left the queue.
        ended_at: When it was completed or failed.
        usage: Its points, or None when unknown.
    """

    created_at: datetime | None = read_by(converters.time)
    started_at: datetime | None = read_by(converters.time)
    ended_at: datetime | None = read_by(converters.time)
    usage: Usage | None = read_by(_usage)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Task(WireObject):
    """A task object of the service: what is known of a job at one moment.

    Attributes:
        job_id: Id of the job; empty in an error that has the shape of a task.
        model: Name of the model.
        task_type: As sent, such as `video_diffusion`.
        status: `pending`, `staged`, `processing`, `completed` or `failed`, in lower case however
            the service wrote it; another status as sent; `unknown` without one.
        config: Service mode and callback.
        input: The input of the request; any JSON.
        output: Links to what was made; empty until the task is completed.
        meta: Times and points.
        detail: Any JSON.
        logs: Texts or objects.
        error: None when there is none (the service then writes an error with code 0 and no text).
        progress: 0 to 100 where the service gives it (list of running tasks).
        created_at: When the service accepted it, where it stands outside of `meta` (the same list).
        raw: The JSON object as it was received, with the fields that are not known here. Where a
            later answer about a completed job has fewer links, those of the earlier one stay.
    """

    job_id: str = read_by(converters.text)
    model: str = read_by(converters.text)
    task_type: str = read_by(converters.text)
    status: str = read_by(converters.status)
    config: JSONObject | None = read_by(converters.mapping)
    input: JSON = None
    output: TaskOutput = read_by(_output)
    meta: TaskMeta = read_by(_meta)
    detail: JSON = None
    logs: list[JSON] = read_by(converters.listed)
    error: TaskError | None = read_by(_error)
    progress: int | float | None = read_by(converters.number)
    created_at: datetime | None = read_by(converters.time)

    def _shown(self) -> Iterable[tuple[str, object]]:
        names = ("job_id", "task_type", "status", "error")
        return ((name, value) for name in names if (value := getattr(self, name)))

    @property
    def done(self) -> bool:
        """Whether the status is final."""
        return self.status in FINAL_STATUSES

    @property
    def has_output(self) -> bool:
        """Whether it is completed and gives what it made."""
        return self.status == "completed" and not self.lacks_output

    @property
    def lacks_output(self) -> bool:
        """Whether it is completed although there is no link, nor any other output."""
        output = self.output
        links = [*output.video_urls, *output.image_urls, output.image_url]
        if self.status != "completed" or any(links):
            return False
        return self.is_of_known_kind or not self.kind or not output.raw

    @property
    def reason(self) -> str:
        """Why it failed, as specific as the service says it; empty when it gives no reason."""
        if self.status != "failed":
            return ""
        error = self.error
        if error is not None and error.code == 402 and is_of_class(error.detail):
            return Message("class_points")  # in the reader's language
        return reason_of_task(self.raw)

    @property
    def kind(self) -> str:
        """The task type in lower case with underscores, such as `video_diffusion`."""
        return kind_of(self.task_type)

    @property
    def is_of_known_kind(self) -> bool:
        """Whether its kind is one of the jobs that this package can start."""
        return self.kind in _KINDS_WITH_LINKS

    @property
    def usage(self) -> Usage:
        """Points, with None for what is unknown."""
        return self.meta.usage or Usage()

    @property
    def points(self) -> int | None:
        """Points consumed by a final task, or frozen for a running one; None when unknown."""
        return self.usage.consumed if self.done else self.usage.frozen

    @property
    def began(self) -> datetime | None:
        """When the service accepted the task."""
        return self.meta.created_at or self.created_at

    @property
    def duration(self) -> float | None:
        """Seconds from created to ended, the time in the queue included, once both are known."""
        return _seconds(self.meta.created_at, self.meta.ended_at)

    @property
    def run_time(self) -> float | None:
        """Seconds from started (else created) to ended of a final task; None when unknown."""
        begin, end = self.meta.started_at or self.meta.created_at, self.meta.ended_at
        if not self.done or begin is None or end is None or end < begin:
            return None
        return _seconds(begin, end)

    @classmethod
    def parse(
        cls, body: bytes | bytearray | memoryview | str | Mapping[str, object] | Task
    ) -> Task:
        """Read a task object: the answer to a poll, or what the service posted to a callback.

        Args:
            body: JSON as bytes or text, or a parsed object. An object in envelopes such as
                `{"data": {...}}` is unwrapped; a task is given back.

        Raises:
            InvalidResponseError: It is not JSON, not an object, or not a task.
        """
        if isinstance(body, Task):
            return body
        found = parse_object(body)
        found = job_object_in(found) or found
        if "job_id" not in found and "status" not in found:
            raise InvalidResponseError(
                "The response is not a task object.", body=str(found)[:MAX_SHOWN]
            )
        return cls.of(found)

    @classmethod
    def find(cls, body: bytes | bytearray | str) -> Task | None:
        """Read the task object in a raw answer, if there is one that names its job; never raises.

        Args:
            body: The answer as received, perhaps cut short or not JSON.
        """
        try:
            task = cls.parse(body)
        except InvalidResponseError:
            return None
        return task if "job_id" in task.raw else None


def _seconds(begin: datetime | None, end: datetime | None) -> float | None:
    return None if begin is None or end is None else max(0.0, (end - begin).total_seconds())


def parse_tasks(body: bytes) -> list[Task]:
    """Read the tasks in an answer whose envelope is not documented: a list, or objects around one.

    Raises:
        InvalidResponseError: It is not JSON, or holds no list.
    """
    try:
        found = parse_json(body)
    except ValueError as error:
        raise InvalidResponseError(f"The response {error}.") from None
    lists = list(lists_in(found, depth=3))
    if not lists:
        raise InvalidResponseError("The response has no list of tasks.")
    listed = next(filter(_has_jobs, lists), lists[0])
    return [Task.of(item) for item in listed if isinstance(item, dict)]


def _has_jobs(listed: list[JSON]) -> bool:
    return any(isinstance(item, dict) and "job_id" in item for item in listed)
