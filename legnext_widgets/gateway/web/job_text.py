"""The texts of a job on the teacher's page: title, prompt, state, links of clips. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from legnext_widgets.client.api.models.tasks import Task
from legnext_widgets.client.api.urls import is_web_link
from legnext_widgets.client.api.values.prompt import split

if TYPE_CHECKING:
    from legnext_widgets.gateway.store.models import Attempt

STATES = {
    "queued": "waiting",
    "sending": "sending",
    "running": "running",
    "uncertain": "outcome unknown",
    "completed": "completed",
    "failed": "failed",
}
"""How each state is shown."""


KINDS = {
    "video_diffusion": "video",
    "extend_video": "extension",
    "video_upscale": "upscale",
    "diffusion": "images",
}
"""How each kind of job is shown."""


def title_of(attempt: Attempt) -> str:
    """Return the words of a job's prompt, without its link and options where it has words."""
    prompt = prompt_of(attempt)
    return split(prompt).words or prompt


def prompt_of(attempt: Attempt) -> str:
    """Return the prompt of a job."""
    payload = json.loads(attempt.payload)
    return str(payload.get("prompt") or payload.get("text") or "")


def clips_of(attempt: Attempt) -> dict[int, str]:
    """Return the links of a completed job's clips by number, as the service sent them last."""
    if attempt.task is None or attempt.state != "completed":
        return {}
    urls = enumerate(Task.parse(attempt.task).output.video_urls)
    return {number: url for number, url in urls if url is not None and is_web_link(url)}
