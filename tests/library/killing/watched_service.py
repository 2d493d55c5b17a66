"""A sandbox that reports each step of a job's life, as it sees it."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Any

from legnext_widgets.client.api.values.prompt import split
from legnext_widgets.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from legnext_widgets.sandbox.faults.hooks import Call, Stage
    from legnext_widgets.sandbox.simulation.jobs import Job

SPEED = 2000
"""How many times faster than the real service; a client polls faster by this, too."""

KEY = "a-key"

EVENTS = (
    "POST arrived",
    "job accepted, nothing answered",
    "half of the answer sent",
    "answer sent",
    "poll arrived",
    "poll answered",
    "clip requested",
    "half of a clip sent",
    "clip sent",
)
"""Moments in a job's life, seen from the service. A campaign may kill the client at each."""

_REQUESTS = (
    ("POST", "/api/v1/video-diffusion", EVENTS[:4]),
    ("GET", "/api/v1/job/", (EVENTS[4], None, None, EVENTS[5])),
    ("GET", "/media/", (EVENTS[6], None, *EVENTS[7:])),
)
_STAGES = ("arrived", "acted", "half_sent", "sent")


class WatchedService:
    """The sandbox on a socket, with packaged clips.

    Attributes:
        url: Its address.
        on_event: Called at each event, while the request waits.
        prompts: The prompt of each accepted job, by the id of the job.
    """

    def __init__(self) -> None:
        self.on_event: Callable[[str], None] = lambda _: None
        self.prompts: dict[str, str] = {}
        self._jobs: dict[str, Job] = {}
        self._posts: list[Call] = []
        self._sandbox = Sandbox(SPEED, packaged=True, points=10**9)
        self._sandbox.add_hook(self._report)
        self.url = self._sandbox.start().base_url

    def close(self) -> None:
        """End it."""
        self._sandbox.close()

    def posts(self) -> Counter[str]:
        """Count the POSTs that arrived whole, for each prompt."""
        return Counter(_prompt(call) for call in self._posts if _is_whole(call))

    def clips(self, job_id: str) -> list[str]:
        """Return the SHA-256 of each clip of a job."""
        outputs = self._jobs[job_id].outputs or []
        return [hashlib.sha256(clip.file.read_bytes()).hexdigest() for clip in outputs]

    async def _report(self, stage: Stage, call: Call) -> None:
        for method, path, events in _REQUESTS:
            if call.method == method and call.path.startswith(path):
                if method == "POST":
                    self._note_post(stage, call)
                if event := events[_STAGES.index(stage)]:
                    # In a thread, so that other requests go on while this one waits.
                    await asyncio.to_thread(self.on_event, event)

    def _note_post(self, stage: Stage, call: Call) -> None:
        if stage == "arrived":
            self._posts.append(call)
        if stage != "acted" or not _is_whole(call):
            return
        account = self._sandbox.accounts.of(KEY)
        assert account is not None
        for job in self._sandbox.scheduler.active(account):
            if job.id not in self._jobs and split(_prompt(call)).words == job.order.prompt.words:
                self._jobs[job.id], self.prompts[job.id] = job, _prompt(call)


def _prompt(call: Call) -> str:
    body: Any = call.json()
    return str(body["prompt"])


def _is_whole(call: Call) -> bool:
    """Return whether the body arrived whole; its sender may have been killed."""
    try:
        call.json()
    except ValueError:
        return False
    return True
