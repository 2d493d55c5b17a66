"""The request that animates an image."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

from legnext_widgets.client.api.validation import (
    BATCH_SIZES,
    IMAGES,
    MOTIONS,
    PROMPT_LIMIT,
    BatchSize,
    ImageNo,
    Motion,
    Problem,
    check_choice,
    check_job_id,
    check_link,
    check_number,
    check_text,
)
from legnext_widgets.client.api.values.prompt import (
    PromptParts,
    compose,
    options_in,
    split,
    split_link,
)

from .base import CheckedRequest, callback_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from legnext_widgets.client.api.bounded_json import JSONObject


class VideoType(IntEnum):
    """Quality of a video (service documentation: `videoType`)."""

    SD = 0
    """480p, the service's default."""
    HD = 1
    """720p."""


VideoTypeLike: TypeAlias = VideoType | Literal[0, 1]


@dataclass(frozen=True, repr=False)
class VideoDiffusion(CheckedRequest):
    """Animate an image: up to four videos of 4 to 5 s (`POST /api/v1/video-diffusion`).

    The image is either one of an earlier image job (`job_id` and `image_no`, `prompt` optional) or
    a link (`image_url`, or the head of `prompt`) with a prompt. The two are not mixed.

    Args:
        prompt: What should happen. 1 to 8192 characters, link and options counted.
        image_url: http(s) link of the image to animate.
        job_id: Id (UUID) of an image job, at most 3 days old.
        image_no: Which of its four images, 0 to 3.
        video_type: 0 or `VideoType.SD` for 480p, 1 or `VideoType.HD` for 720p.
        motion: `"low"` (the service's default) or `"high"`.
        raw: Less of the service's own styling.
        loop: End on the first frame.
        end_image_url: http(s) link of the last frame.
        batch_size: How many videos: 1, 2 or 4 (the service's default).
        callback: http(s) link to which the service posts the finished task.

    Raises:
        ValueError: An argument is outside its limits; the message names it and the limit.
    """

    endpoint: ClassVar[str] = "video-diffusion"
    method_name: ClassVar[str] = "video_diffusion"

    prompt: str | None = None
    _: KW_ONLY
    image_url: str | None = None
    job_id: str | None = None
    image_no: ImageNo | None = None
    video_type: VideoTypeLike = VideoType.SD
    motion: Motion | None = None
    raw: bool = False
    loop: bool = False
    end_image_url: str | None = None
    batch_size: BatchSize | None = None
    callback: str | None = None

    @property
    def text(self) -> str:
        """The whole prompt as the service reads it: link, words and options."""
        return compose(
            PromptParts(
                words=self.prompt or "",
                image_url=self.image_url,
                motion=self.motion,
                raw=self.raw,
                loop=self.loop,
                end_image_url=self.end_image_url,
                batch_size=self.batch_size,
            )
        )

    @property
    def parts(self) -> PromptParts:
        """The parts of its text: the words, and the link and options wherever they were given."""
        return split(self.text)

    def _problems(self) -> Iterator[Problem]:
        options = list(self._option_problems())
        yield from options
        prompt: object = self.prompt or ""  # not every caller checks types
        image_url: object = self.image_url or ""
        too_much = list(check_text("prompt", prompt, required=False))
        yield from too_much
        if isinstance(prompt, str):
            by_job = self.job_id is not None or self.image_no is not None
            yield from self._job_problems() if by_job else self._link_problems()
            if isinstance(image_url, str) and not (too_much or options):
                yield from check_text("prompt", self.text, required=False)

    def _option_problems(self) -> Iterator[Problem]:
        yield from check_number("video_type", self.video_type, 0, 1)
        if self.motion is not None:
            yield from check_choice("motion", self.motion, MOTIONS)
        if self.batch_size is not None:
            yield from check_choice("batch_size", self.batch_size, BATCH_SIZES)
        for name in ("raw", "loop"):
            yield from check_choice(name, getattr(self, name), (True, False))
        yield from check_link("end_image_url", self.end_image_url)
        yield from check_link("callback", self.callback)
        for name in sorted(options_in(self.prompt) if isinstance(self.prompt, str) else ()):
            if getattr(self, name) not in (None, False):
                yield Problem(name, "given_twice", "is given as an option and in the prompt too")

    def _job_problems(self) -> Iterator[Problem]:
        yield from check_job_id("job_id", self.job_id)
        yield from check_number("image_no", self.image_no, 0, IMAGES - 1)
        if self.image_url is not None:
            yield Problem("image_url", "mixed", "cannot be given together with job_id and image_no")
        if self.prompt and split_link(self.prompt)[0]:
            yield Problem(
                "prompt",
                "url_in_prompt",
                "begins with a link, but the image is already given by job_id and image_no",
            )

    def _link_problems(self) -> Iterator[Problem]:
        link, words = split_link(self.prompt or "")
        if self.image_url is not None:
            yield from check_link("image_url", self.image_url)
            if link:
                yield Problem("image_url", "image_given_twice", "is also at the head of the prompt")
        elif not link:
            yield Problem(
                "image_url",
                "required",
                "is missing: give image_url, a prompt that begins with an image link, or job_id "
                "and image_no (text alone: make images with diffusion first, then animate one)",
            )
        if not split(words).words:
            limits = f"in 1 to {PROMPT_LIMIT} characters"
            yield Problem("prompt", "required", f"must say what should happen, {limits}")

    def payload(self) -> JSONObject:
        """Give the JSON body exactly as it is sent; what was not given is left out."""
        body: JSONObject = {}
        if self.job_id is not None:
            body |= {"jobId": self.job_id, "imageNo": self.image_no}
        if self.text:
            body["prompt"] = self.text
        body["videoType"] = int(self.video_type)
        return body | callback_of(self.callback)
