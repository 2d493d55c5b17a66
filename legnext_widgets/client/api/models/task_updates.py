"""Decide what is known of a job after another answer about it. Pure.

The rule: what was paid for is never lost sight of. A job that is completed with output stays so. A
later answer may give fresh links, by their positions; it removes none, and it does not make the job
a failed or a running one. The order in which answers come makes no difference: output that comes
after a failure counts, too.

Services forget outputs, caches answer late, and two sessions ask at the same time. The client's
state of a job, the library's journal and the gateway's store all follow this rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from .tasks import Task

if TYPE_CHECKING:
    from collections.abc import Collection

    from legnext_widgets.client.api.bounded_json import JSON, JSONObject

_LINKS = ("video_urls", "image_urls")
_TIMES = ("created_at", "started_at", "ended_at")


def after_answer(known: Task | None, answer: Task, *, has_files: bool = False) -> Task:
    """Return what is known of a job after an answer about it.

    Args:
        known: What was known before; None before the first answer.
        answer: The answer.
        has_files: Whether files of the job were kept, which proves that it had output.

    Returns:
        `answer` itself, where it is used as it came; `known` itself, where the answer is no news;
        else a task of both.
    """
    if known is None:
        return answer
    before, now = _rank(known, has_files=has_files), _rank(answer)
    if now < before:
        return known
    return _refreshed(known, answer) if before == now == _WITH_OUTPUT else answer


def after_listing(known: Task | None, listed: Task) -> Task:
    """Put the few fields of a listed task into the one that is known."""
    return listed if known is None else Task.of(known.raw | _given(listed.raw))


def has_places(raw: Mapping[str, object], files: Collection[int]) -> bool:
    """Whether a stored task plainly has the place of each kept clip; quicker than `with_places`."""
    output = raw.get("output")
    links = output.get("video_urls") if isinstance(output, Mapping) else None
    whole = isinstance(links, list) and len(links) > max(files, default=-1)
    return whole and raw.get("status") == "completed"


def with_places(task: Task, files: Collection[int]) -> Task:
    """Restore the place of each kept clip that a task lost.

    Version 0.1 let a later answer replace the one that had the links.

    Args:
        task: The task as it was stored.
        files: The numbers of the clips that were kept.

    Returns:
        `task` itself, or a completed one with as many links; those that are lost are None.
    """
    links = task.output.video_urls
    missing = max(files, default=-1) + 1 - len(links)
    if not files or (task.status == "completed" and missing <= 0):
        return task
    output = _of(task.raw.get("output")) | {"video_urls": [*links, *[None] * max(0, missing)]}
    return Task.of(task.raw | {"status": "completed", "error": None, "output": output})


_RUNNING, _LINKS_AWAITED, _FAILED, _WITH_OUTPUT = range(4)
"""What is known, from least to most. Completed without links is less than failed: it is asked again
until the service says more."""


def _rank(task: Task, *, has_files: bool = False) -> int:
    if has_files or task.has_output:
        return _WITH_OUTPUT
    if task.status == "failed":
        return _FAILED
    return _LINKS_AWAITED if task.done else _RUNNING


def _refreshed(known: Task, answer: Task) -> Task:
    """Put an answer about a completed job into what is known of it."""
    if known.raw == answer.raw:
        return answer
    raw: JSONObject = known.raw | _given(answer.raw)
    output = _of(known.raw.get("output")) | _given(_of(answer.raw.get("output")))
    if answer.output.image_url is None and known.output.image_url is not None:
        output["image_url"] = known.output.image_url
    keeps_former = False
    for name in _LINKS:
        old, new = getattr(known.output, name), getattr(answer.output, name)
        if old or new:
            longest = max(len(old), len(new))
            pairs = list(zip(_filled(old, longest), _filled(new, longest), strict=True))
            output[name] = [fresh or former for former, fresh in pairs]
            keeps_former |= any(former and not fresh for former, fresh in pairs)
    if not keeps_former:
        output.pop("signatures_removed", None)
    meta = _of(known.raw.get("meta")) | _given(_of(answer.raw.get("meta")))
    for name in _TIMES:
        if getattr(answer.meta, name) is None and getattr(known.meta, name) is not None:
            meta[name] = _of(known.raw.get("meta")).get(name)
    if answer.usage.consumed is None and known.meta.usage is not None:
        meta["usage"] = _of(known.raw.get("meta")).get("usage")
    raw |= {"status": answer.raw.get("status"), "output": output}
    if meta:
        raw["meta"] = meta
    return answer if raw == answer.raw else Task.of(raw)


def _given(found: Mapping[str, JSON]) -> JSONObject:
    return {name: value for name, value in found.items() if value is not None}


def _of(value: JSON) -> JSONObject:
    return dict(value) if isinstance(value, Mapping) else {}


def _filled(links: list[str | None], count: int) -> list[str | None]:
    return [*links, *[None] * (count - len(links))]
