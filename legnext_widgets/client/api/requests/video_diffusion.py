"""The request that animates an image."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias, cast

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
    check_video_type,
)
from legnext_widgets.client.api.values.prompt import (
    PromptParts,
    compose,
    options_in,
    split,
    split_link,
)
from legnext_widgets.client.errors import InvalidInputError

from .checked_request import CheckedRequest, callback_of
from .pictures import LINK_ROOM, missing_link_problem, pictures_in, prepare_pictures, take_links

if TYPE_CHECKING:
    from collections.abc import Iterator

    from legnext_widgets.client.api.bounded_json import JSONObject
    from legnext_widgets.client.pictures.picture import Picture
    from legnext_widgets.client.pictures.sources import PictureSource


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
    a link (`image_url`, or the head of `prompt`) or a picture of yours (`image`) with a prompt. The
    two are not mixed. A picture is prepared when the request is made, and uploaded when a client
    submits it; until then the request has no `payload()`.

    Args:
        prompt: What should happen. 1 to 8192 characters, link and options counted.
        image_url: http(s) link of the image to animate.
        image: The image to animate: a link, path, bytes, open file, image of Pillow, numpy array,
            or figure or axes of matplotlib.
        end_image: The last frame, in any of these forms.
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
    image: PictureSource | None = None
    job_id: str | None = None
    image_no: ImageNo | None = None
    video_type: VideoTypeLike = VideoType.SD
    motion: Motion | None = None
    raw: bool = False
    loop: bool = False
    end_image_url: str | None = None
    end_image: PictureSource | None = None
    batch_size: BatchSize | None = None
    callback: str | None = None

    def __post_init__(self) -> None:
        take_links(self)
        super().__post_init__()
        prepare_pictures(self)

    @property
    def pictures(self) -> dict[str, Picture]:
        """Its pictures, by the name of the argument that takes the link of each."""
        return pictures_in(self)

    @property
    def unlinked(self) -> dict[str, Picture]:
        """Those of its pictures that were not uploaded yet."""
        pictures = self.pictures
        return {name: pictures[name] for name in pictures if getattr(self, name) is None}

    def linked(self, **links: str) -> VideoDiffusion:
        """Copy with the links of its pictures.

        Args:
            **links: `image_url`, `end_image_url`, or both: http(s) links.

        Raises:
            ValueError: A link is none, or the prompt is too long with it.
        """
        return replace(self, **cast("dict[str, Any]", links))

    def identity(self) -> JSONObject:
        """Return what makes it the same request: its body, with hashes in place of pictures' links.

        It is known before anything is uploaded, and the same on every machine.
        """
        if not self.pictures:
            return self.payload()
        hashes = {name: picture.identity for name, picture in self.pictures.items()}
        return self._body(self._text(**hashes))

    @property
    def text(self) -> str:
        """The whole prompt as the service reads it: link, words and options."""
        return self._text()

    def _text(self, **links: str) -> str:
        return compose(
            PromptParts(
                words=self.prompt or "",
                image_url=links.get("image_url", self.image_url),
                motion=self.motion,
                raw=self.raw,
                loop=self.loop,
                end_image_url=links.get("end_image_url", self.end_image_url),
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
                text = self._text(**dict.fromkeys(self._pictures_to_link(), LINK_ROOM))
                yield from check_text("prompt", text, required=False)

    def _option_problems(self) -> Iterator[Problem]:
        yield from check_video_type(self.video_type)
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
        for name in ("image_url", "image"):
            if getattr(self, name) is not None:
                yield Problem(name, "mixed", "cannot be given together with job_id and image_no")
        if self.prompt and split_link(self.prompt)[0]:
            yield Problem(
                "prompt",
                "url_in_prompt",
                "begins with a link, but the image is already given by job_id and image_no",
            )

    def _link_problems(self) -> Iterator[Problem]:
        link, words = split_link(self.prompt or "")
        given = "image" if self.image is not None else "image_url"
        is_given = self.image is not None or self.image_url is not None
        yield from check_link("image_url", self.image_url)
        if is_given and link:
            yield Problem(given, "image_given_twice", "is also at the head of the prompt")
        elif not is_given and not link:
            yield Problem(
                "image_url",
                "required",
                "is missing: give image, image_url, a prompt that begins with an image link, or "
                "job_id and image_no (text alone: make images with diffusion first, then animate "
                "one)",
            )
        if not split(words).words:
            limits = f"in 1 to {PROMPT_LIMIT} characters"
            yield Problem("prompt", "required", f"must say what should happen, {limits}")

    def _pictures_to_link(self) -> list[str]:
        links = {"image": "image_url", "end_image": "end_image_url"}
        return [
            link
            for name, link in links.items()
            if getattr(self, name) is not None and getattr(self, link) is None
        ]

    def payload(self) -> JSONObject:
        """Return the JSON body exactly as it is sent; what was not given is left out.

        Raises:
            ValueError: A picture of it was not uploaded yet and has no link.
        """
        if self.unlinked:
            raise InvalidInputError([missing_link_problem(name) for name in self.unlinked])
        return self._body(self.text)

    def _body(self, text: str) -> JSONObject:
        body: JSONObject = {}
        if self.job_id is not None:
            body |= {"jobId": self.job_id, "imageNo": self.image_no}
        if text:
            body["prompt"] = text
        body["videoType"] = int(self.video_type)
        return body | callback_of(self.callback)

    def arguments(self) -> dict[str, object]:
        """Return the arguments that differ from their defaults, by the client method's names.

        A picture that was uploaded is given by its link.
        """
        given = super().arguments()
        for name in ("image", "end_image"):
            if f"{name}_url" in given:
                given.pop(name, None)
        return given

    def shown_payload(self) -> JSONObject:
        """Return the JSON body to look at: an example stands for a link that is not known yet."""
        examples = {
            name: f"https://example.com/{picture.name}" for name, picture in self.unlinked.items()
        }
        return self._body(self._text(**examples))
