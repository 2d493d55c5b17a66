"""Requests: read, parsed and validated as the documentation says."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from legnext_widgets.client.api.urls import is_job_id, is_web_link
from legnext_widgets.client.api.validation import PROMPT_LIMIT
from legnext_widgets.client.api.values.prompt import PromptParts, split
from legnext_widgets.sandbox.simulation.jobs import Order

from . import bodies

if TYPE_CHECKING:
    from starlette.requests import Request

BODY_LIMIT = 1 << 20
"""Largest request body in bytes; a larger one is refused with 413."""

_SENSITIVE = re.compile(r"\b(gore|gory|nude|nudity|naked|nsfw|porn\w*|beheading)\b", re.IGNORECASE)


class ApiError(Exception):
    """An error response.

    Args:
        status: HTTP status.
        message: The text in the body.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    @property
    def body(self) -> dict[str, Any]:
        """The JSON body, in the shape in which this status has been seen."""
        if self.status == 400:
            return bodies.wrapped_error(400, self.message)
        if self.status == 403:
            return bodies.task_shaped_error(403, self.message)
        return bodies.plain_error(self.status, self.message)


def origin(request: Request) -> str:
    """Return scheme and host by which the caller reached us, for the links in the response."""
    return f"{request.url.scheme}://{request.url.netloc}"


async def read_body(request: Request, limit: int) -> bytes:
    """Return the body of a request.

    Args:
        request: The request.
        limit: Largest size in bytes.

    Raises:
        ApiError: The body is too large (413) or incomplete (400).
    """
    from starlette.requests import ClientDisconnect

    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > limit:
                raise ApiError(413, "Request entity too large")
    except ClientDisconnect:
        raise ApiError(400, "request body is incomplete") from None
    return bytes(body)


def parse_order(endpoint: str, body: bytes, origin: str) -> Order:
    """Parse a request body.

    Args:
        endpoint: Last part of the path, such as `video-diffusion`.
        body: The request body.
        origin: Scheme and host by which the caller reached the service.

    Raises:
        ApiError: The body is not valid for the endpoint.
    """
    fields = _object(body)
    parsers = {
        "video-diffusion": _video_diffusion,
        "extend-video": _extend_video,
        "video-upscale": _video_upscale,
        "diffusion": _diffusion,
    }
    return replace(parsers[endpoint](fields), callback=_callback(fields), origin=origin)


def _video_diffusion(fields: dict[str, Any]) -> Order:
    video_type = _number(fields, "videoType", 0, 1, default=0)
    by_job = "jobId" in fields or "imageNo" in fields
    prompt = _prompt(fields, "prompt", required=not by_job)
    if not by_job:
        if prompt.image_url is None:
            raise ApiError(400, "prompt must begin with an image url: [image_url] your prompt text")
        if not prompt.words:
            raise ApiError(400, "prompt must have text after the image url")
        return Order("video_diffusion", prompt, video_type)
    if prompt.image_url is not None:
        raise ApiError(
            400, "give either jobId and imageNo, or a prompt that begins with an image url"
        )
    job_id, number = _job_id(fields), _number(fields, "imageNo", 0, 3)
    return Order("video_diffusion", prompt, video_type, job_id, number)


def _extend_video(fields: dict[str, Any]) -> Order:
    prompt = _prompt(fields, "prompt", required=False)
    job_id, number = _job_id(fields), _number(fields, "videoNo", 0, 3)
    return Order("extend_video", prompt, 0, job_id, number)


def _video_upscale(fields: dict[str, Any]) -> Order:
    job_id, number = _job_id(fields), _number(fields, "videoNo", 0, 3)
    return Order("video_upscale", PromptParts(), 0, job_id, number)


def _diffusion(fields: dict[str, Any]) -> Order:
    return Order("diffusion", _prompt(fields, "text", required=True))


def _object(body: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        raise ApiError(400, "request body is not valid JSON") from None
    if not isinstance(fields, dict):
        raise ApiError(400, "request body must be a JSON object")
    return {name: value for name, value in fields.items() if value is not None}


def _prompt(fields: dict[str, Any], name: str, *, required: bool) -> PromptParts:
    text = fields.get(name, "")
    if not isinstance(text, str):
        raise ApiError(422, f"{name} must be a string")
    if required and not text.strip():
        raise ApiError(400, f"{name} is required")
    if len(text) > PROMPT_LIMIT:
        raise ApiError(422, f"{name} must have 1 to {PROMPT_LIMIT} characters, it has {len(text)}")
    if found := _SENSITIVE.search(text):
        raise ApiError(
            403, f"Sensitive content detected: '{found[0].lower()}'. Please change the prompt."
        )
    return split(text)


def _job_id(fields: dict[str, Any]) -> str:
    job_id = fields.get("jobId")
    if job_id is None:
        raise ApiError(400, "jobId is required")
    if not isinstance(job_id, str) or not is_job_id(job_id):
        raise ApiError(422, "jobId must be a uuid")
    return job_id.lower()


def _number(
    fields: dict[str, Any], name: str, low: int, high: int, default: int | None = None
) -> int:
    number = fields.get(name, default)
    if number is None:
        raise ApiError(400, f"{name} is required")
    if isinstance(number, bool) or not isinstance(number, int) or not low <= number <= high:
        raise ApiError(422, f"{name} must be an integer from {low} to {high}")
    return number


def _callback(fields: dict[str, Any]) -> str:
    callback = fields.get("callback", "")
    if not isinstance(callback, str) or (callback and not is_web_link(callback)):
        raise ApiError(422, "callback must be an http or https url")
    return callback
