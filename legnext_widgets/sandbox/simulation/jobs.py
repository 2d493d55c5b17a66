"""Jobs of the simulated service: what was ordered, the status, the files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from legnext_widgets.client.api.values.prompt import PromptParts
    from legnext_widgets.sandbox.media.camera import Framing

    from .accounts import Account
    from .durations import Durations

PRICES = {"video_diffusion": 480, "extend_video": 480, "video_upscale": 120, "diffusion": 80}
"""Points of a job by its kind, as seen in responses of the service."""

VIDEO_KINDS = frozenset({"video_diffusion", "extend_video", "video_upscale"})
MAX_EXTENSIONS = 4
"""How often a clip can be extended."""


@dataclass(frozen=True)
class Order:
    """The content of a POST.

    Attributes:
        kind: The task type, with underscores.
        prompt: Words and options.
        video_type: 0 for 480p, 1 for 720p.
        source_job: Id of the job whose image or clip is used, or None.
        source_no: Which image or clip of that job.
        callback: Where the finished task is posted to, or empty.
        origin: Scheme and host by which the caller reached the service; its links begin so.
    """

    kind: str
    prompt: PromptParts
    video_type: int = 0
    source_job: str | None = None
    source_no: int = 0
    callback: str = ""
    origin: str = ""


class MediaFile(NamedTuple):
    """One file of a job.

    Attributes:
        path: The path under which it is served.
        file: Where its bytes are.
        picture: For an image: the picture to animate, without the watermark.
        end: For a rendered clip: where its camera stops, for extending it.
    """

    path: str
    file: Path
    picture: Path | None = None
    end: Framing | None = None


class Failure(NamedTuple):
    """Why a job failed."""

    code: int
    message: str


@dataclass(eq=False)
class Job:
    """A job; changed by the scheduler only, under its lock.

    Attributes:
        admitted: When it began to run, in unix seconds; None while it waits.
        planned_failure: With this it will end `failed`.
        outputs: Its files, once they are ready; served when the status is `completed`.
    """

    id: str
    number: int
    account: Account
    order: Order
    durations: Durations
    created: float
    seed: int
    secret: str = ""
    source: Job | None = None
    planned_failure: Failure | None = None
    status: str = "pending"
    admitted: float | None = None
    started: float | None = None
    ended: float | None = None
    frozen: int = 0
    consumed: int = 0
    outputs: list[MediaFile] | None = None
    grid: MediaFile | None = None
    failure: Failure | None = None
    logs: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """The task type, with underscores."""
        return self.order.kind

    @property
    def done(self) -> bool:
        """Whether the status is final."""
        return self.status in ("completed", "failed")

    @property
    def extensions(self) -> int:
        """How many extensions are in its clips."""
        before = self.source.extensions if self.source else 0
        return before + (self.kind == "extend_video")

    @property
    def source_file(self) -> MediaFile | None:
        """The image or clip of the earlier job that this job uses."""
        if self.source is None or self.source.outputs is None:
            return None
        return self.source.outputs[self.order.source_no]
