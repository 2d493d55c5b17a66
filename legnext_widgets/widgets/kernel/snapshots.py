"""Describe jobs, submissions and the service for the browser. Pure.

The same state gives the same small, plain JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import legnext_widgets as lw
from legnext_widgets.client.api.urls import expiry_of, is_placeholder_link
from legnext_widgets.client.api.values.prompt import PromptParts
from legnext_widgets.client.errors import (
    InvalidInputError,
    LegnextError,
    SubmissionUncertainError,
)
from legnext_widgets.client.errors.advice import is_of_class, next_step_of_code

from .protocol.localized import localize, localize_error, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Literal

    from legnext_widgets.client.api.requests import Request
    from legnext_widgets.client.client import Client
    from legnext_widgets.client.session.job_state import JobState

    from .protocol import job_values, traits


def snapshot(job: JobState, *, sandbox: bool, job_id: str | None = None) -> job_values.Job:
    """Describe one job.

    Args:
        job: The job.
        sandbox: Whether it belongs to the sandbox.
        job_id: The id under which it is shown, when the service gave it none.
    """
    parts = prompt_parts(job.request)
    created = job.created_at
    usage = job.task.usage if job.task else None
    return {
        "id": job_id or job.id,
        "kind": job.task_type,
        "status": _status(job),
        "done": job.done,
        "prompt": shorten(parts.words),
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
        "created": created.timestamp() - job.skew if created else None,
        "elapsed": _rounded(job.elapsed),
        "remaining": _rounded(job.expected_remaining),
        "place": _place(job),
        "points": {
            "frozen": usage.frozen if usage else None,
            "consumed": usage.consumed if usage else None,
        },
        "error": _error(job),
        "warning": _warning(job),
        "media": list(_media(job)) if job.completed else [],
        "favourite": job.favourite,
        # Not shortened: the page edits it, and would save it shortened.
        "note": job.note,
        "hidden": job.marks.hidden,
        "can": possible_steps(job),
        "candidates": _candidates(job.submit_error),
    }


def problem_text(job: JobState) -> str:
    """Say in English what is wrong with a job; empty when nothing is."""
    error = _error(job)
    message = error["message"] if error else None
    return message["text"] if message else str(job.warning or "")


def prompt_parts(request: Request | None) -> PromptParts:
    """Split a request into words and options, whether they are in its text or its fields."""
    return request.parts if request is not None else PromptParts()


def parent(request: Request | None) -> job_values.Selection | None:
    """The image or clip of another job that a job was made from."""
    if isinstance(request, lw.VideoDiffusion) and request.job_id is not None:
        return {"job_id": request.job_id, "index": request.image_no or 0}
    if isinstance(request, lw.ExtendVideo | lw.VideoUpscale):
        return {"job_id": request.job_id, "index": request.video_no}
    return None


def next_step(error: BaseException) -> str | None:
    """What a person can do about an error; None when its own message says it, or none is known."""
    return error.next_step if isinstance(error, LegnextError) else next_step_of_code(None)


def _error(job: JobState) -> job_values.JobError | None:
    if job.submit_error is not None:
        return _error_of(job.submit_error)
    if job.status == "failed":
        error = job.task.error if job.task else None
        code, in_class = (error.code, is_of_class(error.detail)) if error else (None, False)
        following = next_step_of_code(code, in_class=in_class)
        return {"message": localize(job.failure), "next": localize(following)}
    if job.failure:
        return {"message": localize(job.failure), "next": None}
    return _error_of(job.stopped_by) if job.stopped_by is not None else None


def _error_of(error: Exception) -> job_values.JobError:
    following = next_step(error)
    return {
        "message": localize_error(error),
        "next": localize(following) if following else None,
    }


def _candidates(error: Exception | None) -> list[job_values.Candidate]:
    """Name the running jobs that a request of unknown outcome may have become."""
    if not isinstance(error, SubmissionUncertainError):
        return []
    return [
        {"id": task.job_id, "created": task.began.timestamp() if task.began else None}
        for task in error.candidates
    ]


def _warning(job: JobState) -> job_values.LocalizedMessage | None:
    warning = job.warning
    return localize(warning) if warning else None


def _status(job: JobState) -> str:
    """Name the status: a job that is completed without output is not shown as a finished one."""
    if job.awaits_output:
        return "processing"
    return "failed" if job.status == "completed" and not job.completed else job.status


def possible_steps(job: JobState) -> job_values.NextSteps:
    """What can be made of a job: as the service says, else by its kind."""
    has_clips = bool(job.task and job.task.output.video_urls) and job.status == "completed"
    actions = (job.task.output.available_actions or {}) if job.task else {}
    return {
        "extend": has_clips and (not actions or "extend" in actions),
        "upscale": has_clips and (not actions or "upscale" in actions),
        "reuse": isinstance(job.request, lw.Diffusion | lw.VideoDiffusion),
    }


def _media(job: JobState) -> Iterable[job_values.Media]:
    task = job.task or lw.Task.of({})
    kind: job_values.MediaKind = "video" if task.output.video_urls else "image"
    for index, url in enumerate(task.output.video_urls or task.output.image_urls):
        if job.marks.is_deleted(index):
            continue
        expires = expiry_of(url)
        until = expires.timestamp() - job.skew if expires else None
        yield {
            "kind": kind,
            "index": index,
            "url": None if url is None or is_placeholder_link(url) else url,
            "expires": 0.0 if task.output.lacks_signature(url) else until,
            "pull": True,
            "poster": kind == "video" and index in job.posters,
            "favourite": job.marks.is_favourite(index),
            "note": job.marks.note_of(index),
            "hidden": job.marks.is_hidden(index),
        }


def _place(job: JobState) -> int | None:
    """The position in the queue of a class, as a gateway gives it."""
    detail = job.task.detail if job.task and not job.done else None
    place = detail.get("queue_place") if isinstance(detail, dict) else None
    return place if isinstance(place, int) and place > 0 else None


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)


def progress_of(
    phase: Literal["sending", "accepted", "made_before", "queued"],
    click: str | None,
    job_id: str | None = None,
) -> traits.Submission:
    """Describe a submission that is on its way or has become a job."""
    return {
        "click": click,
        "phase": phase,
        "job_id": job_id,
        "message": None,
        "next": None,
        "field": None,
        "candidates": [],
        "made_before": 0,
    }


def made_before_of(click: str | None, count: int, job_id: str | None) -> traits.Submission:
    """Describe a click that sent nothing yet, as the library has jobs of the same requests.

    Args:
        click: The click.
        count: Of how many of its requests.
        job_id: The job of the last of them, where it is known.
    """
    asked = progress_of("made_before", click, job_id)
    return {**asked, "made_before": count}


def failure_of(error: Exception, click: str | None) -> traits.Submission:
    """Describe a submission that made no job, as far as is known."""
    uncertain = isinstance(error, SubmissionUncertainError)
    described = _error_of(error)
    problems = error.problems if isinstance(error, InvalidInputError) else ()
    return {
        "click": click,
        "phase": "uncertain" if uncertain else "refused",
        "job_id": None,
        "message": described["message"],
        "next": None if uncertain or isinstance(error, ValueError) else described["next"],
        "field": problems[0].field if problems else None,
        "candidates": _candidates(error),
        "made_before": 0,
    }


def service_facts(client: Client | None, *, has_key: bool, sandbox: bool) -> traits.Service:
    """Describe the service that a widget works with; never a key.

    Args:
        client: The client of the widget; None when its jobs come from a library.
        has_key: Whether the client has a person's key.
        sandbox: Whether the service is the sandbox.
    """
    from legnext_widgets.sandbox.media.scenes import sample_links

    embedded = client.embedded if client else None
    samples = sample_links() if sandbox and client else []
    return {
        "sandbox": sandbox,
        "speed": client.session.identity.speed if client else 1.0,
        "host": urlsplit(client.config.base_url if client else "").netloc.rpartition("@")[2],
        "note": embedded.note if embedded else None,
        "has_key": has_key,
        "gateway": bool(client and client.session.transport.at_gateway),
        "uploads": uploads_facts(client),
        "private_urls": client is None or client.session.takes_private_urls,
        # What no browser can reach comes through the kernel, as clips do.
        "examples": [
            {"title": title, "url": url, "pull": is_placeholder_link(url)} for title, url in samples
        ],
    }


def uploads_facts(client: Client | None) -> traits.Uploads:
    """Describe where the pictures of the user go."""
    if client is None:
        return {"where": "", "hours": None, "stays": False}
    uploads = client.session.uploads
    return {"where": uploads.where, "hours": uploads.hours, "stays": uploads.stays}
