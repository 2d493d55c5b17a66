"""Read and check the body of a paid request. Nothing of it is fetched. Pure."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from legnext_widgets.client.api.bounded_json import parse_json
from legnext_widgets.client.api.urls import is_job_id
from legnext_widgets.client.api.validation import PROMPT_LIMIT
from legnext_widgets.gateway.store.models import Order, RefusedError

if TYPE_CHECKING:
    from legnext_widgets.client.api.bounded_json import JSON

_TEXTS = {
    "video-diffusion": ("prompt",),
    "extend-video": ("prompt",),
    "video-upscale": (),
    "diffusion": ("text",),
}
_NUMBERS = {
    "video-diffusion": {"videoType": 1, "imageNo": 3},
    "extend-video": {"videoNo": 3},
    "video-upscale": {"videoNo": 3},
    "diffusion": {},
}
_BY_JOB = ("video-diffusion", "extend-video", "video-upscale")
ENDPOINTS = tuple(_TEXTS)
"""The paid endpoints that students may use."""

_LONGEST_KEY = 255


def read_order(endpoint: str, body: bytes) -> Order:
    """Read a paid request: only the fields of its endpoint, each within its limits.

    Raises:
        RefusedError: It is not one, or asks for a callback.
    """
    try:
        found = parse_json(body)
    except ValueError as error:
        raise RefusedError(400, f"The body {error}.") from None
    if not isinstance(found, dict):
        raise RefusedError(400, "The body must be a JSON object.")
    fields = {name: value for name, value in found.items() if value is not None}
    if fields.pop("callback", ""):
        raise RefusedError(422, "Callbacks are not available in a class: leave `callback` out.")
    order: dict[str, JSON] = {}
    for name, value in fields.items():
        if name == "jobId" and endpoint in _BY_JOB:
            order[name] = _job_id(value)
        elif name in _TEXTS[endpoint]:
            order[name] = _text(name, value)
        elif name in _NUMBERS[endpoint]:
            order[name] = _number(name, value, _NUMBERS[endpoint][name])
        else:
            raise RefusedError(422, f"{endpoint} has no field {str(name)[:40]!r}.")
    _require(endpoint, order)
    payload = json.dumps(order, ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(f"{endpoint}\n{payload}".encode()).hexdigest()
    source = order.get("jobId")
    return Order(endpoint, payload, source if isinstance(source, str) else None, digest)


def read_key(given: str | None) -> str | None:
    """Read an `Idempotency-Key`; None where none was sent.

    Raises:
        RefusedError: It is empty, too long, or not of visible ASCII characters.
    """
    if given is None:
        return None
    # A draft of the standard has it in quotes; what is between them is the same key.
    key = given.strip().strip('"')
    if not 0 < len(key) <= _LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise RefusedError(400, f"Idempotency-Key must have 1 to {_LONGEST_KEY} characters.")
    return key


def _require(endpoint: str, order: dict[str, JSON]) -> None:
    if endpoint == "diffusion" and "text" not in order:
        raise RefusedError(400, "text is required")
    if endpoint == "video-diffusion":
        if "jobId" not in order and "prompt" not in order:
            raise RefusedError(400, "give jobId and imageNo, or a prompt")
        if ("jobId" in order) != ("imageNo" in order):
            raise RefusedError(400, "jobId and imageNo go together")
    if endpoint in ("extend-video", "video-upscale"):
        for name in ("jobId", "videoNo"):
            if name not in order:
                raise RefusedError(400, f"{name} is required")


def _job_id(value: JSON) -> str:
    if not isinstance(value, str) or not is_job_id(value):
        raise RefusedError(422, "jobId must be a uuid")
    return value.lower()


def _text(name: str, value: JSON) -> str:
    if not isinstance(value, str):
        raise RefusedError(422, f"{name} must be a string")
    if not 0 < len(value) <= PROMPT_LIMIT:
        raise RefusedError(422, f"{name} must have 1 to {PROMPT_LIMIT} characters")
    if any("\ud800" <= character <= "\udfff" for character in value) or "\0" in value:
        raise RefusedError(422, f"{name} contains characters that are not text")
    return value


def _number(name: str, value: JSON, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise RefusedError(422, f"{name} must be an integer from 0 to {most}")
    return value
