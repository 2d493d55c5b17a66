"""Jobs of the simulated service: what was ordered, how far it is, what it made."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from legnext_widgets.client.prompts import PromptParts

    from .accounts import Account
    from .motion.shots import Recipe
    from .timetable import Timetable

PRICES = {"video_diffusion": 480, "extend_video": 480, "video_upscale": 120, "diffusion": 80}
"""Points of a job by its kind, as seen in answers of the service."""

VIDEO_KINDS = frozenset({"video_diffusion", "extend_video", "video_upscale"})
EXTENSIONS = 4
"""How often a clip can be extended."""


@dataclass(frozen=True)
class Order:
    """What a POST asked for.

    Attributes:
        kind: The task type, with underscores.
        prompt: Words and options.
        video_type: 0 for 480p, 1 for 720p.
        source_job: Id of the job whose image or clip is used, or None.
        source_no: Which image or clip of that job.
        callback: Where the finished task is posted to, or empty.
        origin: Scheme and host by which the caller reached the service; its own links begin so.
    """

    kind: str
    prompt: PromptParts
    video_type: int = 0
    source_job: str | None = None
    source_no: int = 0
    callback: str = ""
    origin: str = ""


@dataclass(frozen=True)
class Output:
    """One file that a job made.

    Attributes:
        path: The path under which it is served.
        file: Where its bytes are.
        picture: For an image: the picture without our mark, for animating it.
        depth: For an image that we drew: how near each part of it is.
        still: For an image that is drawn only when somebody asks for it: its name.
        recipe: For a clip: how it was rendered, for extending and upscaling it.
    """

    path: str
    file: Path | None
    picture: Path | None = None
    depth: Path | None = None
    still: str | None = None
    recipe: Recipe | None = None


@dataclass(frozen=True)
class Trouble:
    """Why a job failed."""

    code: int
    message: str


@dataclass(eq=False)
class Job:
    """A job and all that is known of it; changed by the scheduler only, under its lock."""

    id: str
    number: int
    account: Account
    order: Order
    timetable: Timetable
    created: float
    seed: int
    secret: str = ""
    source: Job | None = None
    doom: Trouble | None = None
    status: str = "pending"
    admitted: float | None = None
    started: float | None = None
    ended: float | None = None
    frozen: int = 0
    consumed: int = 0
    outputs: list[Output] | None = None
    grid: Output | None = None
    trouble: Trouble | None = None
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
    def source_output(self) -> Output | None:
        """The image or clip of the earlier job that this one begins from."""
        if self.source is None or self.source.outputs is None:
            return None
        return self.source.outputs[self.order.source_no]
