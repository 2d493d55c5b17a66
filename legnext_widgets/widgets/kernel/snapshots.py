"""What the browser is told of a job: small, plain JSON, the same for the same state. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from legnext_widgets.client.api.models import Task
from legnext_widgets.client.api.prompt import PromptParts, split
from legnext_widgets.client.api.requests import (
    Diffusion,
    ExtendVideo,
    Request,
    VideoDiffusion,
    VideoUpscale,
)
from legnext_widgets.client.api.urls import leads_nowhere
from legnext_widgets.client.errors import APIError, LegnextError, TransportError
from legnext_widgets.client.api.urls import expiry_of
from legnext_widgets.client.messages import Message
from legnext_widgets.client.errors import SubmissionUncertainError

from .localized import short, told, told_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from legnext_widgets.client.session.job_state import JobState

Json = dict[str, Any]

_NEXT = {
    401: "next_key",
    402: "next_credits",
    403: "next_forbidden",
    404: "next_not_found",
    429: "next_wait",
}
"""What can be done about a refusal, by the service's code; another one lies in the request."""


def snapshot(job: JobState, *, sandbox: bool, job_id: str | None = None) -> Json:
    """One job, as the front end's contract has it.

    Args:
        job: The job.
        sandbox: Whether it belongs to the simulated service.
        job_id: What to call a job that has no id of the service.
    """
    parts = prompt_parts(job.request)
    created = job.created_at
    usage = job.task.usage if job.task else None
    return {
        "id": job_id or job.id,
        "kind": job.task_type,
        "status": job.status,
        "done": job.done,
        "prompt": short(parts.words),
        "settings": {
            "video_type": getattr(job.request, "video_type", None),
            "motion": parts.motion,
            "raw": parts.raw,
            "loop": parts.loop,
            "batch_size": parts.batch_size,
            "image_url": parts.image_url,
            "end_image_url": parts.end_image_url,
        },
        "parent": parent(job.request),
        "sandbox": sandbox,
        "created": created.timestamp() if created else None,
        "elapsed": _rounded(job.elapsed),
        "remaining": _rounded(job.expected_remaining),
        "points": {
            "frozen": usage.frozen if usage else None,
            "consumed": usage.consumed if usage else None,
        },
        "error": _error(job),
        "warning": _warning(job),
        "media": list(_media(job)) if job.status == "completed" else [],
        "favourite": job.favourite,
        # Whole: it is edited in the page, and what was cut off would be lost by that.
        "note": job.note,
        "can": possible_steps(job),
    }


def prompt_parts(request: Request | None) -> PromptParts:
    """Words and options of a request, wherever they were written."""
    if isinstance(request, VideoDiffusion):
        return split(request.text)
    if isinstance(request, ExtendVideo):
        return split(request.prompt or "")
    if isinstance(request, Diffusion):
        return PromptParts(words=request.text)
    return PromptParts()


def parent(request: Request | None) -> Json | None:
    """The picture or clip that a job was made from, when that is one of another job."""
    if isinstance(request, VideoDiffusion) and request.job_id is not None:
        return {"job_id": request.job_id, "index": request.image_no}
    if isinstance(request, ExtendVideo | VideoUpscale):
        return {"job_id": request.job_id, "index": request.video_no}
    return None


def next_step(error: BaseException | None, code: int | None = None) -> Message | None:
    """What a person can do about an error; None where the error says it, or nobody knows."""
    if isinstance(error, APIError):
        code = error.status_code
    if isinstance(error, SubmissionUncertainError):
        return Message("next_look")
    if isinstance(error, TransportError):
        return Message("next_connection")
    if isinstance(error, LegnextError) and not isinstance(error, APIError):
        return None
    return Message(_NEXT.get(code or 0, "next_wait" if code and code >= 500 else "next_change"))


def _error(job: JobState) -> Json | None:
    if job.submit_error is not None:
        return _told_error(told_of(job.submit_error), next_step(job.submit_error))
    if job.status == "failed":
        error = job.task.error if job.task else None
        said = (error.message or error.raw_message) if error else ""
        code = error.code if error else None
        return _told_error(told(said or Message("no_reason")), next_step(None, code))
    if job.stopped_by is not None:
        return _told_error(told_of(job.stopped_by), next_step(job.stopped_by))
    return None


def _told_error(message: Json, following: Message | None) -> Json:
    return {"message": message, "next": told(following) if following else None}


def _warning(job: JobState) -> Json | None:
    if job.last_poll_error is None or job.done:
        return None
    return told(Message("asking_failed", reason=job.last_poll_error.message))


def possible_steps(job: JobState) -> dict[str, bool]:
    """What can be made of a job: by what the service says of it, else by its kind."""
    made_clips = bool(job.task and job.task.output.video_urls) and job.status == "completed"
    made_images = bool(job.task and job.task.output.image_urls) and job.status == "completed"
    said = (job.task.output.available_actions or {}) if job.task else {}
    return {
        "extend": made_clips and (not said or "extend" in said),
        "upscale": made_clips and (not said or "upscale" in said),
        "animate": made_images,
        "reuse": isinstance(job.request, Diffusion | VideoDiffusion),
    }


def _media(job: JobState) -> Iterable[Json]:
    task = job.task or Task.of({})
    links = [("video", url) for url in task.output.video_urls]
    if not links:
        links = [("image", url) for url in task.output.image_urls]
    for index, (kind, url) in enumerate(links):
        expires = expiry_of(url)
        yield {
            "kind": kind,
            "index": index,
            "url": None if url is None or leads_nowhere(url) else url,
            "expires": expires.timestamp() if expires else None,
            "pull": True,
            "kept": kind == "video" and index in job.kept,
            "poster": kind == "video" and index in job.posters,
        }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)


def refused(error: Exception, click: str | None) -> Json:
    """The outcome of a submission that made no job, for the browser."""
    uncertain = isinstance(error, SubmissionUncertainError)
    following = None if uncertain or isinstance(error, ValueError) else next_step(error)
    return {
        "click": click,
        "phase": "uncertain" if uncertain else "refused",
        "job_id": None,
        **_told_error(told_of(error), following),
        "field": _first_field(error),
        "candidates": [task.job_id for task in error.candidates]
        if isinstance(error, SubmissionUncertainError)
        else [],
    }


def _first_field(error: Exception) -> str | None:
    problems = getattr(error, "problems", ())
    return problems[0].field if problems else None


def outcome(phase: str, click: str | None, job_id: str | None = None) -> Json:
    """The state of a submission that goes well, for the browser."""
    empty: Mapping[str, Any] = {"message": None, "next": None, "field": None, "candidates": []}
    return {"click": click, "phase": phase, "job_id": job_id, **empty}
