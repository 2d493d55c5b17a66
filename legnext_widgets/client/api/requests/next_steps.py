"""The requests that continue with a video: make it longer, make it larger."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, ClassVar

from legnext_widgets.client.api.validation import (
    IMAGES,
    Problem,
    VideoNo,
    check_job_id,
    check_link,
    check_number,
    check_text,
)
from legnext_widgets.client.api.values.prompt import PromptParts, split

from .checked_request import CheckedRequest, callback_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from legnext_widgets.client.api.bounded_json import JSONObject


@dataclass(frozen=True, repr=False)
class ExtendVideo(CheckedRequest):
    """Make a video about 4 s longer (`POST /api/v1/extend-video`).

    A video can be extended at most four times, to about 21 s, within 3 days of its job.

    Args:
        job_id: Id (UUID) of a video job, at most 3 days old.
        video_no: Which of its videos, 0 to 3.
        prompt: What should happen next. 1 to 8192 characters.
        callback: http(s) link to which the service posts the finished task.

    Raises:
        ValueError: An argument is outside its limits; the message names it and the limit.
    """

    endpoint: ClassVar[str] = "extend-video"
    method_name: ClassVar[str] = "extend_video"

    job_id: str
    video_no: VideoNo
    _: KW_ONLY
    prompt: str | None = None
    callback: str | None = None

    @property
    def parts(self) -> PromptParts:
        """The parts of its text: words and options."""
        return split(self.prompt or "")

    def _problems(self) -> Iterator[Problem]:
        yield from _video_problems(self.job_id, self.video_no, self.callback)
        if self.prompt is not None:
            yield from check_text("prompt", self.prompt)

    def payload(self) -> JSONObject:
        """Return the JSON body exactly as it is sent; what was not given is left out."""
        body: JSONObject = {"jobId": self.job_id, "videoNo": self.video_no}
        if self.prompt is not None:
            body["prompt"] = self.prompt
        return body | callback_of(self.callback)


@dataclass(frozen=True, repr=False)
class VideoUpscale(CheckedRequest):
    """Make a video larger, in 4 to 6 minutes (`POST /api/v1/video-upscale`).

    Args:
        job_id: Id (UUID) of a video job, at most 3 days old.
        video_no: Which of its videos, 0 to 3.
        callback: http(s) link to which the service posts the finished task.

    Raises:
        ValueError: An argument is outside its limits; the message names it and the limit.
    """

    endpoint: ClassVar[str] = "video-upscale"
    method_name: ClassVar[str] = "video_upscale"

    job_id: str
    video_no: VideoNo
    _: KW_ONLY
    callback: str | None = None

    @property
    def prompt(self) -> None:
        """None: an upscale has no words."""
        return

    def _problems(self) -> Iterator[Problem]:
        return _video_problems(self.job_id, self.video_no, self.callback)

    def payload(self) -> JSONObject:
        """Return the JSON body exactly as it is sent; what was not given is left out."""
        return {"jobId": self.job_id, "videoNo": self.video_no, **callback_of(self.callback)}


def _video_problems(job_id: object, video_no: object, callback: object) -> Iterator[Problem]:
    yield from check_job_id("job_id", job_id)
    yield from check_number("video_no", video_no, 0, IMAGES - 1)
    yield from check_link("callback", callback)
